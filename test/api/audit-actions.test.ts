import { afterAll, beforeAll, expect, test } from 'vitest';
import { auditAction, auditSchema } from '../../api/contract/developer-audit-logs.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { aVendor, type Vendor } from '../support/builders.ts';

let api: TestApi;
let vendor: Vendor;
beforeAll(async () => {
  api = await startTestApi();
  vendor = await aVendor(api);
});
afterAll(() => api.close());

const add = (action: string, body: object, by = vendor) =>
  by.call('POST', `/audit_logs/actions/${encodeURIComponent(action)}/schemas`, body);
const targets = [{ type: 'user' }];

test('a schema is a version of its action, one that is sent again is the same version, and none is ever changed', async () => {
  const metadata = { type: 'object', properties: { cost: { type: 'number' } } };
  const first = await add('invoice.sent', { targets });
  const second = await add('invoice.sent', { targets, metadata, actor: { metadata } });
  const again = await add('invoice.sent', { metadata, actor: { metadata }, targets });

  expect([first.status, second.status, again.status]).toEqual([201, 201, 201]);
  expect(auditSchema.parse(second.body)).toEqual(second.body);
  expect(first.body).toEqual({
    object: 'audit_log_schema',
    version: 1,
    targets,
    created_at: expect.any(String),
  });
  expect(second.body).toMatchObject({ version: 2, metadata, actor: { metadata } });
  expect(again.body).toEqual(second.body);
  const { body: list } = await vendor.call('GET', '/audit_logs/actions/invoice.sent/schemas');
  expect(list.data).toEqual([second.body, first.body]);
});

test('actions are listed with their newest schema, page by page', async () => {
  const other = await aVendor(api);
  for (const action of ['a.a', 'b.b', 'c.c']) await add(action, { targets }, other);
  await add('a.a', { targets: [{ type: 'team' }] }, other);

  const { body: page } = await other.call('GET', '/audit_logs/actions?limit=2');
  expect(page.data.map((action: unknown) => auditAction.parse(action).name)).toEqual(['c.c', 'b.b']);
  const { body: rest } = await other.call(
    'GET',
    `/audit_logs/actions?order=desc&after=${page.list_metadata.before}`,
  );
  expect(rest.data).toMatchObject([{ name: 'a.a', schema: { version: 2, targets: [{ type: 'team' }] } }]);
  expect((await vendor.call('GET', '/audit_logs/actions/c.c/schemas')).status).toBe(404);
});

test('twenty at once make the versions from 1 to 20', async () => {
  const replies = await Promise.all(
    Array.from({ length: 20 }, (_, index) => add('race.run', { targets: [{ type: `kind_${index}` }] })),
  );

  expect(replies.map(({ body }) => body.version).sort((a, b) => a - b)).toEqual(
    Array.from({ length: 20 }, (_, index) => index + 1),
  );
});

test('nulls of old clients are left out', async () => {
  const { status, body } = await add('null.sent', {
    targets: [{ type: 'user', metadata: null }],
    actor: null,
    metadata: null,
  });

  expect([status, body.targets, body.metadata]).toEqual([201, targets, undefined]);
});

test.each([
  [{}],
  [{ targets: [] }],
  [{ targets: [{}] }],
  [{ targets, metadata: { type: 'array' } }],
  [{ targets, metadata: { type: 'object', properties: { a: { type: 'string', pattern: '(a+)+$' } } } }],
  [{ targets, metadata: { type: 'object', properties: { a: { $ref: 'https://elsewhere.test/schema' } } } }],
  [{ targets, metadata: { type: 'object', properties: { 'no key': { type: 'string' } } } }],
  [
    {
      targets,
      metadata: {
        type: 'object',
        properties: Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`k${i}`, { type: 'string' }])),
      },
    },
  ],
  [{ targets: [{ type: 'user', metadata: { type: 'object', if: {} } }] }],
])('%j describes nothing that events could be held against', async (body) => {
  const reply = await add('bad.schema', body);

  expect([reply.status, reply.body.message]).toEqual([422, 'Validation failed']);
});

test('a type that no value can have is refused with those that there are', async () => {
  const metadata = { type: 'object', properties: { paid_on: { type: 'date' } } };
  const { body } = await add('bad.type', { targets, metadata });

  expect(body.errors).toEqual([
    {
      field: 'metadata.properties.paid_on.type',
      code: 'metadata.properties.paid_on.type must be string, number, integer, boolean, or a list of these',
    },
  ]);
});

test.each(['a b', 'a/b', '', 'ä', 'x'.repeat(201), '../x'])(
  '"%s" is no name of an action',
  async (action) => {
    expect((await add(action, { targets })).status).toBeOneOf([404, 422]);
  },
);
