import { once } from 'node:events';
import { get } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../support/api.ts';
import {
  aMember,
  anOrganization,
  asSystem,
  aVendor,
  caller,
  refusalsOf,
  type Call,
} from '../support/builders.ts';

/** Keys of the developer API: what they may do, how they are turned over, and how they end [API-01]. */

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

const hourMs = 3_600_000;
const withKey = (secret: string): Call => caller(api, { authorization: `Bearer ${secret}` });
const reads = async (secret: string) => (await withKey(secret)('GET', '/organizations')).status;

describe('[API-01] a key', () => {
  test('is told once, found by its digest, and listed by its last four', async () => {
    const vendor = await aVendor(api, { kind: 'production' });

    const made = await vendor.call('POST', '/api_keys', { name: ' Backend ', scopes: ['onboarding'] });

    expect([made.status, made.body]).toEqual([
      201,
      expect.objectContaining({
        object: 'api_key',
        name: 'Backend',
        scopes: ['onboarding'],
        expires_at: null,
      }),
    ]);
    expect(made.body.secret).toMatch(/^sk_live_/);
    const listed = await vendor.call('GET', '/api_keys');
    expect(listed.text).not.toContain(made.body.secret);
    expect(listed.body.data[0]).toMatchObject({ id: made.body.id, last_four: made.body.secret.slice(-4) });
    const [row] = await asSystem(api, (tx) =>
      tx.selectFrom('apiKeys').selectAll().where('id', '=', made.body.id).execute(),
    );
    expect(JSON.stringify(row)).not.toContain(made.body.secret);
    expect(api.logged()).not.toContain(made.body.secret);
  });

  test('says which scope is missing', async () => {
    const vendor = await aVendor(api);
    const { body } = await vendor.call('POST', '/api_keys', { name: 'Reader', scopes: ['read'] });

    const refused = await withKey(body.secret)('POST', '/organizations', { name: 'Acme' });

    expect([refused.status, refused.body.message]).toEqual([
      403,
      'This key may not do that: it needs the scope "onboarding".',
    ]);
    expect(await reads(body.secret)).toBe(200);
  });

  test('[AUD-05] is on record with what it was refused, by its scopes or for wanting more than it has', async () => {
    const vendor = await aVendor(api);
    const { body } = await vendor.call('POST', '/api_keys', { name: 'Settings', scopes: ['settings'] });

    await withKey(body.secret)('GET', '/organizations');
    await withKey(body.secret)('POST', '/api_keys', { name: 'More', scopes: ['connections'] });

    expect(await refusalsOf(api, body.id)).toEqual([
      { actorType: 'developer', targetId: 'GET /organizations', after: { needed_scope: 'onboarding' } },
      { actorType: 'developer', targetId: 'POST /api_keys', after: { needed_scope: 'connections' } },
    ]);
  });

  test('is used from its addresses alone, and whoever tries elsewhere is on record', async () => {
    const vendor = await aVendor(api);
    const make = async (addresses: string[]) =>
      (await vendor.call('POST', '/api_keys', { name: 'Backend', addresses })).body;
    const [near, far] = [await make(['127.0.0.0/8', '::1']), await make([' 203.0.113.77/24', '2001:DB8::1'])];

    expect(far.addresses).toEqual(['203.0.113.0/24', '2001:db8::1']);
    expect(await reads(near.secret)).toBe(200);
    const refused = await withKey(far.secret)('GET', '/organizations');
    expect([refused.status, refused.body.message]).toEqual([403, 'This key may not be used from 127.0.0.1.']);
    expect(await refusalsOf(api, far.id)).toEqual([
      { actorType: 'developer', targetId: 'GET /organizations', after: { needed_address: far.addresses } },
    ]);
    const turned = await vendor.call('POST', `/api_keys/${far.id}/rotate`, {});
    expect(turned.body.addresses).toEqual(far.addresses);
    expect(await reads(turned.body.secret)).toBe(403);
  });

  test.each(['203.0.113', '203.0.113.0/33', '010.0.0.1', 'example.com', '10.0.0.0/8/8', ''])(
    'is not made for %j, which is no address',
    async (address) => {
      const vendor = await aVendor(api);

      const { status, body } = await vendor.call('POST', '/api_keys', { name: 'x', addresses: [address] });

      expect([status, body.errors]).toEqual([
        422,
        [{ field: 'addresses', code: expect.stringContaining('203.0.113.0/24') }],
      ]);
    },
  );

  test('makes keys for its own addresses and no others', async () => {
    const vendor = await aVendor(api);
    const { body } = await vendor.call('POST', '/api_keys', { name: 'Near', addresses: ['127.0.0.0/8'] });
    const call = withKey(body.secret);
    const make = (addresses: string[]) => call('POST', '/api_keys', { name: 'x', addresses });

    expect((await make(['127.0.0.1', '127.1.0.0/16'])).status).toBe(201);
    expect((await make([])).body.addresses).toEqual(['127.0.0.0/8']);
    for (const wider of [['0.0.0.0/0'], ['127.0.0.1', '10.0.0.1'], ['::1']])
      expect((await make(wider)).status).toBe(403);
    expect((await call('POST', `/api_keys/${vendor.key.id}/rotate`, {})).status).toBe(403);
  });

  test('makes, turns over and revokes no key that may more than itself', async () => {
    const vendor = await aVendor(api);
    const { body } = await vendor.call('POST', '/api_keys', { name: 'Settings', scopes: ['settings'] });
    const call = withKey(body.secret);

    const replies = [
      await call('POST', '/api_keys', { name: 'More', scopes: ['settings', 'connections'] }),
      await call('POST', '/api_keys', { name: 'All of it' }),
      await call('POST', `/api_keys/${vendor.key.id}/rotate`, {}),
      await call('DELETE', `/api_keys/${vendor.key.id}`),
    ];

    expect(replies.map(({ status }) => status)).toEqual([403, 403, 403, 403]);
    expect((await call('POST', '/api_keys', { name: 'As much', scopes: ['settings'] })).status).toBe(201);
    expect(await reads(vendor.secret)).toBe(200);
  });

  test('ends by itself at its end, and none is made with an end that is over', async () => {
    const vendor = await aVendor(api);
    const at = (ms: number) => new Date(api.deps.now().getTime() + ms).toISOString();

    const late = await vendor.call('POST', '/api_keys', { name: 'Late', expires_at: at(-1_000) });
    const { body } = await vendor.call('POST', '/api_keys', { name: 'Short', expires_at: at(hourMs) });

    expect([late.status, late.body.errors]).toEqual([
      422,
      [{ field: 'expires_at', code: 'expires_at must lie in the future' }],
    ]);
    expect(await reads(body.secret)).toBe(200);
    api.pass(hourMs);
    expect(await reads(body.secret)).toBe(401);
  });

  test('remembers when it was used', async () => {
    const vendor = await aVendor(api);
    const { body } = await vendor.call('POST', '/api_keys', { name: 'Used' });
    expect(body.last_used_at).toBeNull();

    await reads(body.secret);

    const { body: listed } = await vendor.call('GET', '/api_keys');
    expect(Date.parse(listed.data[0].last_used_at)).toBeGreaterThanOrEqual(Date.parse(body.created_at));
  });

  test.each([
    [{}, 'name'],
    [{ name: '  ' }, 'name'],
    [{ name: 'x'.repeat(81) }, 'name'],
    [{ name: 'x', scopes: ['everything'] }, 'scopes.0'],
    [{ name: 'x', expires_at: 'tomorrow' }, 'expires_at'],
  ])('is not made from %j', async (body, field) => {
    const vendor = await aVendor(api);

    const refused = await vendor.call('POST', '/api_keys', body);

    expect([refused.status, refused.body.errors[0].field]).toEqual([422, field]);
  });
});

describe('[API-01] turning a key over', () => {
  test('gives a new secret once, and the old one ends when the overlap is over', async () => {
    const vendor = await aVendor(api);
    const { body: old } = await vendor.call('POST', '/api_keys', { name: 'Backend', scopes: ['read'] });

    const { status, body } = await withKey(vendor.secret)('POST', `/api_keys/${old.id}/rotate`, {
      overlap_hours: 2,
    });

    expect(status).toBe(201);
    expect(body).toMatchObject({
      name: 'Backend',
      scopes: ['read'],
      replaces: { id: old.id, replaced_by: body.id },
    });
    expect([await reads(old.secret), await reads(body.secret)]).toEqual([200, 200]);
    api.pass(2 * hourMs);
    expect([await reads(old.secret), await reads(body.secret)]).toEqual([401, 200]);
  });

  test('at once leaves no moment to the old one', async () => {
    const vendor = await aVendor(api);
    const { body: old } = await vendor.call('POST', '/api_keys', { name: 'Leaked' });

    await vendor.call('POST', `/api_keys/${old.id}/rotate`, { overlap_hours: 0 });

    expect(await reads(old.secret)).toBe(401);
  });

  test('takes at most seven days, and never makes a key live longer than it would have', async () => {
    const vendor = await aVendor(api);
    const soon = new Date(api.deps.now().getTime() + hourMs).toISOString();
    const { body: old } = await vendor.call('POST', '/api_keys', { name: 'Short', expires_at: soon });

    const tooLong = await vendor.call('POST', `/api_keys/${old.id}/rotate`, { overlap_hours: 169 });
    const { body } = await vendor.call('POST', `/api_keys/${old.id}/rotate`, { overlap_hours: 168 });

    expect(tooLong.status).toBe(422);
    expect(body.replaces.expires_at).toBe(old.expires_at);
    const life = Date.parse(body.expires_at) - Date.parse(body.created_at);
    expect(life).toBe(Date.parse(old.expires_at) - Date.parse(old.created_at));
  });

  test('is refused for a key that is revoked, has ended or was turned over before', async () => {
    const vendor = await aVendor(api);
    const make = async () => (await vendor.call('POST', '/api_keys', { name: 'Backend' })).body.id as string;
    const [revoked, turned] = [await make(), await make()];
    await vendor.call('DELETE', `/api_keys/${revoked}`);
    await vendor.call('POST', `/api_keys/${turned}/rotate`, {});

    for (const id of [revoked, turned]) {
      const refused = await vendor.call('POST', `/api_keys/${id}/rotate`, {});
      expect([refused.status, refused.body.code]).toEqual([409, 'key_not_in_use']);
    }
  });

  test('by two people at the same moment succeeds for one', async () => {
    const vendor = await aVendor(api);
    const { body: old } = await vendor.call('POST', '/api_keys', { name: 'Backend' });

    const replies = await Promise.all(
      Array.from({ length: 5 }, () => vendor.call('POST', `/api_keys/${old.id}/rotate`, {})),
    );

    expect(replies.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409]);
  });
});

/** Both processes answer under the one name that they are reached by. */
async function behindBalancer(url: string, secret: string): Promise<number | undefined> {
  const headers = { host: new URL(api.url).host, authorization: `Bearer ${secret}` };
  const [response] = await once(get(`${url}/organizations`, { headers }), 'response');
  response.resume();
  return response.statusCode;
}

test('[API-01] a revoked key fails at once on two processes', async () => {
  const vendor = await aVendor(api);
  const { body } = await vendor.call('POST', '/api_keys', { name: 'Lost' });
  const second = await api.another();
  try {
    const ask = (url: string) => behindBalancer(url, body.secret);
    expect([await ask(api.url), await ask(second.url)]).toEqual([200, 200]);

    await vendor.call('DELETE', `/api_keys/${body.id}`);

    expect([await ask(second.url), await ask(api.url)]).toEqual([401, 401]);
  } finally {
    await second.close();
  }
});

test('a live key sees nothing of the sandbox, and a test key nothing of production', async () => {
  const [sandbox, live] = [await aVendor(api), await aVendor(api, { kind: 'production' })];
  for (const [vendor, other] of [
    [sandbox, live],
    [live, sandbox],
  ] as const) {
    const mine = await anOrganization(vendor, {});

    const got = await other.call('GET', `/organizations/${mine.id}`);
    const listed = await other.call('GET', '/organizations');
    const key = await other.call('DELETE', `/api_keys/${vendor.key.id}`);

    expect([got.status, key.status]).toEqual([404, 404]);
    expect(listed.text).not.toContain(mine.id);
  }
});

test('a developer of the dashboard makes, turns over and revokes keys, each with its audit row', async () => {
  const vendor = await aVendor(api);
  const developer = await aMember(api, vendor, 'developer');
  const path = '/dashboard/api/api-keys';

  const made = await developer.call('POST', path, { name: 'CI', scopes: ['events'], expiresAt: null });
  const turned = await developer.call('POST', `${path}/${made.body.id}/rotate`, { overlapHours: 24 });
  await developer.call('POST', `${path}/${turned.body.id}/revoke`, {});

  expect([made.status, turned.status]).toEqual([201, 201]);
  expect([await reads(made.body.secret), await reads(turned.body.secret)]).toEqual([403, 401]);
  const rows = await asSystem(api, (tx) =>
    tx
      .selectFrom('auditEvents')
      .select(['action', 'targetId', 'before', 'after'])
      .where('environmentId', '=', vendor.environment.id)
      .where('action', 'like', 'api_key.%')
      .orderBy('at')
      .orderBy('id')
      .execute(),
  );
  expect(rows.map(({ action, targetId }) => [action, targetId])).toEqual([
    ['api_key.created', made.body.id],
    ['api_key.rotated', turned.body.id],
    ['api_key.revoked', turned.body.id],
  ]);
  expect(rows[1]).toMatchObject({ before: { id: made.body.id }, after: { name: 'CI', scopes: ['events'] } });
  expect(JSON.stringify(rows)).not.toContain(made.body.secret);
});

test('[API-01] a code is exchanged only with a key for signing in', async () => {
  const vendor = await aVendor(api);
  const exchange = async (scopes: string[], addresses: string[] = []) => {
    const { body } = await vendor.call('POST', '/api_keys', { name: 'x', scopes, addresses });
    const form = new URLSearchParams({
      client_id: vendor.environment.clientId,
      client_secret: body.secret,
      grant_type: 'authorization_code',
      code: 'vb_code_none',
    });
    return (await caller(api)('POST', '/sso/token', form)).body.error;
  };

  expect(await exchange(['onboarding', 'read'])).toBe('unauthorized_client');
  expect(await exchange(['sign_in'])).toBe('invalid_grant');
  expect(await exchange(['sign_in'], ['127.0.0.1'])).toBe('invalid_grant');
  expect(await exchange(['sign_in'], ['203.0.113.0/24'])).toBe('invalid_client');
});
