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
import { createNotifier, type Notice } from './notifier.ts';
import { createPool, refuseUnsafeRole, takeConnection, type PoolOptions } from './pool.ts';
import type { Database } from './tables/index.ts';
import type { Tenant } from './tenant.ts';

/** A transaction as repositories see it: it can query, and it cannot begin another one. */
export type Tx = QueryCreator<Database> & QueryExecutorProvider;

export type Db = Awaited<ReturnType<typeof createDatabase>>;

const camelCase = new CamelCasePlugin({ maintainNestedObjectKeys: true });
const idPattern = /^[a-z]+(_[a-z]+)*_[0-9A-HJKMNP-TV-Z]{26}$/;

/** Sends a statement at once, after those sent before it. */
type Send = (statement: pg.QueryConfig) => Promise<pg.QueryResult<pg.QueryResultRow>>;
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
    throw error;
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
 * BEGIN and the tenant go out as one message. A simple message takes no parameters, hence the pattern and the quotes.
 */
export async function withTenant<T>(db: Db, tenant: Tenant, work: (tx: Tx) => Promise<T>): Promise<T> {
  if (db.role !== 'vestibule_app')
    throw new Error(`a tenant's transaction runs as vestibule_app, not ${db.role}`);
  const { environmentId, organizationId } = tenant;
  const ofEnvironment = `begin; set local app.environment_id = ${quoteId(environmentId)}`;
  const ofOrganization = organizationId ? `; set local app.organization_id = ${quoteId(organizationId)}` : '';
  return inTransaction(db, ofEnvironment + ofOrganization, work);
}

/** Runs `work` in one transaction that sees every tenant's rows. For relay, sweeps, sequencer and commands of operators. */
export async function withSystem<T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> {
  if (db.role !== 'vestibule_system')
    throw new Error(`work across tenants runs as vestibule_system, not ${db.role}`);
  return inTransaction(db, 'begin', work);
}

/** Hints, after the commit, that something people look at has changed: to the organization's portal and to the staff. */
export function notifyChange(
  tx: Tx,
  of: { environmentId: string; organizationId: string },
  kind: 'onboarding' | 'attempt' | 'domain' | 'event' | 'mail' | 'session',
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

/** Sends a statement on the transaction's connection, past the query builder: see `fixedStatement`. */
export function sendStatement(tx: Tx, statement: pg.QueryConfig): Promise<pg.QueryResult<pg.QueryResultRow>> {
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
      return await client.query(statement);
    } finally {
      client.release();
    }
  });
  return untenanted;
}

async function inTransaction<T>(db: Db, begin: string, work: (tx: Tx) => Promise<T>): Promise<T> {
  const client = await takeConnection(db.pool);
  const { tx, query, end } = transactionOn(client);
  const notices: Notice[] = [];
  const unawaited: Promise<unknown>[] = [];
  senders.set(tx, query);
  runningOf.set(tx, { notices, unawaited });
  let broken: Error | undefined;
  try {
    // Up to the first answer that work waits for, all travels in one packet: should BEGIN fail, what follows fails for
    // want of a tenant.
    awaitWithCommit(tx, query({ text: begin }));
    const result = await work(tx);
    const committed = query({ text: 'commit' });
    end();
    await Promise.all(unawaited.concat(committed));
    // Postgres answers COMMIT with ROLLBACK when an earlier error was swallowed.
    const { command } = await committed;
    if (command === 'ROLLBACK') throw new Error('the transaction had failed before it was to be committed');
    for (const notice of notices) db.notify(notice);
    return result;
  } catch (error) {
    end();
    await client.query('rollback').catch((cause: Error) => (broken = cause));
    // What failed before it is the reason why a later statement failed.
    const sooner = (await Promise.allSettled(unawaited)).find(({ status }) => status === 'rejected');
    throw sooner?.status === 'rejected' ? sooner.reason : error;
  } finally {
    senders.delete(tx);
    runningOf.delete(tx);
    client.release(broken);
  }
}

/**
 * A query builder on one connection that stops working at `end`: a promise that somebody forgot to await must not run
 * in the next tenant's transaction.
 */
function transactionOn(client: pg.PoolClient): { tx: Tx; query: Send; end: () => void } {
  let isOver = false;
  function send<Result>(query: () => Result): Result {
    if (isOver) throw new Error('a query was made after its transaction had ended');
    // All that is sent in one turn leaves as one packet.
    const { stream } = client.connection;
    stream.cork();
    process.nextTick(() => stream.uncork());
    return query();
  }
  const connection: PostgresPoolClient = {
    query: (...statement: unknown[]) => send(() => Reflect.apply(client.query, client, statement)),
    release: () => undefined,
  };
  const pool = { connect: () => Promise.resolve(connection), end: () => Promise.resolve() };
  const tx = new Kysely<Database>({ dialect: new PostgresDialect({ pool }), plugins: [camelCase] });
  return {
    tx,
    query: (statement) => send(() => client.query(statement)),
    end: () => (isOver = true),
  };
}

function quoteId(id: string): string {
  if (!idPattern.test(id)) throw new Error(`"${id}" is not an id`);
  return `'${id}'`;
}
