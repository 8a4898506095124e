import { afterAll, beforeAll, expect, test } from 'vitest';
import { createMetrics } from '../../api/metrics.ts';
import { createDatabase } from '../../db/index.ts';
import { openDatabases, type Databases } from '../db/builders.ts';

let databases: Databases;
beforeAll(async () => {
  databases = await openDatabases();
});
afterAll(() => databases.close());

test('a database that does not answer leaves the other figures, and what is not known is no number', async () => {
  const dns = { isAnswered: () => Promise.resolve(true) };
  const systemDb = await createDatabase({
    databaseUrl: databases.url,
    role: 'vestibule_system',
    poolSize: 1,
    applicationName: 'test',
    log: { warn: () => undefined },
  });
  const { registry } = createMetrics({ systemDb, dns, now: () => new Date() });
  expect(await registry.metrics()).toContain('vestibule_database_up 1');

  await systemDb.close();
  const shown = await registry.metrics();

  expect(shown).toContain('vestibule_database_up 0');
  expect(shown).toContain('vestibule_outbox_dead Nan');
  expect(shown).not.toContain('vestibule_oldest_waiting_seconds{');
  expect(shown).toContain('nodejs_eventloop_lag_p99_seconds');
});

test('resolvers of which none answers are told of, which no domain could tell', async () => {
  let isAnswered = true;
  const dns = { isAnswered: () => Promise.resolve(isAnswered) };
  const { registry } = createMetrics({ systemDb: null, dns, now: () => new Date() });
  expect(await registry.metrics()).toContain('vestibule_dns_up 1');

  isAnswered = false;

  expect(await registry.metrics()).toContain('vestibule_dns_up 0');
});
