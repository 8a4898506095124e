import { afterAll, beforeAll, expect, test } from 'vitest';
import { redirectUri } from '../../api/contract/developer-environment.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { aVendor, type Vendor } from '../support/builders.ts';

let api: TestApi;
let vendor: Vendor;
beforeAll(async () => {
  api = await startTestApi();
  vendor = await aVendor(api);
});
afterAll(() => api.close());

const register = (uri: string, by = vendor) => by.call('POST', '/user_management/redirect_uris', { uri });

test('the first redirect URI is the default and stays; others come and go', async () => {
  const first = await register('https://app.example.com/callback');
  const second = await register('http://localhost:3000/callback');

  expect(first.status).toBe(201);
  expect(redirectUri.parse(first.body)).toEqual(first.body);
  expect([first.body.default, second.body.default]).toEqual([true, false]);
  const kept = await vendor.call('DELETE', `/user_management/redirect_uris/${first.body.id}`);
  const gone = await vendor.call('DELETE', `/user_management/redirect_uris/${second.body.id}`);
  expect([kept.status, gone.status]).toEqual([409, 204]);
  const { body } = await vendor.call('GET', '/user_management/redirect_uris');
  expect(body.data.map(({ uri }: { uri: string }) => uri)).toEqual(['https://app.example.com/callback']);
});

test('a URI that is there already is answered in the words the CLI looks for', async () => {
  await register('https://app.example.com/twice');

  const { status, body } = await register('https://app.example.com/twice');

  expect(status).toBe(422);
  expect(body.message).toContain('already exists');
});

test.each([
  'javascript:alert(1)',
  'http://app.example.com/',
  'https://app.example.com/#fragment',
  'https://user:secret@app.example.com/',
  'https://*.com/',
  'https://app.*.example.com/',
  'nonsense',
])('%s is no redirect URI', async (uri) => {
  expect((await register(uri)).status).toBe(400);
});

test('in production http is for 127.0.0.1 alone', async () => {
  const production = await aVendor(api, { kind: 'production' });

  expect((await register('http://127.0.0.1:4000/cb', production)).status).toBe(201);
  expect((await register('http://localhost:4000/cb', production)).status).toBe(400);
});
