import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { newId } from '../../adapters/ids.ts';
import {
  insertAudit,
  insertCommand,
  insertEvent,
  numberEvents,
  sealAudit,
  withSystem,
  withTenant,
} from '../../db/index.ts';
import { findBrokenRecords } from '../support/whole-records.ts';
import { aCommandFor, aCustomer, anAudit, openDatabases, type Databases } from './builders.ts';

/** What the tests with kills rely on when they say that every record is whole [REL-29]. */

let databases: Databases;
let intruder: pg.Client;
beforeEach(async () => {
  databases = await openDatabases();
  intruder = new pg.Client({ connectionString: databases.url });
  await intruder.connect();
  const customer = await aCustomer(databases);
  const { environmentId, organizationId } = customer;
  await withTenant(databases.app, customer, async (tx) => {
    for (let made = 0; made < 3; made += 1) {
      await insertAudit(tx, anAudit(customer));
      const event = { id: newId('event_'), name: 'organization.created', data: {}, createdAt: new Date() };
      await insertEvent(tx, { ...event, environmentId, organizationId });
    }
    await insertCommand(tx, aCommandFor(customer));
  });
  await intruder.query(`update commands set state = 'applied'`);
  await withSystem(databases.system, async (tx) => {
    await sealAudit(tx, environmentId);
    await numberEvents(tx, environmentId);
  });
});
afterEach(async () => {
  await intruder.end();
  await databases.close();
});

test('nothing is found where all is whole', async () => {
  expect(await findBrokenRecords(databases.url)).toEqual([]);
});

test.each([
  ['a row of the audit log that is gone', `delete from audit_events where chain_number = 2`, '"problem"'],
  ['an event that is gone', `delete from events where position = 2`, 'have gaps'],
  ['an event that was never numbered', `update events set position = null where position = 3`, 'have gaps'],
  ['a command that nobody took', `update commands set state = 'accepted'`, 'left behind'],
  ['a command that was given up', `update commands set state = 'dead'`, 'left behind'],
])('%s is found', async (_what, sql, said) => {
  await intruder.query(sql);

  expect((await findBrokenRecords(databases.url)).join()).toContain(said);
});
