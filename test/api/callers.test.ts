import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { noContent, ok, page } from '../../api/answers.ts';
import { createApp } from '../../api/app.ts';
import { problems } from '../../api/middleware/problems.ts';
import { route, type RouteTable } from '../../api/route.ts';
import { freePort, startTestApi, type TestApi } from '../support/api.ts';
import {
  aCustomer,
  aMember,
  anOrganization,
  asSystem,
  aVendor,
  caller,
  pageHeaders,
  refusalsOf,
  type Vendor,
} from '../support/builders.ts';

/** Who gets in, shown on a table of the test's own: what holds here holds for every route of that kind. */
let api: TestApi;
let server: Server;
let vendor: Vendor;
let organizationId: string;

const thing = z.strictObject({ name: z.string().min(1).max(5) });
const portal: RouteTable = {
  surface: 'portal',
  errors: problems,
  routes: [
    route({
      method: 'GET',
      path: '/setup/:handle/api/me',
      who: 'portal_session',
      summary: 'Who I am',
      answers: { 200: 'ids' },
      handler: ({ caller: { session } }) => ok({ organization: session.organizationId }),
    }),
    route({
      method: 'POST',
      path: '/setup/:handle/api/things',
      who: 'portal_session',
      summary: 'Changes something',
      body: thing,
      answers: { 204: 'nothing' },
      handler: ({ commit }) => commit(() => Promise.resolve(noContent())),
    }),
    route({
      method: 'GET',
      path: '/setup/:handle/page',
      who: 'public',
      summary: 'A page',
      answers: { 200: 'a page' },
      handler: ({ request: { nonce } }) =>
        page(`<script nonce="${nonce}"></script>`, { formAction: ['https://idp.example.com'] }),
    }),
  ],
};
const dashboard: RouteTable = {
  surface: 'dashboard',
  errors: problems,
  routes: (['viewer', 'support', 'developer', 'admin'] as const).map((role) =>
    route({
      method: 'POST',
      path: `/dashboard/api/${role}`,
      who: 'staff',
      role,
      summary: 'Something for this role',
      answers: { 204: 'nothing' },
      handler: () => noContent(),
    }),
  ),
};

beforeAll(async () => {
  api = await startTestApi();
  vendor = await aVendor(api);
  organizationId = (await anOrganization(vendor)).id;
  const port = await freePort();
  api.url = `http://127.0.0.1:${port}`;
  const urls = { api: api.url, portal: api.url, dashboard: api.url, testIdp: `http://localhost:${port}` };
  server = createServer(createApp({ ...api.deps, urls }, [portal, dashboard])).listen(port, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(async () => {
  server.close();
  server.closeAllConnections();
  await api.close();
});

const path = (rest: string) => `/setup/${vendor.environment.handle}/${rest}`;
const endSession = (id: string, change: { endedAt?: Date; idleExpiresAt?: Date; expiresAt?: Date }) =>
  asSystem(api, (tx) => tx.updateTable('portalSessions').set(change).where('id', '=', id).execute());

test('[LNK-08] a session of the portal lets in until it ends: by being ended, by idling, by its hard limit', async () => {
  const past = new Date(api.deps.now().getTime() - 1);
  for (const change of [{ endedAt: past }, { idleExpiresAt: past }, { expiresAt: past }]) {
    const customer = await aCustomer(api, vendor, organizationId);
    const before = await customer.call('GET', path('api/me'));
    await endSession(customer.session.id, change);
    const after = await customer.call('GET', path('api/me'));

    expect([before.status, before.body]).toEqual([200, { organization: organizationId }]);
    expect([after.status, after.body.code]).toEqual([401, 'session_ended']);
    expect(after.headers.get('content-type')).toContain('application/problem+json');
  }
});

test('[LNK-08] a request moves the idle end on, once a minute', async () => {
  const customer = await aCustomer(api, vendor, organizationId);
  const read = async () => {
    const rows = await asSystem(api, (tx) =>
      tx.selectFrom('portalSessions').select('idleExpiresAt').where('id', '=', customer.session.id).execute(),
    );
    return rows[0]?.idleExpiresAt.getTime() ?? 0;
  };
  const first = await read();

  await customer.call('GET', path('api/me'));
  const soon = await read();
  await asSystem(api, (tx) =>
    tx
      .updateTable('portalSessions')
      .set({ lastSeenAt: new Date(api.deps.now().getTime() - 61_000), expiresAt: new Date(Date.now() + 9e6) })
      .where('id', '=', customer.session.id)
      .execute(),
  );
  await customer.call('GET', path('api/me'));

  expect(soon).toBe(first);
  expect(await read()).toBeGreaterThan(first);
});

test('the page of another session, or below another vendor, gets nothing', async () => {
  const customer = await aCustomer(api, vendor, organizationId);
  const other = await aVendor(api);

  const differs = await customer.call('GET', path('api/me'), undefined, {
    'x-vestibule-session': 'session_other',
  });
  const elsewhere = await customer.call('GET', `/setup/${other.environment.handle}/api/me`);

  expect([differs.status, differs.body.code]).toEqual([409, 'session_differs']);
  expect(elsewhere.status).toBe(404);
});

test('[LNK-09] a change needs our header, our origin and JSON', async () => {
  const { cookie, session, call } = await aCustomer(api, vendor, organizationId);
  const ours = { cookie, 'x-vestibule-session': session.handle, ...pageHeaders(api) };
  const without = (name: string) => Object.fromEntries(Object.entries(ours).filter(([key]) => key !== name));
  const post = async (headers: Record<string, string>, body: unknown = { name: 'a' }) =>
    (await caller(api, headers)('POST', path('api/things'), body)).status;

  expect((await call('POST', path('api/things'), { name: 'a' })).status).toBe(204);
  expect(await post(without('origin'))).toBe(204);
  expect(await post(without('x-vestibule-request'))).toBe(403);
  expect(await post({ ...ours, origin: 'https://evil.example' })).toBe(403);
  expect(await post({ ...ours, origin: 'null' })).toBe(403);
  expect(await post({ ...ours, 'sec-fetch-site': 'cross-site' })).toBe(403);
  expect(await post(ours, new URLSearchParams({ name: 'a' }))).toBe(403);
});

test('[API-05] a body that does not fit is a problem that names its fields', async () => {
  const { call } = await aCustomer(api, vendor, organizationId);

  const { status, body, headers } = await call('POST', path('api/things'), { name: 'too long', more: 1 });

  expect(status).toBe(422);
  expect(body).toMatchObject({
    type: 'about:blank',
    title: 'Unprocessable Entity',
    status: 422,
    code: 'invalid_request',
    fields: { name: 'too_big' },
    request_id: headers.get('x-request-id'),
  });
});

test('[API-03] a body that has a name twice is refused, whichever of the two would have been fine', async () => {
  const { call } = await aCustomer(api, vendor, organizationId);
  const json = { 'content-type': 'application/json' };
  const post = (text: string) => call('POST', path('api/things'), text, json);

  expect((await post('{"name":"one"}')).status).toBe(204);
  for (const text of ['{"name":"one","name":"two"}', '{"name":"far too long","na\\u006de":"two"}']) {
    const { status, body } = await post(text);
    expect([status, body.code, body.fields]).toEqual([422, 'invalid_request', { body: 'unreadable' }]);
  }
});

test('[UI-02] nothing is kept on the way or on a disk, but for what says itself that it may be', async () => {
  const customer = await aCustomer(api, vendor, organizationId);
  const of = async (rest: string, call = caller(api)) =>
    (await call('GET', rest)).headers.get('cache-control');

  expect(await of(path('api/me'), customer.call)).toBe('no-store');
  expect(await of(path('api/me'))).toBe('no-store');
  expect(await of('/dashboard/api/nothing')).toBe('no-store');
  expect(await of('/nothing')).toBe('no-store');
});

test('[UI-02] a page runs only what carries its nonce, and is framed by nobody', async () => {
  const [one, two] = await Promise.all([caller(api)('GET', path('page')), caller(api)('GET', path('page'))]);

  const policy = one.headers.get('content-security-policy') ?? '';
  const nonce = /<script nonce="([\w-]{22})">/.exec(one.text)?.[1];
  expect(policy).toContain(`script-src 'self' 'nonce-${nonce}';`);
  expect(policy).toContain("form-action 'self' https://idp.example.com;");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("require-trusted-types-for 'script'; trusted-types vue vestibule");
  expect(two.text).not.toBe(one.text);
  expect(one.headers.get('cache-control')).toBe('no-store');
  expect(one.headers.get('x-content-type-options')).toBe('nosniff');
  expect(one.headers.get('referrer-policy')).toBe('no-referrer');
});

test('[UI-04] roles: an admin may everything, everybody may look, the others have acts of their own', async () => {
  const may = async (role: 'admin' | 'developer' | 'support' | 'viewer') => {
    const { call } = await aMember(api, vendor, role);
    const statuses = [];
    for (const needed of ['viewer', 'support', 'developer', 'admin']) {
      statuses.push((await call('POST', `/dashboard/api/${needed}`, {})).status);
    }
    return statuses;
  };

  expect(await may('admin')).toEqual([204, 204, 204, 204]);
  expect(await may('developer')).toEqual([204, 403, 204, 403]);
  expect(await may('support')).toEqual([204, 204, 403, 403]);
  expect(await may('viewer')).toEqual([204, 403, 403, 403]);
});

test('[AUD-05] what a member may not do is on record with the role that it takes', async () => {
  const { member, call } = await aMember(api, vendor, 'viewer');

  await call('POST', '/dashboard/api/admin', {});
  await call('POST', '/dashboard/api/viewer', {});

  expect(await refusalsOf(api, member.id)).toEqual([
    { actorType: 'staff', targetId: 'POST /dashboard/api/admin', after: { needed_role: 'admin' } },
  ]);
});

test('a member who was removed is out at once', async () => {
  const { member, call } = await aMember(api, vendor, 'admin');
  await asSystem(api, (tx) =>
    tx.updateTable('members').set({ removedAt: api.deps.now() }).where('id', '=', member.id).execute(),
  );

  expect((await call('POST', '/dashboard/api/viewer', {})).status).toBe(401);
});

test('[UI-01] a surface answers under its own host alone: one that is nobody’s gets 421; a person who typed another name of this machine is led on', async () => {
  const port = new URL(api.url).port;
  const ask = (host: string, accept: string) => askAs(api, host, path('page'), accept);

  expect((await ask('evil.example', 'text/html')).status).toBe(421);
  expect((await ask(`[::1]:${port}`, 'application/json')).status).toBe(421);
  const led = await ask(`[::1]:${port}`, 'text/html');
  expect([led.status, led.location]).toEqual([307, `${api.url}${path('page')}`]);
  // The Test IdP has this name for its own, so the portal does not answer there.
  expect((await ask(`localhost:${port}`, 'text/html')).status).toBe(404);
});

/** `fetch` lets nobody choose the Host header. */
async function askAs(
  { url }: TestApi,
  host: string,
  target: string,
  accept: string,
): Promise<{ status: number; location: string | undefined }> {
  const { request } = await import('node:http');
  const sent = request(`${url}${target}`, { headers: { host, accept } }).end();
  const [response] = await once(sent, 'response');
  response.resume();
  return { status: response.statusCode, location: response.headers.location };
}
