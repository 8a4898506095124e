import { afterAll, beforeAll, expect, test } from 'vitest';
import { awaitWithCommit, createDatabase, insertAudit, lookUpApiKey, withTenant } from '../../db/index.ts';
import { aCustomer, anAudit, openDatabases, type Customer, type Databases } from './builders.ts';

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
    ...{ databaseUrl: databases.url, role: 'vestibule_app', poolSize: 1, applicationName: 'test' },
    ...{ log: { warn: () => undefined }, connectTimeoutMs: 50 },
  });
  const busy = { code: 'service_unavailable' };

  await withTenant(narrow, customer, async () => {
    await expect(withTenant(narrow, customer, () => Promise.resolve())).rejects.toMatchObject(busy);
    await expect(lookUpApiKey(narrow, 'digest')).rejects.toMatchObject(busy);
  });

  await narrow.close();
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
