/**
 * Rows that were sealed before the log was kept in months (migration 0042), by the program of that time: erased ones, one
 * with microseconds, the environment's own, a chain that retention had cut, and one that was not yet sealed.
 */

import { randomBytes, verify } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Kysely, Migrator, PostgresDialect } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  createDatabase,
  insertAudit,
  listAuditEvents,
  sealAudit,
  verifyAudit,
  withSystem,
  withTenant,
} from '../../db/index.ts';
import { migrate } from '../../db/migrate.ts';
import { migrations } from '../../db/migrations/index.ts';
import { anAudit, openDatabases, type Customer, type Databases } from './builders.ts';

interface Recorded {
  publicKey: string;
  tables: Record<string, { id: string }[]>;
}

const name = `before_months_${randomBytes(4).toString('hex')}`;
let databases: Databases;
let owner: pg.Client;
let db: Pick<Databases, 'app' | 'system'>;
let recorded: Recorded;
let customer: Customer;

beforeAll(async () => {
  databases = await openDatabases();
  await run(databases.url, `create database ${name}`);
  const url = Object.assign(new URL(databases.url), { pathname: `/${name}` }).href;
  recorded = JSON.parse(
    await readFile(new URL('../fixtures/audit-before-months.json', import.meta.url), 'utf8'),
  ) as Recorded;

  await migrateUntil(url, '0042');
  owner = new pg.Client({ connectionString: url });
  await owner.connect();
  for (const [table, rows] of Object.entries(recorded.tables)) {
    await owner.query(`insert into ${table} select * from jsonb_populate_recordset(null::${table}, $1)`, [
      JSON.stringify(rows),
    ]);
  }
  await migrate({ databaseUrl: url });

  const options = { databaseUrl: url, poolSize: 2, applicationName: 'test', log: { warn: () => undefined } };
  db = {
    app: await createDatabase({ ...options, role: 'vestibule_app' }),
    system: await createDatabase({ ...options, role: 'vestibule_system' }),
  };
  const [environmentId, organizationId] = ['environments', 'organizations'].map(
    (table) => recorded.tables[table]?.[0]?.id ?? '',
  );
  customer = { environmentId: environmentId ?? '', organizationId: organizationId ?? '' };
});
afterAll(async () => {
  await Promise.all([owner.end(), db.app.close(), db.system.close()]);
  await run(databases.url, `drop database ${name} with (force)`);
  await databases.close();
});

async function run(connectionString: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  await client.query(statement);
  await client.end();
}

async function migrateUntil(connectionString: string, behind: string): Promise<void> {
  const earlier = Object.fromEntries(Object.entries(migrations).filter(([each]) => each < behind));
  const kysely = new Kysely<unknown>({
    dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString }) }),
  });
  const provider = { getMigrations: () => Promise.resolve(earlier) };
  const { error } = await new Migrator({ db: kysely, provider }).migrateToLatest();
  await kysely.destroy();
  if (error !== undefined) throw new Error(`before ${behind}`, { cause: error });
}

const check = () =>
  withSystem(db.system, (tx) =>
    verifyAudit(tx, customer.environmentId, (_, bytes, signature) =>
      verify(null, bytes, recorded.publicKey, signature),
    ),
  );

test('[AUD-03] what an older program sealed is intact after the log has moved, and its chains go on', async () => {
  expect(await check()).toEqual({
    state: 'intact',
    chains: 2,
    rows: 6,
    removedByRetention: 1,
    notYetSealed: 1,
  });

  await withTenant(db.app, customer, (tx) => insertAudit(tx, anAudit(customer)));
  await withSystem(db.system, (tx) => sealAudit(tx, customer.environmentId));

  expect(await check()).toMatchObject({ state: 'intact', chains: 2, rows: 8, notYetSealed: 0 });
});

test('what an older program recorded is found as before: in its order, and by what it was done to', async () => {
  const from = new Date('2026-11-25T10:00:30Z');
  const { rows } = await withTenant(db.app, customer, (tx) =>
    listAuditEvents(tx, customer, { from }, { limit: 10, order: 'asc' }),
  );
  const about = await withTenant(db.app, customer, (tx) =>
    listAuditEvents(tx, customer, { targetId: 'member_1' }, { limit: 10, order: 'asc' }),
  );

  expect(rows.map(({ occurredAt }) => occurredAt.toISOString().slice(11))).toEqual([
    '10:01:00.000Z',
    '10:02:00.000Z',
    '10:03:00.000Z',
    '10:04:00.000Z',
    '10:06:00.123Z',
    '10:07:00.000Z',
  ]);
  expect(about.rows.map(({ action }) => action)).toEqual(['member.role_changed']);
});

test('[AUD-03] a change of such a row is still found, and named', async () => {
  const row = recorded.tables['audit_events']?.find(({ id }) => id === 'audit_01MICRO');
  await owner.query(`set role vestibule_system`);
  await owner.query(`update audit_events set source_address = '192.0.2.99' where id = $1`, [row?.id]);
  await owner.query(`reset role`);

  expect(await check()).toMatchObject({ state: 'broken', problem: 'changed', rowId: 'audit_01MICRO' });
});
