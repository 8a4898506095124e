import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDatabase, insertAudit, lookUpEnvironment, withSystem, withTenant } from '../../db/index.ts';
import { migrate, schemaState } from '../../db/migrate.ts';
import { migrations } from '../../db/migrations/index.ts';
import { eventually } from '../support/eventually.ts';
import { aCustomer, anAudit, anEnvironment, openDatabases, type Databases } from './builders.ts';

/**
 * Production in small: a database owned by a login that is no superuser, and a second login for the programs that owns
 * nothing and inherits nothing. The server's own superuser stands for whoever set it up.
 */
const suffix = randomBytes(4).toString('hex');
const owner = `owner_${suffix}`;
const program = `program_${suffix}`;
let databases: Databases;
let superuser: pg.Client;

beforeAll(async () => {
  databases = await openDatabases();
  superuser = new pg.Client({ connectionString: databases.url });
  await superuser.connect();
  await superuser.query(`create role ${owner} login createrole`);
  await superuser.query(`create role ${program} login noinherit`);
  await superuser.query(`create database ${owner} owner ${owner}`);
});
afterAll(async () => {
  await superuser.query(`drop database ${owner} with (force)`);
  await superuser.query(`drop role ${program}`);
  await superuser.query(`drop role ${owner}`);
  await superuser.end();
  await databases.close();
});

const urlOf = (login: string) => {
  const url = new URL(databases.url);
  url.username = login;
  url.pathname = `/${owner}`;
  return url.href;
};
const options = {
  poolSize: 2,
  applicationName: 'test',
  log: { warn: () => undefined },
  requireBareLogin: true,
};

test('a database from nothing to serving: states, sentences, roles and a login that may do no more', async () => {
  expect(await schemaState({ databaseUrl: databases.url })).toEqual({ state: 'current' });
  const untouched = schemaState({ databaseUrl: urlOf(owner) });
  await expect(untouched).rejects.toThrow('npm run migrate');

  // The roles were made by another login, so this one cannot give them to anybody: one sentence says what to run.
  const forbidden = migrate({ databaseUrl: urlOf(owner), programLogin: program });
  await expect(forbidden).rejects.toThrow(
    `run as a superuser: grant vestibule_app, vestibule_system to ${owner}`,
  );
  await superuser.query(`grant vestibule_app, vestibule_system to ${owner} with admin true, inherit false`);

  // Two that start at once do the work once.
  const ran = await Promise.all(
    [1, 2].map(() => migrate({ databaseUrl: urlOf(owner), programLogin: program })),
  );
  expect(ran.flat().toSorted()).toEqual([...new Set(ran.flat())].toSorted());
  expect(await schemaState({ databaseUrl: urlOf(program) })).toEqual({ state: 'current' });

  const app = await createDatabase({ ...options, databaseUrl: urlOf(program), role: 'vestibule_app' });
  const system = await createDatabase({ ...options, databaseUrl: urlOf(program), role: 'vestibule_system' });
  const production = { url: urlOf(program), app, system, close: () => Promise.resolve() };
  const environmentId = await anEnvironment(production);
  const customer = await aCustomer(production, { environmentId });
  // Policies are forced on the owner too; its look-ups still find what they are asked for.
  expect(await lookUpEnvironment(app, environmentId)).toMatchObject({ id: environmentId });
  const seen = await withTenant(app, customer, (tx) => tx.selectFrom('organizations').select('id').execute());
  expect(seen).toEqual([{ id: customer.organizationId }]);
  await withTenant(app, customer, (tx) => insertAudit(tx, anAudit(customer)));
  const ofOwner = new pg.Client({ connectionString: urlOf(owner) });
  await ofOwner.connect();
  expect((await ofOwner.query('select from audit_events')).rowCount).toBe(0);
  await ofOwner.end();

  // Leaving the role gains nothing: the login itself has no rights.
  const client = await app.pool.connect();
  await client.query('set role none');
  await expect(client.query('select from organizations')).rejects.toMatchObject({ code: '42501' });
  client.release(true);
  await app.close();
  await system.close();
});

test('[REL-21] a migration waits for a table that is in use, and keeps nobody else from it meanwhile', async () => {
  // The newest, which can run a second time: earlier ones cannot be missing alone.
  const last = '0074-words-between-marks';
  expect(Object.keys(migrations).at(-1)).toBe(last);
  await superuser.query('delete from kysely_migration where name = $1', [last]);
  const [reader, other] = [1, 2].map(
    () => new pg.Client({ connectionString: databases.url, statement_timeout: 20_000 }),
  ) as [pg.Client, pg.Client];
  await Promise.all([reader.connect(), other.connect()]);
  try {
    await reader.query('begin');
    await reader.query('select from organizations');
    let isWaiting = false;

    const migrated = migrate({ databaseUrl: databases.url, onWait: () => (isWaiting = true) });
    await eventually(() => expect(isWaiting).toBe(true));
    await other.query('select from mails');
    await reader.query('commit');

    expect(await migrated).toEqual([last]);
    expect(await schemaState({ databaseUrl: databases.url })).toEqual({ state: 'current' });
  } finally {
    await Promise.all([reader.end(), other.end()]);
  }
});

test('a schema that is older or newer than the program is told from a current one', async () => {
  const client = new pg.Client({ connectionString: databases.url });
  await client.connect();
  const state = async (statement: string) => {
    await client.query(statement);
    return schemaState({ databaseUrl: databases.url });
  };

  const newer = await state(`insert into kysely_migration values ('9999-later', 'now')`);
  const older = await state(`delete from kysely_migration where name >= '0007'`);
  await client.end();

  expect(newer).toMatchObject({ state: 'newer', unknown: ['9999-later'] });
  expect(older).toMatchObject({ state: 'older', sentence: expect.stringContaining('npm run migrate') });
});

test('the roles for tenants and for the system keep apart', async () => {
  await expect(withSystem(databases.app, () => Promise.resolve())).rejects.toThrow('vestibule_system');
  await expect(
    withTenant(databases.system, await aCustomer(databases), () => Promise.resolve()),
  ).rejects.toThrow('vestibule_app');
});
