import pg from 'pg';
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

test('[REL-25] while the database only reads nothing is lost or half done, the probe says so, and all works again afterwards', async () => {
  const vendor = await aVendor(api);
  const create = (name: string) => vendor.call('POST', '/organizations', { name });
  const probe = async () => {
    const { status, body } = await caller(api)('GET', '/readyz');
    return [status, body.parts.database];
  };
  await create('Before');

  await setReadOnly(true);
  const [refused, read, unready] = [
    await create('Meanwhile'),
    await vendor.call('GET', '/organizations'),
    await probe(),
  ];
  await setReadOnly(false);

  expect([refused.status, read.status]).toEqual([503, 200]);
  expect(unready).toEqual([503, 'read-only; nothing can be changed']);
  // The probe, which nobody passes by while it says no, finds its way back by itself.
  await expect.poll(probe).toEqual([200, 'up']);
  expect((await create('After')).status).toBe(201);
  const { body } = await vendor.call('GET', '/organizations');
  expect(body.data.map(({ name }: { name: string }) => name).toSorted()).toEqual(['After', 'Before']);
});

/** For connections from now on, as after a switch to a stand-by; those that only read stay when it is over. */
async function setReadOnly(isReadOnly: boolean): Promise<void> {
  const client = new pg.Client({
    connectionString: api.databaseUrl,
    options: '-c default_transaction_read_only=off',
  });
  await client.connect();
  try {
    const name = new URL(api.databaseUrl).pathname.slice(1);
    await client.query(`alter database ${name} set default_transaction_read_only = ${isReadOnly}`);
    if (isReadOnly) await client.query(endOthers);
  } finally {
    await client.end();
  }
}
const endOthers = `select pg_terminate_backend(pid) from pg_stat_activity
  where datname = current_database() and pid <> pg_backend_pid()`;

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
