import { setTimeout as pause } from 'node:timers/promises';
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../../adapters/ids.ts';
import {
  insertEvent,
  listEvents,
  listEventsAfter,
  numberEvents,
  withSystem,
  withTenant,
  type EventRow,
} from '../../db/index.ts';
import { aCustomer, now, openDatabases, type Customer, type Databases } from './builders.ts';

let databases: Databases;
beforeAll(async () => {
  databases = await openDatabases({ poolSize: 70 });
});
afterAll(() => databases.close());

const anEvent = (customer: Customer, data: object = {}, name = 'organization.updated') => ({
  id: newId('event_'),
  ...customer,
  name,
  data,
  createdAt: now,
});

test('64 writers of any duration and a tailing reader: no gap, no late arrival, causes before effects [REL-08]', async () => {
  const plans = fc.array(
    fc.record({ holdMs: fc.integer({ min: 0, max: 60 }), object: fc.integer({ min: 0, max: 7 }) }),
    {
      minLength: 64,
      maxLength: 64,
    },
  );

  await fc.assert(
    fc.asyncProperty(plans, async (writers) => {
      const customer = await aCustomer(databases);
      const tenant = { environmentId: customer.environmentId };
      let isWriting = true;
      const reading = (async () => {
        const read: EventRow[] = [];
        for (let rest = 3; rest > 0;) {
          if (!isWriting) rest -= 1;
          await withTenant(databases.app, tenant, async (tx) => {
            await numberEvents(tx, customer.environmentId);
            read.push(...(await listEventsAfter(tx, tenant, read.at(-1)?.position ?? 0, 7)));
          });
        }
        for (let more = true; more;) {
          const next = await withTenant(databases.app, tenant, (tx) =>
            listEventsAfter(tx, tenant, read.at(-1)?.position ?? 0, 100),
          );
          read.push(...next);
          more = next.length > 0;
        }
        return read;
      })();

      // Others number at the same time, as relays and api processes do.
      const numbering = Array.from({ length: 3 }, async () => {
        while (isWriting)
          await withSystem(databases.system, (tx) => numberEvents(tx, customer.environmentId));
      });
      // Each writer takes the lock of its object, learns its turn there, and holds the transaction open for a while.
      await Promise.all(writers.map((writer) => write(customer, writer)));
      isWriting = false;
      await Promise.all(numbering);
      const read = await reading;

      expect(read.map(({ position }) => position)).toEqual(writers.map((_, index) => index + 1));
      const lastTurn = new Map<unknown, number>();
      for (const { data } of read) {
        const { object, turn } = data as { object: number; turn: number };
        expect(turn).toBe((lastTurn.get(object) ?? 0) + 1);
        lastTurn.set(object, turn);
      }
    }),
    { numRuns: 4 },
  );
});

test('positions go on after the oldest events are gone, and belong to one environment', async () => {
  const [one, other] = [await aCustomer(databases), await aCustomer(databases)];
  await record(one, anEvent(one), anEvent(one));
  await record(other, anEvent(other));
  await withSystem(databases.system, (tx) =>
    tx.deleteFrom('events').where('environmentId', '=', one.environmentId).execute(),
  );

  await record(one, anEvent(one));

  const tail = async ({ environmentId }: Customer) =>
    (
      await withTenant(databases.app, { environmentId }, (tx) =>
        listEventsAfter(tx, { environmentId }, 0, 10),
      )
    ).map(({ position }) => position);
  expect(await tail(one)).toEqual([3]);
  expect(await tail(other)).toEqual([1]);
});

test('pages of events go by position, whatever order their ids have', async () => {
  const customer = await aCustomer(databases);
  const events = [anEvent(customer), anEvent(customer), anEvent(customer, {}, 'connection.activated')];
  await record(customer, ...events.toReversed());
  const ids = events.toReversed().map(({ id }) => id);
  const names = ['organization.updated', 'connection.activated'];
  const page = (after?: string) =>
    withTenant(databases.app, customer, (tx) =>
      listEvents(tx, customer, { names }, { limit: 2, order: 'asc', after }),
    );

  const first = await page();
  const second = await page(first.after ?? undefined);

  expect(first.rows.map(({ id }) => id)).toEqual(ids.slice(0, 2));
  expect(first.after).toBe(ids[1]);
  expect(second.rows.map(({ id }) => id)).toEqual(ids.slice(2));
  expect(second.after).toBeNull();
});

test('an event without a position is not in the feed yet', async () => {
  const customer = await aCustomer(databases);
  await withTenant(databases.app, customer, (tx) => insertEvent(tx, anEvent(customer)));

  const { rows } = await withTenant(databases.app, customer, (tx) =>
    listEvents(tx, customer, { names: ['organization.updated'] }, { limit: 10, order: 'asc' }),
  );

  expect(rows).toEqual([]);
});

test('a transaction narrowed to one organization may not number events', async () => {
  const customer = await aCustomer(databases);

  const numbering = withTenant(databases.app, customer, (tx) => numberEvents(tx, customer.environmentId));

  await expect(numbering).rejects.toThrow('for a whole environment');
});

async function record(customer: Customer, ...events: ReturnType<typeof anEvent>[]): Promise<void> {
  const tenant = { environmentId: customer.environmentId };
  await withTenant(databases.app, tenant, async (tx) => {
    for (const event of events) await insertEvent(tx, event);
  });
  await withSystem(databases.system, (tx) => numberEvents(tx, customer.environmentId));
}

async function write(
  customer: Customer,
  { holdMs, object }: { holdMs: number; object: number },
): Promise<void> {
  await withTenant(databases.app, { environmentId: customer.environmentId }, async (tx) => {
    const key = `object ${object}`;
    const { rows } = await sql<{ turn: number }>`
      insert into sandbox_state (environment_id, key, value) values (${customer.environmentId}, ${key}, '1')
      on conflict (environment_id, key) do update set value = to_jsonb(sandbox_state.value::int + 1)
      returning value::int as turn
    `.execute(tx);
    await insertEvent(tx, anEvent(customer, { object, turn: rows[0]?.turn }));
    await pause(holdMs);
  });
}
