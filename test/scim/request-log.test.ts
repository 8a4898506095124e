import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../support/api.ts';
import { asSystem, caller } from '../support/builders.ts';
import { aScimToken } from '../support/directories.ts';
import { aScimClient, clientOf, type ScimClient } from '../support/scim-client.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

/** The calls of a directory as they are kept, oldest first. */
async function logged({ directory }: Pick<ScimClient, 'directory'>) {
  await api.deps.directoryRequests.flush();
  return asSystem(api, (tx) =>
    tx
      .selectFrom('directoryRequests')
      .selectAll()
      .where('directoryId', '=', directory.directoryId)
      .orderBy('at')
      .orderBy('id')
      .execute(),
  );
}

test('every call is kept with what it was, to whom, by which program and how it ended', async () => {
  const client = await aScimClient(api);
  const call: ScimClient['call'] = (method, path, body) => {
    api.pass(10);
    return client.call(method, path, body, { 'user-agent': 'Okta SCIM Client 1.0.0' });
  };
  await call('GET', '/ServiceProviderConfig');
  await call('GET', '/Users?filter=userName%20eq%20%22a@b.c%22');
  const { body: user } = await call('POST', '/Users', { userName: 'anna@acme.test' });
  await call('GET', '/Users?count=1');
  await call('PATCH', `/Users/${user.id}`, { Operations: [{ op: 'replace', path: 'title', value: 'x' }] });
  await call('PUT', `/Users/${user.id}`, { userName: 'anna@acme.test', active: false });
  await call('PUT', `/Users/${user.id}`, { userName: 'anna@acme.test', active: true });
  const { body: group } = await call('POST', '/Groups', { displayName: 'IT' });
  await call('PATCH', `/Groups/${group.id}`, {
    Operations: [{ op: 'add', path: 'members', value: [{ value: user.id }] }],
  });
  await call('PATCH', `/Groups/${group.id}`, {
    Operations: [{ op: 'replace', value: { displayName: 'Ops' } }],
  });
  await call('DELETE', `/Groups/${group.id}`);
  await call('DELETE', `/Users/${user.id}`);
  await call('POST', '/Bulk', { Operations: [{ method: 'DELETE', path: '/Users/x' }] });
  await call('GET', '/Users/nobody');

  const rows = await logged(client);
  expect(
    rows.map(({ method, status, kind, cause, subject }) => [method, status, kind, cause, subject]),
  ).toEqual([
    ['GET', 200, 'connection_test', null, null],
    ['GET', 200, 'connection_test', null, null],
    ['POST', 201, 'person_created', null, 'a•••@acme.test'],
    ['GET', 200, 'read', null, null],
    ['PATCH', 200, 'person_changed', null, 'a•••@acme.test'],
    ['PUT', 200, 'person_deactivated', null, 'a•••@acme.test'],
    ['PUT', 200, 'person_reactivated', null, 'a•••@acme.test'],
    ['POST', 201, 'group_pushed', null, 'IT'],
    ['PATCH', 204, 'members_changed', null, 'IT'],
    ['PATCH', 204, 'group_changed', null, 'Ops'],
    ['DELETE', 204, 'group_removed', null, 'Ops'],
    ['DELETE', 204, 'person_removed', null, 'a•••@acme.test'],
    ['POST', 200, 'bulk', null, null],
    ['GET', 404, 'refused', 'person_unknown', null],
  ]);
  expect(rows[1]).toMatchObject({
    path: '/Users?filter=userName eq "a@b.c"',
    client: 'Okta SCIM Client 1.0.0',
    requestBody: null,
    responseBody: '{"totalResults":0,"itemsPerPage":0}',
  });
  expect(JSON.parse(rows[2]?.requestBody ?? '')).toEqual({ userName: 'anna@acme.test' });
  expect(JSON.parse(rows[2]?.responseBody ?? '').id).toBe(user.id);
  expect(JSON.parse(rows.at(-1)?.responseBody ?? '')).toMatchObject({ status: '404' });
});

/** Deeper than the stack: whatever calls itself to read it would fall. */
const deep = (name: string) => `{"userName":"${name}","x":${'['.repeat(50_000)}${']'.repeat(50_000)}}`;

describe('a refused call says why', () => {
  const taken = { userName: 'taken@acme.test' };
  test.each([
    ['no userName', 'POST', '/Users', {}, 'user_name_missing'],
    ['a userName of blanks', 'POST', '/Users', { userName: ' \u00a0' }, 'user_name_missing'],
    ['a name that is there', 'POST', '/Users', taken, 'person_exists'],
    ['a value of another kind', 'POST', '/Users', { userName: 'x', active: 'maybe' }, 'value_wrong'],
    ['a group without a name', 'POST', '/Groups', {}, 'group_name_missing'],
    ['a group with a name of blanks', 'POST', '/Groups', { displayName: ' ' }, 'group_name_missing'],
    ['an address that is none', 'GET', '/User', undefined, 'address_unknown'],
    ['a client of 1.1', 'GET', '/ServiceProviderConfigs', undefined, 'protocol_version_unknown'],
    ['a broken body', 'POST', '/Users', '{', 'body_unreadable'],
    ['a body that has no end in its depth', 'POST', '/Users', deep('x'), 'body_unreadable'],
    ['the same with an escape in it', 'POST', '/Users', deep('\\u0041'), 'body_unreadable'],
    ['a filter that is none', 'GET', '/Users?filter=x', undefined, 'filter_unreadable'],
    ['a group that is not there', 'DELETE', '/Groups/x', undefined, 'group_unknown'],
  ])('%s', async (_what, method, path, body, cause) => {
    const client = await aScimClient(api);
    await client.call('POST', '/Users', taken);
    api.pass(10);
    await client.call(method, path, body);
    expect((await logged(client)).at(-1)).toMatchObject({ kind: 'refused', cause });
  });

  test('and of whom, where its body says: people masked, groups by their name', async () => {
    const client = await aScimClient(api);
    const calls = [
      ['POST', '/Groups', { displayName: 'Sales' }],
      ['POST', '/Groups', { displayName: 'Sales' }],
      ['POST', '/Users', { userName: 'x@acme.test', active: 'maybe' }],
      ['PUT', '/Users/nobody', { userName: 'y@acme.test' }],
      ['POST', '/Users', { userName: { name: 'z' } }],
    ] as const;
    for (const [method, path, body] of calls) {
      api.pass(10);
      await client.call(method, path, body);
    }
    expect((await logged(client)).map(({ status, subject }) => [status, subject])).toEqual([
      [201, 'Sales'],
      [409, 'Sales'],
      [400, 'x•••@acme.test'],
      [404, 'y•••@acme.test'],
      [400, null],
    ]);
  });

  test('and whom it created although they are here, masked', async () => {
    const client = await aScimClient(api);
    for (const body of [taken, taken, { ...taken, userName: undefined, username: 'TAKEN@acme.test' }]) {
      api.pass(10);
      await client.call('POST', '/Users', body);
    }
    expect((await logged(client)).map(({ status, subject }) => [status, subject])).toEqual([
      [201, 't•••@acme.test'],
      [409, 't•••@acme.test'],
      [409, 'T•••@acme.test'],
    ]);
  });

  test('a token that is none, was one, or has ended', async () => {
    const client = await aScimClient(api);
    const { directory } = client;
    const past = new Date(api.deps.now().getTime() - 1000);
    const tokens = [
      (await aScimClient(api)).directory,
      await aScimToken(api.systemDb, directory, { revokedAt: past }),
      await aScimToken(api.systemDb, directory, { expiresAt: past }),
    ];
    for (const { token } of tokens) {
      api.pass(10);
      await clientOf(api, { externalKey: directory.externalKey, token })('POST', '/Users', {
        userName: 'secret',
      });
    }
    await caller(api)('GET', `/scim/v2/${directory.externalKey}/Users`);

    const rows = await logged(client);
    expect(rows.map(({ cause }) => cause).sort()).toEqual([
      'token_expired',
      'token_missing',
      'token_revoked',
      'token_unknown',
    ]);
    // Of a stranger nothing is kept but that they came.
    expect(JSON.stringify(rows)).not.toContain('secret');
  });
});

test('secrets are never kept: no password, no token, wherever they stand', async () => {
  const client = await aScimClient(api);
  const { token } = client.directory;
  const sent = {
    userName: 'anna@acme.test',
    password: 'hunter2-a',
    nickName: token,
    'urn:acme:1.0:User': { apiToken: 'hunter2-b' },
  };
  const { body: user } = await client.call('POST', '/Users', sent, { 'user-agent': `x ${token}` });
  await client.call('PATCH', `/Users/${user.id}`, {
    Operations: [
      { op: 'replace', path: 'password', value: 'hunter2-c' },
      { op: 'add', value: { password: 'hunter2-d', title: 'kept' } },
    ],
  });
  await client.call('GET', `/Users?filter=${encodeURIComponent(`nickName eq "${token}"`)}`);

  const kept = JSON.stringify(await logged(client));
  expect(kept).toContain('kept');
  expect(kept).not.toContain('hunter2');
  expect(kept).not.toContain(token);
});

test('a body in another charset is refused: its names would be kept with holes in them', async () => {
  const client = await aScimClient(api);
  const { externalKey, token } = client.directory;
  const reply = await fetch(`${api.url}/scim/v2/${externalKey}/Users`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json; charset=iso-8859-1' },
    body: Buffer.from('{"userName":"jörg@acme.test"}', 'latin1'),
  });

  expect([reply.status, await reply.json()]).toMatchObject([400, { detail: 'The body is not UTF-8.' }]);
  expect(await logged(client)).toMatchObject([{ kind: 'refused', cause: 'body_unreadable' }]);
});

test('brackets inside of a text, and a mark in front of a body, are nothing to refuse', async () => {
  const client = await aScimClient(api);
  const title = `${'{['.repeat(40)} \\ " \\"`;
  const body = `\ufeff${JSON.stringify({ userName: 'anna@acme.test', title })}`;

  expect((await client.call('POST', '/Users', body)).body).toMatchObject({ title });
});

test('of long bodies 8 KB are kept', async () => {
  const client = await aScimClient(api);
  await client.call('POST', '/Users', { userName: 'long@acme.test', title: 'ä'.repeat(9_000) });
  const [row] = await logged(client);
  for (const body of [row?.requestBody, row?.responseBody]) {
    expect(Buffer.byteLength(body ?? '')).toBeLessThanOrEqual(8_192);
    expect(body).toMatch(/ä…$/);
  }
});

test('when directory and token were last used is written with the calls, and pages hear of it', async () => {
  const client = await aScimClient(api);
  const { organizationId, directoryId, tokenId } = client.directory;
  const heard: string[] = [];
  const stop = await api.deps.listener.listen(`portal:${organizationId}`, (payload) => heard.push(payload));
  await client.call('GET', '/Users');
  await api.deps.directoryRequests.flush();

  const [directory, token] = await asSystem(api, (tx) =>
    Promise.all([
      tx.selectFrom('directories').selectAll().where('id', '=', directoryId).executeTakeFirstOrThrow(),
      tx.selectFrom('directoryTokens').selectAll().where('id', '=', tokenId).executeTakeFirstOrThrow(),
    ]),
  );
  expect(directory.firstRequestAt).not.toBeNull();
  expect(directory.lastRequestAt).not.toBeNull();
  expect(token.firstUsedAt).not.toBeNull();
  expect(token.lastUsedAt).not.toBeNull();
  await expect.poll(() => heard).toContain(`directory:${directoryId}`);
  await stop();
});
