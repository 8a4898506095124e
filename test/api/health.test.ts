import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../support/api.ts';
import { aVendor, caller } from '../support/builders.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

test('a probe learns that the program runs and can serve, under any host name', async () => {
  const call = caller(api);

  expect(await call('GET', '/healthz')).toMatchObject({ status: 200, text: 'ok\n' });
  const ready = await call('GET', '/readyz');

  expect(ready.status).toBe(200);
  expect(ready.body.parts).toMatchObject({ database: 'up' });
});

test('figures come in the text format of Prometheus', async () => {
  const figures = await caller(api)('GET', '/metrics');

  expect(figures.status).toBe(200);
  expect(figures.text).toContain('vestibule_outbox_waiting 0');
});

test('what no table has is answered with 404 in JSON, with a request id', async () => {
  const vendor = await aVendor(api);

  const reply = await vendor.call('GET', '/nothing/here');

  expect(reply.status).toBe(404);
  expect(reply.body).toEqual({ message: 'Not Found' });
  expect(reply.headers.get('x-request-id')).toMatch(/^req_[0-9A-Z]{26}$/);
});
