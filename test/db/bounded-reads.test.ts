import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  claimDueCommands,
  insertAudit,
  insertCommand,
  insertEvent,
  listAuditEvents,
  listEvents,
  numberEvents,
  removeOldEvents,
  sealAudit,
  withSystem,
  withTenant,
  type AuditFilter,
  type Tx,
} from '../../db/index.ts';
import { newId } from '../../adapters/ids.ts';
import { aCommandFor, aCustomer, now, openDatabases, type Customer, type Databases } from './builders.ts';

/** How much of the database a page reads: blocks, as Postgres counts them, and never how long it takes. */

const many = 30_000;
const minuteMs = 60_000;
/** Of a day that everything here has happened in. */
const minute = (n: number) => new Date(Date.UTC(2026, 2, 10) + n * minuteMs);
const at = (n: number) => minute((n * 1_440) / many);

let databases: Databases;
let owner: pg.Client;
let customer: Customer;

beforeAll(async () => {
  databases = await openDatabases();
  customer = await aCustomer(databases);
  owner = new pg.Client({ connectionString: databases.url });
  await owner.connect();
  await owner.query(`select make_audit_months('2026-03-01', '2026-03-31')`);
  const other = await aCustomer(databases, { environmentId: customer.environmentId });
  await fillAudit('vendor', customer, 'user');
  await fillAudit('product', customer, 'developer');
  await fillAudit('product', other, 'staff');
  await owner.query(
    `insert into audit_targets
     select environment_id, organization_id, target_id, occurred_at, id, at, origin, actor_type, actor_id, action
     from audit_events`,
  );
  await owner.query(
    `insert into events (id, environment_id, organization_id, name, data, created_at, position)
     select 'event_' || n, $1, $2, 'organization.updated', '{}', ${instant}, n from generate_series(1, ${many}) as n`,
    [customer.environmentId, customer.organizationId],
  );
  await owner.query(
    `insert into event_positions (environment_id, last_position, newest) values ($1, $2, $3)`,
    [customer.environmentId, many, at(many)],
  );
  await owner.query('vacuum analyze audit_events, audit_targets, events');
});
afterAll(async () => {
  await owner.end();
  await databases.close();
});

const instant = `timestamptz '2026-03-10' + n * interval '1 day' / ${many}`;

/** As the sealing leaves them. The product's acts on keys are the oldest; staff's are on connections after, and developers' not. */
const fillAudit = (origin: 'vendor' | 'product', of: Customer, actorType: string) =>
  owner.query(
    `insert into audit_events (id, environment_id, organization_id, at, occurred_at, origin, actor_type, actor_id, action,
       target_type, target_id, chain_number, previous_hash, hash)
     select $4 || '_' || n, $1, $2, at, at, $3, $4, 'actor_' || n % 7,
       case when $3 = 'product' and n < ${many / 6} then 'api_key.created' when $4 = 'staff' then 'connection.updated'
         when $3 = 'product' then 'organization.updated' when n = 11 then 'document.deleted' else 'document.updated' end, 'organization', 'target_' || n % 2,
       n + case $3 when 'vendor' then 0 else ${many} end, repeat('0', 64), repeat('1', 64)
     from generate_series(1, ${many}) as n, lateral (select ${instant} as at) as when_it_was`,
    [of.environmentId, of.organizationId, origin, actorType],
  );

/** What `work` gives, and how many blocks of our tables and indexes were read for it. */
const readFor = <T>(
  tenant: { environmentId: string; organizationId?: string },
  work: (tx: Tx) => Promise<T>,
) =>
  withTenant(databases.app, tenant, async (tx) => {
    const before = await blocksRead(tx);
    const result = await work(tx);
    return { result, blocks: (await blocksRead(tx)) - before };
  });

async function blocksRead(tx: Tx): Promise<number> {
  const { rows } = await sql<{ blocks: number }>`
    select sum(pg_stat_get_xact_blocks_fetched(oid))::integer as blocks from pg_class
    where relkind in ('r', 'i') and relnamespace::regnamespace::text in ('public', 'audit_months')
  `.execute(tx);
  return rows[0]?.blocks ?? 0;
}

describe('a page of the audit log reads in proportion to what it shows', () => {
  const page = (filter: AuditFilter, request: { after?: string; order?: 'asc' | 'desc' } = {}) =>
    readFor(customer, (tx) =>
      listAuditEvents(tx, customer, filter, { limit: 20, order: 'desc', ...request }),
    );
  const few = 400;

  test.each(['user', 'staff'])(
    'of a kind of actor that others have many of, and we none: %s',
    async (actorType) => {
      const { result, blocks } = await page({ actorType });

      expect(result.rows).toEqual([]);
      expect(blocks).toBeLessThan(few);
    },
  );

  test('of a thing with many acts, by one who has done none of them', async () => {
    const { result, blocks } = await page({ targetId: 'target_1', actorId: 'nobody' });

    expect(result.rows).toEqual([]);
    // Looked up row by row they would be more than 100,000.
    expect(blocks).toBeLessThan(10 * few);
  });

  test.each([
    { filter: { actorType: 'developer' }, counted: 20 },
    { filter: { origin: 'vendor' as const, actorId: 'actor_4', action: 'document.deleted' }, counted: 1 },
    { filter: { action: 'document' }, counted: 20 },
    { filter: { from: minute(0), until: minute(0.5) }, counted: 10 },
  ])('of a thing narrowed by $filter finds what there is', async ({ filter, counted }) => {
    const { result } = await page({ ...filter, targetId: 'target_1' });

    expect(result.rows).toHaveLength(counted);
    expect(result.rows.every(({ targetId }) => targetId === 'target_1')).toBe(true);
  });

  test('of all that was done to keys, long ago', async () => {
    const { result, blocks } = await page({ action: 'api_key' });

    expect(new Set(result.rows.map(({ action }) => action))).toEqual(new Set(['api_key.created']));
    expect(result.rows).toHaveLength(20);
    expect(blocks).toBeLessThan(2 * few);
  });

  test('of an act of the product that others had done often, and we never', async () => {
    const { result, blocks } = await page({ action: 'connection.updated' });

    expect(result.rows).toEqual([]);
    expect(blocks).toBeLessThan(few);
  });

  test.each([
    { order: 'desc' as const, first: many - 100, deep: 1_000, step: -1 },
    { order: 'asc' as const, first: 100, deep: many - 1_000, step: 1 },
  ])('deep in a span of time as at its beginning, $order', async ({ order, first, deep, step }) => {
    const span = { origin: 'vendor' as const, from: at(50), until: at(many - 50) };
    const shallow = await page(span, { after: `user_${first}`, order });

    const { result, blocks } = await page(span, { after: `user_${deep}`, order });

    expect(result.rows[0]?.id).toBe(`user_${deep + step}`);
    expect(result.rows).toHaveLength(20);
    expect(blocks).toBeLessThan(shallow.blocks + 60);
  });
});

describe('a page of events in a span of time', () => {
  const page = (filter: Parameters<typeof listEvents>[2], order: 'asc' | 'desc', of: Customer = customer) => {
    const tenant = { environmentId: of.environmentId };
    return readFor(tenant, (tx) => listEvents(tx, tenant, filter, { limit: 20, order }));
  };

  test.each([
    { order: 'asc' as const, filter: { from: at(many / 2) }, first: many / 2 },
    { order: 'desc' as const, filter: { until: at(many / 2) }, first: many / 2 },
  ])('begins there, $order', async ({ order, filter, first }) => {
    const { result, blocks } = await page(filter, order);

    expect(result.rows[0]?.id).toBe(`event_${first}`);
    expect(blocks).toBeLessThan(100);
  });

  test('misses none that came late: one whose transaction was long has a higher position than later ones', async () => {
    const late = await aCustomer(databases);
    const happens = (n: number) =>
      withTenant(databases.app, late, async (tx) => {
        await insertEvent(tx, {
          id: `late_${n}`,
          ...late,
          name: 'organization.updated',
          data: {},
          createdAt: minute(n),
        });
      });
    const number = () => withSystem(databases.system, (tx) => numberEvents(tx, late.environmentId));
    for (const n of [0, 30, 60, 90]) await happens(n);
    await number();
    for (const n of [20, 120, 110]) await happens(n);
    await number();
    const ids = async (filter: Parameters<typeof listEvents>[2], order: 'asc' | 'desc') =>
      (await page(filter, order, late)).result.rows.map(({ id }) => id);

    expect(await ids({ from: minute(60) }, 'asc')).toEqual(['late_60', 'late_90', 'late_120', 'late_110']);
    expect(await ids({ until: minute(30) }, 'desc')).toEqual(['late_20', 'late_30', 'late_0']);
    expect(await ids({ from: minute(15), until: minute(25) }, 'asc')).toEqual(['late_20']);
  });

  test('is gone with its retention, in every environment', async () => {
    const [one, other] = [await aCustomer(databases), await aCustomer(databases)];
    for (const whose of [one, other])
      await withTenant(databases.app, { environmentId: whose.environmentId }, async (tx) => {
        await insertEvent(tx, {
          id: newId('event_'),
          ...whose,
          name: 'organization.updated',
          data: {},
          createdAt: minute(0),
        });
        await numberEvents(tx, whose.environmentId);
      });

    while ((await withSystem(databases.system, (tx) => removeOldEvents(tx, minute(1), 0))) > 0);

    for (const whose of [one, other]) expect((await page({}, 'asc', whose)).result.rows).toEqual([]);
  });
});

describe('what the relay takes of the outbox', () => {
  const claim = (hurried: boolean) =>
    withSystem(databases.system, async (tx) => {
      const before = await blocksRead(tx);
      const taken = await claimDueCommands(tx, { now, limit: 5, leaseMs: 30_000, hurried });
      return { taken: taken.map(({ id }) => id), blocks: (await blocksRead(tx)) - before };
    });

  test('is found without a look at the thousands of a move-in that wait, of which it takes the first', async () => {
    await owner.query(
      `insert into commands (id, environment_id, workflow_id, delivery, message, is_hurried, body, next_attempt_at)
       select 'cmd_' || lpad(n::text, 5, '0'), $1, 'cert/' || n, 'signal', 'certificatesChanged', false, '{}', $2
       from generate_series(1, 10000) as n`,
      [customer.environmentId, now],
    );
    const hurried = aCommandFor(customer);
    await withTenant(databases.app, customer, (tx) => insertCommand(tx, hurried));

    const first = await claim(true);
    const rest = await claim(false);

    expect(first.taken).toEqual([hurried.id]);
    expect(rest.taken).toEqual(['cmd_00001', 'cmd_00002', 'cmd_00003', 'cmd_00004', 'cmd_00005']);
    expect(Math.max(first.blocks, rest.blocks)).toBeLessThan(200);
  });
});

describe('what seals the audit log', () => {
  test('finds its rows by their ids, also in a month that has grown much since it was first asked', async () => {
    const own = await openDatabases({ poolSize: 1 });
    const of = await aCustomer(own);
    const sealOne = async () => {
      await withTenant(own.app, of, (tx) =>
        insertAudit(tx, {
          id: newId('audit_'),
          ...of,
          actor: { type: 'customer', id: 'link_1' },
          at: now,
          action: 'organization.updated',
          target: { type: 'organization', id: of.organizationId },
        }),
      );
      return withSystem(own.system, async (tx) => {
        const before = await blocksRead(tx);
        expect(await sealAudit(tx, of.environmentId)).toBe(1);
        return (await blocksRead(tx)) - before;
      });
    };
    // By then a statement that is prepared has the plan that it keeps.
    for (let times = 0; times < 8; times += 1) await sealOne();
    const grown = new pg.Client({ connectionString: own.url });
    await grown.connect();
    await grown.query(
      `insert into audit_events (id, environment_id, organization_id, at, occurred_at, origin, actor_type, actor_id, action,
         target_type, target_id, chain_number, previous_hash, hash)
       select 'audit_' || n, $1, 'org_' || n % 3, $2, $2, 'product', 'staff', 'actor', 'organization.updated', 'organization', 'org', n,
         repeat('0', 64), repeat('1', 64)
       from generate_series(1, 20000) as n`,
      [of.environmentId, now],
    );
    await grown.end();

    expect(await sealOne()).toBeLessThan(200);
    await own.close();
  });
});
