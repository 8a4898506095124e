import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { listAuditRecordsAfter, sealAudit, withSystem } from '../../db/index.ts';
import type { AuditRecord } from '../../onboarding/audit-records.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { anOrganization, aVendor, caller, type Vendor } from '../support/builders.ts';

let api: TestApi;
let vendor: Vendor;
let organization: string;
beforeAll(async () => {
  api = await startTestApi();
  vendor = await aVendor(api);
  await addSchema('user.signed_in', { targets: [{ type: 'user' }, { type: 'team' }] });
});
beforeEach(async () => {
  organization = (await anOrganization(vendor)).id;
});
afterAll(() => api.close());

const addSchema = (action: string, body: object, by = vendor) =>
  by.call('POST', `/audit_logs/actions/${action}/schemas`, body);
const anEvent = (changes: object = {}) => ({
  action: 'user.signed_in',
  occurred_at: '2026-03-01T10:00:00.123Z',
  actor: { id: 'user_1', type: 'user', name: 'Ann', metadata: { role: 'owner' } },
  targets: [{ id: 'team_1', type: 'team' }],
  context: { location: '192.0.2.7', user_agent: 'Lynx' },
  metadata: { method: 'sso', tries: 2, first: true },
  ...changes,
});
const send = (event: unknown, headers = {}, organization_id: unknown = organization) =>
  vendor.call('POST', '/audit_logs/events', { organization_id, event }, headers);
const sendBatch = (events: readonly object[], headers = {}) =>
  vendor.call('POST', '/audit_logs/events/batch', { events }, headers);

/** What was recorded of the customer by the vendor, in the order of the chain. */
async function recorded(organizationId = organization): Promise<AuditRecord[]> {
  return withSystem(api.systemDb, async (tx) => {
    const environmentId = vendor.environment.id;
    while ((await sealAudit(tx, environmentId)) > 0);
    const records = await listAuditRecordsAfter(tx, { environmentId, organizationId }, 0, 5_000);
    return records.filter(({ version }) => version !== undefined);
  });
}

test('an event is recorded as it was sent, with the version that its schema has', async () => {
  const reply = await send(anEvent());

  expect([reply.status, reply.body]).toEqual([201, { success: true }]);
  expect(await recorded()).toEqual([
    {
      id: expect.stringMatching(/^audit_/),
      sequence: expect.any(Number),
      organization_id: organization,
      version: 1,
      ...anEvent(),
    },
  ]);
});

test('nulls that old clients send for what they leave out are left out, and keys that nobody knows are dropped', async () => {
  const { metadata: _, ...event } = anEvent({
    actor: { id: 'user_1', type: 'user', name: null, metadata: null, colour: 'red' },
    version: null,
    context: { location: '', user_agent: null },
    more: { deep: true },
  });

  expect((await send({ ...event, metadata: null })).status).toBe(201);
  expect(await recorded()).toMatchObject([
    { actor: { id: 'user_1', type: 'user' }, context: { location: '' } },
  ]);
  expect((await recorded())[0]).not.toHaveProperty('metadata');
});

test.each([
  ['2026-03-01T12:00:00+02:00', '2026-03-01T10:00:00.000Z'],
  ['2026-03-01T10:00:00', '2026-03-01T10:00:00.000Z'],
  ['2026-03-01T10:00:00.123456Z', '2026-03-01T10:00:00.123Z'],
  ['2028-02-29T10:00:00Z', '2028-02-29T10:00:00.000Z'],
])('%s is read as the instant that it is', async (occurred_at, instant) => {
  await send(anEvent({ occurred_at }));

  expect((await recorded()).map((record) => record.occurred_at)).toEqual([instant]);
});

describe('what is missing is named, one by one', () => {
  test.each([
    [undefined, ['event']],
    [{}, ['event.action', 'event.occurred_at', 'event.actor', 'event.targets', 'event.context']],
    [anEvent({ actor: {} }), ['event.actor.id', 'event.actor.type']],
    [anEvent({ targets: [{ id: 'a' }], context: {} }), ['event.context.location', 'event.targets.0.type']],
    [anEvent({ occurred_at: null }), ['event.occurred_at']],
  ])('%#', async (event, fields) => {
    const { status, body } = await send(event);

    expect([status, body]).toEqual([
      422,
      { message: 'Validation failed', errors: fields.map((field) => ({ code: 'required', field })) },
    ]);
    expect(await recorded()).toEqual([]);
  });

  test('an event without an organization', async () => {
    const { status, body } = await vendor.call('POST', '/audit_logs/events', { event: anEvent() });

    expect([status, body.errors]).toEqual([422, [{ code: 'required', field: 'organization_id' }]]);
  });
});

describe('what is wrong is named as a validator of JSON Schema names it', () => {
  const many = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, 1]));

  test.each([
    [{ action: 'user.unheard_of' }, '/action', 'enum'],
    [{ action: 'no spaces please' }, '/action', 'pattern'],
    [{ version: 9 }, '/version', 'enum'],
    [{ version: 'two' }, '/version', 'type'],
    [{ occurred_at: 'yesterday' }, '/occurred_at', 'format'],
    [{ occurred_at: '2026-02-28T25:00:00Z' }, '/occurred_at', 'format'],
    [{ occurred_at: '2026-02-29T10:00:00Z' }, '/occurred_at', 'format'],
    [{ occurred_at: '2026-11-31T10:00:00+02:00' }, '/occurred_at', 'format'],
    [{ occurred_at: '0000-01-01T00:00:00Z' }, '/occurred_at', 'format'],
    [{ occurred_at: '0001-01-01T00:00:00+14:00' }, '/occurred_at', 'format'],
    [{ occurred_at: '9999-12-31T23:59:59-12:00' }, '/occurred_at', 'format'],
    [{ targets: [] }, '/targets', 'minItems'],
    [{ targets: 'team' }, '/targets', 'type'],
    [{ targets: Array.from({ length: 101 }, () => ({ id: 'a', type: 'team' })) }, '/targets', 'maxItems'],
    [{ targets: [{ id: 'a', type: 'planet' }] }, '/targets/0/type', 'enum'],
    [{ actor: { id: 'x'.repeat(513), type: 'user' } }, '/actor/id', 'maxLength'],
    [{ actor: { id: '', type: 'user' } }, '/actor/id', 'minLength'],
    [{ metadata: { 'bad key': 1 } }, '/metadata', 'pattern'],
    [{ metadata: many(51) }, '/metadata', 'maxProperties'],
    [{ metadata: { long: 'x'.repeat(501) } }, '/metadata/long', 'maxLength'],
    [{ metadata: { nested: { a: 1 } } }, '/metadata/nested', 'type'],
    [{ metadata: [] }, '/metadata', 'type'],
    [{ actor: { id: 'a', type: 'user', metadata: { list: [1] } } }, '/actor/metadata/list', 'type'],
  ])('%j', async (changes, instancePath, keyword) => {
    const { status, body } = await send(anEvent(changes));

    expect([status, body.code, body.message]).toEqual([
      400,
      'invalid_audit_log_event',
      'Invalid Audit Log event.',
    ]);
    expect(body.errors).toEqual([
      {
        instancePath,
        keyword,
        schemaPath: expect.stringMatching(/^#/),
        params: expect.any(Object),
        message: expect.any(String),
      },
    ]);
    expect(await recorded()).toEqual([]);
  });

  test('against the schema of its version: types, what is required, and what may not be there', async () => {
    const metadata = {
      type: 'object',
      properties: {
        cost: { type: 'number' },
        note: { type: ['string', 'boolean'], nullable: true },
        count: { type: 'integer' },
      },
      required: ['cost'],
      additionalProperties: false,
    };
    await addSchema('invoice.sent', { targets: [{ type: 'user' }] });
    await addSchema('invoice.sent', {
      targets: [{ type: 'invoice', metadata }],
      metadata,
      actor: { metadata },
    });
    const event = (given: object, version?: number) =>
      anEvent({
        action: 'invoice.sent',
        version,
        targets: [{ id: 'inv_1', type: 'invoice', metadata: { cost: 1 } }],
        actor: { id: 'a', type: 'user', metadata: { cost: 1 } },
        metadata: given,
      });
    const faults = async (given: object) =>
      (await send(event(given))).body.errors?.map((fault: { instancePath: string; keyword: string }) => [
        fault.instancePath,
        fault.keyword,
      ]);

    expect(await faults({ cost: 1, note: true, count: 3 })).toBeUndefined();
    expect(await faults({ cost: '1', count: 1.5 })).toEqual([
      ['/metadata/cost', 'type'],
      ['/metadata/count', 'type'],
    ]);
    expect(await faults({ note: 'x' })).toEqual([['/metadata', 'required']]);
    expect(await faults({ cost: 1, __proto__x: 1 })).toEqual([['/metadata', 'additionalProperties']]);
    expect((await send(event({ cost: 1 }, 1))).body.errors).toMatchObject([
      { instancePath: '/targets/0/type' },
    ]);
  });
});

test.each([
  ['that nobody made', 'org_01HHHHHHHHHHHHHHHHHHHHHHHH'],
  ['whose id is nonsense', "x' or 1=1"],
])('an organization %s is not found, by name', async (_what, id) => {
  const { status, body } = await send(anEvent(), {}, id);

  expect([status, body]).toEqual([404, { message: `Organization not found: '${id}'.` }]);
});

test('[IDB-03] another vendor neither writes into an organization nor knows the actions of this one', async () => {
  const stranger = await aVendor(api);
  const theirs = (event: object) =>
    stranger.call('POST', '/audit_logs/events', { organization_id: organization, event });

  expect((await theirs(anEvent())).body.errors).toMatchObject([{ instancePath: '/action' }]);
  await addSchema('user.signed_in', { targets: [{ type: 'team' }] }, stranger);
  expect((await theirs(anEvent())).status).toBe(404);
  expect(await recorded()).toEqual([]);
});

test('a deleted organization takes no events', async () => {
  await vendor.call('DELETE', `/organizations/${organization}`);

  expect((await send(anEvent())).status).toBe(404);
});

test('[REL-02] a refusal that names an organization is repeated word for word under its key', async () => {
  const unknown = 'org_01H945GZVHBRNS6WZMYBFJ2C5K';
  const headers = { 'idempotency-key': 'of-nobody' };

  const replies = [await send(anEvent(), headers, unknown), await send(anEvent(), headers, unknown)];

  expect(replies.map(({ status }) => status)).toEqual([404, 404]);
  expect(replies[0]?.text).toContain(unknown);
  expect(replies[1]?.text).toBe(replies[0]?.text);
});

test('[REL-02] the same key records one event, also at twenty at once, and another event under it is refused', async () => {
  const headers = { 'idempotency-key': `key-${organization}` };
  const replies = await Promise.all(Array.from({ length: 20 }, () => send(anEvent(), headers)));

  expect(replies.map(({ status, body }) => [status, body])).toEqual(
    replies.map(() => [201, { success: true }]),
  );
  expect((await send(anEvent({ targets: [{ id: 'team_2', type: 'team' }] }), headers)).status).toBe(400);
  expect(await recorded()).toHaveLength(1);
});

test('without a key, the same event is recorded once in a day, and one that was refused may come again', async () => {
  expect((await send(anEvent({ action: 'user.invited' }))).status).toBe(400);
  await addSchema('user.invited', { targets: [{ type: 'team' }] });
  expect((await send(anEvent({ action: 'user.invited' }))).status).toBe(201);
  expect((await send(anEvent({ action: 'user.invited' }))).status).toBe(201);
  expect(
    (await send(anEvent({ action: 'user.invited', occurred_at: '2026-03-01T10:00:00.124Z' }))).status,
  ).toBe(201);

  expect(await recorded()).toHaveLength(2);
});

describe('a batch', () => {
  test('is recorded in its order, all of it, once a key', async () => {
    const events = Array.from({ length: 150 }, (_, index) => ({
      organization_id: organization,
      event: anEvent({ metadata: { index } }),
    }));
    const headers = { 'idempotency-key': `batch-${organization}` };
    const replies = [await sendBatch(events, headers), await sendBatch(events, headers)];

    expect(replies.map(({ status, body }) => [status, body])).toEqual([
      [201, { success: true, events: 150 }],
      [201, { success: true, events: 150 }],
    ]);
    expect((await recorded()).map(({ metadata }) => metadata?.['index'])).toEqual(
      events.map((_, index) => index),
    );
  });

  test('with one event that does not fit records none, and says which it is', async () => {
    const good = { organization_id: organization, event: anEvent() };
    const bad = { organization_id: organization, event: anEvent({ targets: [{ id: 'a', type: 'planet' }] }) };

    expect((await sendBatch([good, bad])).body.errors).toMatchObject([
      { instancePath: '/events/1/event/targets/0/type' },
    ]);
    const missing = await sendBatch([good, good, { organization_id: organization, event: {} }]);
    expect(missing.body.errors[0]).toEqual({ code: 'required', field: 'events.2.event.action' });
    const unknown = { ...good, organization_id: 'org_01HHHHHHHHHHHHHHHHHHHHHHHH' };
    expect((await sendBatch([good, unknown])).body.message).toContain('org_01HHHHHHHHHHHHHHHHHHHHHHHH');
    expect(await recorded()).toEqual([]);
  });

  test('of none, or of more than 1,000, is refused', async () => {
    const one = { organization_id: organization, event: anEvent() };

    expect((await sendBatch([])).status).toBe(422);
    expect((await sendBatch(Array.from({ length: 1_001 }, () => one))).status).toBe(422);
  });
});

describe('[STR-02] hostile texts are one event each, as they were sent', () => {
  test.each([
    ['newlines', 'a\r\nb\n{"action":"user.deleted"}\u2028c'],
    ['terminal escapes', '\u001B[2J\u001B]0;owned\u0007'],
    ['bidi', '\u202Egnp.exe\u2066 \u200F'],
    ['SQL and markup', `'; drop table audit_events; -- <script>alert(1)</script> {{7*7}} \${x}`],
    ['a formula', '=cmd|"/c calc"!A1'],
    ['64 KB', 'x'.repeat(65_536)],
    ['quotes and backslashes', '"\\{},{a,b}\\\\"'],
    ['emoji', '👩‍👩‍👧 é e\u0301 \uFEFF'],
  ])('%s', async (_what, text) => {
    const short = text.slice(0, 500);
    const event = anEvent({
      actor: { id: short, type: 'user', name: text },
      targets: [{ id: short, type: 'team', name: text, metadata: { note: short } }],
      context: { location: text, user_agent: text },
      metadata: { note: short, __proto__: { polluted: true } },
    });

    expect((await send(event)).status).toBe(201);

    const [record, ...more] = await recorded();
    expect(more).toEqual([]);
    expect(record).toMatchObject({ actor: event.actor, targets: event.targets, context: event.context });
    expect(record?.metadata).toEqual({ note: short });
  });

  test('a key that is no key of JavaScript’s objects, a prototype’s name, is a key like others', async () => {
    const event = JSON.stringify(anEvent()).replace('"method":"sso"', '"__proto__":"x","constructor":"y"');
    const body = `{"organization_id":"${organization}","event":${event}}`;
    const reply = await vendor.call('POST', '/audit_logs/events', body, {
      'content-type': 'application/json',
    });

    expect(reply.status).toBe(201);
    expect(JSON.stringify((await recorded())[0]?.metadata)).toContain('"__proto__":"x","constructor":"y"');
    expect({}).not.toHaveProperty('polluted');
  });

  test('what no database can hold is refused, and says where', async () => {
    for (const text of ['a\0b', '\uD800']) {
      const { status, body } = await send(anEvent({ actor: { id: 'a', type: 'user', name: text } }));
      expect([status, body.errors[0].field]).toEqual([422, 'event.actor.name']);
    }
    expect(await recorded()).toEqual([]);
  });

  test.each([
    '',
    '[]',
    'null',
    '"text"',
    '{"event":',
    '{"organization_id":["a"],"event":{}}',
    '{"organization_id":{"$ne":1},"event":1}',
  ])('a body of %s is refused as input', async (body) => {
    const reply = await vendor.call('POST', '/audit_logs/events', body, {
      'content-type': 'application/json',
    });

    expect(reply.status).toBeOneOf([400, 422]);
    expect(reply.body.message).toEqual(expect.any(String));
  });
});

test('a flood is told to wait, in the contract’s words', async () => {
  const busy = await startTestApi({ rateLimitFactor: 0.001 });
  const their = await aVendor(busy);
  const call = caller(busy, { authorization: `Bearer ${their.secret}` });
  let reply = await call('POST', '/audit_logs/events', {});
  for (let tries = 0; reply.status !== 429 && tries < 20; tries += 1)
    reply = await call('POST', '/audit_logs/events', {});
  await busy.close();

  expect([reply.status, reply.body]).toEqual([
    429,
    { message: 'Too many requests.', code: 'rate_limit_exceeded' },
  ]);
  expect(reply.headers.get('retry-after')).toMatch(/^\d+$/);
});
