import pino from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../adapters/ids.ts';
import { createListener, insertAudit, insertEvent, withSystem, withTenant } from '../db/index.ts';
import {
  aCustomer,
  anAudit,
  now,
  openDatabases,
  type Customer,
  type Databases,
} from '../test/db/builders.ts';
import { startSequencer } from './sequencer.ts';
import { eventually } from '../test/support/eventually.ts';

let databases: Databases;
beforeAll(async () => {
  databases = await openDatabases();
});
afterAll(() => databases.close());

const log = pino({ level: 'silent' });

const write = (customer: Customer) =>
  withTenant(databases.app, customer, async (tx) => {
    await insertAudit(tx, anAudit(customer));
    const event = { ...customer, name: 'organization.updated', data: {}, createdAt: now };
    await insertEvent(tx, { id: newId('event_'), ...event });
  });
/** Positions of the customer's events and places of its audit rows in their chain. */
const ordered = ({ environmentId, organizationId }: Customer) =>
  withSystem(databases.system, async (tx) => {
    const events = await tx
      .selectFrom('events')
      .select('position')
      .where('environmentId', '=', environmentId)
      .orderBy('ordinal')
      .execute();
    const audits = await tx
      .selectFrom('auditEvents')
      .select('chainNumber')
      .where('organizationId', '=', organizationId)
      .orderBy('chainNumber')
      .execute();
    return {
      positions: events.map(({ position }) => position),
      chain: audits.map(({ chainNumber }) => chainNumber),
    };
  });

test('committed events and audit rows are put in order at their notice, not at a look; two do it once', async () => {
  const customer = await aCustomer(databases);
  const listener = createListener({
    databaseUrl: databases.url,
    role: 'vestibule_system',
    applicationName: 'test',
    log,
  });
  const start = () =>
    startSequencer({
      db: databases.system,
      log,
      now: () => new Date(),
      onNotice: (wake) => listener.listen('events', wake),
      lookEveryMs: 3_600_000,
    });
  const sequencers = await Promise.all([start(), start()]);
  for (let written = 1; written <= 8; written++) {
    await write(customer);
    const numbers = Array.from({ length: written }, (_, index) => index + 1);
    await eventually(
      async () => expect(await ordered(customer)).toEqual({ positions: numbers, chain: numbers }),
      { everyMs: 10 },
    );
  }
  await Promise.all(sequencers.map((sequencer) => sequencer.stop()));
  await listener.close();
});

test('a database that does not answer is asked again', async () => {
  const customer = await aCustomer(databases);
  await write(customer);
  let isBroken = true;
  const db = {
    ...databases.system,
    get pool() {
      if (!isBroken) return databases.system.pool;
      isBroken = false;
      throw new Error('the database is away');
    },
  };

  const sequencer = await startSequencer({
    db,
    log,
    now: () => new Date(),
    onNotice: () => Promise.resolve(() => Promise.resolve()),
  });
  await eventually(async () => expect((await ordered(customer)).positions).toEqual([1]), { everyMs: 20 });
  await sequencer.stop();

  expect(isBroken).toBe(false);
});
