import { afterAll, beforeAll, expect, test } from 'vitest';
import { sourceKey } from '../../api/middleware/limit-rates.ts';
import { mintToken } from '../../adapters/tokens.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { aVendor, caller, refusalsOf } from '../support/builders.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi({ rateLimitFactor: 1, trustProxy: 1 });
});
afterAll(() => api.close());

const from = (address: string) => ({ 'x-forwarded-for': address });

test('[RATE] failed keys shut their source out for a while, and nobody else', async () => {
  const vendor = await aVendor(api);
  const guess = () =>
    caller(api)('GET', '/organizations', undefined, {
      ...from('198.51.100.7'),
      authorization: `Bearer ${mintToken('sk_test_')}`,
    });

  const statuses = [];
  for (let tries = 0; tries < 21; tries += 1) statuses.push((await guess()).status);
  const shut = await vendor.call('GET', '/organizations', undefined, from('198.51.100.7'));
  const elsewhere = await vendor.call('GET', '/organizations', undefined, from('198.51.100.8'));

  expect(statuses.slice(0, 20)).toEqual(statuses.slice(0, 20).map(() => 401));
  expect(statuses[20]).toBe(429);
  expect(shut.status).toBe(429);
  expect(shut.body).toEqual({ message: 'Too many requests.', code: 'rate_limit_exceeded' });
  expect(shut.headers.get('retry-after')).toMatch(/^\d+$/);
  expect(elsewhere.status).toBe(200);
});

test('[AUD-05] nobody fills the log by being refused: 20 a minute are on record, and what is allowed goes on', async () => {
  const vendor = await aVendor(api);
  const { body: key } = await vendor.call('POST', '/api_keys', { name: 'Settings', scopes: ['settings'] });
  const call = caller(api, { authorization: `Bearer ${key.secret}` });

  const statuses = [];
  for (let tries = 0; tries < 22; tries += 1) statuses.push((await call('GET', '/organizations')).status);

  expect(statuses).toEqual([...Array.from({ length: 20 }, () => 403), 429, 429]);
  expect(await refusalsOf(api, key.id)).toHaveLength(20);
  expect((await call('GET', '/api_keys')).status).toBe(200);
});

test('[API-04] only the proxy we trust may say who the client is', async () => {
  const vendor = await aVendor(api);
  // The last address is the trusted proxy's account; what stands before it is the client's own claim.
  const shut = await vendor.call('GET', '/organizations', undefined, from('203.0.113.9, 198.51.100.7'));

  expect(shut.status).toBe(429);
});

test('[RATE] Postgres counts for all processes together', async () => {
  const spend = () => api.deps.limits.spend('staff_code_entries', 'somebody');

  for (let tries = 0; tries < 10; tries += 1) await spend();

  await expect(spend()).rejects.toMatchObject({ code: 'too_many_requests' });
  await expect(api.deps.limits.refuseSpent('staff_code_entries', 'somebody')).rejects.toMatchObject({
    code: 'too_many_requests',
  });
  await api.deps.limits.spend('staff_code_entries', 'somebody else');
});

test('[RATE] a client of IPv6 is known by its /64, whatever address it takes in it', () => {
  expect(sourceKey('2001:db8:1:2::1')).toBe(sourceKey('2001:db8:1:2:ffff::9'));
  expect(sourceKey('2001:db8:1:2::1')).not.toBe(sourceKey('2001:db8:1:3::1'));
  expect(sourceKey('::ffff:192.0.2.1')).toBe(sourceKey('192.0.2.1'));
});
