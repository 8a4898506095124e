import { generateKeyPairSync, sign, verify } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../adapters/ids.ts';
import {
  countSealedRows,
  cutAuditChain,
  insertAudit,
  insertCheckpoint,
  listAuditEvents,
  insertLogStream,
  listNames,
  sealAudit,
  verifyAuditOn,
  withSystem,
  withTenant,
  type AuditFilter,
  type AuditPosition,
} from '../../db/index.ts';
import {
  aContact,
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

type Change = Parameters<typeof anAudit>[1];
const record = (customer: Customer, changes: Change[]) =>
  withTenant(databases.app, { environmentId: customer.environmentId }, async (tx) => {
    const audits = changes.map((change) => anAudit(customer, change));
    for (const audit of audits) await insertAudit(tx, audit);
    return audits;
  });
const list = (
  { environmentId, organizationId }: { environmentId: string; organizationId?: string },
  filter: AuditFilter = {},
  page = {},
) =>
  withTenant(databases.app, { environmentId }, (tx) =>
    listAuditEvents(tx, { environmentId, ...(organizationId && { organizationId }) }, filter, {
      limit: 10,
      order: 'desc',
      ...page,
    }),
  );

describe('the log is read', () => {
  test('newest first, page by page, and two acts of one instant come once each', async () => {
    const customer = await aCustomer(databases);
    const audits = await record(customer, [{ at: now }, { at: now }, { at: minutesLater(1) }]);

    const first = await list(customer, {}, { limit: 2 });
    const second = await list(customer, {}, { limit: 2, after: first.after });

    const ids = [...first.rows, ...second.rows].map(({ id }) => id);
    expect(ids[0]).toBe(audits[2]?.id);
    expect(ids.toSorted()).toEqual(audits.map(({ id }) => id).toSorted());
    expect(second.after).toBeNull();
  });

  test('of one actor, thing, kind of act, request or span of time', async () => {
    const customer = await aCustomer(databases);
    const [plain, other] = await record(customer, [
      { at: now },
      {
        at: minutesLater(60),
        action: 'api_key.created',
        actor: { type: 'developer', id: 'api_key_9' },
        target: { type: 'api_key', id: 'api_key_1' },
        request: { id: 'req_7' },
      },
    ]);
    const found = async (filter: AuditFilter) => (await list(customer, filter)).rows.map(({ id }) => id);

    expect(await found({ actorType: 'developer' })).toEqual([other?.id]);
    expect(await found({ actorId: 'api_key_9' })).toEqual([other?.id]);
    expect(await found({ action: 'api_key' })).toEqual([other?.id]);
    expect(await found({ action: 'api_key.created' })).toEqual([other?.id]);
    expect(await found({ action: 'api' })).toEqual([]);
    expect(await found({ targetId: 'api_key_1' })).toEqual([other?.id]);
    expect(await found({ requestId: 'req_7' })).toEqual([other?.id]);
    expect(await found({ from: minutesLater(60) })).toEqual([other?.id]);
    expect(await found({ until: minutesLater(60) })).toEqual([plain?.id]);
  });

  test('[IDB-03] of one organization, and never of another environment, whose rows are no cursor either', async () => {
    const environmentId = await anEnvironment(databases);
    const [one, other] = [
      await aCustomer(databases, { environmentId }),
      await aCustomer(databases, { environmentId }),
    ];
    const stranger = await aCustomer(databases);
    const [mine] = await record(one, [{}]);
    await record(other, [{}]);
    const [foreign] = await record(stranger, [{}]);

    expect((await list(one)).rows.map(({ id }) => id)).toEqual([mine?.id]);
    expect((await list({ environmentId })).rows).toHaveLength(2);
    await expect(list({ environmentId }, {}, { after: foreign?.id })).rejects.toMatchObject({
      code: 'invalid_request',
    });
  });

  test('names come with it in one statement, and only those of the environment', async () => {
    const [customer, stranger] = [await aCustomer(databases), await aCustomer(databases)];
    const { environmentId } = customer;
    const stream = { id: newId('als_'), ...customer, name: 'Splunk EU', destination: 'splunk', settings: {} };

    const { id: contactId } = await aContact(databases, customer, 'anna@acme.test');

    const names = await withTenant(databases.app, { environmentId }, async (tx) => {
      await insertLogStream(tx, { ...stream, createdAt: now, updatedAt: now });
      const ids = [customer.organizationId, stranger.organizationId, stream.id, contactId, 'operator'];
      return listNames(tx, { environmentId }, ids);
    });

    expect([...names.keys()].toSorted()).toEqual([stream.id, contactId, customer.organizationId].toSorted());
    expect(names.get(contactId)).toBe('anna@acme.test');
    expect(names.get(stream.id)).toBe('Splunk EU');
  });
});

describe('a long log is verified in parts [AUD-03]', () => {
  /** Two chains, sealed and signed. */
  async function aLog() {
    const environmentId = await anEnvironment(databases);
    const customers = [
      await aCustomer(databases, { environmentId }),
      await aCustomer(databases, { environmentId }),
    ];
    const ids = [];
    for (const customer of customers) {
      const audits = await record(customer, [{}, {}, {}]);
      ids.push(audits.map(({ id }) => id));
    }
    await withSystem(databases.system, async (tx) => {
      await sealAudit(tx, environmentId);
      await insertCheckpoint(tx, { id: newId('cp_'), environmentId, signer, now });
    });
    return { environmentId, customers, ids };
  }
  /** As the dashboard does it: as the tenant, one batch of rows at a time. */
  const part = (environmentId: string, from?: AuditPosition) =>
    withTenant(databases.app, { environmentId }, (tx) =>
      verifyAuditOn(tx, environmentId, { isSigned, from, isLongEnough: () => true }),
    );
  async function verifyInParts(
    environmentId: string,
    meanwhile: (parts: number) => Promise<void> = async () => {},
  ) {
    let from: AuditPosition | undefined;
    for (let parts = 1; ; parts += 1) {
      const told = await part(environmentId, from);
      if ('verdict' in told) return { ...told.verdict, parts };
      from = told.position;
      await meanwhile(parts);
    }
  }

  test('with the verdict of one that is verified at once', async () => {
    const { environmentId } = await aLog();

    const whole = await withSystem(databases.system, (tx) =>
      verifyAuditOn(tx, environmentId, { isSigned, isLongEnough: () => false }),
    );
    const { parts, ...verdict } = await verifyInParts(environmentId);

    expect(whole).toEqual({ verdict });
    expect(verdict).toMatchObject({ state: 'intact', rows: 6, chains: 2 });
    expect(parts).toBeGreaterThan(2);
  });

  test('says how much there is to verify', async () => {
    const { environmentId } = await aLog();

    expect(
      await withTenant(databases.app, { environmentId }, (tx) => countSealedRows(tx, { environmentId })),
    ).toBe(6);
  });

  test('finds what a later part holds', async () => {
    const { environmentId, ids, customers } = await aLog();
    const names = customers.map(({ organizationId }) => organizationId);
    const last = names.indexOf(names.toSorted()[1] ?? '');
    await intruder.query(`update audit_events set after = '{}' where id = $1`, [ids[last]?.[1]]);

    expect(await verifyInParts(environmentId)).toMatchObject({
      state: 'broken',
      problem: 'changed',
      number: 2,
      rowId: ids[last]?.[1],
      chain: customers[last]?.organizationId,
    });
  });

  test('does not miss what retention cuts between two parts', async () => {
    const { environmentId, customers } = await aLog();
    const last = customers.map(({ organizationId }) => organizationId).toSorted()[1] ?? '';

    const verdict = await verifyInParts(environmentId, async (parts) => {
      if (parts !== 1) return;
      await withSystem(databases.system, (tx) =>
        cutAuditChain(tx, {
          id: newId('cp_'),
          environmentId,
          chain: last,
          before: minutesLater(60),
          signer,
          now,
        }),
      );
    });

    expect(verdict).toMatchObject({ state: 'intact', rows: 3, removedByRetention: 3 });
  });
});
