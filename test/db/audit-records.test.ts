import { generateKeyPairSync, sign, verify } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../adapters/ids.ts';
import {
  cutAuditChain,
  erasePersonal,
  firstAuditNumberSince,
  insertAudit,
  insertCheckpoint,
  insertVendorEvents,
  lastAuditNumber,
  listAuditEvents,
  listAuditRecordsAfter,
  listUnknownOrganizations,
  sealAudit,
  verifyAudit,
  withSystem,
  withTenant,
  type AuditFilter,
} from '../../db/index.ts';
import type { VendorEvent } from '../../onboarding/audit-records.ts';
import {
  aCustomer,
  anAudit,
  minutesLater,
  now,
  openDatabases,
  type Customer,
  type Databases,
} from './builders.ts';

const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const signer = { keyId: 'k1', sign: (bytes: Uint8Array) => sign(null, bytes, privateKey) };
const isSigned = (_keyId: string, bytes: Uint8Array, signature: Uint8Array) =>
  verify(null, bytes, publicKey, signature);

let databases: Databases;
let intruder: pg.Client;
beforeAll(async () => {
  databases = await openDatabases();
  intruder = new pg.Client({ connectionString: databases.url });
  await intruder.connect();
});
afterAll(async () => {
  await intruder.end();
  await databases.close();
});

const anEvent = (changes: Partial<VendorEvent> = {}): VendorEvent => ({
  action: 'invoice.sent',
  occurredAt: now,
  actor: { id: 'user_1', type: 'user', name: 'Ann' },
  targets: [
    { id: 'inv_1', type: 'invoice', name: 'Of March' },
    { id: 'team_1', type: 'team' },
  ],
  context: { location: '192.0.2.9', user_agent: 'Lynx' },
  metadata: { total: 12 },
  version: 1,
  ...changes,
});
async function send(customer: Customer, events: readonly VendorEvent[], at = now): Promise<string[]> {
  const sent = events.map((event) => ({
    id: newId('audit_'),
    organizationId: customer.organizationId,
    event,
  }));
  await withTenant(databases.app, { environmentId: customer.environmentId }, (tx) =>
    insertVendorEvents(tx, customer.environmentId, sent, at),
  );
  return sent.map(({ id }) => id);
}
const seal = ({ environmentId }: Customer) => asSystem((tx) => sealAudit(tx, environmentId));
const asSystem = <T>(work: Parameters<typeof withSystem<T>>[1]) => withSystem(databases.system, work);
const check = ({ environmentId }: Customer) => asSystem((tx) => verifyAudit(tx, environmentId, isSigned));
const found = async (customer: Customer, filter: AuditFilter) => {
  const page = await withTenant(databases.app, customer, (tx) =>
    listAuditEvents(tx, customer, filter, { limit: 10, order: 'desc' }),
  );
  return page.rows.map(({ id }) => id);
};

test('records come in the order of their chain, page by page, the vendor’s and ours', async () => {
  const customer = await aCustomer(databases);
  const [first] = await send(customer, [anEvent()]);
  await withTenant(databases.app, customer, (tx) => insertAudit(tx, anAudit(customer)));
  await seal(customer);
  const [third] = await send(customer, [anEvent({ occurredAt: minutesLater(-600) })]);

  expect(await asSystem((tx) => listAuditRecordsAfter(tx, customer, 0, 10))).toMatchObject([
    { id: first, sequence: 1, action: 'invoice.sent', metadata: { total: 12 } },
    { sequence: 2, action: 'organization.updated', actor: { type: 'staff' } },
  ]);
  await seal(customer);
  expect(await asSystem((tx) => listAuditRecordsAfter(tx, customer, 2, 10))).toMatchObject([
    { id: third, sequence: 3, targets: [{ id: 'inv_1' }, { id: 'team_1' }] },
  ]);
  expect(await asSystem((tx) => lastAuditNumber(tx, customer))).toBe(3);
});

test('a date is the number of the first record since, also where retention has cut', async () => {
  const customer = await aCustomer(databases);
  for (let hour = 0; hour < 5; hour += 1)
    await send(customer, [anEvent(), anEvent()], minutesLater(hour * 60));
  const since = (at: Date) => asSystem((tx) => firstAuditNumberSince(tx, customer, at));
  expect(await since(now)).toBe(1);
  await seal(customer);

  expect(await since(now)).toBe(1);
  expect(await since(minutesLater(61))).toBe(5);
  expect(await since(minutesLater(10_000))).toBe(11);

  const { environmentId, organizationId: chain } = customer;
  const cut = { id: newId('cp_'), environmentId, chain, before: minutesLater(119), signer, now };
  await asSystem((tx) => cutAuditChain(tx, cut));
  expect(await since(now)).toBe(5);
});

test('an organization that is not there takes no event, and says so', async () => {
  const customer = await aCustomer(databases);
  const stranger = await aCustomer(databases);
  const sent = [customer, stranger].map(({ organizationId }) => ({
    id: newId('audit_'),
    organizationId,
    event: anEvent(),
  }));

  const { environmentId } = customer;
  const recorded = withTenant(databases.app, { environmentId }, (tx) =>
    insertVendorEvents(tx, environmentId, sent, now),
  );

  await expect(recorded).rejects.toMatchObject({ code: 'not_found', facts: { kind: 'organization' } });
  const unknown = withTenant(databases.app, { environmentId }, (tx) =>
    listUnknownOrganizations(
      tx,
      environmentId,
      sent.map(({ organizationId }) => organizationId),
    ),
  );
  expect(await unknown).toEqual([stranger.organizationId]);
  expect(await found(customer, {})).toEqual([]);
});

describe('the log is read by', () => {
  test('any of the targets, before and after the sealing', async () => {
    const customer = await aCustomer(databases);
    const [one] = await send(customer, [anEvent()]);
    await seal(customer);
    const [two] = await send(customer, [anEvent({ occurredAt: minutesLater(1) })]);
    await send(customer, [anEvent({ targets: [{ id: 'inv_2', type: 'invoice' }] })]);

    expect(await found(customer, { targetId: 'team_1' })).toEqual([two, one]);
    await seal(customer);
    expect(await found(customer, { targetId: 'team_1' })).toEqual([two, one]);
    expect(await found(customer, { targetId: 'inv_1' })).toEqual([two, one]);
  });

  test('when things happened, not when we were told', async () => {
    const customer = await aCustomer(databases);
    const [late] = await send(customer, [anEvent({ occurredAt: minutesLater(-60) })]);
    const [early] = await send(customer, [anEvent()]);

    expect(await found(customer, {})).toEqual([early, late]);
    expect(await found(customer, { until: now })).toEqual([late]);
  });
});

describe('[AUD-03] verify names the first vendor’s event that is not as it was sent', () => {
  test.each([
    ['origin', `origin = 'product'`],
    ['occurred_at', `occurred_at = occurred_at - interval '1 day'`],
    ['content', `content = jsonb_set(content, '{targets,1,id}', '"team_9"')`],
    ['version', `content = jsonb_set(content, '{version}', '9')`],
    ['metadata', `personal = personal || '{"metadata": "{\\"total\\":1}"}'`],
    ['actor_name', `personal = personal || '{"actor_name": "Eve"}'`],
    ['location', `source_address = '198.51.100.1'`],
    ['user_agent', `user_agent = 'Mosaic'`],
  ])('whose %s was edited', async (_part, change) => {
    const customer = await aCustomer(databases);
    const ids = await send(customer, [anEvent(), anEvent(), anEvent()]);
    await seal(customer);
    expect(await check(customer)).toMatchObject({ state: 'intact', rows: 3 });

    await intruder.query(`update audit_events set ${change} where id = $1`, [ids[1]]);

    expect(await check(customer)).toMatchObject({ problem: 'changed', number: 2, rowId: ids[1] });
  });

  test.each([
    ['deleted', 'delete from audit_events where chain_number = 2', { problem: 'missing', number: 2 }],
    ['cut off', 'delete from audit_events where chain_number > 1', { problem: 'missing', number: 2 }],
    [
      'swapped',
      'update audit_events set chain_number = 5 - chain_number where chain_number in (2, 3)',
      { problem: 'reordered', number: 2 },
    ],
  ])('that was %s', async (_act, statement, verdict) => {
    const customer = await aCustomer(databases);
    await send(customer, [anEvent(), anEvent({ action: 'b.c' }), anEvent({ action: 'd.e' })]);
    await seal(customer);
    const { environmentId, organizationId } = customer;
    await asSystem((tx) => insertCheckpoint(tx, { id: newId('cp_'), environmentId, signer, now }));

    await intruder.query(`${statement} and organization_id = $1`, [organizationId]);

    expect(await check(customer)).toMatchObject(verdict);
  });
});

test('[AUD-04] a vendor’s event gives up what may tell of people, and the chain stays whole', async () => {
  const customer = await aCustomer(databases);
  const [id] = await send(customer, [anEvent()]);
  await seal(customer);

  await asSystem((tx) => erasePersonal(tx, customer));

  const { rows } = await intruder.query<{ row: unknown }>(
    'select to_jsonb(a) as row from audit_events a where id = $1',
    [id],
  );
  expect(JSON.stringify(rows)).not.toMatch(/Ann|Of March|192\.0\.2\.9|Lynx|"total/);
  expect(await check(customer)).toMatchObject({ state: 'intact', rows: 1 });
});

test('retention takes the targets of a row with it', async () => {
  const customer = await aCustomer(databases);
  await send(customer, [anEvent()]);
  await send(customer, [anEvent()], minutesLater(60));
  await seal(customer);

  const { environmentId, organizationId: chain } = customer;
  const cut = { id: newId('cp_'), environmentId, chain, before: minutesLater(30), signer, now };
  expect((await asSystem((tx) => cutAuditChain(tx, cut))).removed).toBe(1);

  const left = await asSystem((tx) =>
    tx.selectFrom('auditTargets').selectAll().where('organizationId', '=', chain).execute(),
  );
  expect(left).toHaveLength(2);
});

test('months are made ahead and dropped when they are empty, and no other is', async () => {
  const months = async () =>
    (
      await intruder.query<{ name: string }>(
        `select relname as name from pg_class where relnamespace = 'audit_months'::regnamespace and relkind = 'r'`,
      )
    ).rows.map(({ name }) => name);
  const customer = await aCustomer(databases);
  await intruder.query(`select make_audit_months('2020-01-15', '2020-03-01')`);
  await send(customer, [anEvent()], new Date('2020-02-29T23:59:59.999Z'));
  await send(customer, [anEvent()], new Date('2019-06-01T00:00:00.000Z'));

  await intruder.query(`select make_audit_months('2019-06-01', '2019-06-01')`);
  expect(await months()).not.toContain('of_2019_06');
  await intruder.query(`select drop_empty_audit_months('2020-05-01')`);

  expect(await months()).toContain('of_2020_02');
  expect(await months()).not.toContain('of_2020_01');
  expect(await found(customer, {})).toHaveLength(2);
});
