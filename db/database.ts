/**
 * The door to Postgres. Nobody holds a connection without a tenant: callers get a transaction that is bound to an
 * environment (`withTenant`), or, by name, one that sees everything (`withSystem`).
 */
import {
  CamelCasePlugin,
  Kysely,
  PostgresDialect,
  type PostgresPoolClient,
  type QueryCreator,
  type QueryExecutorProvider,
} from 'kysely';
import type pg from 'pg';
import { sendInBatches, type Outcome, type Send, type Statement } from './batch.ts';
import { createNotifier, type Notice } from './notifier.ts';
import { createPool, refuseUnsafeRole, takeConnection, type PoolOptions } from './pool.ts';
import type { Database } from './tables/index.ts';
import type { Tenant } from './tenant.ts';
import { codeOf, sqlState } from './sql-states.ts';
import { whyUnreachable } from './unusable-database.ts';

/** A transaction as repositories see it: it can query, and it cannot begin another one. */
export type Tx = QueryCreator<Database> & QueryExecutorProvider;

export type Db = Awaited<ReturnType<typeof createDatabase>>;

const camelCase = new CamelCasePlugin({ maintainNestedObjectKeys: true });
const idPattern = /^[a-z]+(_[a-z]+)*_[0-9A-HJKMNP-TV-Z]{26}$/;

const senders = new WeakMap<Tx, Send>();

/** What a transaction has besides its query builder. */
interface Running {
  notices: Notice[];
  /** Statements whose outcome is awaited together with that of the COMMIT. */
  unawaited: Promise<unknown>[];
}
const runningOf = new WeakMap<Tx, Running>();

/**
 * Opens a pool whose connections work as `role`. Refuses, with a sentence, when that role could see past the policies.
 */
export async function createDatabase(options: PoolOptions) {
  const pool = createPool(options);
  try {
    await refuseUnsafeRole(pool, options);
  } catch (error) {
    await pool.end();
    throw whyUnreachable(error, options.databaseUrl);
  }
  const notifier = createNotifier({ pool, log: options.log });
  return {
    role: options.role,
    /** For the counters of rate-limiter-flexible; everything else goes through transactions and look-ups. */
    pool,
    /** Single statements outside any tenant: under `vestibule_app` only the look-up functions give rows. */
    untenanted: untenantedOn(pool),
    /** Tells listeners of all processes that something has changed; see `notifyAfterCommit`. */
    notify: notifier.notify,
    async close(): Promise<void> {
      await notifier.close();
      await pool.end();
    },
  };
}

/**
 * Runs `work` in one transaction that sees only the tenant's rows; commits when it returns, rolls back when it throws.
 */
export async function withTenant<T>(db: Db, tenant: Tenant, work: (tx: Tx) => Promise<T>): Promise<T> {
  if (db.role !== 'vestibule_app')
    throw new Error(`a tenant's transaction runs as vestibule_app, not ${db.role}`);
  return inTransaction(db, [begin, bind(tenant)], work);
}

const begin: Statement = { name: 'begin', text: 'begin' };

const bindEnvironment = `select set_config('app.environment_id', $1, true)`;
const bindOrganization = `${bindEnvironment}, set_config('app.organization_id', $2, true)`;

/** Sets what the policies read, until the end of the transaction. */
function bind({ environmentId, organizationId }: Tenant): Statement {
  const ids = organizationId ? [environmentId, organizationId] : [environmentId];
  for (const id of ids) if (!idPattern.test(id)) throw new Error(`"${id}" is not an id`);
  return organizationId
    ? { name: 'bind_organization', text: bindOrganization, values: ids }
    : { name: 'bind_environment', text: bindEnvironment, values: ids };
}

/** Runs `work` in one transaction that sees every tenant's rows. For relay, sweeps, sequencer and commands of operators. */
export async function withSystem<T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> {
  if (db.role !== 'vestibule_system')
    throw new Error(`work across tenants runs as vestibule_system, not ${db.role}`);
  return inTransaction(db, [begin], work);
}

/** Hints, after the commit, that something people look at has changed: to the organization's portal and to the staff. */
export function notifyChange(
  tx: Tx,
  of: { environmentId: string; organizationId: string },
  kind: 'onboarding' | 'attempt' | 'domain' | 'directory' | 'event' | 'mail' | 'session' | 'log_stream',
  id: string,
): void {
  const payload = `${kind}:${id}`;
  notifyAfterCommit(tx, { channel: `portal:${of.organizationId}`, payload });
  notifyAfterCommit(tx, { channel: `staff:${of.environmentId}`, payload });
}

/** Sends a hint to listeners once the transaction has committed; nothing is sent when it does not. */
export function notifyAfterCommit(tx: Tx, notice: Notice): void {
  running(tx).notices.push(notice);
}

/**
 * Lets the transaction go on while a statement is on its way: it goes out in one message with what follows, up to the
 * COMMIT, and the transaction fails with its error. For statements whose rows nobody needs.
 */
export function awaitWithCommit(tx: Tx, statement: Promise<unknown>): void {
  statement.catch(() => undefined); // Until the end of the transaction, where it is looked at.
  running(tx).unawaited.push(statement);
}

/**
 * One statement as the whole transaction of a tenant: BEGIN, the statement and COMMIT leave as one message, and what it
 * gives back has been committed.
 */
export async function inOneMessage<T>(db: Db, tenant: Tenant, send: (tx: Tx) => Promise<T>): Promise<T> {
  const { sent } = await withTenant(db, tenant, (tx) => {
    const statement = send(tx);
    awaitWithCommit(tx, statement);
    // In an object: a promise that is given back would be waited for before COMMIT is sent.
    return Promise.resolve({ sent: statement });
  });
  return sent;
}

/** Sends a statement on the transaction's connection, past the query builder: see `fixedStatement`. */
export function sendStatement(tx: Tx, statement: Statement): Promise<Outcome> {
  return stillThere(senders.get(tx))(statement);
}

const running = (tx: Tx): Running => stillThere(runningOf.get(tx));

function stillThere<T>(found: T | undefined): T {
  if (!found) throw new Error('this transaction is over, or was not begun by withTenant or withSystem');
  return found;
}

function untenantedOn(pool: pg.Pool): Tx {
  const connections = { connect: () => takeConnection(pool), end: () => pool.end() };
  const untenanted = new Kysely<Database>({
    dialect: new PostgresDialect({ pool: connections }),
    plugins: [camelCase],
  });
  senders.set(untenanted, async (statement) => {
    const client = await takeConnection(pool);
    try {
      return await sendInBatches(client)(statement);
    } finally {
      client.release();
    }
  });
  return untenanted;
}

async function inTransaction<T>(
  db: Db,
  beginning: readonly Statement[],
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  const client = await takeConnection(db.pool);
  const send = sendInBatches(client);
  const { tx, query, end } = transactionOver(send);
  const notices: Notice[] = [];
  const unawaited: Promise<unknown>[] = [];
  senders.set(tx, query);
  runningOf.set(tx, { notices, unawaited });
  let broken: Error | undefined;
  try {
    // All goes out in one message up to the first answer that work waits for.
    for (const statement of beginning) awaitWithCommit(tx, query(statement));
    const result = await work(tx);
    const committed = query({ name: 'commit', text: 'commit' });
    end();
    await Promise.all(unawaited.concat(committed));
    // Postgres answers COMMIT with ROLLBACK when an earlier error was swallowed.
    const { command } = await committed;
    if (command === 'ROLLBACK') throw new Error('the transaction had failed before it was to be committed');
    for (const notice of notices) db.notify(notice);
    return result;
  } catch (error) {
    end();
    // The first one stands behind what is still to be sent, and is skipped when that fails.
    await send(rollback)
      .catch(() => send(rollback))
      .catch((cause: Error) => (broken = cause));
    // What failed before it is the reason why a later statement failed.
    const sooner = (await Promise.allSettled(unawaited)).find(({ status }) => status === 'rejected');
    const reason: unknown = sooner?.status === 'rejected' ? sooner.reason : error;
    // A server that was demoted: the next connection finds the one that writes.
    if (codeOf(reason) === sqlState.readOnlyTransaction) broken = reason as Error;
    throw reason;
  } finally {
    senders.delete(tx);
    runningOf.delete(tx);
    client.release(broken);
  }
}

const rollback: Statement = { name: 'rollback', text: 'rollback' };

/**
 * A query builder over one connection that stops working at `end`: a promise that somebody forgot to await must not run
 * in the next tenant's transaction.
 */
function transactionOver(send: Send): { tx: Tx; query: Send; end: () => void } {
  let isOver = false;
  async function query(statement: Statement): Promise<Outcome> {
    if (isOver) throw new Error('a query was made after its transaction had ended');
    return send(statement);
  }
  const connection: PostgresPoolClient = {
    // Kysely has a second form, for cursors, which nobody asks for.
    query: (text: unknown, values?: unknown) => query({ text, values } as Statement) as never,
    release: () => undefined,
  };
  const pool = { connect: () => Promise.resolve(connection), end: () => Promise.resolve() };
  const tx = new Kysely<Database>({ dialect: new PostgresDialect({ pool }), plugins: [camelCase] });
  return { tx, query, end: () => (isOver = true) };
}
