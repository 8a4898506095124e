import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../support/api.ts';
import { anOrganization, aVendor, type Call, type Vendor } from '../support/builders.ts';
import { heldAgainstContract } from '../support/staff.ts';

/** The sandbox's client and our own SCIM server, which know nothing of each other but an address and a token. */

let api: TestApi;
let vendor: Vendor;
let script: Call;
let organizationId: string;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());
beforeEach(async () => {
  vendor = await aVendor(api);
  script = heldAgainstContract(vendor.call);
  organizationId = (await anOrganization(vendor)).id;
});

const path = '/sandbox/test-directory';
interface Logged {
  method: string;
  path: string;
  status: number | null;
  received: string | null;
}
const refusedIn = (log: readonly Logged[]) => log.filter(({ status }) => status === null || status >= 400);
const say = async (about: 'test' | 'cycle' | 'everything') =>
  (await script('POST', `${path}/talk`, { about })).body;
const use = async (manner: 'okta' | 'entra', flag = '') => {
  await script('PUT', path, { manner });
  const { body } = await script('POST', `${path}/use`, { organizationId });
  if (flag === '') return body;
  const { body: flagged } = await script('PUT', path, { baseUrl: `${body.baseUrl}${flag}` });
  return flagged;
};
async function shown() {
  const { data } = (await vendor.call('GET', `/directories?organization_id=${organizationId}`)).body;
  const [{ id }] = data;
  const users = (await vendor.call('GET', `/directory_users?directory=${id}&limit=100&order=asc`)).body.data;
  return {
    id: String(id),
    people: users.map((one: { email: string; state: string; groups: { name: string }[] }) =>
      [one.email, one.state, ...one.groups.map(({ name }) => name).toSorted()].join(' '),
    ) as string[],
  };
}

const arrived = [
  'anna@people.test active Admins Everyone',
  'malik@people.test active Everyone Sales',
  'zofia@people.test active Everyone',
  'greta@guests.test active Guests',
];

test.each([
  ['okta', ''],
  ['entra', ''],
  ['entra', '?aadOptscim062020'],
] as const)(
  'everybody arrives, changes, leaves and comes back, in the manner of %s%s',
  async (manner, flag) => {
    const { log } = await use(manner, flag);
    expect(refusedIn(log)).toEqual([]);
    const first = await say('cycle');
    expect(refusedIn(first.log)).toEqual([]);
    expect([first.waiting, (await shown()).people]).toEqual([0, arrived]);

    const anna = first.people.find(({ id }: { id: string }) => id === 'tp-anna');
    const { id: _id, arrival: _arrival, ...body } = anna;
    await script('PUT', `${path}/people/tp-anna`, { ...body, lastName: 'Lind', active: false });
    await script('PUT', `${path}/groups/tg-sales`, { name: 'Sellers', memberIds: ['tp-zofia'] });
    await script('DELETE', `${path}/people/tp-greta`);
    await script('DELETE', `${path}/groups/tg-guests`);
    const second = await say('cycle');

    expect(refusedIn(second.log)).toEqual([]);
    expect(second.waiting).toBe(0);
    expect((await shown()).people).toEqual([
      'anna@people.test inactive Admins Everyone',
      'malik@people.test active Everyone',
      'zofia@people.test active Everyone Sellers',
      // Okta never deletes anybody.
      ...(manner === 'okta' ? ['greta@guests.test inactive'] : []),
    ]);
    await script('PUT', `${path}/people/tp-anna`, { ...body, active: true });
    const third = await say('cycle');
    expect([refusedIn(third.log), (await shown()).people[0]]).toEqual([
      [],
      'anna@people.test active Admins Everyone',
    ]);
  },
);

test.each([
  ['wrong_token', [401]],
  ['duplicate_create', [409]],
  ['stale_if_match', [412]],
  ['capital_ops', []],
  ['string_booleans', []],
  ['unknown_attributes', []],
] as const)('the fault %s is met with what a server owes it', async (fault, statuses) => {
  await use('okta');
  await say('cycle');
  await script('PUT', path, { faults: [fault] });
  const before = (await script('GET', path)).body.log.length;
  const { people } = await shown();

  const { log } = await say('everything');

  const now: Logged[] = log.slice(0, log.length - before);
  expect(now.length).toBeGreaterThan(0);
  expect([...new Set(refusedIn(now).map(({ status }) => status))]).toEqual(statuses);
  expect((await shown()).people).toEqual(people);
});

test('[SCIM-09] of very many removals those beyond the guard are put on hold: the vendor is shown them as before', async () => {
  await use('entra');
  await script('POST', `${path}/crowd`, { count: 40 });
  await say('cycle');
  await script('PUT', path, { faults: ['many_removals'] });

  const { log } = await say('cycle');

  expect(refusedIn(log)).toEqual([]);
  const { people } = await shown();
  expect(people.filter((line) => line.includes(' active'))).toHaveLength(44 - 25);
});

test('going on to another customer and coming back ends nobody’s only token', async () => {
  const other = await anOrganization(vendor, { name: 'Other' });
  const take = (id: string) => script('POST', `${path}/use`, { organizationId: id });
  for (let round = 0; round < 3; round += 1) {
    expect((await take(organizationId)).status).toBe(200);
    expect((await take(other.id)).status).toBe(200);
  }

  const events = 'events=dsync.token.created&events=dsync.token.revoked&limit=100';
  const { data } = (await vendor.call('GET', `/events?${events}`)).body;
  const running = new Map<string, number>();
  for (const { event, data: token } of data) {
    const change = event === 'dsync.token.created' ? 1 : -1;
    running.set(token.directory_id, (running.get(token.directory_id) ?? 0) + change);
  }
  expect([...running.values()]).toEqual([1, 1]);
});

test('taking the same directory again leaves one token, and addresses move into the domain of the customer', async () => {
  await vendor.call('POST', '/organization_domains', {
    organization_id: organizationId,
    domain: 'acme.test',
  });
  await use('okta');
  const again = await use('okta');

  expect(again.people[0].userName).toBe('anna@acme.test');
  expect(again.connected).toMatchObject({ organizationId, organizationName: 'Acme' });
  const events = 'events=dsync.token.created&events=dsync.token.revoked';
  const { body } = await vendor.call('GET', `/events?${events}`);
  expect(body.data.map(({ event }: { event: string }) => event)).toEqual([
    'dsync.token.created',
    'dsync.token.revoked',
    'dsync.token.created',
  ]);
  expect((await script('POST', `${path}/use`, { organizationId: 'org_none' })).status).toBe(404);
});
