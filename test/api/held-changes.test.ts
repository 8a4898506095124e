import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { updateEnvironment, withSystem } from '../../db/index.ts';
import { caller } from '../support/builders.ts';
import { runJourneys } from '../support/journeys.ts';
import { aScimClient, type ScimClient } from '../support/scim-client.ts';
import {
  aSignInCustomer,
  aSignInWorld,
  signInAt,
  type SignInCustomer,
  type SignInWorld,
} from '../support/sign-in.ts';
import { aPortalVisitor } from '../support/visitor.ts';

/**
 * A change on hold from the call that brings it to the decision, by HTTP alone: what the customer's client reads, what the
 * vendor reads and is told, and who signs in, before and after [SCIM-09].
 */

let world: SignInWorld;
beforeAll(async () => {
  world = await aSignInWorld();
  runJourneys(world.api);
  const { id } = world.vendor.environment;
  const guard = { removalGuardPeople: 1, removalGuardPercent: 1 };
  await withSystem(world.api.systemDb, (tx) => updateEnvironment(tx, id, guard, world.api.deps.now()));
});
afterAll(() => world.close());

const anna = 'anna@people.test';
const bob = 'bob@people.test';
const cleo = 'cleo@people.test';

interface Held {
  customer: SignInCustomer;
  client: ScimClient;
  ids: Readonly<Record<string, string>>;
  token: string;
  decide: (decision: 'apply' | 'discard') => Promise<{ status: number; body: { code?: string } }>;
  /** What the customer's page reads. */
  review: () => Promise<{ hold: { leaving: number; leftBefore: number } | null; decided: object | null }>;
}

/** A customer with three people, one of whom signs in; then the client removes one, and deactivates who signs in. */
async function aHeldChange(): Promise<Held> {
  const { api, vendor } = world;
  const customer = await aSignInCustomer(world);
  const client = await aScimClient(api, { vendor, organizationId: customer.organization.id });
  const ids: Record<string, string> = {};
  for (const userName of [anna, bob, cleo]) {
    const emails = [{ value: userName, primary: true }];
    const made = await client.call('POST', '/Users', { userName, active: true, emails });
    ids[userName] = made.body.id;
  }
  api.pass(2 * 3_600_000);
  const code = (await signIn(customer))?.searchParams.get('code') ?? '';
  const { access_token: token } = (await exchange(code)).body;

  // The first may leave; the second is one too many within an hour.
  const deactivation = { Operations: [{ op: 'replace', path: 'active', value: false }] };
  expect((await client.call('DELETE', `/Users/${ids[cleo]}`)).status).toBe(204);
  expect((await client.call('DELETE', `/Users/${ids[bob]}`)).status).toBe(204);
  expect((await client.call('PATCH', `/Users/${ids[anna]}`, deactivation)).status).toBe(200);

  const visitor = await aPortalVisitor(api, vendor, customer.organization.id, { intent: 'dsync' });
  const { hold } = (await visitor.ask('GET', '/directory/hold')).body;
  const decide: Held['decide'] = (decision) => visitor.ask('POST', `/directory/hold/${hold.id}/${decision}`);
  const review: Held['review'] = async () => (await visitor.ask('GET', '/directory/hold')).body;
  return { customer, client, ids, token, decide, review };
}

const signIn = async ({ connection }: SignInCustomer) =>
  (await signInAt(world, { connection: connection.id }, { person: anna })).leadsTo;
const errorOf = async ({ customer }: Held) => (await signIn(customer))?.searchParams.get('error') ?? null;

const exchange = (code: string) =>
  caller(world.api)('POST', '/sso/token', {
    client_id: world.vendor.environment.clientId,
    client_secret: world.vendor.secret,
    grant_type: 'authorization_code',
    code,
  });
const profileStatus = async ({ token }: Held) =>
  (await caller(world.api, { authorization: `Bearer ${token}` })('GET', '/sso/profile')).status;

/** Whom the vendor reads, by address. */
async function shownTo({ client }: Held): Promise<Record<string, string>> {
  const { body } = await world.vendor.call(
    'GET',
    `/directory_users?directory=${client.directory.directoryId}`,
  );
  return Object.fromEntries(body.data.map((one: { email: string; state: string }) => [one.email, one.state]));
}

/** What the vendor was told of people who change or go, oldest first. */
async function told({ customer, ids }: Held): Promise<[event: string, email: string][]> {
  const names = 'events=dsync.user.updated&events=dsync.user.deleted';
  const { body } = await world.vendor.call(
    'GET',
    `/events?${names}&organization_id=${customer.organization.id}&limit=100`,
  );
  const emailOf = new Map(Object.entries(ids).map(([email, id]) => [id, email]));
  return body.data.map(({ event, data }: { event: string; data: { id: string } }) => [
    event,
    emailOf.get(data.id),
  ]);
}

/** What the customer's client reads of its own. */
const readBy = async ({ client, ids }: Held) => ({
  anna: (await client.call('GET', `/Users/${ids[anna]}`)).body.active,
  bob: (await client.call('GET', `/Users/${ids[bob]}`)).status,
});

const before = { [anna]: 'active', [bob]: 'active' };
const firstGone: [string, string][] = [['dsync.user.deleted', cleo]];

describe('[SCIM-09] a change on hold', () => {
  test('is the client’s own at once, and nobody else’s until somebody decides', async () => {
    const held = await aHeldChange();

    expect(await readBy(held)).toEqual({ anna: false, bob: 404 });
    expect(await shownTo(held)).toEqual(before);
    expect(await told(held)).toEqual(firstGone);
    expect([await errorOf(held), await profileStatus(held)]).toEqual([null, 200]);
  });

  test('says who had left before it and is not kept by it, and afterwards what was decided', async () => {
    const held = await aHeldChange();
    expect(await held.review()).toMatchObject({ hold: { leaving: 2, leftBefore: 1 }, decided: null });

    await held.decide('discard');

    const decided = { decision: 'discarded', at: expect.any(String) };
    expect(await held.review()).toMatchObject({ hold: null, decided });
  });

  test('that is applied takes everybody with it: for the vendor, in its events, at the next sign-in and in this one', async () => {
    const held = await aHeldChange();

    expect((await held.decide('apply')).status).toBe(200);

    expect(await shownTo(held)).toEqual({ [anna]: 'inactive' });
    const after = await told(held);
    expect(after.slice(0, 1)).toEqual(firstGone);
    expect(after.slice(1).toSorted()).toEqual([
      ['dsync.user.deleted', bob],
      ['dsync.user.updated', anna],
    ]);
    expect(await profileStatus(held)).toBe(401);
    expect(await errorOf(held)).toBe('access_denied');
    expect(await readBy(held)).toEqual({ anna: false, bob: 404 });
    expect((await held.decide('discard')).body.code).toBe('directory_hold_decided');
  });

  test('that is discarded keeps everybody, and nobody is told, until the client says otherwise of one of them', async () => {
    const held = await aHeldChange();

    expect((await held.decide('discard')).status).toBe(200);

    expect(await shownTo(held)).toEqual(before);
    expect(await told(held)).toEqual(firstGone);
    expect([await errorOf(held), await profileStatus(held)]).toEqual([null, 200]);
    expect(await readBy(held)).toEqual({ anna: false, bob: 404 });
    expect((await held.decide('apply')).body.code).toBe('directory_hold_decided');

    // From when the client has said that she is there, her leaving is a new one.
    world.api.pass(2 * 3_600_000);
    for (const value of [true, false]) {
      const said = { Operations: [{ op: 'replace', path: 'active', value }] };
      expect((await held.client.call('PATCH', `/Users/${held.ids[anna]}`, said)).status).toBe(200);
    }
    expect(await shownTo(held)).toEqual({ ...before, [anna]: 'inactive' });
    expect(await errorOf(held)).toBe('access_denied');
  });
});
