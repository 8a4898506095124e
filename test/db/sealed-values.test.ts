import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  connectionSecretAt,
  directorySecretAt,
  formerDirectorySecretAt,
  formerSecretAt,
  googleClientSecretAt,
  revisionSecretAt,
  streamSecretAt,
} from '../../adapters/client-secrets.ts';
import { newId } from '../../adapters/ids.ts';
import { createSecrets, keyIdOf, type SealedAt } from '../../adapters/secrets.ts';
import { linkSealedAt } from '../../adapters/setup-links.ts';
import { sealSpKey } from '../../api/sp-keys.ts';
import {
  countSealedByKey,
  insertFormer,
  insertRevision,
  insertSpKey,
  insertTokenKey,
  lockSealedUnderOtherKeys,
  updateSealed,
  withSystem,
  type Tx,
} from '../../db/index.ts';
import { emptyConfiguration } from '../../onboarding/connection-configuration.ts';
import { putSealed } from '../../sandbox/test-idp/sealed-state.ts';
import {
  aConnection,
  aCustomer,
  aLink,
  minutesLater,
  now,
  openDatabases,
  type Databases,
} from './builders.ts';

/** Every sealed column of the schema through a rotation of `SECRETS_KEY` [SEC-02]. */

let databases: Databases;
let owner: pg.Client;
beforeAll(async () => {
  databases = await openDatabases();
  owner = new pg.Client({ connectionString: databases.url });
  await owner.connect();
});
afterAll(async () => {
  await owner.end();
  await databases.close();
});

const oldKey = { id: 'old', bytes: randomBytes(32) };
const newKey = { id: 'new', bytes: randomBytes(32) };
const before = createSecrets([oldKey]);
const between = createSecrets([newKey, oldKey]);
const after = createSecrets([newKey]);

const inSystem = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => withSystem(databases.system, work);

/** A value sealed for its place, and how to read it there later. */
interface Sealed {
  readonly at: SealedAt;
  readonly read: string;
}

const valueIn = (table: string, column: string, where: string): string =>
  `select ${column} as value from ${table} where ${where}`;

/** One row in each table that holds sealed values, under the old key, with what opens it. */
async function sealedEverywhere(): Promise<Sealed[]> {
  const customer = await aCustomer(databases);
  const { environmentId, organizationId } = customer;
  const link = newId('link_');
  await aLink(databases, customer, {
    id: link,
    tokenSealed: before.seal('a secret', linkSealedAt(organizationId, link)),
  });
  const connection = await aConnection(databases, customer);
  await owner.query('update connections set oidc_client_secret_sealed = $1 where id = $2', [
    before.seal('a secret', connectionSecretAt(connection)),
    connection.id,
  ]);
  const owned = { ...customer, connectionId: connection.id, certificates: [], createdAt: now };
  const [revision, former] = [newId('revision_'), newId('former_')];
  await inSystem((tx) =>
    insertRevision(tx, {
      ...owned,
      id: revision,
      configuration: emptyConfiguration,
      drafts: {},
      heldBy: 'd•••@acme.test',
      clientSecretSealed: before.seal('a secret', revisionSecretAt({ id: revision, organizationId })),
    }),
  );
  await inSystem((tx) =>
    insertFormer(tx, {
      ...owned,
      id: former,
      configuration: emptyConfiguration,
      reason: 'reset',
      wasLive: false,
      signedFloor: 'one',
      encryptedFloor: false,
      keptUntil: minutesLater(60),
      clientSecretSealed: before.seal('a secret', formerSecretAt({ id: former, organizationId })),
    }),
  );
  const pair = { privateKeyPem: 'a secret', certificatePem: 'pem', notBefore: now, notAfter: now };
  const spKey = sealSpKey(before, connection, 'signing', pair, now);
  const tokenKey = newId('key_');
  const tokenKeyAt = {
    table: 'token_keys',
    column: 'private_key_sealed',
    organizationId: null,
    rowId: tokenKey,
  };
  await inSystem(async (tx) => {
    await insertSpKey(tx, spKey);
    const privateKeySealed = before.seal('a secret', tokenKeyAt);
    await insertTokenKey(tx, {
      id: tokenKey,
      environmentId,
      publicJwk: {},
      privateKeySealed,
      createdAt: now,
    });
    const tenant = { environmentId };
    await putSealed(tx, tenant, 'test_idp_keys', 'a secret', { secrets: before, now });
  });
  const [directory, formerDirectory] = [newId('directory_'), newId('former_directory_')];
  await owner.query(
    `insert into directories (id, environment_id, organization_id, name, type, road, state, external_key, scim_base_url,
       credentials_sealed)
     values ($1, $2, $3, 'Workday', 'workday', 'workday', 'linked', lower(replace($1, '_', '-')), '', $4)`,
    [
      directory,
      environmentId,
      organizationId,
      before.seal('a secret', directorySecretAt({ id: directory, organizationId })),
    ],
  );
  await owner.query(
    `insert into former_directories (id, environment_id, organization_id, directory_id, generation, name, type, road,
       attribute_mapping, settings, token_ids, reason, kept_until, credentials_sealed)
     values ($1, $2, $3, $4, 1, 'Workday', 'workday', 'workday', '{}', '{}', '{}', 'reset', now(), $5)`,
    [
      formerDirectory,
      environmentId,
      organizationId,
      directory,
      before.seal('a secret', formerDirectorySecretAt({ id: formerDirectory, organizationId })),
    ],
  );
  const stream = newId('als_');
  await owner.query(
    `insert into log_streams (id, environment_id, organization_id, name, destination, secret_sealed)
     values ($1, $2, $3, 'Splunk', 'splunk', $4)`,
    [
      stream,
      environmentId,
      organizationId,
      before.seal('a secret', streamSecretAt({ id: stream, organizationId })),
    ],
  );
  await owner.query(
    `update environments set google_client_id = 'client', google_client_secret_sealed = $1 where id = $2`,
    [before.seal('a secret', googleClientSecretAt(environmentId)), environmentId],
  );
  const answer = 'POST /api_keys key-1';
  const answerAt = { table: 'idempotency_keys', column: 'body', organizationId: null, rowId: answer };
  await owner.query(
    `insert into idempotency_keys (environment_id, scope, key, body_hash, status, body, body_sealed, expires_at)
     values ($1, 'POST /api_keys', 'key-1', 'hash', 201, $2, true, now() + interval '1 day')`,
    [environmentId, before.seal('a secret', answerAt)],
  );
  const ofSpKey = { table: 'sp_keys', column: 'private_key_sealed', organizationId };
  const ofState = { table: 'sandbox_state', column: 'value', organizationId: null, rowId: 'test_idp_keys' };
  return [
    linkSealedAt(organizationId, link),
    connectionSecretAt(connection),
    revisionSecretAt({ id: revision, organizationId }),
    formerSecretAt({ id: former, organizationId }),
    { ...ofSpKey, rowId: spKey.id },
    tokenKeyAt,
    directorySecretAt({ id: directory, organizationId }),
    formerDirectorySecretAt({ id: formerDirectory, organizationId }),
    streamSecretAt({ id: stream, organizationId }),
    googleClientSecretAt(environmentId),
    ...(await sealedInLaterTables(environmentId)),
  ]
    .map((at): Sealed => ({ at, read: valueIn(at.table, at.column, `id = '${at.rowId}'`) }))
    .concat([
      { at: answerAt, read: valueIn('idempotency_keys', 'body', `environment_id = '${environmentId}'`) },
      {
        at: ofState,
        read: valueIn('sandbox_state', `value ->> 'sealed'`, `environment_id = '${environmentId}'`),
      },
    ]);
}

/** The host key of SFTP, and a webhook endpoint with its secrets. */
async function sealedInLaterTables(environmentId: string): Promise<SealedAt[]> {
  const sealedAt = (table: string, column: string, rowId: string) => {
    const at = { table, column, organizationId: null, rowId };
    return { at, sealed: before.seal('a secret', at) };
  };
  const hostKey = sealedAt('sftp_host_keys', 'private_key_sealed', newId('key_'));
  const endpoint = newId('we_');
  const secret = sealedAt('webhook_endpoints', 'secret_sealed', endpoint);
  const previous = sealedAt('webhook_endpoints', 'previous_secret_sealed', endpoint);
  await owner.query(
    `insert into sftp_host_keys (id, algorithm, public_key, private_key_sealed) values ($1, $1, 'key', $2)`,
    [hostKey.at.rowId, hostKey.sealed],
  );
  await owner.query(
    `insert into webhook_endpoints (id, environment_id, endpoint_url, events, secret_sealed, previous_secret_sealed, position)
     values ($1, $2, 'https://x.test', '{a}', $3, $4, 0)`,
    [endpoint, environmentId, secret.sealed, previous.sealed],
  );
  return [hostKey, secret, previous].map(({ at }) => at);
}

async function storedIn({ read }: Sealed): Promise<string> {
  const { rows } = await owner.query<{ value: string }>(read);
  if (rows[0] === undefined) throw new Error(`nothing is there: ${read}`);
  return rows[0].value;
}

/** As `npm run admin -- rewrap` does it, so many at a time. */
async function rewrap(batch: number): Promise<number> {
  return inSystem(async (tx) => {
    const values = await lockSealedUnderOtherKeys(tx, between.writingKeyId, batch);
    for (const value of values) await updateSealed(tx, value, between.rewrap(value.sealed, value));
    return values.length;
  });
}

test('a value in every sealed column is moved to the new key, and opens with it alone [SEC-02]', async () => {
  const one = await sealedEverywhere();
  const other = await sealedEverywhere();
  expect(Object.fromEntries(await inSystem(countSealedByKey))).toEqual({ old: 30 });

  // Killed after its first batch, it goes on where it was.
  expect(await rewrap(5)).toBe(5);
  expect(Object.fromEntries(await inSystem(countSealedByKey))).toEqual({ old: 25, new: 5 });
  while ((await rewrap(5)) > 0);

  expect(Object.fromEntries(await inSystem(countSealedByKey))).toEqual({ new: 30 });
  for (const sealed of [...one, ...other]) {
    const value = await storedIn(sealed);
    expect([sealed.at.table, keyIdOf(value)]).toEqual([sealed.at.table, 'new']);
    expect(after.open(value, sealed.at)).toContain('a secret');
  }
});

test('no column is called sealed that re-wrapping would pass by [SEC-02]', async () => {
  const places = (await sealedEverywhere()).map(({ at }) => `${at.table}.${at.column}`);
  const { rows } = await owner.query<{ name: string }>(`
    select table_name || '.' || column_name as name from information_schema.columns
    where table_schema = 'public' and column_name like '%sealed' and data_type = 'text'`);

  expect(rows.length).toBeGreaterThan(4);
  expect(places).toEqual(expect.arrayContaining(rows.map(({ name }) => name)));
});

test('two environments with a value of one name keep theirs apart [SEC-02]', async () => {
  const [one, other] = [await sealedEverywhere(), await sealedEverywhere()];
  const states = [...one, ...other].filter(({ at }) => at.table === 'sandbox_state');

  while ((await rewrap(1)) > 0);

  const values = await Promise.all(states.map(storedIn));
  expect(new Set(values).size).toBe(2);
});
