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

let made = 0;
const aUser = async () =>
  (await client.call('POST', '/Users', { userName: `v${(made += 1)}@acme.test`, title: 'first' })).body;
const retitle = (id: string, title: string, headers: Record<string, string> = {}) =>
  client.call(
    'PATCH',
    `/Users/${id}`,
    { Operations: [{ op: 'replace', path: 'title', value: title }] },
    headers,
  );

test('[SCIM-10] whoever says which version they mean changes that one and no other', async () => {
  const user = await aUser();
  const put = { ...user, title: 'put' };
  const body = { userName: user.userName };
  expect((await retitle(user.id, 'second', { 'if-match': 'W/"1"' })).status).toBe(200);

  for (const [method, sent] of [
    ['PATCH', { Operations: [{ op: 'replace', path: 'title', value: 'lost' }] }],
    ['PUT', put],
    ['DELETE', undefined],
  ] as const) {
    const reply = await client.call(method, `/Users/${user.id}`, sent, { 'if-match': 'W/"1"' });
    expect([method, reply.status, reply.body.status]).toEqual([method, 412, '412']);
  }
  expect((await client.call('GET', `/Users/${user.id}`)).body.title).toBe('second');
  for (const tag of ['*', '"2"', 'W/"9", W/"2"']) {
    const reply = await client.call(
      'PUT',
      `/Users/${user.id}`,
      { ...body, title: 'second' },
      { 'if-match': tag },
    );
    expect([tag, reply.status]).toEqual([tag, 200]);
  }
});

test('[SCIM-10] of two changes of the same version one is refused, and neither is lost without a word', async () => {
  const user = await aUser();
  const replies = await Promise.all(
    Array.from({ length: 10 }, (_, at) => retitle(user.id, `by ${at}`, { 'if-match': 'W/"1"' })),
  );
  const statuses = replies.map(({ status }) => status).sort();

  expect(statuses).toEqual([200, ...Array.from({ length: 9 }, () => 412)]);
});

test('[SCIM-10] changes of different attributes at once, without a version, are all kept', async () => {
  const user = await aUser();
  const names = ['title', 'nickName', 'userType', 'locale'];
  const replies = await Promise.all(
    names.map((path) =>
      client.call('PATCH', `/Users/${user.id}`, { Operations: [{ op: 'replace', path, value: 'kept' }] }),
    ),
  );
  expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  const { body } = await client.call('GET', `/Users/${user.id}`);
  for (const name of names) expect(body[name]).toBe('kept');
});

test('[SCIM-10] groups have versions too', async () => {
  const group = (await client.call('POST', '/Groups', { displayName: 'V' })).body;
  const rename = (tag: string) =>
    client.call(
      'PATCH',
      `/Groups/${group.id}`,
      { Operations: [{ op: 'replace', path: 'displayName', value: 'W' }] },
      { 'if-match': tag },
    );
  expect((await rename('W/"7"')).status).toBe(412);
  expect((await rename('W/"1"')).status).toBe(204);
  const stale = await client.call('DELETE', `/Groups/${group.id}`, undefined, { 'if-match': 'W/"1"' });
  expect(stale.status).toBe(412);
});

test('a reader who has the newest version is told so', async () => {
  const user = await aUser();
  const same = await client.call('GET', `/Users/${user.id}`, undefined, { 'if-none-match': 'W/"1"' });
  expect([same.status, same.text]).toEqual([304, '']);
  const other = await client.call('GET', `/Users/${user.id}`, undefined, { 'if-none-match': 'W/"2"' });
  expect(other.status).toBe(200);
});
