import { afterAll, beforeAll, expect, test } from 'vitest';
import { tables } from '../../api/routes/index.ts';
import type { Route } from '../../api/route.ts';
import { keyScopes, routeScopes, type KeyScope } from '../../onboarding/api-scopes.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import {
  aCustomer,
  aMember,
  anOrganization,
  asSystem,
  aVendor,
  caller,
  pageHeaders,
  type Vendor,
} from '../support/builders.ts';
import { bodyFor } from '../support/needed-bodies.ts';
import { aCertificate } from '../support/saml.ts';

/**
 * Every route of every table, asked by those who may not [API-02], [REL-30]. A new route is walked by itself; a new one
 * that needs no credential has to be named here.
 */
const routes = tables.flatMap((table) => table.routes);
const of = (who: Route['who']) => routes.filter((route) => route.who === who);
const isChange = ({ method }: Route) => method !== 'GET';
const nameOf = ({ method, path }: Route) => `${method} ${path}`;

/** Routes whose handler proves the caller itself, or that anybody may call. Name a new one with care. */
const withoutCredential = [
  // Signing in, and the engine's own UI, whose session the handler asks for.
  'POST /dashboard/api/sign-in/code',
  'POST /dashboard/api/sign-in',
  'POST /dashboard/api/sign-in/ways',
  'POST /dashboard/api/sign-in/sso',
  'GET /dashboard/sign-in/sso/:environment',
  'GET /dashboard/sign-in/:token',
  'POST /dashboard/sign-in/:token',
  'GET /dashboard',
  'GET /dashboard/',
  'GET /dashboard/*page',
  'OPTIONS /dashboard/codec/decode',
  'OPTIONS /dashboard/codec/encode',
  'POST /dashboard/codec/decode',
  'POST /dashboard/codec/encode',
  'GET /healthz',
  'GET /readyz',
  'GET /openapi.json',
  'GET /docs',
  'GET /docs/:file',
  // Doors: their token proves them, and the app's pages hold nothing but what its session may see.
  'GET /doors/:file',
  'GET /setup/:handle',
  'GET /setup/:handle/',
  'GET /setup/:handle/:token',
  'GET /setup/:handle/*page',
  'POST /setup/:handle/:token',
  'POST /setup/:handle/fresh-link',
  // Google sends the browser back here: the session that asked is proved by the handler.
  'GET /setup/:handle/api/directory/credentials/consent',
  // Signing in through a connection: browsers and identity providers come without any credential of ours; codes, client
  // secrets and access tokens are proved by their handlers.
  'GET /pages.css',
  'GET /brand/:handle/:file',
  'GET /sso/authorize',
  'GET /sso/jwks/:clientId',
  'GET /sso/profile',
  'GET /sso/saml/:connection/finish/:attempt',
  'GET /sso/oidc/:connection/callback',
  'GET /sso/oidc/:connection/jwks',
  'GET /sso/oidc/:connection/login',
  'GET /sso/saml/:connection/login',
  'GET /sso/saml/:connection/metadata',
  'GET /sso/logout',
  'GET /sso/saml/:connection/slo',
  'POST /sso/saml/:connection/slo',
  'GET /sso/test/:token',
  'POST /sso/saml/:connection/acs',
  'POST /sso/token',
  // The mail provider's secret is proved by the handler.
  'POST /mail_notices',
  // The signature in the link is proved by the handler.
  'GET /audit_logs/exports/:id/file',
];

let api: TestApi;
let vendor: Vendor;
let other: Vendor;
/** Things of `vendor`, by the first segment of the paths that name them. */
let objects: Record<string, string>;

beforeAll(async () => {
  api = await startTestApi();
  [vendor, other] = await Promise.all([aVendor(api), aVendor(api)]);
  const organization = await anOrganization(vendor, { external_id: 'mine' });
  const make = async (path: string, body: object) => {
    const { body: made } = await vendor.call('POST', path, body);
    return String(made.id);
  };
  await make('/roles', { slug: 'walked', name: 'Walked' });
  const copy = { organization: organization.id, delivery: 'copy', features: [{ feature: 'sso' }] };
  objects = {
    organizations: organization.id,
    organization_domains: await make('/organization_domains', {
      organization_id: organization.id,
      domain: 'walk.test',
    }),
    onboardings: await make('/onboardings', copy),
    user_management: await make('/user_management/redirect_uris', {
      uri: 'https://app.example.com/callback',
    }),
    roles: 'walked',
    api_keys: await make('/api_keys', { name: 'walked' }),
    connections: await make('/connections', {
      organization_id: organization.id,
      saml_options: {
        idp_entity_id: 'https://idp.example.com/entity',
        idp_sso_url: 'https://idp.example.com/sso',
        idp_signing_certs: [(await aCertificate({ name: 'idp' })).pem],
      },
    }),
  };
});
afterAll(() => api.close());

/** The path with ids that exist, where we have made such a thing. */
function target(route: Route): string {
  const [, area = ''] = route.path.split('/');
  return route.path
    .replace(':handle', vendor.environment.handle)
    .replace(/\*external_id/, 'mine')
    .replace(/:\w+/g, objects[area] ?? 'x_01J00000000000000000000000');
}

test('only the routes named here need no credential', () => {
  // The registrar proves these; of a new kind of caller every route has to be named above.
  const proved: Route['who'][] = ['api_key', 'portal_session', 'staff', 'sandbox', 'operator'];
  const open = routes.filter(({ who }) => !proved.includes(who));

  expect(open.map(nameOf).sort()).toEqual([...withoutCredential].sort());
});

// [API-02] a route for API keys
test.each(of('api_key').map((route) => [nameOf(route), route] as const))(
  '[API-02] refuses %s without a key, with a made-up, a cut, a revoked or an expired one',
  async (_name, route) => {
    const { secret: expired } = await aKey({ expiresAt: new Date(api.deps.now().getTime() - 1000) });
    const { secret: revoked } = await aKey({ revokedAt: api.deps.now() });
    const bearers = [undefined, 'Bearer', 'Bearer sk_test_x', `Bearer ${vendor.secret.slice(0, -1)}`];
    bearers.push(`Basic ${vendor.secret}`, `Bearer ${expired}`, `Bearer ${revoked}`);

    for (const authorization of bearers) {
      const reply = await caller(api, authorization === undefined ? {} : { authorization })(
        route.method,
        target(route),
        isChange(route) ? {} : undefined,
      );
      expect([reply.status, reply.body]).toEqual([401, { message: 'Unauthorized' }]);
    }
  },
);

// [API-01] a route and the scopes of keys
test.each(of('api_key').map((route) => [nameOf(route), route] as const))(
  '[API-01] lets %s be used with its own scope, with full, and with read where it only reads',
  async (_name, route) => {
    // A made-up id names nothing, so that a call that gets through changes nothing.
    const path = route.path.replace(/[:*]\w+/g, 'x_01J00000000000000000000000');
    const ask = async (scopes: KeyScope[]) => {
      const { secret } = await aKey({ scopes });
      const call = caller(api, { authorization: `Bearer ${secret}` });
      return (await call(route.method, path, isChange(route) ? {} : undefined)).status;
    };
    const lets = keyScopes.filter(
      (scope) =>
        scope === 'full' ||
        scope === route.scope ||
        (!isChange(route) &&
          // Keys for connections could read directories before these had a scope of their own.
          (scope === 'read' || (scope === 'connections' && route.scope === 'directories'))),
    );

    expect(routeScopes).toContain(route.scope);
    for (const scope of keyScopes) {
      const status = await ask([scope]);
      expect([scope, status === 403]).toEqual([scope, !lets.includes(scope)]);
    }
  },
);

// A key is a name that each environment gives to something of its own, so nothing can be hidden behind it.
const ownNames = ['PUT /custom_attributes/:key', 'POST /audit_logs/actions/:action/schemas'];
const named = of('api_key').filter((route) => /\/[:*]/.test(route.path) && !ownNames.includes(nameOf(route)));
test.each(named.map((route) => [nameOf(route), route] as const))(
  '[API-02] hides from %s what belongs to another environment',
  async (_name, route) => {
    const reply = await other.call(route.method, target(route), bodyFor(route));

    expect(reply.status).toBe(404);
    expect(reply.body.message).toMatch(/not found|Not Found/);
  },
);

// [API-02] a route of the portal
test.each(of('portal_session').map((route) => [nameOf(route), route] as const))(
  '[API-02] refuses %s to strangers, to foreign pages and to the page of another session',
  async (_name, route) => {
    const customer = await aCustomer(api, vendor, objects.organizations ?? '');
    const body = isChange(route) ? {} : undefined;
    const ask = (headers: Record<string, string>) => caller(api, headers)(route.method, target(route), body);
    const ours = pageHeaders(api);
    const { cookie } = customer;
    const { handle } = customer.session;

    expect((await ask(ours)).status).toBe(401);
    expect((await ask({ ...ours, cookie, 'x-vestibule-session': 'somebody_else' })).status).toBe(409);
    if (!isChange(route)) return;
    const drawn = { cookie, 'x-vestibule-session': handle };
    expect((await ask(drawn)).status).toBe(403);
    expect((await ask({ ...drawn, ...ours, origin: 'https://evil.example' })).status).toBe(403);
    expect((await ask({ ...drawn, ...ours, origin: 'null' })).status).toBe(403);
    expect((await ask({ ...drawn, ...ours, 'sec-fetch-site': 'same-site' })).status).toBe(403);
  },
);

// [API-02] a route of the dashboard
test.each(of('staff').map((route) => [nameOf(route), route] as const))(
  '[API-02] refuses %s to strangers, to foreign pages and to roles that may not',
  async (_name, route) => {
    const body = isChange(route) ? {} : undefined;
    const admin = await aMember(api, vendor, 'admin');
    const stranger = await caller(api, pageHeaders(api))(route.method, target(route), body);
    expect(stranger.status).toBe(401);

    if (route.role !== undefined && route.role !== 'viewer') {
      const viewer = await aMember(api, vendor, 'viewer');
      expect((await viewer.call(route.method, target(route), body)).status).toBe(403);
    }
    if (!isChange(route)) return;
    const noHeader = await caller(api, { cookie: admin.cookie })(route.method, target(route), body);
    expect(noHeader.status).toBe(403);
  },
);

// [API-02] a route of the sandbox
test.each(of('sandbox').map((route) => [nameOf(route), route] as const))(
  '[API-02] refuses %s without a credential and to production environments',
  async (_name, route) => {
    const production = await aVendor(api, { kind: 'production' });
    const body = isChange(route) ? {} : undefined;

    expect((await caller(api)(route.method, target(route), body)).status).toBe(401);
    expect((await production.call(route.method, target(route), body)).status).toBe(404);
  },
);

// [API-03] a route that takes a body
const taking = of('api_key').filter(isChange);
test.each(taking.map((route) => [nameOf(route), route] as const))(
  '[API-03] %s refuses what is too long and what is no JSON, in words',
  async (_name, route) => {
    const long = await vendor.call(route.method, target(route), { name: 'x'.repeat(5_000_000) });
    const xml = await vendor.call(route.method, target(route), '<a/>', { 'content-type': 'text/xml' });
    const broken = await vendor.call(route.method, target(route), '{"a":', {
      'content-type': 'application/json',
    });

    expect([long.status, xml.status, broken.status]).toEqual([413, 415, 400]);
    expect([long, xml, broken].map(({ body }) => typeof body.message)).toEqual([
      'string',
      'string',
      'string',
    ]);
  },
);

async function aKey(more: { expiresAt?: Date; revokedAt?: Date; scopes?: KeyScope[] }) {
  const { secret, key } = await aVendor(api);
  await asSystem(api, (tx) => tx.updateTable('apiKeys').set(more).where('id', '=', key.id).execute());
  return { secret };
}
