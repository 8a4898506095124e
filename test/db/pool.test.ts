import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { awaitWithCommit, createDatabase, insertAudit, lookUpApiKey, withTenant } from '../../db/index.ts';
import { fixedStatement } from '../../db/fixed-statement.ts';
import { aCustomer, anAudit, openDatabases, type Customer, type Databases } from './builders.ts';
import { eventually } from '../support/eventually.ts';

let databases: Databases;
let customer: Customer;
beforeAll(async () => {
  databases = await openDatabases();
  customer = await aCustomer(databases);
});
afterAll(() => databases.close());

const audits = (action: string) =>
  withTenant(databases.app, customer, (tx) =>
    tx.selectFrom('auditEvents').select('id').where('action', '=', action).execute(),
  );

test('[REL-25] who gets no connection in time is told that the service is busy, in transactions and look-ups', async () => {
  const narrow = await createDatabase({
    databaseUrl: databases.url,
    role: 'vestibule_app',
    poolSize: 1,
    applicationName: 'test',
    log: { warn: () => undefined },
    connectTimeoutMs: 50,
  });
  const busy = { code: 'service_unavailable' };

  await withTenant(narrow, customer, async () => {
    await expect(withTenant(narrow, customer, () => Promise.resolve())).rejects.toMatchObject(busy);
    await expect(lookUpApiKey(narrow, 'digest')).rejects.toMatchObject(busy);
  });

  await narrow.close();
});

test('[REL-25] a connection that is lost between two statements fails its transaction, and ends nothing else', async () => {
  const pidOf = sql<{ pid: number }>`select pg_backend_pid() as pid`;

  // None of ours may end another's.
  const superuser = new pg.Client({ connectionString: databases.url });
  await superuser.connect();

  const lost = withTenant(databases.app, customer, async (tx) => {
    const [{ pid } = { pid: 0 }] = (await pidOf.execute(tx)).rows;
    await eventually(async () => {
      const { rows } = await superuser.query('select pg_terminate_backend($1)', [pid]);
      expect(rows).toEqual([{ pg_terminate_backend: false }]);
    });
    await pidOf.execute(tx);
  });

  await expect(lost).rejects.toMatchObject({ code: 'service_unavailable' });
  await superuser.end();
  await expect(audits('lost')).resolves.toEqual([]);
});

test('a statement that is awaited with the commit takes the transaction with it when it fails', async () => {
  const twice = anAudit(customer, { action: 'twice' });

  const failing = withTenant(databases.app, customer, async (tx) => {
    awaitWithCommit(tx, insertAudit(tx, twice));
    awaitWithCommit(tx, insertAudit(tx, twice));
  });

  await expect(failing).rejects.toMatchObject({ code: '23505' });
  expect(await audits('twice')).toEqual([]);
});

test('its error is told, and not that of a statement which failed because of it', async () => {
  const twice = anAudit(customer, { action: 'twice' });

  const failing = withTenant(databases.app, customer, async (tx) => {
    awaitWithCommit(tx, insertAudit(tx, twice));
    awaitWithCommit(tx, insertAudit(tx, twice));
    await tx.selectFrom('organizations').select('id').execute();
  });

  await expect(failing).rejects.toMatchObject({ code: '23505' });
});

test('a named statement that stood behind a failed one works on the same connection afterwards', async () => {
  const narrow = await createDatabase({
    databaseUrl: databases.url,
    role: 'vestibule_app',
    poolSize: 1,
    applicationName: 'test',
    log: { warn: () => undefined },
  });
  const failing = fixedStatement('select 1 / :divisor::integer as whole');
  const behind = fixedStatement<{ whole: number }>('select :value::integer as whole');
  const together = (divisor: number) =>
    withTenant(narrow, customer, (tx) => Promise.all([failing(tx, { divisor }), behind(tx, { value: 7 })]));

  await expect(together(0)).rejects.toMatchObject({ code: '22012' });
  expect(await together(1)).toEqual([[{ whole: 1 }], [{ whole: 7 }]]);
  expect(await together(1)).toEqual([[{ whole: 1 }], [{ whole: 7 }]]);

  await narrow.close();
});

test('statements keep their order, whether they are sent together or while others are under way', async () => {
  const rows = await withTenant(databases.app, customer, async (tx) => {
    const first = tx.selectFrom('organizations').select('id').execute();
    await awaitTick();
    for (const action of ['one', 'two', 'three']) void insertAudit(tx, anAudit(customer, { action }));
    await first;
    return tx
      .selectFrom('auditEvents')
      .select('action')
      .where('action', 'in', ['one', 'two', 'three'])
      .orderBy('ordinal')
      .execute();
  });

  expect(rows.map(({ action }) => action)).toEqual(['one', 'two', 'three']);
});

const awaitTick = () => new Promise((resolve) => setImmediate(resolve));
