import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { replayed, webhookDelivery, webhookEndpoint } from '../../api/contract/developer-webhooks.ts';
import { newId } from '../../adapters/ids.ts';
import {
  listEventsAfter,
  lockWebhookEndpoint,
  makeDeliveries,
  recordTry,
  updateWebhookEndpoint,
  withSystem,
  withTenant,
} from '../../db/index.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { aVendor, type Vendor } from '../support/builders.ts';

let api: TestApi;
let vendor: Vendor;
beforeAll(async () => {
  api = await startTestApi();
  vendor = await aVendor(api);
});
afterAll(() => api.close());

let addresses = 0;
const anAddress = () => `https://hooks.example.com/${++addresses}`;
const make = (endpoint_url = anAddress(), events = ['organization.created'], by = vendor) =>
  by.call('POST', '/webhook_endpoints', { endpoint_url, events });

test('an endpoint is made with its own secret, shown again in every answer, and lives until it is deleted', async () => {
  const url = anAddress();
  const made = await make(url, ['organization.updated', 'organization.created', 'organization.created']);

  expect(made.status).toBe(201);
  expect(webhookEndpoint.parse(made.body)).toEqual(made.body);
  expect(made.body).toMatchObject({
    object: 'webhook_endpoint',
    endpoint_url: url,
    status: 'enabled',
    disabled_reason: null,
    events: ['organization.created', 'organization.updated'],
    secret: expect.stringMatching(/^whsec_/),
  });
  const { body: list } = await vendor.call('GET', '/webhook_endpoints');
  expect(list.data.find(({ id }: { id: string }) => id === made.body.id)).toEqual(made.body);
  expect((await vendor.call('DELETE', `/webhook_endpoints/${made.body.id}`)).status).toBe(204);
  expect((await vendor.call('DELETE', `/webhook_endpoints/${made.body.id}`)).body).toEqual({
    message: `Webhook Endpoint not found: '${made.body.id}'.`,
    code: 'entity_not_found',
    entity_id: made.body.id,
  });
  expect((await make(url)).status).toBe(201);
});

test('its address, events and state are changed one by one', async () => {
  const { body: made } = await make();
  const change = (body: object) => vendor.call('PATCH', `/webhook_endpoints/${made.id}`, body);
  const url = anAddress();

  expect((await change({ endpoint_url: url })).body).toMatchObject({
    endpoint_url: url,
    secret: made.secret,
  });
  expect((await change({ events: ['dsync.user.created'] })).body).toMatchObject({
    events: ['dsync.user.created'],
  });
  expect((await change({ status: 'disabled' })).body).toMatchObject({
    status: 'disabled',
    disabled_reason: 'by_hand',
  });
  expect((await change({ status: 'enabled' })).body).toMatchObject({
    status: 'enabled',
    disabled_reason: null,
  });
});

test('[WHK-05] another address begins anew: what the one before refused is not held against it', async () => {
  const { body: made } = await make();
  const tenant = { environmentId: vendor.environment.id };
  const failingSince = api.deps.now();
  const stored = () => withTenant(api.deps.db, tenant, (tx) => lockWebhookEndpoint(tx, tenant, made.id));
  await withTenant(api.deps.db, tenant, async (tx) => {
    await updateWebhookEndpoint(tx, await lockWebhookEndpoint(tx, tenant, made.id), {
      failingSince,
      toldFailing: 2,
    });
  });
  const change = (body: object) => vendor.call('PATCH', `/webhook_endpoints/${made.id}`, body);

  await change({ endpoint_url: made.endpoint_url });
  expect(await stored()).toMatchObject({ failingSince, toldFailing: 2 });
  await change({ endpoint_url: anAddress() });
  expect(await stored()).toMatchObject({ failingSince: null, toldFailing: 0 });
});

test('one that is switched on again gets what happens from then on', async () => {
  const { body: made } = await make();
  await vendor.call('PATCH', `/webhook_endpoints/${made.id}`, { status: 'disabled' });
  await vendor.call('POST', '/organizations', { name: 'Meanwhile' });
  await vendor.call('GET', '/events?events=organization.created');
  await vendor.call('PATCH', `/webhook_endpoints/${made.id}`, { status: 'enabled' });
  await vendor.call('POST', '/organizations', { name: 'Afterwards' });
  await vendor.call('GET', '/events?events=organization.created');

  const tenant = { environmentId: vendor.environment.id };
  const names = await withTenant(api.deps.db, tenant, async (tx) => {
    const { position } = await lockWebhookEndpoint(tx, tenant, made.id);
    return (await listEventsAfter(tx, tenant, position, 100)).map(({ data }) => data['name']);
  });
  expect(names).toEqual(['Afterwards']);
});

test('what waits for a later try is tried at once when the endpoint is switched on again', async () => {
  const { body: made } = await make();
  await vendor.call('POST', '/organizations', { name: 'Late' });
  await vendor.call('GET', '/events?events=organization.created');
  const tenant = { environmentId: vendor.environment.id };
  await withTenant(api.deps.db, tenant, async (tx) => {
    const endpoint = await lockWebhookEndpoint(tx, tenant, made.id);
    const events = await listEventsAfter(tx, tenant, endpoint.position, 100);
    const now = new Date(api.deps.now().getTime() + 3_600_000);
    await makeDeliveries(tx, endpoint, events, { newId: () => newId('webhook_delivery_'), now });
  });
  const next = async () => {
    const { body } = await vendor.call('GET', `/webhook_endpoints/${made.id}/deliveries?state=waiting`);
    return body.data.map(({ next_try_at: at }: { next_try_at: string }) => Date.parse(at));
  };
  await vendor.call('PATCH', `/webhook_endpoints/${made.id}`, { status: 'disabled' });
  expect((await next())[0]).toBeGreaterThan(api.deps.now().getTime());

  await vendor.call('PATCH', `/webhook_endpoints/${made.id}`, { status: 'enabled' });
  expect((await next())[0]).toBeLessThanOrEqual(api.deps.now().getTime());
});

test('an address that has an endpoint gets no second one', async () => {
  const url = anAddress();
  await make(url);
  const { body: other } = await make();

  const twice = await make(url);
  expect([twice.status, twice.body.code]).toEqual([409, 'duplicate_endpoint']);
  const moved = await vendor.call('PATCH', `/webhook_endpoints/${other.id}`, { endpoint_url: url });
  expect([moved.status, moved.body.code]).toEqual([409, 'duplicate_endpoint']);
});

test.each([
  'nonsense',
  'http://hooks.example.com/',
  'https://user:secret@hooks.example.com/',
  'ftp://example.com',
])('%s is no address for events', async (url) => {
  const { status, body } = await make(url);
  expect([status, body.code]).toEqual([422, 'invalid_url']);
});

test('in a sandbox this machine may be told; in production only https', async () => {
  const production = await aVendor(api, { kind: 'production' });

  expect((await make('http://127.0.0.1:4000/hook')).status).toBe(201);
  expect((await make('http://127.0.0.1:4000/hook', undefined, production)).status).toBe(422);
});

test('names that nobody knows, none, and those of the Events API alone are refused by name', async () => {
  for (const name of ['organisation.created', 'dsync.token.created']) {
    const { status, body } = await make(anAddress(), [name]);
    expect([status, body.code]).toEqual([422, 'invalid_request_parameters']);
    expect(body.errors).toEqual([{ code: 'unknown_event_type', message: expect.stringContaining(name) }]);
  }
  expect((await make(anAddress(), [])).status).toBe(422);
  expect((await make(anAddress(), ['user.created', 'onboarding.live'])).status).toBe(201);
});

test('[WHK-02] a new secret has the old one beside it for the time that is told', async () => {
  const { body: made } = await make();

  const { body: rotated } = await vendor.call('POST', `/webhook_endpoints/${made.id}/rotate_secret`, {});
  const at = api.deps.now().getTime();
  expect(rotated.secret).not.toBe(made.secret);
  expect(Math.abs(Date.parse(rotated.previous_secret_until) - at - 86_400_000)).toBeLessThan(60_000);
  const { body: atOnce } = await vendor.call('POST', `/webhook_endpoints/${made.id}/rotate_secret`, {
    overlap_hours: 0,
  });
  expect(atOnce.previous_secret_until).toBeNull();
});

test('deliveries are listed by state, and one or all of a span are sent again', async () => {
  const { body: made } = await make();
  await vendor.call('POST', '/organizations', { name: 'One' });
  await vendor.call('POST', '/organizations', { name: 'Two' });
  await vendor.call('GET', '/events?events=organization.created');
  await deliverAll(made.id);
  const list = async (query = '') =>
    (await vendor.call('GET', `/webhook_endpoints/${made.id}/deliveries${query}`)).body.data;

  const delivered = await list('?state=delivered');
  expect(delivered).toHaveLength(2);
  expect(webhookDelivery.parse(delivered[0])).toEqual(delivered[0]);
  const replay = (body: object) => vendor.call('POST', `/webhook_endpoints/${made.id}/replay`, body);
  const one = await replay({ delivery_id: delivered[0].id });
  expect(replayed.parse(one.body).deliveries).toBe(1);
  // The one that waits to be sent again is left to it, whoever asks for it once more.
  expect(replayed.parse((await replay({ delivery_id: delivered[0].id })).body).deliveries).toBe(0);
  expect((await replay({ range_start: '2020-01-01T00:00:00Z' })).body.deliveries).toBe(1);
  expect((await replay({ range_start: '2020-01-01T00:00:00Z' })).body.deliveries).toBe(0);
  expect(
    (await list('?state=waiting')).map(({ is_replay: isReplay }: { is_replay: boolean }) => isReplay),
  ).toEqual([true, true]);
  expect((await replay({ delivery_id: newId('webhook_delivery_') })).status).toBe(404);
  expect((await replay({})).status).toBe(422);
});

test.each([
  [{ range_start: '2026-03-02T00:00:00Z', range_end: '2026-03-01T00:00:00Z' }, 'range_end'],
  [{ range_start: '2999-01-01T00:00:00Z' }, 'range_start'],
])('a span to send again that ends before it begins is refused at its field: %o', async (span, field) => {
  const { body: made } = await make();

  const { status, body } = await vendor.call('POST', `/webhook_endpoints/${made.id}/replay`, span);

  expect(status).toBe(422);
  expect(body.errors).toEqual([{ field, code: expect.stringContaining('must not be') }]);
});

test('a span of more events than are sent again at once is gone through page by page, and none is left out', async () => {
  const busy = await aVendor(api);
  const { body: made } = await make(anAddress(), ['organization.updated'], busy);
  const many = 10_004;
  await withSystem(api.systemDb, async (tx) => {
    await sql`
      insert into events (id, environment_id, name, data, created_at)
      select 'event_many_' || n, ${busy.environment.id}, 'organization.updated',
        json_build_object('id', 'org_' || n % 50), now() from generate_series(1, ${many}) as n
    `.execute(tx);
  });
  await busy.call('GET', '/events?events=organization.updated');
  await withSystem(api.systemDb, (tx) =>
    sql`update webhook_endpoints set position = ${many} where id = ${made.id}`.execute(tx),
  );
  const replay = (more: object) =>
    busy.call('POST', `/webhook_endpoints/${made.id}/replay`, {
      range_start: '2020-01-01T00:00:00Z',
      ...more,
    });

  const first = await replay({});
  expect(replayed.parse(first.body)).toMatchObject({ deliveries: 10_000, after: 'event_many_10000' });
  const rest = await replay({ after: first.body.after });
  expect(replayed.parse(rest.body)).toMatchObject({ deliveries: 4, after: null });

  const unknown = await replay({ after: 'event_nope' });
  expect([unknown.status, unknown.body.errors[0].field]).toEqual([422, 'after']);
});

test('nothing is sent again to an endpoint that is switched off: it says to switch it on first', async () => {
  const { body: made } = await make();
  await vendor.call('POST', '/organizations', { name: 'Again' });
  await vendor.call('GET', '/events?events=organization.created');
  await deliverAll(made.id);
  const path = `/webhook_endpoints/${made.id}`;
  const [sent] = (await vendor.call('GET', `${path}/deliveries`)).body.data;
  await vendor.call('PATCH', path, { status: 'disabled' });

  for (const what of [{ delivery_id: sent.id }, { range_start: '2020-01-01T00:00:00Z' }]) {
    const { status, body } = await vendor.call('POST', `${path}/replay`, what);
    expect([status, body.code]).toEqual([409, 'webhook_off']);
  }
  expect((await vendor.call('GET', `${path}/deliveries?state=waiting`)).body.data).toEqual([]);
  await vendor.call('PATCH', path, { status: 'enabled' });
  expect((await vendor.call('POST', `${path}/replay`, { delivery_id: sent.id })).status).toBe(200);
});

test('[IDB-03] nobody sees, changes or replays the endpoints of another environment', async () => {
  const { body: made } = await make();
  const stranger = await aVendor(api);
  const path = `/webhook_endpoints/${made.id}`;

  const tries = [
    await stranger.call('PATCH', path, { status: 'disabled' }),
    await stranger.call('DELETE', path),
    await stranger.call('POST', `${path}/rotate_secret`, {}),
    await stranger.call('GET', `${path}/deliveries`),
    await stranger.call('POST', `${path}/replay`, { range_start: '2020-01-01T00:00:00Z' }),
  ];

  expect(tries.map(({ status }) => status)).toEqual([404, 404, 404, 404, 404]);
  expect((await stranger.call('GET', '/webhook_endpoints')).body.data).toEqual([]);
});

/** As the worker does it, when every answer is 200. */
async function deliverAll(endpointId: string): Promise<void> {
  const tenant = { environmentId: vendor.environment.id };
  const now = api.deps.now();
  await withTenant(api.deps.db, tenant, async (tx) => {
    const endpoint = await lockWebhookEndpoint(tx, tenant, endpointId);
    const events = await listEventsAfter(tx, tenant, endpoint.position, 100);
    const ids: string[] = [];
    const mint = () => {
      const id = newId('webhook_delivery_');
      ids.push(id);
      return id;
    };
    await makeDeliveries(tx, endpoint, events, { newId: mint, now });
    for (const id of ids) {
      await recordTry(
        tx,
        { id, endpointId, environmentId: tenant.environmentId },
        {
          state: 'delivered',
          nextTryAt: null,
          lastTriedAt: now,
          lastStatus: 200,
          lastAnswer: '',
          lastCause: null,
          milliseconds: 3,
          endedAt: now,
        },
      );
    }
  });
}
