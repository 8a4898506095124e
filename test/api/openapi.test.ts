import { afterAll, beforeAll, expect, test } from 'vitest';
import { ssoPageRoutes, ssoTokenRoutes } from '../../api/protocols/sso/index.ts';
import { developerRoutes } from '../../api/routes/developer/index.ts';
import { stepNames } from '../../onboarding/steps.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { caller } from '../support/builders.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi({ isEmbedded: false });
});
afterAll(() => api.close());

test('the document names every route of the developer API and the words of its steps', async () => {
  const { status, body, text } = await caller(api)('GET', '/openapi.json');

  expect([status, body.openapi, body.servers]).toEqual([200, '3.1.0', [{ url: api.url }]]);
  for (const { method, path } of [...developerRoutes, ...ssoPageRoutes, ...ssoTokenRoutes]) {
    const named = path.replace(/[:*](\w+)/g, '{$1}');
    expect(body.paths[named][method.toLowerCase()]).toHaveProperty('responses');
  }
  // A sign-in is proved by other things than the key of the environment.
  expect(body.paths['/sso/token'].post.security).toEqual([]);
  expect(body.paths['/sso/profile'].get.security).toEqual([{ accessToken: [] }]);
  for (const step of stepNames) expect(text).toContain(`"${step}"`);
  // An instant is told by its format, not by ten lines of pattern.
  expect(text).toContain('"format":"date-time"}');
});

test('the page to read it in takes everything from us, under the policy of every page', async () => {
  const docs = await caller(api)('GET', '/docs');
  const script = await caller(api)('GET', '/docs/swagger-ui-bundle.js');
  const other = await caller(api)('GET', '/docs/package.json');

  expect(docs.text).not.toMatch(/https?:\/\//);
  expect(docs.headers.get('content-security-policy')).toContain("script-src 'self' 'nonce-");
  expect([script.status, script.headers.get('content-type')]).toEqual([
    200,
    'text/javascript; charset=utf-8',
  ]);
  expect(other.status).toBe(404);
});

test('outside the embedded default nobody reads figures or details on the main port', async () => {
  const figures = await caller(api)('GET', '/metrics');
  const ready = await caller(api)('GET', '/readyz');

  expect(figures.status).toBe(404);
  expect([ready.status, ready.text]).toEqual([200, 'ready\n']);
});
