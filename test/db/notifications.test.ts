import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { createListener, insertCommand, notifyChange, withTenant } from '../../db/index.ts';
import { aCommandFor, aCustomer, openDatabases, type Customer, type Databases } from './builders.ts';

let databases: Databases;
let customer: Customer;
let superuser: pg.Client;
beforeAll(async () => {
  databases = await openDatabases();
  customer = await aCustomer(databases);
  superuser = new pg.Client({ connectionString: databases.url });
  await superuser.connect();
});
afterAll(async () => {
  await superuser.end();
  await databases.close();
});

let listener: ReturnType<typeof createListener>;
const listen = () =>
  (listener = createListener({
    databaseUrl: databases.url,
    role: 'vestibule_app',
    applicationName: 'listener',
    log: { warn: () => undefined },
  }));
afterEach(() => listener.close());

test('a hint is sent when the transaction has committed, and none when it has not', async () => {
  const heard: string[] = [];
  await listen().listen(`portal:${customer.organizationId}`, (payload) => heard.push(payload));
  const change = (id: string, fail = false) =>
    withTenant(databases.app, customer, (tx) => {
      notifyChange(tx, customer, 'domain', id);
      return fail ? Promise.reject(new Error('no')) : Promise.resolve();
    });

  await change('lost', true).catch(() => undefined);
  await change('kept');

  await expect.poll(() => heard).toContain('domain:kept');
  expect(heard).toEqual(['domain:kept']);
});

test('many hints in a moment are sent together, equal ones once', async () => {
  const heard: string[] = [];
  await listen().listen('outbox', (payload) => heard.push(payload));

  await withTenant(databases.app, customer, (tx) => insertCommand(tx, aCommandFor(customer)));
  for (let index = 0; index < 20; index += 1) databases.app.notify({ channel: 'outbox' });
  databases.app.notify({ channel: 'outbox', payload: 'the last' });

  await expect.poll(() => heard).toContain('the last');
  // The first may have gone out at once.
  expect(heard.length).toBeLessThanOrEqual(3);
});

test('channels are taken and left one after the other, however many at once: the driver is to queue nothing', async () => {
  const underWay = new Map<unknown, number>();
  let most = 0;
  const { query } = pg.Client.prototype;
  const watched = vi.spyOn(pg.Client.prototype, 'query').mockImplementation(async function (
    this: pg.Client,
    ...given: unknown[]
  ) {
    underWay.set(this, (underWay.get(this) ?? 0) + 1);
    most = Math.max(most, underWay.get(this) ?? 0);
    try {
      return await Reflect.apply(query, this, given);
    } finally {
      underWay.set(this, (underWay.get(this) ?? 0) - 1);
    }
  });
  try {
    const { listen: hear } = listen();
    const stops = await Promise.all(
      ['outbox', 'events', 'audit'].map((channel) => hear(channel as 'outbox', () => undefined)),
    );
    await Promise.all(stops.map((stop) => stop()));
  } finally {
    watched.mockRestore();
  }

  expect(most).toBe(1);
});

test('a listener that lost its connection comes back and tells everybody to look', async () => {
  const heard: string[] = [];
  await listen().listen('events', (payload) => heard.push(payload));

  await superuser.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'listener'`,
  );
  await expect.poll(() => heard.length).toBeGreaterThan(0);
  expect(heard).toEqual(['']);

  databases.app.notify({ channel: 'events', payload: customer.environmentId });
  await expect.poll(() => heard.length).toBeGreaterThan(1);
  expect(heard).toEqual(['', customer.environmentId]);
});

test('whoever stops listening hears nothing more, and others on the channel still do', async () => {
  const heard: string[] = [];
  const channel = `staff:${customer.environmentId}` as const;
  const stop = await listen().listen(channel, () => heard.push('first'));
  await listener.listen(channel, () => heard.push('second'));

  await stop();
  databases.app.notify({ channel, payload: 'x' });

  await expect.poll(() => heard.length).toBeGreaterThan(0);
  expect(heard).toEqual(['second']);
});
