import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  completeSpentSignIn,
  consumeRequest,
  countDirectoryPeople,
  countPeople,
  insertAttempt,
  insertCommand,
  listAttempts,
  listBounced,
  listDirectoriesToJudge,
  listDirectoryUsers,
  listNewestEvents,
  listOrganizationFacts,
  listShownContacts,
  measureBacklogs,
  withSystem,
  withTenant,
  type Tx,
} from '../../db/index.ts';
import { newId } from '../../adapters/ids.ts';
import {
  aCommandFor,
  aCompletionOf,
  aConnection,
  aContact,
  aDirectoryToken,
  aLink,
  anAttemptOf,
  minutesLater,
  now,
  openDatabases,
  type Customer,
  type Databases,
} from './builders.ts';
import { aRunningDirectory, arrive } from './directories/support.ts';

/** One customer as 2,000 of them: what lists read is in proportion to what they show, however many there are. */

const others = 2_000;
let databases: Databases;
let customer: Customer;
let directoryId: string;
let connectionId: string;

beforeAll(async () => {
  databases = await openDatabases();
  const running = await aRunningDirectory(databases);
  ({ customer, directoryId } = running);
  await arrive(running, ['ann', 'bob']);
  await aDirectoryToken(databases, await running.directory(), { revokedAt: minutesLater(1) });
  const connection = await aConnection(databases, customer);
  connectionId = connection.id;
  const contact = await aContact(databases, customer);
  await aLink(databases, customer, { contactId: contact.id });
  await withTenant(databases.app, customer, async (tx) => {
    const attempt = await insertAttempt(tx, anAttemptOf(connection));
    await consumeRequest(tx, customer, {
      connectionId,
      requestId: attempt.requestId ?? '',
      bindingDigest: 'the browser',
      messages: [],
      now: minutesLater(1),
    });
    await completeSpentSignIn(tx, aCompletionOf(attempt));
    const { command } = await insertCommand(tx, aCommandFor(customer));
    await tx.updateTable('commands').set({ state: 'applied' }).where('id', '=', command.id).execute();
    await tx
      .insertInto('mails')
      .values({
        id: newId('mail_'),
        ...customer,
        effectId: newId('effect_'),
        kind: 'invitation',
        recipient: contact.email,
        subject: 'Connect Acme',
        messageId: newId('message_'),
        state: 'bounced',
        createdAt: now,
      })
      .execute();
  });
  await copyCustomer();
});
afterAll(() => databases.close());

/** What each list may read of a table without an index: nothing that grows with other customers. */
const lists: [string, (tx: Tx) => Promise<unknown>][] = [
  ['organizations with their facts', (tx) => listOrganizationFacts(tx, inEnvironment(), theFirst())],
  ['the newest tries', (tx) => listAttempts(tx, inEnvironment(), {}, page)],
  ["an organization's tries", (tx) => listAttempts(tx, customer, {}, page)],
  ['who came through a connection lately', (tx) => countPeople(tx, customer, connectionId, now)],
  ['the newest events', (tx) => listNewestEvents(tx, inEnvironment(), 30)],
  ["a directory's people", (tx) => listDirectoryUsers(tx, inEnvironment(), { directoryId }, page)],
  ['how many people directories have', (tx) => countDirectoryPeople(tx, inEnvironment(), [directoryId])],
  ["an organization's contacts", (tx) => listShownContacts(tx, customer)],
  ['addresses that mail bounced from', (tx) => listBounced(tx, customer)],
];

test.each(lists)('%s are found without walking through those of other customers', async (_, list) => {
  const walked = await withTenant(databases.app, inEnvironment(), (tx) => walkedThrough(tx, list));

  expect(walked).toEqual([]);
});

test('what the sweep of directories asks of each is found without walking through all tokens', async () => {
  const walked = await withSystem(databases.system, (tx) =>
    walkedThrough(tx, () => listDirectoriesToJudge(tx, now)),
  );

  expect(walked).not.toContain('directory_tokens');
});

test('what waits is measured without walking through what was delivered', async () => {
  const walked = await withSystem(databases.system, (tx) =>
    walkedThrough(tx, () => measureBacklogs(tx, now)),
  );

  expect(walked).not.toContain('commands');
});

const page = { limit: 10, order: 'desc' } as const;
const inEnvironment = () => ({ environmentId: customer.environmentId });
const theFirst = () =>
  [1, 2, 3].map((n) => customer.organizationId.slice(0, -6) + String(n).padStart(6, '0'));

/** Tables of which `list` reads a good part from their beginning, instead of what an index leads to. */
async function walkedThrough(tx: Tx, list: (tx: Tx) => Promise<unknown>): Promise<string[]> {
  const before = await rowsRead(tx);
  await list(tx);
  const after = await rowsRead(tx);
  return [...after]
    .filter(([name, rows]) => rows - (before.get(name) ?? 0) >= others / 2)
    .map(([name]) => name);
}

/** By table, what this connection has read without an index and not yet reported. */
async function rowsRead(tx: Tx): Promise<ReadonlyMap<string, number>> {
  const { rows } = await sql<{ name: string; rows: number }>`
    select relname::text as name, seq_tup_read as rows from pg_stat_xact_user_tables
  `.execute(tx);
  return new Map(rows.map(({ name, rows }) => [name, rows]));
}

/** Unique values of a copy end in its number, as ids do. */
const unique = ['digest', 'request_id', 'relay_state_digest', 'code_digest', 'message_id', 'effect_id'];
const copied = [
  'organizations',
  'connections',
  'attempts',
  'sign_ins',
  'profiles',
  'directories',
  'directory_users',
  'directory_tokens',
  'mails',
  'links',
  'it_contacts',
  'events',
  'commands',
];

async function copyCustomer(): Promise<void> {
  const owner = new pg.Client({ connectionString: databases.url });
  await owner.connect();
  try {
    // Rows of one table come before those of another that they belong to.
    await owner.query('set session_replication_role = replica');
    for (const table of copied) {
      const { rows } = await owner.query<{ columns: string }>(
        `select string_agg(column_name, ', ') as columns from information_schema.columns
          where table_name = $1 and is_identity = 'NO' and is_generated = 'NEVER'`,
        [table],
      );
      await owner.query(copyOf(table, rows[0]?.columns ?? ''), [customer.organizationId, others, unique]);
    }
    await owner.query('vacuum analyze');
  } finally {
    await owner.end();
  }
}

const copyOf = (table: string, columns: string) => `
  insert into ${table} (${columns})
  select ${columns} from (
    select (
      select jsonb_object_agg(key, case
        when key = 'environment_id' or jsonb_typeof(value) <> 'string' then value
        when value #>> '{}' ~ '_[0-9A-Z]{26}$'
          then to_jsonb(left(value #>> '{}', -6) || lpad(n::text, 6, '0'))
        when key = any($3) or key = 'external_key' then to_jsonb((value #>> '{}') || n)
        else value end)
      from jsonb_each(to_jsonb(one))
    ) as copy
    from ${table} as one cross join generate_series(1, $2::int) as n
    where one.${table === 'organizations' ? 'id' : 'organization_id'} = $1
  ) as copies cross join lateral jsonb_populate_record(null::${table}, copy)`;
