import { afterAll, beforeAll, expect, it } from 'vitest';
import { sql } from 'kysely';
import { newId } from '../../adapters/ids.ts';
import { insertRole, replaceGroupRoles, withSystem, withTenant, type RoleSource } from '../../db/index.ts';
import { aDirectoryOfRows, giveRoles, type RowsWorld } from '../support/directory-rows.ts';
import { caller } from '../support/builders.ts';
import {
  aSignInCustomer,
  aSignInWorld,
  signInAt,
  type SignInCustomer,
  type SignInWorld,
} from '../support/sign-in.ts';

/** What an app reads of roles: in the answer to its code, and by the access token afterwards. */
let world: SignInWorld;
beforeAll(async () => {
  world = await aSignInWorld();
  const tenant = { environmentId: world.vendor.environment.id };
  await withTenant(world.api.db, tenant, async (tx) => {
    for (const [at, slug] of ['admin', 'editor'].entries()) {
      const role = { id: newId('role_'), slug, name: slug, description: null, rank: at + 1 };
      await insertRole(tx, tenant, { ...role, createdAt: world.api.deps.now() });
    }
  });
});
afterAll(() => world.close());

const rowsOf = ({ organization }: SignInCustomer): RowsWorld => ({
  db: world.api.db,
  customer: { environmentId: organization.environmentId, organizationId: organization.id },
  now: world.api.deps.now(),
});

async function signIn(customer: SignInCustomer) {
  const end = await signInAt(world, { connection: customer.connection.id });
  const { body } = await caller(world.api)('POST', '/sso/token', {
    client_id: world.vendor.environment.clientId,
    client_secret: world.vendor.secret,
    grant_type: 'authorization_code',
    code: end.leadsTo?.searchParams.get('code'),
  });
  const profile = async () => {
    const headers = { authorization: `Bearer ${body.access_token}` };
    return (await caller(world.api)('GET', '/sso/profile', undefined, headers)).body;
  };
  return { profile: body.profile, profileNow: profile };
}

const admin = { role: { slug: 'admin' }, roles: [{ slug: 'admin' }] };
const editor = { role: { slug: 'editor' }, roles: [{ slug: 'editor' }] };
const none = { role: null, roles: null };

it('a value of the groups claim gives its role in the profile, an unmapped one nothing [IDB-07]', async () => {
  const customer = await aSignInCustomer(world);
  const { profile, profileNow } = await signIn(customer);
  expect(profile).toMatchObject(none);
  expect(profile.groups.length).toBeGreaterThan(0);

  const rows = rowsOf(customer);
  const claim = (value: string, role: string) => {
    const source: RoleSource = { kind: 'claim', connectionId: customer.connection.id, value };
    return { id: newId('group_role_'), source, role };
  };
  const mapping = [claim(profile.groups[0], 'editor'), claim('somebody else’s', 'admin')];
  await withTenant(rows.db, rows.customer, (tx) => replaceGroupRoles(tx, rows.customer, mapping, rows.now));
  expect(await profileNow()).toMatchObject(editor);
  expect((await signIn(customer)).profile).toMatchObject(editor);
});

it('groups of the directory count for the person with the same id, as long as it is active there', async () => {
  const customer = await aSignInCustomer(world);
  const { profile, profileNow } = await signIn(customer);
  const rows = rowsOf(customer);
  const person = { name: 'Anna', externalId: profile.idp_id, in: ['IT'] };
  const { groupId, userId } = await aDirectoryOfRows(rows, { groups: ['IT'], people: [person] });
  await giveRoles(rows, [[groupId('IT'), 'admin']]);

  expect(await profileNow()).toMatchObject(admin);
  expect((await signIn(customer)).profile).toMatchObject(admin);
  // The vendor lets in whom a directory has deactivated: its groups are nothing to them then.
  await withSystem(world.api.systemDb, async (tx) => {
    await sql`update environments set directory_policy = 'off'`.execute(tx);
    await sql`update directory_users set state = 'inactive' where id = ${userId('Anna')}`.execute(tx);
  });
  expect(await profileNow()).toMatchObject(none);
});

it('the directory’s person with the same address and another id gives nothing [IDB-04]', async () => {
  const customer = await aSignInCustomer(world);
  const { profile, profileNow } = await signIn(customer);
  const rows = rowsOf(customer);
  const { groupId, userId } = await aDirectoryOfRows(rows, {
    groups: ['IT'],
    people: [{ name: 'Anna', externalId: 'somebody-else', in: ['IT'] }],
  });
  await withTenant(rows.db, rows.customer, (tx) =>
    sql`update directory_users set email = ${profile.email}, email_key = ${profile.email} where id = ${userId('Anna')}`.execute(
      tx,
    ),
  );
  await giveRoles(rows, [[groupId('IT'), 'admin']]);

  expect(await profileNow()).toMatchObject(none);
});
