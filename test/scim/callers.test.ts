import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mintToken } from '../../adapters/tokens.ts';
import { withSystem } from '../../db/index.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { aCustomer, aMember, asSystem, caller, type Reply } from '../support/builders.ts';
import { aScimToken } from '../support/directories.ts';
import { aScimClient, clientOf, type ScimClient } from '../support/scim-client.ts';

let api: TestApi;
let client: ScimClient;
let person: string;
beforeAll(async () => {
  api = await startTestApi();
  client = await aScimClient(api);
  person = (await client.call('POST', '/Users', { userName: 'anna@acme.test' })).body.id;
});
afterAll(() => api.close());

/** Every way into the server. */
const routes: readonly (readonly [string, string, object?])[] = [
  ['GET', '/Users'],
  ['POST', '/Users', { userName: 'new@acme.test' }],
  ['GET', '/Users/:id'],
  ['PUT', '/Users/:id', { userName: 'anna@acme.test', title: 'x' }],
  ['PATCH', '/Users/:id', { Operations: [{ op: 'replace', path: 'title', value: 'x' }] }],
  ['DELETE', '/Users/:id'],
  ['POST', '/Users/.search', {}],
  ['GET', '/Groups'],
  ['POST', '/Groups', { displayName: 'x' }],
  ['GET', '/Groups/:id'],
  ['PUT', '/Groups/:id', { displayName: 'x' }],
  ['PATCH', '/Groups/:id', { Operations: [{ op: 'replace', path: 'displayName', value: 'x' }] }],
  ['DELETE', '/Groups/:id'],
  ['POST', '/Groups/.search', {}],
  ['POST', '/.search', {}],
  ['POST', '/Bulk', { Operations: [{ method: 'DELETE', path: '/Users/:id' }] }],
  ['GET', '/ServiceProviderConfig'],
  ['GET', '/ResourceTypes'],
  ['GET', '/ResourceTypes/User'],
  ['GET', '/Schemas'],
  ['GET', '/Schemas/urn:ietf:params:scim:schemas:core:2.0:User'],
];
/** And every way in for a client of 1.1, where the same ones lead (`version-one.test.ts`). */
const routesOfVersionOne: typeof routes = [
  ['GET', '/Users'],
  ['POST', '/Users', { userName: 'new@acme.test' }],
  ['GET', '/Users/:id'],
  ['PUT', '/Users/:id', { userName: 'anna@acme.test', title: 'x' }],
  ['PATCH', '/Users/:id', { title: 'x' }],
  ['DELETE', '/Users/:id'],
  ['GET', '/Groups'],
  ['POST', '/Groups', { displayName: 'x' }],
  ['GET', '/Groups/:id'],
  ['PUT', '/Groups/:id', { displayName: 'x' }],
  ['PATCH', '/Groups/:id', { displayName: 'x' }],
  ['DELETE', '/Groups/:id'],
  ['POST', '/Bulk', { Operations: [{ method: 'DELETE', path: '/Users/:id' }] }],
  ['GET', '/ServiceProviderConfigs'],
  ['GET', '/Schemas'],
  ['GET', '/Schemas/urn:scim:schemas:core:1.0:User'],
];
const everyWay = [
  ...routes.map(([method, path, body]) => ['/scim/v2', method, path, body] as const),
  ...routesOfVersionOne.map(([method, path, body]) => ['/scim/v1.1', method, path, body] as const),
];
const pathOf = (path: string) => path.replace(':id', person);
const unauthorized = {
  schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
  status: '401',
  detail: 'The bearer token is not one of this directory.',
};
const unauthorizedInVersionOne = { Errors: [{ description: unauthorized.detail, code: '401' }] };

describe.each(everyWay)(
  '[SCIM-01] at %s, %s %s opens to a token of this directory alone',
  (start, method, path, body) => {
    const ask = (headers: Record<string, string>) =>
      caller(api, headers)(method, `${start}/${client.directory.externalKey}${pathOf(path)}`, body);
    const refused = start === '/scim/v2' ? unauthorized : unauthorizedInVersionOne;

    test('not without one, nor with a made-up, cut, revoked or expired one, nor with another credential', async () => {
      const { token } = client.directory;
      const past = new Date(api.deps.now().getTime() - 1000);
      const { token: expired } = await aScimToken(api.systemDb, client.directory, { expiresAt: past });
      const { token: revoked } = await aScimToken(api.systemDb, client.directory, { revokedAt: past });
      const { secret, environment } = client.vendor;
      const customer = await aCustomer(api, { environment }, client.directory.organizationId);
      const staff = await aMember(api, { environment });
      const wrong: Record<string, string>[] = [
        {},
        { authorization: 'Bearer' },
        { authorization: `Basic ${token}` },
        { authorization: `Bearer ${token.slice(0, -1)}` },
        ...[expired, revoked, secret].map((bearer) => ({ authorization: `Bearer ${bearer}` })),
        { cookie: customer.cookie },
        { cookie: staff.cookie },
      ];

      for (const headers of wrong) {
        const reply = await ask(headers);
        expect([reply.status, reply.body]).toEqual([401, refused]);
        expect(reply.headers.get('www-authenticate')).toBe('Bearer');
      }
      expect((await client.call('GET', `/Users/${person}`)).body).not.toHaveProperty('title');
    });

    test('not with the token of another directory, of the same customer or of another', async () => {
      const { vendor, directory } = client;
      const others = [
        await aScimClient(api, { vendor, organizationId: directory.organizationId }),
        await aScimClient(api, { vendor }),
        await aScimClient(api),
      ];
      for (const other of others) {
        expect((await ask({ authorization: `Bearer ${other.directory.token}` })).status).toBe(401);
        // [SCIM-08] and what belongs to this directory is not there in theirs.
        if (!path.includes(':id')) continue;
        const foreign = await clientOf(api, other.directory, {}, start)(method, pathOf(path), body);
        expect([foreign.status, foreign.body]).toEqual([
          404,
          start === '/scim/v2'
            ? expect.objectContaining({ status: '404' })
            : { Errors: [{ description: expect.any(String), code: '404' }] },
        ]);
      }
      expect((await client.call('GET', `/Users/${person}`)).status).toBe(200);
    });
  },
);

test('[SCIM-01] a token is good with and without the word in front, in any case', async () => {
  const { externalKey, token } = client.directory;
  for (const authorization of [`Bearer ${token}`, `bearer  ${token}`, token, ` ${token} `]) {
    const reply = await caller(api, { authorization })('GET', `/scim/v2/${externalKey}/Users`);
    expect(reply.status).toBe(200);
  }
});

test('[SCIM-01] two tokens are good at once, and a revoked one at no program any more, from then on', async () => {
  const { directory } = client;
  const next = await aScimToken(api.systemDb, directory);
  const second = clientOf(api, { externalKey: directory.externalKey, token: next.token });
  const other = await api.another();
  const elsewhere = async () => {
    const { host } = new URL(api.url);
    const headers = { authorization: `Bearer ${next.token}`, host };
    const asked = request(`${other.url}/scim/v2/${directory.externalKey}/Users`, { headers }).end();
    const [reply] = (await once(asked, 'response')) as [IncomingMessage];
    reply.resume();
    return reply.statusCode;
  };
  expect((await second('GET', '/Users')).status).toBe(200);
  expect((await client.call('GET', '/Users')).status).toBe(200);
  expect(await elsewhere()).toBe(200);

  await asSystem(api, (tx) =>
    tx
      .updateTable('directoryTokens')
      .set({ revokedAt: api.deps.now() })
      .where('id', '=', next.tokenId)
      .execute(),
  );
  expect((await second('GET', '/Users')).status).toBe(401);
  expect((await second('POST', '/Users', { userName: 'late@acme.test' })).status).toBe(401);
  expect(await elsewhere()).toBe(401);
  expect((await client.call('GET', '/Users')).status).toBe(200);
  await other.close();
});

test('[SCIM-01] a directory that is off, deleted, read by us, or of a deleted customer has no door', async () => {
  const { call, directory } = await aScimClient(api);
  const set = (changes: object) =>
    asSystem(api, (tx) =>
      tx
        .updateTable('directories')
        .set({ ...changes, updatedAt: api.deps.now() })
        .where('id', '=', directory.directoryId)
        .execute(),
    );
  const status = async () =>
    (await call('POST', '/Users', { userName: `x${Math.random()}@acme.test` })).status;
  expect(await status()).toBe(201);
  for (const [changes, back] of [
    [{ state: 'unlinked' }, { state: 'linked' }],
    [{ state: 'deleting' }, { state: 'linked' }],
    [{ road: 'sftp' }, { road: 'scim' }],
    [{ deletedAt: api.deps.now() }, { deletedAt: null }],
  ]) {
    await set(changes ?? {});
    expect(await status()).toBe(401);
    await set(back ?? {});
    expect(await status()).toBe(201);
  }
  await asSystem(api, (tx) =>
    tx
      .updateTable('organizations')
      .set({ deletedAt: api.deps.now() })
      .where('id', '=', directory.organizationId)
      .execute(),
  );
  expect(await status()).toBe(401);
});

test('[SCIM-01] of a token only its digest is kept', async () => {
  const { token, directoryId } = client.directory;
  const rows = await withSystem(api.systemDb, (tx) =>
    tx.selectFrom('directoryTokens').selectAll().where('directoryId', '=', directoryId).execute(),
  );
  expect(JSON.stringify(rows)).not.toContain(token);
});

test('[SCIM-08] what is nowhere is answered in the shape of the protocol, without a word of ours', async () => {
  const cases: readonly (readonly [string, string, unknown, number])[] = [
    ['GET', '/Nothing', undefined, 404],
    ['GET', '/Users/a/b', undefined, 404],
    ['GET', '', undefined, 404],
    ['GET', '/Me', undefined, 501],
    ['DELETE', '/Users', undefined, 405],
    ['POST', '/ServiceProviderConfig', {}, 405],
    ['GET', '/Users/.search', undefined, 405],
    ['GET', '/Schemas/urn:nothing:here', undefined, 404],
    ['GET', '/Schemas?filter=id%20pr', undefined, 403],
    ['GET', '/Users/%00', undefined, 404],
    ['GET', '/Users/%ff', undefined, 404],
    ['POST', '/Users', '{"userName":', 400],
    ['POST', '/Users', '[]', 400],
    ['POST', '/Users', '"x"', 400],
    ['POST', '/Users', '{"userName":"a\\u0000b"}', 400],
    ['POST', '/Users', '{"userName":"a\\ud800b"}', 400],
    ['POST', '/Users', '{"userName":"a","__proto__":{"active":false}}', 400],
    ['POST', '/Users', '{"userName":"a","na\\u005fe":{"con\\u0073tructor":1}}', 400],
    ['POST', '/Users', `${'['.repeat(5000)}${']'.repeat(5000)}`, 400],
    ['PATCH', `/Users/:id`, '{}', 400],
    ['GET', '/Users?startIndex=abc', undefined, 400],
    ['GET', '/Users?count=1.5', undefined, 400],
    ['GET', '/Users?sortBy=raw', undefined, 400],
    ['GET', '/Users?sortBy=userName;drop%20table%20x', undefined, 400],
    ['GET', '/Users?filter=((((', undefined, 400],
  ];
  for (const [method, path, body, status] of cases) {
    const reply = await client.call(method, pathOf(path), body);
    expect([method, path, reply.status, reply.body.status]).toEqual([method, path, status, String(status)]);
    expect(reply.body.schemas).toEqual(['urn:ietf:params:scim:api:messages:2.0:Error']);
    expect(reply.text).not.toMatch(/select|directory_users|\bat .+:\d+|node_modules/);
  }
});

test('what a client asks for and no directory has is no error of ours in the log', async () => {
  await client.call('GET', '/Me');

  await expect.poll(() => api.logged()).toContain('/Me","status":501');
  expect(api.logged()).not.toContain('"level":50');
});

test('[SCIM-01] without its token no address can be told from one that there is not, however the call is wrong', async () => {
  const strangers = [`Bearer ${mintToken('vb_scim_')}`, 'Bearer vb_scim_short', undefined];
  const cases: readonly (readonly [string, string, unknown?])[] = [
    ['GET', '/Users'],
    ['GET', '/Nothing'],
    ['GET', ''],
    ['DELETE', '/Users'],
    ['GET', '/Me'],
    ['GET', '/Users?filter=(((('],
    ['POST', '/Users', '{"userName":'],
    ['POST', '/Bulk', {}],
    ['PATCH', `/Users/${person}`, {}],
    ['GET', '/Users/none'],
  ];
  const parts = ({ status, body, headers }: Reply) => [status, body, headers.get('www-authenticate')];
  for (const authorization of strangers) {
    const ask = caller(api, authorization === undefined ? {} : { authorization });
    for (const [method, path, body] of cases) {
      for (const [start, refused] of [
        ['/scim/v2', unauthorized],
        ['/scim/v1.1', unauthorizedInVersionOne],
      ] as const) {
        const here = await ask(method, `${start}/${client.directory.externalKey}${path}`, body);
        const nowhere = await ask(method, `${start}/${'0'.repeat(24)}${path}`, body);
        expect([method, path, ...parts(here)]).toEqual([method, path, 401, refused, 'Bearer']);
        expect(parts(nowhere)).toEqual(parts(here));
      }
    }
  }
});

test('[SCIM-06] a body may have 1 MB and no more, and must be JSON that is not packed', async () => {
  const big = (bytes: number) => JSON.stringify({ userName: 'big@acme.test', unknown: 'x'.repeat(bytes) });
  expect((await client.call('POST', '/Users', big(1_000_000))).status).toBe(201);
  const more = await client.call('POST', '/Users', big(1_048_576));
  expect([more.status, more.body.status]).toEqual([413, '413']);
  const xml = await client.call('POST', '/Users', '<a/>', { 'content-type': 'text/xml' });
  expect(xml.status).toBe(415);
  const packed = await client.call('POST', '/Users', '{}', { 'content-encoding': 'gzip' });
  expect(packed.status).toBe(415);
  for (const type of [
    'application/json',
    'application/scim+json; charset=utf-8',
    'application/json;charset=UTF-8',
  ]) {
    const reply = await client.call('POST', '/Users', '{"userName":"anna@acme.test"}', {
      'content-type': type,
    });
    expect(reply.status).toBe(409);
  }
});

test('[SCIM-03] nothing that a client may not write is written, by POST, PUT, PATCH and Bulk alike', async () => {
  const ofVersionOne = clientOf(api, client.directory, {}, '/scim/v1.1');
  const evil = {
    id: 'mine',
    meta: { created: '1970-01-01T00:00:00Z' },
    groups: [{ value: 'admins' }],
    password: 'hunter2',
  };
  const created = await client.call('POST', '/Users', {
    ...evil,
    userName: 'listed@acme.test',
    isAdmin: true,
  });
  const { id } = created.body;
  await client.call('PUT', `/Users/${id}`, { ...evil, userName: 'listed@acme.test', isAdmin: true });
  await client.call('PATCH', `/Users/${id}`, {
    Operations: [{ op: 'add', value: { ...evil, isAdmin: true } }],
  });
  await client.call('POST', '/Bulk', {
    Operations: [
      { method: 'PATCH', path: `/Users/${id}`, data: { Operations: [{ op: 'add', value: evil }] } },
    ],
  });
  expect((await ofVersionOne('PATCH', `/Users/${id}`, { ...evil, isAdmin: true })).status).toBe(200);
  await ofVersionOne('PUT', `/Users/${id}`, { ...evil, userName: 'listed@acme.test', isAdmin: true });

  const read = await client.call('GET', `/Users/${id}`);
  expect(read.body.id).toBe(id);
  expect(Object.keys(read.body).sort()).toEqual(['active', 'id', 'meta', 'schemas', 'userName']);
  expect(new Date(read.body.meta.created).getFullYear()).toBeGreaterThan(2000);
  const refused = await client.call('GET', `/Users?filter=${encodeURIComponent('password eq "hunter2"')}`);
  expect([refused.status, refused.body.scimType]).toEqual([400, 'invalidFilter']);
});

test('[SCIM-07] a person who comes by SCIM takes over nobody who has the same address', async () => {
  const { vendor, directory } = client;
  const other = await aScimClient(api, { vendor, organizationId: directory.organizationId });
  const emails = [{ value: 'anna@acme.test', primary: true }];
  const theirs = await other.call('POST', '/Users', { userName: 'anna@acme.test', emails });

  expect(theirs.status).toBe(201);
  expect(theirs.body.id).not.toBe(person);
  await other.call('PATCH', `/Users/${theirs.body.id}`, {
    Operations: [{ op: 'replace', path: 'emails', value: [{ value: 'changed@acme.test' }] }],
  });
  expect((await client.call('GET', `/Users/${person}`)).body.userName).toBe('anna@acme.test');
  expect((await client.call('GET', `/Users/${person}`)).body).not.toHaveProperty('emails');
});

describe('limits', () => {
  let limited: TestApi;
  beforeAll(async () => {
    limited = await startTestApi({ rateLimitFactor: 1, trustProxy: 1 });
  });
  afterAll(() => limited.close());

  test('[RATE] a client may call 50 times a second, 100 at once, then waits as long as it is told', async () => {
    // A tenth of it, which no machine is too slow to reach.
    const strict = await startTestApi({ rateLimitFactor: 0.1 });
    const { call } = await aScimClient(strict);
    const replies = await Promise.all(Array.from({ length: 130 }, () => call('GET', '/Users?count=0')));
    await strict.close();
    const refused = replies.filter(({ status }) => status === 429);

    expect(refused.length).toBeGreaterThan(0);
    expect(refused[0]?.body).toMatchObject({ status: '429' });
    expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  test('[RATE] wrong tokens are counted for where they come from, and take nothing from whom they are aimed at', async () => {
    const [client, beside] = [await aScimClient(limited), await aScimClient(limited)];
    const guess = clientOf(
      limited,
      { externalKey: client.directory.externalKey, token: beside.directory.token },
      { 'x-forwarded-for': '203.0.113.1' },
    );
    const statuses: number[] = [];
    for (let tries = 0; tries < 22; tries += 1) statuses.push((await guess('GET', '/Users')).status);

    expect(statuses.slice(0, 20).every((status) => status === 401)).toBe(true);
    expect(statuses.at(-1)).toBe(429);
    const from = (address: string) => ({ 'x-forwarded-for': address });
    expect((await client.call('GET', '/Users', undefined, from('203.0.113.2'))).status).toBe(200);
    // Another customer's client at the same provider calls from the same address.
    expect((await beside.call('GET', '/Users', undefined, from('203.0.113.1'))).status).toBe(200);
  });
});
