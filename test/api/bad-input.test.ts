import { afterAll, beforeAll, expect, test } from 'vitest';
import { tables } from '../../api/routes/index.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { aVendor, caller, type Vendor } from '../support/builders.ts';
import { bodyFor } from '../support/needed-bodies.ts';

/** What people and programs send by mistake or on purpose, to every route of the developer API: never a 500. */
let api: TestApi;
let vendor: Vendor;
beforeAll(async () => {
  api = await startTestApi();
  vendor = await aVendor(api);
});
afterAll(() => api.close());

const routes = tables.flatMap((table) => table.routes).filter(({ who }) => who === 'api_key');
// What is made by the name in its path is never missed: an odd name is refused in words.
const makingItsName = ['PUT /custom_attributes/:key', 'POST /audit_logs/actions/:action/schemas'];
const named = routes.filter(
  ({ method, path }) => /\/[:*]/.test(path) && !makingItsName.includes(`${method} ${path}`),
);
const taking = routes.filter(({ method }) => method !== 'GET' && method !== 'DELETE');
const listing = routes.filter(({ query }) => query !== undefined);

const oddIds = [
  '%00',
  '%zz',
  '..%2f..%2fetc',
  'x'.repeat(5_000),
  '%F0%9F%92%A5',
  "';--",
  '0',
  'org_',
  '%ED%A0%80',
  '*',
];

test.each(named.map((route) => [`${route.method} ${route.path}`, route] as const))(
  '%s answers odd ids with 404',
  async (_name, route) => {
    for (const id of oddIds) {
      const path = route.path.replace(/[:*]\w+/g, () => id);
      const reply = await vendor.call(route.method, path, bodyFor(route));

      expect([id, reply.status]).toEqual([id, 404]);
      expect(typeof reply.body.message).toBe('string');
    }
  },
);

const deep = `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`;
const oddBodies = [
  'null',
  '[]',
  '"text"',
  '7',
  '{"name":null}',
  '{"name":{"a":1}}',
  '{"name":["x"]}',
  '{"__proto__":{"name":"x"},"constructor":{"prototype":{}}}',
  '{"name":"\\u0000","organization":"\\u0000","domain":"\\u0000","uri":"\\u0000"}',
  '{"name":"\\ud800","metadata":{"\\udfff":"x"},"organization":"\\ud800"}',
  '{"name":"x","metadata":{"__proto__":"x"},"domain_data":{"0":{}},"features":7,"contacts":{}}',
  '{"name":"x","domain_data":[null],"features":[null],"saml_options":[],"it_contact_emails":[null]}',
  deep,
];

test.each(taking.map((route) => [`${route.method} ${route.path}`, route] as const))(
  '%s refuses odd bodies without failing',
  async (_name, route) => {
    const path = route.path.replace(/:\w+/g, 'x_1');
    for (const body of oddBodies) {
      const reply = await vendor.call(route.method, path, body, { 'content-type': 'application/json' });

      expect([body.slice(0, 40), reply.status < 500 && reply.status >= 200]).toEqual([
        body.slice(0, 40),
        true,
      ]);
      if (reply.status >= 400) expect(reply.body.message).toEqual(expect.any(String));
    }
  },
);

test.each(listing.map((route) => [`${route.method} ${route.path}`, route] as const))(
  '%s refuses odd queries without failing',
  async (_name, route) => {
    const keys = Object.keys(route.query?.shape ?? {});
    const odd = [
      '%00',
      '%zz',
      '%ED%A0%80',
      '-1',
      '1e9',
      '9'.repeat(30),
      '[]',
      '{}',
      '%27',
      'x'.repeat(3_000),
    ];
    const path = route.path.replace(/:\w+/g, 'x_1');
    for (const key of keys) {
      for (const value of odd) {
        const reply = await vendor.call('GET', `${path}?events=organization.created&${key}=${value}`);
        expect([key, value.slice(0, 10), reply.status < 500]).toEqual([key, value.slice(0, 10), true]);
      }
    }
    const polluted = await vendor.call('GET', `${path}?__proto__[a]=1&constructor[prototype]=1&toString=1`);
    expect(polluted.status).toBeLessThan(500);
  },
);

test('a body that lies about its encoding, or is packed, is refused in words', async () => {
  const packed = await vendor.call('POST', '/organizations', '{}', {
    'content-type': 'application/json',
    'content-encoding': 'gzip',
  });
  const charset = await vendor.call('POST', '/organizations', '{}', {
    'content-type': 'application/json; charset=koi8-r',
  });

  const message =
    'Send the body as application/json or application/x-www-form-urlencoded, in UTF-8 and not compressed.';
  const refused = { code: 'media_type_unsupported', message };
  expect([packed.status, packed.body, charset.status, charset.body]).toEqual([415, refused, 415, refused]);
});

test('how long a list has to be is said in entries', async () => {
  const fieldsOf = async (events: readonly string[]) => {
    const endpoint = { endpoint_url: 'https://hooks.example/in', events };
    return (await vendor.call('POST', '/webhook_endpoints', endpoint)).body.errors;
  };

  expect(await fieldsOf([])).toEqual([{ field: 'events', code: 'events must have at least 1 entry' }]);
  expect(await fieldsOf(Array.from({ length: 201 }, () => 'dsync.activated'))).toEqual([
    { field: 'events', code: 'events must have at most 200 entries' },
  ]);
});

test('an Accept-Encoding that is none is no reason to refuse', async () => {
  const reply = await vendor.call('GET', '/organizations', undefined, { 'accept-encoding': 'utf-8' });

  expect([reply.status, reply.headers.get('content-encoding')]).toEqual([200, null]);
});

test('the method cannot be changed by a header or a query', async () => {
  const { body } = await vendor.call('POST', '/organizations', { name: 'Stays' });

  await vendor.call(
    'POST',
    `/organizations/${body.id}?_method=DELETE`,
    {},
    { 'x-http-method-override': 'DELETE' },
  );

  expect((await vendor.call('GET', `/organizations/${body.id}`)).status).toBe(200);
});

test('[API-06] no answer lets another origin read it', async () => {
  const reply = await vendor.call('GET', '/organizations', undefined, { origin: 'https://evil.example' });
  const preflight = await caller(api)('OPTIONS', '/organizations', undefined, {
    origin: 'https://evil.example',
    'access-control-request-method': 'POST',
  });

  expect(reply.headers.get('access-control-allow-origin')).toBeNull();
  expect(preflight.headers.get('access-control-allow-origin')).toBeNull();
});
