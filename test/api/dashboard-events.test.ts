import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../../adapters/ids.ts';
import {
  listEventsAfter,
  listWebhookDeliveries,
  lockWebhookEndpoint,
  makeDeliveries,
  numberEvents,
  recordTry,
  withTenant,
  type Tx,
} from '../../db/index.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { anOrganization, aVendor, type Vendor } from '../support/builders.ts';
import { aStaff } from '../support/staff.ts';

type Row = { name: string; organization: { name: string } };

let api: TestApi;
beforeAll(async () => (api = await startTestApi()));
afterAll(() => api.close());

const inWorldOf = <T>({ environment }: Vendor, work: (tx: Tx) => Promise<T>) =>
  withTenant(api.deps.db, { environmentId: environment.id }, work);

async function aWorld() {
  const vendor = await aVendor(api);
  const staff = await aStaff(api, vendor, 'developer');
  return { vendor, staff, tenant: { environmentId: vendor.environment.id } };
}

test('what happened is told newest first, page by page, each once', async () => {
  const { vendor, staff } = await aWorld();
  for (const name of ['a', 'b', 'c']) await anOrganization(vendor, { name });

  const first = await staff.ask('GET', '/events?limit=2');
  const second = await staff.ask('GET', `/events?limit=2&after=${first.body.next}`);

  const shown = [...first.body.events, ...second.body.events];
  expect(shown.map(({ organization }: Row) => organization.name)).toEqual(['c', 'b', 'a']);
  expect(shown.every(({ name }: Row) => name === 'organization.created')).toBe(true);
  expect(second.body.next).toBeNull();
});

test('the feed is narrowed by a name or a kind of names, an organization and a time', async () => {
  const { vendor, staff } = await aWorld();
  const { id } = await anOrganization(vendor, { name: 'a' });
  await anOrganization(vendor, { name: 'b' });
  await vendor.call('PUT', `/organizations/${id}`, { name: 'a2' });
  const count = async (query: string) => (await staff.ask('GET', `/events?${query}`)).body.events.length;

  expect(await count('type=organization')).toBe(3);
  expect(await count('type=organization.updated')).toBe(1);
  expect(await count('type=organization_domain')).toBe(0);
  expect(await count('type=dsync.user')).toBe(0);
  expect(await count(`organization=${id}`)).toBe(2);
  expect(await count('from=2099-01-01T00:00:00Z')).toBe(0);
  expect(await count('until=2020-01-01T00:00:00Z')).toBe(0);
  expect((await staff.ask('GET', '/events?type=%27%3B')).status).toBe(422);
});

test('an event is the one of the Events API, and says to how many of its endpoints it has come', async () => {
  const { vendor, staff, tenant } = await aWorld();
  const endpoints: string[] = [];
  for (const path of ['one', 'two', 'three']) {
    const order = { url: `https://hooks.example.com/${path}`, events: ['organization.created'] };
    endpoints.push((await staff.ask('POST', '/webhooks', order)).body.id);
  }
  await anOrganization(vendor, { name: 'a' });
  const states = ['delivered', 'failed', 'waiting'] as const;
  await inWorldOf(vendor, async (tx) => {
    await numberEvents(tx, tenant.environmentId);
    for (const [at, endpointId] of endpoints.entries()) {
      const endpoint = await lockWebhookEndpoint(tx, tenant, endpointId);
      const events = await listEventsAfter(tx, tenant, endpoint.position, 10);
      await makeDeliveries(tx, endpoint, events, {
        newId: () => newId('webhook_delivery_'),
        now: new Date(),
      });
      const filter = { endpointId };
      const { rows } = await listWebhookDeliveries(tx, tenant, filter, { limit: 1, order: 'asc' });
      const state = states[at] ?? 'waiting';
      const nextTryAt = state === 'waiting' ? new Date() : null;
      const [delivery] = rows;
      if (delivery === undefined) throw new Error('no delivery was made');
      await recordTry(tx, delivery, {
        state,
        nextTryAt,
        lastTriedAt: new Date(),
        lastStatus: 200,
        lastCause: null,
        lastAnswer: null,
        milliseconds: 3,
        endedAt: nextTryAt === null ? new Date() : null,
      });
    }
  });

  const [row] = (await staff.ask('GET', '/events')).body.events;
  const { body } = await staff.ask('GET', `/events/${row.id}`);
  const [fromApi] = (await vendor.call('GET', '/events?events=organization.created')).body.data;

  expect(row.sent).toEqual({ endpoints: 3, delivered: 1, waiting: 1, failed: 1 });
  expect(body.body).toEqual(fromApi);
  expect(body.deliveries.map(({ endpointId }: { endpointId: string }) => endpointId).toSorted()).toEqual(
    endpoints.toSorted(),
  );
  const ofOne = await staff.ask('GET', `/webhooks/${endpoints[0]}/deliveries?event=${row.id}`);
  expect(ofOne.body.deliveries).toHaveLength(1);
  const ofNone = await staff.ask('GET', `/webhooks/${endpoints[0]}/deliveries?event=event_none`);
  expect(ofNone.body.deliveries).toEqual([]);
});

test('[API-02] events of another environment are not there', async () => {
  const one = await aWorld();
  const other = await aWorld();
  await anOrganization(one.vendor, { name: 'a' });
  const [row] = (await one.staff.ask('GET', '/events')).body.events;

  expect((await other.staff.ask('GET', '/events')).body.events).toEqual([]);
  expect((await other.staff.ask('GET', `/events/${row.id}`)).status).toBe(404);
  expect((await other.staff.ask('GET', `/events?after=${row.id}`)).status).toBe(422);
});
