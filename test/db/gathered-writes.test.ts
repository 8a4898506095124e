import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { newId } from '../../adapters/ids.ts';
import {
  createDatabase,
  gatherVendorEvents,
  IdempotencyKeyTaken,
  withSystem,
  type GatheredWrites,
  type NewVendorEvent,
} from '../../db/index.ts';
import { aCustomer, now, openDatabases, type Customer, type Databases } from './builders.ts';

let databases: Databases;
let customer: Customer;
let writes: GatheredWrites<readonly NewVendorEvent[]>;
beforeAll(async () => {
  databases = await openDatabases();
});
beforeEach(async () => {
  customer = await aCustomer(databases);
  writes = gatherVendorEvents({ db: databases.app, now: () => now });
});
afterAll(() => databases.close());

const anEvent = (organizationId = customer.organizationId): NewVendorEvent => ({
  id: newId('audit_'),
  organizationId,
  event: {
    action: 'invoice.sent',
    occurredAt: now,
    version: 1,
    metadata: {},
    actor: { id: 'user_1', type: 'user' },
    targets: [{ id: 'inv_1', type: 'invoice' }],
    context: { location: '192.0.2.9' },
  },
});
let requests = 0;
const aKey = () => `key-${(requests += 1)}`;

interface Given {
  of?: Customer;
  key?: string | null;
  bytes?: number;
  events?: NewVendorEvent[];
}
function write({
  of = customer,
  key = aKey(),
  bytes = 300,
  events = [anEvent(of.organizationId)],
}: Given = {}) {
  const { environmentId } = of;
  const scope = ' POST /audit_logs/events';
  const request = { environmentId, scope, key: key ?? '', bodyHash: 'b'.repeat(64) };
  const answer = { status: 201, headers: {}, body: '{"success":true}', isSealed: false };
  return writes.write(environmentId, {
    item: events,
    bytes,
    answered: key === null ? null : { request, answer },
  });
}

const stored = ({ environmentId } = customer) =>
  withSystem(databases.system, async (tx) => ({
    events: await tx
      .selectFrom('auditEvents')
      .select(['organizationId', sql<string>`xmin`.as('transaction')])
      .where('environmentId', '=', environmentId)
      .where('origin', '=', 'vendor')
      .execute(),
    keys: await tx
      .selectFrom('idempotencyKeys')
      .select(['key', 'status', 'body'])
      .where('environmentId', '=', environmentId)
      .execute(),
  }));
const transactionsOf = ({ events }: Awaited<ReturnType<typeof stored>>) =>
  new Set(events.map(({ transaction }) => transaction)).size;

test('what comes while a write is under way is written together, each with its key and answer [REL-04]', async () => {
  const keyed = Array.from({ length: 20 }, () => write());
  await Promise.all([...keyed, write({ key: null })]);

  const found = await stored();
  expect([found.events.length, found.keys.length]).toEqual([21, 20]);
  expect(found.keys.every(({ status, body }) => status === 201 && body === '{"success":true}')).toBe(true);
  // The first leaves at once, and the others while it is under way.
  expect(transactionsOf(found)).toBe(2);
});

test('one that is refused is refused alone, and nothing of it is kept', async () => {
  // While this one is under way the others gather.
  const first = write();
  const unknown = write({ key: 'refused', events: [anEvent(), anEvent(newId('org_'))] });
  const others = Array.from({ length: 9 }, () => write());

  await expect(unknown).rejects.toMatchObject({ code: 'not_found', facts: { kind: 'organization' } });
  await Promise.all([first, ...others]);
  const found = await stored();
  expect(found.events).toHaveLength(10);
  expect(found.keys.map(({ key }) => key)).not.toContain('refused');
});

test('of several at once with one key one is written, and the others are told that it is taken [REL-02]', async () => {
  const others = Array.from({ length: 5 }, () => write());
  const same = Array.from({ length: 4 }, () => write({ key: 'same' }));

  const outcomes = await Promise.allSettled(same);

  await Promise.all(others);
  const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
  expect(refused).toHaveLength(3);
  for (const { reason } of refused) expect(reason).toBeInstanceOf(IdempotencyKeyTaken);
  expect((await stored()).events).toHaveLength(6);
});

test('writes of two environments never share a transaction [IDB-03]', async () => {
  const other = await aCustomer(databases);

  await Promise.all(Array.from({ length: 12 }, (_, index) => write({ of: index % 2 ? customer : other })));

  for (const of of [customer, other]) {
    const { events } = await stored(of);
    expect(events.map(({ organizationId }) => organizationId)).toEqual(Array(6).fill(of.organizationId));
  }
});

test('what would be too heavy together is parted, and heavy ones go side by side, four at most', async () => {
  await Promise.all(Array.from({ length: 6 }, () => write({ bytes: Number.POSITIVE_INFINITY })));

  expect(transactionsOf(await stored())).toBe(6);
});

test('without a database all are refused, and those that come later do not wait for ever', async () => {
  const log = { warn: () => undefined };
  const role = 'vestibule_app' as const;
  const away = await createDatabase({
    databaseUrl: databases.url,
    role,
    poolSize: 1,
    applicationName: 'test',
    log,
  });
  await away.close();
  writes = gatherVendorEvents({ db: away, now: () => now });

  for (const count of [5, 3]) {
    const outcomes = await Promise.allSettled(Array.from({ length: count }, () => write()));
    expect(outcomes.map((outcome) => outcome.status === 'rejected' && outcome.reason.code)).toEqual(
      Array(count).fill('service_unavailable'),
    );
  }
  expect((await stored()).events).toEqual([]);
});
