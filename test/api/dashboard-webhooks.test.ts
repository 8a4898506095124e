import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { webhookEvents } from '../../api/contract/event-names.ts';
import { withSystem } from '../../db/index.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { aVendor, type Vendor } from '../support/builders.ts';
import { aStaff, auditOf } from '../support/staff.ts';

let api: TestApi;
beforeAll(async () => (api = await startTestApi()));
afterAll(() => api.close());

let vendor: Vendor;
const aWorld = async (role: 'admin' | 'developer' | 'support' | 'viewer' = 'developer') => {
  vendor = await aVendor(api);
  return aStaff(api, vendor, role);
};
const order = (more: object = {}) => ({
  url: 'https://hooks.example.com/one',
  events: ['organization.created'],
  ...more,
});

test('an endpoint is made, read with its secret, changed, switched, turned over and deleted, all on record', async () => {
  const staff = await aWorld();
  const { body: made } = await staff.ask('POST', '/webhooks', order());
  const path = `/webhooks/${made.id}`;

  const read = await staff.ask('GET', path);
  expect(read.body).toMatchObject({ ...order(), chip: 'sending', waiting: 0, previousSecretUntil: null });
  await staff.ask('PUT', path, order({ url: 'https://hooks.example.com/two' }));
  await staff.ask('POST', `${path}/switch`, { on: false });
  expect((await staff.ask('GET', path)).body).toMatchObject({ chip: 'off', disabledReason: 'by_hand' });
  await staff.ask('POST', `${path}/switch`, { on: true });
  await staff.ask('POST', `${path}/rotate`, { overlapHours: 24 });
  const turned = await staff.ask('GET', path);
  expect(turned.body.secret).not.toBe(read.body.secret);
  expect(turned.body.previousSecretUntil).not.toBeNull();
  expect((await staff.ask('DELETE', path)).status).toBe(204);
  expect((await staff.ask('GET', path)).status).toBe(404);

  expect((await auditOf(api, staff)).map(({ action }) => action).toSorted()).toEqual([
    ...['changed', 'changed', 'changed', 'created', 'deleted', 'secret_rotated'].map(
      (what) => `webhook_endpoint.${what}`,
    ),
    'webhook_endpoint.viewed',
  ]);
});

test('[API-02] support and viewers see no secret and change nothing', async () => {
  const admin = await aWorld('admin');
  const { body: made } = await admin.ask('POST', '/webhooks', order());
  const path = `/webhooks/${made.id}`;

  for (const role of ['support', 'viewer'] as const) {
    const member = await aStaff(api, vendor, role);
    expect((await member.ask('GET', path)).body.secret).toBeNull();
    const tries = [
      await member.ask('POST', '/webhooks', order({ url: 'https://hooks.example.com/three' })),
      await member.ask('PUT', path, order()),
      await member.ask('POST', `${path}/switch`, { on: false }),
      await member.ask('POST', `${path}/rotate`, { overlapHours: 0 }),
      await member.ask('POST', `${path}/replay`, { what: 'delivery', deliveryId: 'webhook_delivery_1' }),
      await member.ask('DELETE', path),
    ];
    expect(tries.map(({ status }) => status)).toEqual(Array(6).fill(403));
  }
});

test('a URL that is none, or is there already, is said at its field', async () => {
  const staff = await aWorld();
  await staff.ask('POST', '/webhooks', order());

  expect((await staff.ask('POST', '/webhooks', order())).body.fields).toEqual({ url: 'webhook_known' });
  expect((await staff.ask('POST', '/webhooks', order({ url: 'http://example.com' }))).body.fields).toEqual({
    url: 'url_not_allowed',
  });
  expect(
    (await staff.ask('POST', '/webhooks', order({ url: 'https://x.example', events: ['nope.nope'] }))).status,
  ).toBe(422);
});

test('what an endpoint missed while it was off is replayed, up to this very moment', async () => {
  const staff = await aWorld();
  const { body: made } = await staff.ask('POST', '/webhooks', order());
  const path = `/webhooks/${made.id}`;
  await staff.ask('POST', `${path}/switch`, { on: false });
  await vendor.call('POST', '/organizations', { name: 'Missed' });
  await vendor.call('GET', '/events?events=organization.created');
  await staff.ask('POST', `${path}/switch`, { on: true });

  expect((await staff.ask('POST', `${path}/replay`, { what: 'hours', hours: 1 })).body).toEqual({
    count: 1,
    after: null,
  });
  expect((await staff.ask('POST', `${path}/replay`, { what: 'hours', hours: 1 })).body).toEqual({
    count: 0,
    after: null,
  });
  const none = await staff.ask('POST', `${path}/replay`, { what: 'hours', hours: 0 });
  expect([none.status, Object.keys(none.body.fields)]).toEqual([422, ['hours']]);
});

test('every event that we send can be tried: a sample goes to this endpoint alone, is marked, and is in no feed', async () => {
  const staff = await aWorld();
  const { body: made } = await staff.ask('POST', '/webhooks', order({ events: [...webhookEvents] }));
  await staff.ask('POST', '/webhooks', order({ url: 'https://hooks.example.com/other' }));

  for (const event of webhookEvents) {
    expect((await staff.ask('POST', `/webhooks/${made.id}/test`, { event })).status, event).toBe(201);
  }
  const { body } = await staff.ask('GET', `/webhooks/${made.id}/deliveries?limit=100`);

  expect(body.deliveries).toHaveLength(webhookEvents.length);
  expect(body.deliveries[0]).toMatchObject({ isTest: true, isReplay: false, state: 'waiting' });
  expect((await staff.ask('GET', '/events')).body.events).toEqual([]);
  expect((await auditOf(api, staff)).at(-1)).toMatchObject({ action: 'webhook_endpoint.tested' });
  for (const event of ['user.created', 'dsync.token.created', 'nope']) {
    expect((await staff.ask('POST', `/webhooks/${made.id}/test`, { event })).status, event).toBe(422);
  }
});

test('a delivery tells the very body that is posted, until its event is no longer kept', async () => {
  const staff = await aWorld();
  const { body: made } = await staff.ask('POST', '/webhooks', order());
  const path = `/webhooks/${made.id}/deliveries`;
  await vendor.call('POST', '/organizations', { name: 'Told' });
  const { body: events } = await vendor.call('GET', '/events?events=organization.created');
  await staff.ask('POST', `/webhooks/${made.id}/test`, { event: 'onboarding.live' });
  await withSystem(api.systemDb, (tx) =>
    sql`update webhook_endpoints set position = 1 where id = ${made.id}`.execute(tx),
  );
  await staff.ask('POST', `/webhooks/${made.id}/replay`, { what: 'hours', hours: 1 });
  const { deliveries } = (await staff.ask('GET', path)).body;
  const detailOf = async ({ id }: { id: string }) => (await staff.ask('GET', `${path}/${id}`)).body;
  const happened = deliveries.find(({ isTest }: { isTest: boolean }) => !isTest);
  const tried = deliveries.find(({ isTest }: { isTest: boolean }) => isTest);

  expect(await detailOf(happened)).toEqual({ ...happened, request: JSON.stringify(events.data[0]) });
  expect(JSON.parse((await detailOf(tried)).request)).toMatchObject({
    event: 'onboarding.live',
    context: { test: true },
  });
  await withSystem(api.systemDb, (tx) => sql`delete from events where id = ${happened.eventId}`.execute(tx));
  expect((await detailOf(happened)).request).toBeNull();
  expect((await staff.ask('GET', `${path}/webhook_delivery_nope`)).status).toBe(404);
});

test('[API-02] only developers and admins send test events', async () => {
  const developer = await aWorld();
  const { body: made } = await developer.ask('POST', '/webhooks', order());
  for (const role of ['support', 'viewer'] as const) {
    const member = await aStaff(api, vendor, role);
    const test = { event: 'organization.created' };
    expect((await member.ask('POST', `/webhooks/${made.id}/test`, test)).status).toBe(403);
  }
});
