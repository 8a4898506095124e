import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../adapters/ids.ts';
import {
  applySnapshot,
  decideHold,
  findOpenHold,
  getDirectory,
  insertDirectory,
  insertPerson,
  listAttempts,
  moveDirectory,
  removePerson,
  sourceScope,
  updateEnvironment,
  updatePerson,
  withSystem,
  withTenant,
  type DirectoryScope,
  type DirectoryUserRow,
  type EnvironmentRow,
  type Tx,
} from '../../db/index.ts';
import { aPerson } from '../db/builders.ts';
import { caller } from '../support/builders.ts';
import {
  aSignInCustomer,
  aSignInWorld,
  signInAt,
  type SignInCustomer,
  type SignInWorld,
} from '../support/sign-in.ts';

let world: SignInWorld;
beforeAll(async () => {
  world = await aSignInWorld();
});
afterAll(() => world.close());

type Settings = Partial<
  Pick<EnvironmentRow, 'directoryPolicy' | 'removalGuardPeople' | 'removalGuardPercent'>
>;
async function set(settings: Settings): Promise<void> {
  const { id } = world.vendor.environment;
  await withSystem(world.api.systemDb, (tx) => updateEnvironment(tx, id, settings, world.api.deps.now()));
}

const whoseOf = ({ organization: { id, environmentId } }: SignInCustomer) => ({
  environmentId,
  organizationId: id,
});

interface Source {
  directoryId: string;
  write<T>(work: (tx: Tx, scope: DirectoryScope) => Promise<T>): Promise<T>;
}

async function aSource(customer: SignInCustomer): Promise<Source> {
  const whose = whoseOf(customer);
  const id = newId('directory_');
  const externalKey = `key-${id.slice(-26).toLowerCase()}`;
  const { db, now } = world.api.deps;
  await withTenant(db, whose, (tx) =>
    insertDirectory(tx, {
      id,
      ...whose,
      name: 'Acme',
      type: 'okta scim v2.0',
      road: 'scim',
      state: 'validating',
      externalKey,
      scimBaseUrl: `https://vendor.test/scim/v2/${externalKey}`,
      createdAt: now(),
    }),
  );
  return {
    directoryId: id,
    write: (work) =>
      withTenant(db, whose, async (tx) => work(tx, sourceScope(await getDirectory(tx, whose, id), now()))),
  };
}

/** The Test IdP's first person, who is in the directory by the provider's id. */
async function annaIn(source: Source, changes: Parameters<typeof aPerson>[1] = {}) {
  const anna = { ...aPerson('anna'), ...(await annaOfIdp()), ...changes };
  return source.write((tx, scope) => insertPerson(tx, scope, anna));
}

let known: { externalId: string; email: string } | undefined;
async function annaOfIdp() {
  if (known) return known;
  const { profile } = await exchanged(await codeOf(await aSignInCustomer(world)));
  known = { externalId: profile.idp_id, email: profile.email };
  return known;
}

const change = (source: Source, row: DirectoryUserRow, changes: Partial<DirectoryUserRow>) =>
  source.write((tx, scope) => updatePerson(tx, scope, row, { ...row, ...changes }));

const signIn = (customer: SignInCustomer) => signInAt(world, { connection: customer.connection.id });
async function codeOf(customer: SignInCustomer): Promise<string> {
  const { leadsTo, status } = await signIn(customer);
  const code = leadsTo?.searchParams.get('code');
  if (!code) throw new Error(`no code: ${status} ${leadsTo?.href}`);
  return code;
}
const errorOf = async (customer: SignInCustomer) =>
  (await signIn(customer)).leadsTo?.searchParams.get('error') ?? null;

function exchange(code: string) {
  return caller(world.api)('POST', '/sso/token', {
    client_id: world.vendor.environment.clientId,
    client_secret: world.vendor.secret,
    grant_type: 'authorization_code',
    code,
  });
}
const exchanged = async (code: string) => (await exchange(code)).body;
const profileStatus = async (token: string) => {
  const call = caller(world.api, { authorization: `Bearer ${token}` });
  return (await call('GET', '/sso/profile')).status;
};

async function newestCause({ connection }: SignInCustomer) {
  const tenant = { environmentId: connection.environmentId };
  const { rows } = await withSystem(world.api.systemDb, (tx) =>
    listAttempts(tx, tenant, { connectionId: connection.id }, { limit: 1, order: 'desc' }),
  );
  return rows[0] && { cause: rows[0].cause, check: rows[0].checks.at(-1) };
}

describe('a person whom a linked directory lets go [SCIM-10]', () => {
  it('can use no unspent code, no token and no sign-in, and all anew once they are back', async () => {
    const customer = await aSignInCustomer(world);
    const source = await aSource(customer);
    const anna = await annaIn(source);
    const { access_token: token } = await exchanged(await codeOf(customer));
    const unspent = await codeOf(customer);
    expect(await profileStatus(token)).toBe(200);

    const inactive = await change(source, anna, { active: false });

    expect(await exchange(unspent)).toMatchObject({ status: 400, body: { error: 'access_denied' } });
    expect(await profileStatus(token)).toBe(401);
    expect(await errorOf(customer)).toBe('access_denied');
    expect(await newestCause(customer)).toEqual({
      cause: 'not_allowed',
      check: { check: 'directory', passed: false },
    });

    await change(source, inactive, { active: true });

    const { access_token: fresh } = await exchanged(await codeOf(customer));
    expect(await profileStatus(fresh)).toBe(200);
    // What had ended does not come back to life.
    expect(await exchange(unspent)).toMatchObject({ status: 400 });
    expect(await profileStatus(token)).toBe(401);
  });

  it('is known by their address where the provider’s ids differ, and stays out when removed', async () => {
    const customer = await aSignInCustomer(world);
    const source = await aSource(customer);
    const anna = await annaIn(source, { externalId: 'another-id' });
    expect(await errorOf(customer)).toBeNull();

    await source.write((tx, scope) => removePerson(tx, scope, anna));

    expect(await errorOf(customer)).toBe('access_denied');
  });

  it('is somebody else where the ids fit another person, whatever the address', async () => {
    const customer = await aSignInCustomer(world);
    const source = await aSource(customer);
    await annaIn(source, { email: 'renamed@acme.test' });
    const heir = await annaIn(source, { externalId: 'another-id', userName: 'heir' });

    await change(source, heir, { active: false });

    expect(await errorOf(customer)).toBeNull();
  });

  it('is let in by another linked directory that has them', async () => {
    const customer = await aSignInCustomer(world);
    const [one, other] = [await aSource(customer), await aSource(customer)];
    const anna = await annaIn(one);
    const second = await annaIn(other);
    const { access_token: token } = await exchanged(await codeOf(customer));

    await change(one, anna, { active: false });
    expect([await errorOf(customer), await profileStatus(token)]).toEqual([null, 200]);

    await change(other, second, { active: false });
    expect([await errorOf(customer), await profileStatus(token)]).toEqual(['access_denied', 401]);
  });

  it('is refused by a linked directory of their own organization only', async () => {
    const [customer, neighbour] = [await aSignInCustomer(world), await aSignInCustomer(world)];
    const source = await aSource(customer);
    const anna = await annaIn(source);
    await change(source, anna, { active: false });
    expect([await errorOf(customer), await errorOf(neighbour)]).toEqual(['access_denied', null]);

    const whose = whoseOf(customer);
    await source.write((tx, { now }) =>
      moveDirectory(tx, whose, source.directoryId, { from: ['linked'], to: 'unlinked', now }),
    );
    expect(await errorOf(customer)).toBeNull();
  });

  it('gets in while their leaving is on hold, and not once it is applied [SCIM-09]', async () => {
    await set({ removalGuardPeople: 0, removalGuardPercent: 1 });
    const customer = await aSignInCustomer(world);
    const source = await aSource(customer);
    const anna = await annaIn(source);
    const { access_token: token } = await exchanged(await codeOf(customer));

    await change(source, anna, { active: false });
    expect([await errorOf(customer), await profileStatus(token)]).toEqual([null, 200]);

    await source.write(async (tx, { now }) => {
      const hold = await findOpenHold(tx, whoseOf(customer), source.directoryId);
      if (hold) await decideHold(tx, hold, 'applied', { type: 'staff', id: 'member_1' }, now);
    });
    expect([await errorOf(customer), await profileStatus(token)]).toEqual(['access_denied', 401]);
    await set({ removalGuardPeople: 25, removalGuardPercent: 10 });
  });
});

describe('by the policy of the environment', () => {
  it('members only: who is in no directory is refused from the end of the first full sync on', async () => {
    await set({ directoryPolicy: 'members_only' });
    const customer = await aSignInCustomer(world);
    const source = await aSource(customer);
    await source.write((tx, scope) => insertPerson(tx, scope, aPerson('bob')));
    expect(await errorOf(customer)).toBeNull();

    const people = [{ ...aPerson('bob'), externalId: 'ext-bob' }];
    await source.write((tx, scope) => applySnapshot(tx, scope, { people, groups: null, memberships: [] }));

    expect(await errorOf(customer)).toBe('access_denied');
    expect(await newestCause(customer)).toMatchObject({ cause: 'not_in_directory' });
    await annaIn(source);
    expect(await errorOf(customer)).toBeNull();
    await set({ directoryPolicy: 'removed' });
  });

  it('members only: a client of SCIM has sent everybody an hour after its first person', async () => {
    await set({ directoryPolicy: 'members_only' });
    const customer = await aSignInCustomer(world);
    const source = await aSource(customer);
    await source.write((tx, scope) => insertPerson(tx, scope, aPerson('bob')));
    world.api.pass(61 * 60_000);

    expect(await errorOf(customer)).toBe('access_denied');
    await set({ directoryPolicy: 'removed' });
  });

  it('off: directories say nothing about signing in', async () => {
    await set({ directoryPolicy: 'off' });
    const customer = await aSignInCustomer(world);
    const source = await aSource(customer);
    const anna = await annaIn(source);
    const { access_token: token } = await exchanged(await codeOf(customer));

    await change(source, anna, { active: false });

    expect([await errorOf(customer), await profileStatus(token)]).toEqual([null, 200]);
    const unspent = await codeOf(customer);
    await set({ directoryPolicy: 'removed' });
    // From then on they do, also of what was given out before.
    expect(await exchange(unspent)).toMatchObject({ status: 400, body: { error: 'access_denied' } });
    expect(await profileStatus(token)).toBe(401);
  });
});
