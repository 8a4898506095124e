import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../support/api.ts';
import { aScimClient, type ScimClient } from '../support/scim-client.ts';

let api: TestApi;
let client: ScimClient;
beforeAll(async () => {
  api = await startTestApi();
  client = await aScimClient(api);
});
afterAll(() => api.close());

const bulk = (Operations: object[], more: object = {}) =>
  client.call('POST', '/Bulk', {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'],
    Operations,
    ...more,
  });
const statuses = (reply: { body: { Operations: { status: string }[] } }) =>
  reply.body.Operations.map(({ status }) => status);

test('operations are done in their order, and later ones name what earlier ones have made', async () => {
  const reply = await bulk([
    { method: 'POST', path: '/Users', bulkId: 'a', data: { userName: 'bulk-a@acme.test' } },
    {
      method: 'POST',
      path: '/Groups',
      bulkId: 'g',
      data: { displayName: 'Bulk', members: [{ value: 'bulkId:a' }] },
    },
    {
      method: 'PATCH',
      path: '/Users/bulkId:a',
      data: { Operations: [{ op: 'replace', value: { active: false } }] },
    },
  ]);

  expect([reply.status, statuses(reply)]).toEqual([200, ['201', '201', '200']]);
  const [person, group] = reply.body.Operations;
  expect(person).toMatchObject({ method: 'POST', bulkId: 'a', version: 'W/"1"' });
  const { pathname } = new URL(group.location);
  const read = await client.call('GET', pathname.replace(/^\/scim\/v2\/[^/]+/, ''));
  expect(read.body.members).toMatchObject([{ $ref: person.location }]);
});

test('the parts of an operation are named in any case, as attributes are', async () => {
  const data = { userName: 'bulk-capitals@acme.test' };
  const reply = await bulk([
    { Method: 'POST', Path: '/Users', BulkId: 'c', Data: data },
    { Method: 'DELETE', Path: '/Users/bulkId:c' },
  ]);

  expect(statuses(reply)).toEqual(['201', '204']);
});

test('what fails is answered in its place, and the rest is done', async () => {
  const reply = await bulk([
    { method: 'POST', path: '/Users', bulkId: 'x', data: {} },
    { method: 'GET', path: '/Users' },
    { method: 'POST', path: '/Bulk', data: {} },
    { method: 'DELETE', path: '/Users/nobody' },
    { method: 'PATCH', path: '/Users/bulkId:nobody', data: {} },
    { path: '/Users' },
    { method: 'POST', path: '/Users', bulkId: 'y', data: { userName: 'bulk-y@acme.test' } },
  ]);

  expect(statuses(reply)).toEqual(['400', '400', '400', '404', '409', '400', '201']);
  expect(reply.body.Operations[0].response).toMatchObject({ status: '400', scimType: 'invalidValue' });
});

test('after as many errors as the client bears, nothing more is done', async () => {
  const wrong = { method: 'DELETE', path: '/Users/nobody' };
  const reply = await bulk(
    [wrong, wrong, { method: 'POST', path: '/Users', data: { userName: 'never@acme.test' } }],
    {
      failOnErrors: 2,
    },
  );

  expect(statuses(reply)).toEqual(['404', '404']);
});

test('[SCIM-06] one request has 100 operations at most', async () => {
  const many = (count: number) =>
    Array.from({ length: count }, () => ({ method: 'DELETE', path: '/Users/nobody' }));
  expect(statuses(await bulk(many(100)))).toHaveLength(100);
  const more = await bulk(many(101));
  expect([more.status, more.body.scimType]).toEqual([413, 'tooMany']);
  expect((await bulk([])).status).toBe(400);
});
