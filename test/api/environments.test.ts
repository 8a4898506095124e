import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../../adapters/ids.ts';
import { insertMember, setBrandImage, withTenant } from '../../db/index.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import {
  aMember,
  anOrganization,
  asSystem,
  aVendor,
  caller,
  pageHeaders,
  type Vendor,
} from '../support/builders.ts';

/** Environments side by side: made by an admin, entered by whoever is a member of both. */

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

const path = '/dashboard/api/environments';
/** A process remembers an environment for two seconds. */
const passMemory = () => api.pass(2_100);
const alsoIn = ({ environment }: Vendor, email: string, role: 'admin' | 'viewer' = 'viewer') =>
  asSystem(api, (tx) =>
    insertMember(tx, {
      id: newId('member_'),
      environmentId: environment.id,
      email,
      name: null,
      role,
      createdAt: api.deps.now(),
    }),
  );
const withCookie = (header: string | null) => {
  const cookie = header?.split(';')[0] ?? '';
  return caller(api, { cookie, ...pageHeaders(api) });
};

test('an admin makes a production environment beside the sandbox, which shares nothing with it but the brand', async () => {
  const sandbox = await aVendor(api, { supportHours: 'weekdays' });
  const admin = await aMember(api, sandbox);
  await withTenant(api.db, { environmentId: sandbox.environment.id }, (tx) =>
    setBrandImage(
      tx,
      sandbox.environment.id,
      'icon',
      { digest: 'f'.repeat(64), mediaType: 'image/png', bytes: Buffer.from('an icon') },
      api.deps.now(),
    ),
  );
  passMemory();
  const mine = await anOrganization(sandbox);

  const made = await admin.call('POST', path, { name: 'Production', kind: 'production' });

  expect(made.status).toBe(201);
  expect(made.body).toMatchObject({ name: 'Production', handle: 'northwind' });
  expect(made.body.secret).toMatch(/^sk_live_/);
  const live = caller(api, { authorization: `Bearer ${made.body.secret}` });
  const settings = await live('GET', '/environment');
  expect(settings.body).toMatchObject({
    id: made.body.id,
    kind: 'production',
    client_id: made.body.clientId,
  });
  expect((await live('GET', `/organizations/${mine.id}`)).status).toBe(404);
  expect((await live('GET', '/organizations')).body.data).toEqual([]);
  const theirs = await live('POST', '/organizations', { name: 'Globex' });
  expect((await sandbox.call('GET', `/organizations/${theirs.body.id}`)).status).toBe(404);
  expect((await live('GET', '/sandbox/mails')).status).toBe(404);
  const [row] = await asSystem(api, (tx) =>
    tx.selectFrom('environments').selectAll().where('id', '=', made.body.id).execute(),
  );
  expect(row).toMatchObject({
    vendorName: 'Northwind',
    productName: 'Northwind Analytics',
    supportHours: 'weekdays',
    icon: 'f'.repeat(64),
  });
});

test('its maker goes there and back, in a session that lasts no longer and ends the other one', async () => {
  const sandbox = await aVendor(api);
  const admin = await aMember(api, sandbox);
  const { body: made } = await admin.call('POST', path, { name: 'Production', kind: 'production' });

  api.pass(60_000);
  const entered = await admin.call('POST', `${path}/${made.id}/enter`, {});
  const there = withCookie(entered.headers.get('set-cookie'));

  expect(entered.status).toBe(204);
  const { body: session } = await there('GET', '/dashboard/api/session');
  expect(session).toMatchObject({
    environment: { id: made.id, kind: 'production' },
    member: { role: 'admin', email: admin.member.email },
    sandbox: false,
  });
  expect((await admin.call('GET', '/dashboard/api/session')).status).toBe(401);
  const [before, after] = await asSystem(api, (tx) =>
    tx
      .selectFrom('staffSessions')
      .select(['expiresAt', 'provedBy', 'provedAt', 'environmentId'])
      .where('environmentId', 'in', [sandbox.environment.id, made.id])
      .orderBy('createdAt')
      .execute(),
  );
  expect([after?.expiresAt, after?.provedAt]).toEqual([before?.expiresAt, before?.provedAt]);
  const { body } = await there('GET', path);
  expect(body.environments).toMatchObject([
    { name: 'Production', isThisOne: true },
    { name: 'Sandbox', isThisOne: false },
  ]);
  expect((await there('POST', `${path}/${sandbox.environment.id}/enter`, {})).status).toBe(204);
});

test('only environments that have the address as a member are told, and only those can be entered', async () => {
  const [one, two, three] = [await aVendor(api), await aVendor(api), await aVendor(api)];
  const viewer = await aMember(api, one, 'viewer');
  const removed = await alsoIn(three, viewer.member.email);
  await alsoIn(two, viewer.member.email.toUpperCase());
  await asSystem(api, (tx) =>
    tx.updateTable('members').set({ removedAt: api.deps.now() }).where('id', '=', removed.id).execute(),
  );

  const { body } = await viewer.call('GET', path);
  const ids = body.environments.map(({ id }: { id: string }) => id);

  expect(ids.toSorted()).toEqual([one.environment.id, two.environment.id].toSorted());
  expect((await viewer.call('POST', `${path}/${three.environment.id}/enter`, {})).status).toBe(404);
  expect((await viewer.call('POST', path, { name: 'Mine', kind: 'sandbox' })).status).toBe(403);
});

test('who was let in by single sign-on stays: an environment’s own provider vouches for no other', async () => {
  const [one, two] = [await aVendor(api), await aVendor(api)];
  const admin = await aMember(api, one);
  await alsoIn(two, admin.member.email, 'admin');
  await asSystem(api, (tx) =>
    tx
      .updateTable('staffSessions')
      .set({ provedBy: 'sso' })
      .where('memberId', '=', admin.member.id)
      .execute(),
  );

  const { body } = await admin.call('GET', path);
  const refused = await admin.call('POST', `${path}/${two.environment.id}/enter`, {});
  const made = await admin.call('POST', path, { name: 'Production', kind: 'production' });

  expect(body).toMatchObject({ environments: [{ id: one.environment.id }], mayLeave: false });
  expect([refused.body.code, made.body.code]).toEqual(['proof_needed', 'proof_needed']);
});

test('handles are the vendor’s name, counted on where it is taken', async () => {
  const vendor = await aVendor(api, { vendorName: 'Søren & Müller GmbH' });
  const admin = await aMember(api, vendor);
  const make = async (name: string, kind = 'production') =>
    (await admin.call('POST', path, { name, kind })).body.handle as string;

  expect([await make('Production'), await make('Production'), await make('Staging', 'sandbox')]).toEqual([
    's-ren-muller-gmbh',
    's-ren-muller-gmbh-2',
    's-ren-muller-gmbh-staging',
  ]);
});

test.each([
  {},
  { name: '', kind: 'production' },
  { name: 'x', kind: 'live' },
  { name: 'x'.repeat(81), kind: 'sandbox' },
])('is not made from %j', async (body) => {
  const admin = await aMember(api, await aVendor(api));

  expect((await admin.call('POST', path, body)).status).toBe(422);
});
