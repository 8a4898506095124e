import { generateKeyPairSync, sign, verify } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../adapters/ids.ts';
import {
  cutAuditChain,
  erasePersonal,
  insertAudit,
  insertCheckpoint,
  sealAudit,
  verifyAudit,
  withSystem,
  withTenant,
} from '../../db/index.ts';
import {
  aCustomer,
  anAudit,
  anEnvironment,
  minutesLater,
  now,
  openDatabases,
  type Customer,
  type Databases,
} from './builders.ts';

const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const signer = { keyId: 'k1', sign: (bytes: Uint8Array) => sign(null, bytes, privateKey) };
const isSigned = (keyId: string, bytes: Uint8Array, signature: Uint8Array) =>
  keyId === 'k1' ? verify(null, bytes, publicKey, signature) : undefined;

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

/** A customer with five acts on record, sealed and under a signed checkpoint. */
async function aRecord(): Promise<Customer & { ids: string[] }> {
  const customer = await aCustomer(databases);
  const audits = Array.from({ length: 5 }, (_, index) => anAudit(customer, { after: { step: index + 1 } }));
  await withTenant(databases.app, customer, async (tx) => {
    for (const audit of audits) await insertAudit(tx, audit);
  });
  await seal(customer);
  await checkpoint(customer);
  return { ...customer, ids: audits.map(({ id }) => id) };
}
const seal = ({ environmentId }: { environmentId: string }) =>
  withSystem(databases.system, (tx) => sealAudit(tx, environmentId));
const checkpoint = ({ environmentId }: { environmentId: string }) =>
  withSystem(databases.system, (tx) =>
    insertCheckpoint(tx, { id: newId('cp_'), environmentId, signer, now }),
  );
const check = ({ environmentId }: { environmentId: string }) =>
  withSystem(databases.system, (tx) => verifyAudit(tx, environmentId, isSigned));
const cut = async ({ environmentId, organizationId }: Customer, before: Date) => {
  const what = { id: newId('cp_'), environmentId, chain: organizationId, before, signer, now };
  return (await withSystem(databases.system, (tx) => cutAuditChain(tx, what))).removed;
};

test('an untouched record is intact', async () => {
  const record = await aRecord();

  expect(await check(record)).toEqual({
    state: 'intact',
    chains: 1,
    rows: 5,
    removedByRetention: 0,
    notYetSealed: 0,
  });
});

test('each organization has a chain, and the environment one of its own', async () => {
  const environmentId = await anEnvironment(databases);
  const customers = [
    await aCustomer(databases, { environmentId }),
    await aCustomer(databases, { environmentId }),
  ];
  await withTenant(databases.app, { environmentId }, async (tx) => {
    for (const customer of [...customers, ...customers]) await insertAudit(tx, anAudit(customer));
    await insertAudit(tx, anAudit({ environmentId, organizationId: '' }, { organizationId: null }));
  });

  expect(await seal({ environmentId })).toBe(5);

  expect(await check({ environmentId })).toMatchObject({ state: 'intact', chains: 3, rows: 5 });
});

test('a pass goes on where each of its chains ended, and leaves the others as they are', async () => {
  const record = await aRecord();
  const other = await aCustomer(databases, record);
  await withTenant(databases.app, { environmentId: record.environmentId }, async (tx) => {
    await insertAudit(tx, anAudit(other));
  });
  await seal(record);
  await withTenant(databases.app, record, (tx) => insertAudit(tx, anAudit(record)));

  expect(await seal(record)).toBe(1);

  expect(await check(record)).toMatchObject({ state: 'intact', chains: 2, rows: 7, notYetSealed: 0 });
});

test('rows too young to be sealed are counted, not accused', async () => {
  const record = await aRecord();
  await withTenant(databases.app, record, (tx) => insertAudit(tx, anAudit(record)));

  expect(await check(record)).toMatchObject({ state: 'intact', notYetSealed: 1 });
});

test('ten sealers at once, while acts go on, make one chain', async () => {
  const customer = await aCustomer(databases);
  let isActing = true;

  const sealing = Array.from({ length: 10 }, async () => {
    while (isActing) await seal(customer);
  });
  for (let index = 0; index < 40; index += 1) {
    await withTenant(databases.app, customer, (tx) => insertAudit(tx, anAudit(customer)));
  }
  isActing = false;
  await Promise.all(sealing);
  await seal(customer);

  expect(await check(customer)).toMatchObject({ state: 'intact', rows: 40, notYetSealed: 0 });
});

test('a clock that went back does not disturb the chain [REL-24]', async () => {
  const record = await aRecord();
  await withTenant(databases.app, record, (tx) =>
    insertAudit(tx, anAudit(record, { at: minutesLater(-60) })),
  );
  await seal(record);

  expect(await check(record)).toMatchObject({ state: 'intact', rows: 6 });
});

describe('verify names the first row that is not as it was written [AUD-03]', () => {
  test('an edited row', async () => {
    const record = await aRecord();
    await intruder.query(`update audit_events set after = '{"step": 33}' where id = $1`, [record.ids[2]]);

    expect(await check(record)).toMatchObject({
      problem: 'changed',
      chain: record.organizationId,
      number: 3,
      rowId: record.ids[2],
    });
  });

  test.each(['actor_id', 'session_id', 'source_address', 'target_id', 'request_id'])(
    'a row whose %s was edited',
    async (column) => {
      const record = await aRecord();
      await intruder.query(`update audit_events set ${column} = 'somebody else' where id = $1`, [
        record.ids[1],
      ]);

      expect(await check(record)).toMatchObject({ problem: 'changed', number: 2 });
    },
  );

  test('a personal field that was replaced', async () => {
    const record = await aRecord();
    await intruder.query(
      `update audit_events set personal = '{"actorEmail": "eve@vendor.test"}' where id = $1`,
      [record.ids[0]],
    );

    expect(await check(record)).toMatchObject({ problem: 'changed', number: 1 });
  });

  test('a deleted row', async () => {
    const record = await aRecord();
    await intruder.query('delete from audit_events where id = $1', [record.ids[2]]);

    expect(await check(record)).toMatchObject({ problem: 'missing', number: 3, rowId: null });
  });

  test('two rows that changed places', async () => {
    const record = await aRecord();
    await intruder.query('update audit_events set chain_number = -chain_number where id = any($1)', [
      [record.ids[1], record.ids[3]],
    ]);
    await intruder.query('update audit_events set chain_number = 6 + chain_number where chain_number < 0');

    expect(await check(record)).toMatchObject({ problem: 'reordered', number: 2, rowId: record.ids[3] });
  });

  test('a cut tail', async () => {
    const record = await aRecord();
    await intruder.query('delete from audit_events where id = any($1)', [record.ids.slice(3)]);

    expect(await check(record)).toMatchObject({ problem: 'missing', number: 4 });
  });

  test('a cut tail whose head was moved back too', async () => {
    const record = await aRecord();
    await intruder.query('delete from audit_events where id = any($1)', [record.ids.slice(3)]);
    await intruder.query(
      `update audit_heads set last_number = 3, last_hash = (select hash from audit_events where id = $1) where chain = $2`,
      [record.ids[2], record.organizationId],
    );

    expect(await check(record)).toMatchObject({ problem: 'missing', number: 4 });
  });

  test('a chain that is gone altogether', async () => {
    const record = await aRecord();
    await intruder.query('delete from audit_events where organization_id = $1', [record.organizationId]);
    await intruder.query('delete from audit_heads where chain = $1', [record.organizationId]);

    expect(await check(record)).toMatchObject({ problem: 'missing', number: 1 });
  });

  test('a tail that was written and chained anew', async () => {
    const record = await aRecord();
    await intruder.query('delete from audit_events where id = $1', [record.ids[4]]);
    await intruder.query(
      `update audit_heads set last_number = 4, last_hash = (select hash from audit_events where id = $1) where chain = $2`,
      [record.ids[3], record.organizationId],
    );
    const forged = anAudit(record, { action: 'nothing.happened' });
    await withTenant(databases.app, record, (tx) => insertAudit(tx, forged));
    await seal(record);

    expect(await check(record)).toMatchObject({ problem: 'replaced', number: 5, rowId: forged.id });
  });

  test('a checkpoint that was made to fit', async () => {
    const record = await aRecord();
    await intruder.query(
      `update audit_checkpoints set body = jsonb_set(body, '{heads,0,number}', '4') where environment_id = $1`,
      [record.environmentId],
    );

    expect(await check(record)).toMatchObject({ problem: 'forged_checkpoint' });
  });

  test('a checkpoint of a key that is not here', async () => {
    const record = await aRecord();
    await intruder.query(`update audit_checkpoints set key_id = 'k9' where environment_id = $1`, [
      record.environmentId,
    ]);

    expect(await check(record)).toMatchObject({ problem: 'unknown_key' });
  });
});

describe('retention', () => {
  test('rows it removed are told from rows that are missing', async () => {
    const record = await aRecord();
    await withTenant(databases.app, record, (tx) =>
      insertAudit(tx, anAudit(record, { at: minutesLater(60) })),
    );
    await seal(record);

    const removed = await cut(record, minutesLater(30));

    expect(removed).toBe(5);
    expect(await check(record)).toMatchObject({ state: 'intact', rows: 1, removedByRetention: 5 });
  });

  test('an old end that was cut by hand is missing', async () => {
    const record = await aRecord();
    await intruder.query('delete from audit_events where id = any($1)', [record.ids.slice(0, 2)]);
    await intruder.query(
      `update audit_heads set cut_number = 2, cut_hash = (select previous_hash from audit_events where id = $1) where chain = $2`,
      [record.ids[2], record.organizationId],
    );

    expect(await check(record)).toMatchObject({ problem: 'missing', number: 1 });
  });

  test('it cuts at the old end only, also where a later row bears an older date', async () => {
    const record = await aRecord();
    await withTenant(databases.app, record, async (tx) => {
      await insertAudit(tx, anAudit(record, { at: minutesLater(60) }));
      await insertAudit(tx, anAudit(record, { at: minutesLater(-60) }));
    });
    await seal(record);

    expect(await cut(record, minutesLater(30))).toBe(5);
    expect(await cut(record, minutesLater(30))).toBe(0);

    expect(await check(record)).toMatchObject({ state: 'intact', rows: 2 });
  });

  test('a chain that was removed to its end goes on with the next number', async () => {
    const record = await aRecord();
    await cut(record, minutesLater(30));
    await withTenant(databases.app, record, (tx) => insertAudit(tx, anAudit(record)));
    await seal(record);

    expect(await check(record)).toMatchObject({ state: 'intact', rows: 1, removedByRetention: 5 });
  });
});

describe('erasure [AUD-04]', () => {
  test('removes what names a person and leaves the chain whole', async () => {
    const customer = await aCustomer(databases);
    const request = { id: 'req_1', sourceAddress: '192.0.2.7', userAgent: 'Lynx' };
    await withTenant(databases.app, customer, (tx) => insertAudit(tx, anAudit(customer, { request })));
    await seal(customer);

    const erased = await withSystem(databases.system, (tx) => erasePersonal(tx, customer));

    const { rows } = await intruder.query<{ row: unknown }>(
      'select to_jsonb(a) as row from audit_events a where organization_id = $1',
      [customer.organizationId],
    );
    expect(erased).toBe(1);
    expect(JSON.stringify(rows)).not.toMatch(/ann@vendor\.test|192\.0\.2\.7|Lynx/);
    expect(await check(customer)).toMatchObject({ state: 'intact', rows: 1 });
    expect(await withSystem(databases.system, (tx) => erasePersonal(tx, customer))).toBe(0);
  });

  test('cannot be used to put another person in', async () => {
    const record = await aRecord();
    await withSystem(databases.system, (tx) => erasePersonal(tx, record));
    await intruder.query(
      `update audit_events set personal = '{"actorEmail": "eve@vendor.test"}' where id = $1`,
      [record.ids[0]],
    );

    expect(await check(record)).toMatchObject({ problem: 'changed', number: 1 });
  });
});
