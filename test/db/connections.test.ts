import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../adapters/ids.ts';
import {
  getConnection,
  insertCertificates,
  listCertificates,
  listConnections,
  markAbsentCertificates,
  markConnectionTested,
  moveConnection,
  retireCertificates,
  updateConnection,
  updateConnectionSettings,
  withTenant,
  type ConnectionRow,
  type NewCertificate,
} from '../../db/index.ts';
import {
  aConnection,
  aCustomer,
  aDomain,
  minutesLater,
  now,
  openDatabases,
  type Customer,
  type Databases,
} from './builders.ts';

let databases: Databases;
let customer: Customer;
let connection: ConnectionRow;
beforeAll(async () => {
  databases = await openDatabases({ poolSize: 12 });
  customer = await aCustomer(databases);
  connection = await aConnection(databases, customer);
});
afterAll(() => databases.close());

const inTenant = <T>(work: Parameters<typeof withTenant<T>>[2]) => withTenant(databases.app, customer, work);
const aTest = (settingsRevision: number) => ({
  settingsRevision,
  email: 'ann@acme.test',
  signedFloor: 'both' as const,
  encryptedFloor: false,
  now,
});

test('a passed test says nothing about settings that have changed since it began', async () => {
  const changed = await inTenant((tx) =>
    updateConnectionSettings(tx, customer, connection.id, { idpEntityId: 'https://idp.test' }, now),
  );
  const mark = (revision: number) =>
    inTenant((tx) => markConnectionTested(tx, customer, connection.id, aTest(revision)));

  expect(await mark(changed.settingsRevision - 1)).toBeUndefined();
  expect(await mark(changed.settingsRevision)).toMatchObject({
    testedRevision: changed.settingsRevision,
    signedFloor: 'both',
  });
});

test('saving a draft leaves the test its worth', async () => {
  const before = await inTenant((tx) => getConnection(tx, customer, connection.id));

  const after = await inTenant((tx) =>
    updateConnection(tx, customer, connection.id, { drafts: { way: 'manual' } }, now),
  );

  expect(after).toMatchObject({ drafts: { way: 'manual' }, settingsRevision: before.settingsRevision });
});

test('of 50 acts that switch a connection on at once, one does', async () => {
  const fresh = await aConnection(databases, customer);
  const move = { from: ['draft'] as const, to: 'active' as const, now };

  const moved = await Promise.all(
    Array.from({ length: 50 }, () => inTenant((tx) => moveConnection(tx, customer, fresh.id, move))),
  );

  expect(moved.filter((row) => row !== undefined)).toMatchObject([{ state: 'active', activatedAt: now }]);
});

test('connections are found by type, by part of the name and by a domain of their organization', async () => {
  const other = await aCustomer(databases);
  await aConnection(databases, other);
  await aDomain(databases, other, 'acme.test');
  const count = async (filter: Parameters<typeof listConnections>[2]) =>
    (
      await withTenant(databases.app, other, (tx) =>
        listConnections(tx, other, filter, { limit: 10, order: 'desc' }),
      )
    ).rows.length;

  expect(await count({ connectionTypes: ['Pending', 'OktaSAML'], domain: 'acme.test', search: 'CM' })).toBe(
    1,
  );
  expect(await count({ connectionTypes: ['OktaSAML'] })).toBe(0);
  expect(await count({ domain: 'other.test' })).toBe(0);
});

describe('certificates', () => {
  const aCertificate = (key: string): NewCertificate => ({
    id: newId('cert_'),
    ...customer,
    connectionId: connection.id,
    pem: 'PEM',
    fingerprint: `cert of ${key}`,
    spkiFingerprint: key,
    subject: 'CN=idp',
    keyBits: 2048,
    source: 'metadata' as const,
    notBefore: now,
    notAfter: minutesLater(60),
    createdAt: now,
  });
  const add = (...keys: string[]) => inTenant((tx) => insertCertificates(tx, keys.map(aCertificate)));
  const inUse = async () =>
    (await inTenant((tx) => listCertificates(tx, customer, connection.id)))
      .map((row) => row.spkiFingerprint)
      .toSorted();

  test('one a key is trusted, and a retired key can be trusted anew', async () => {
    await add('key 1', 'key 2');
    const again = await add('key 2', 'key 3');
    expect(again.map(({ spkiFingerprint }) => spkiFingerprint)).toEqual(['key 3']);
    expect(await inUse()).toEqual(['key 1', 'key 2', 'key 3']);

    const ids = again.map(({ id }) => id);
    await inTenant((tx) => retireCertificates(tx, customer, connection.id, ids, now));
    expect(await inUse()).toEqual(['key 1', 'key 2']);
    await add('key 3');
    expect(await inUse()).toEqual(['key 1', 'key 2', 'key 3']);
  });

  test('one that metadata no longer names keeps the instant at which that began', async () => {
    await add('named', 'absent');
    const mark = (named: string[], at: Date) =>
      inTenant(async (tx) => {
        await markAbsentCertificates(tx, customer, connection.id, { named, now: at });
        const rows = await listCertificates(tx, customer, connection.id);
        return rows.find(({ spkiFingerprint }) => spkiFingerprint === 'absent')?.absentSince;
      });

    expect(await mark(['named'], now)).toEqual(now);
    expect(await mark(['named'], minutesLater(60))).toEqual(now);
    expect(await mark(['named', 'absent'], minutesLater(120))).toBeNull();
  });
});
