import pg from 'pg';
import { OnboardingError } from '../onboarding/errors.ts';
import { typeParser } from './batch.ts';
import { UnusableDatabase } from './unusable-database.ts';

export type DatabaseRole = 'vestibule_app' | 'vestibule_system';

/** What the pool writes to: pino and its children fit. */
export interface DatabaseLog {
  warn(facts: object, message: string): void;
}

export interface PoolOptions {
  databaseUrl: string;
  role: DatabaseRole;
  /** Connections at most; each costs the server some megabytes. */
  poolSize: number;
  /** Shown in pg_stat_activity. */
  applicationName: string;
  log: DatabaseLog;
  /** A statement that takes longer is cancelled. */
  statementTimeoutMs?: number;
  /** How long to wait for a lock, and so for another request with the same idempotency key. */
  lockTimeoutMs?: number;
  /** How long to wait for a connection. */
  connectTimeoutMs?: number;
  /**
   * Refuse a login that is a superuser, owns tables or inherits rights: in production `RESET ROLE` must gain nothing.
   */
  requireBareLogin?: boolean;
}

/** A pool whose connections work as the role from their first statement on. */
export function createPool(options: PoolOptions): pg.Pool {
  const pool = new pg.Pool({
    connectionString: options.databaseUrl,
    max: options.poolSize,
    application_name: options.applicationName,
    options: `-c role=${options.role}`,
    statement_timeout: options.statementTimeoutMs ?? 15_000,
    lock_timeout: options.lockTimeoutMs ?? 5_000,
    idle_in_transaction_session_timeout: 30_000,
    connectionTimeoutMillis: options.connectTimeoutMs ?? 5_000,
    keepAlive: true,
    types: { getTypeParser: typeParser },
  });
  // Without a listener the loss of an idle connection ends the process.
  pool.on('error', (error) => options.log.warn({ err: error }, 'an idle database connection was lost'));
  // The same for one in use: whoever uses it gets the error from its next statement.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/** A connection of the pool. Throws `service_unavailable` when none is free, or the server not there, in time [REL-25]. */
export async function takeConnection(pool: pg.Pool): Promise<pg.PoolClient> {
  try {
    return await pool.connect();
  } catch (error) {
    throw new OnboardingError('service_unavailable', {}, { cause: error });
  }
}

/** Whether the database answers, and may be written to: a stand-by, or one that its operator has closed, may not [REL-25]. */
export async function databaseState({ pool }: { pool: pg.Pool }): Promise<'up' | 'down' | 'reads'> {
  let client: pg.PoolClient | undefined;
  // One that fails or only reads is not used again: the next connection may find the server that writes.
  let isWriting = false;
  try {
    client = await pool.connect();
    const { rows } = await client.query<{ mode: string }>(
      "select current_setting('transaction_read_only') as mode",
    );
    isWriting = rows[0]?.mode === 'off';
    return isWriting ? 'up' : 'reads';
  } catch {
    return 'down';
  } finally {
    client?.release(!isWriting);
  }
}

/** Throws one sentence when the role, or the login behind it where that is required, could see past the policies. */
export async function refuseUnsafeRole(
  pool: pg.Pool,
  options: Pick<PoolOptions, 'role' | 'requireBareLogin'>,
): Promise<void> {
  const { rows } = await pool.query<{ name: string; bypasses: boolean; owns: boolean; inherits: boolean }>(`
    select rolname as name, rolsuper or rolbypassrls as bypasses, rolinherit as inherits,
      exists (select from pg_class where relowner = pg_roles.oid and relkind in ('r', 'p')
        and relnamespace = 'public'::regnamespace) as owns
    from pg_roles where rolname in (current_user, session_user) order by rolname = current_user desc
  `);
  const [role, login = role] = rows;
  if (role?.name !== options.role) {
    throw new UnusableDatabase(
      `The database connection works as "${role?.name}" instead of "${options.role}".`,
    );
  }
  if (role.bypasses)
    throw new UnusableDatabase(`The database role "${role.name}" may bypass row-level security.`);
  if (role.owns)
    throw new UnusableDatabase(
      `The database role "${role.name}" owns tables, so policies do not hold for it.`,
    );
  if (!options.requireBareLogin || !login) return;
  if (login.bypasses || login.owns || login.inherits) {
    throw new UnusableDatabase(
      `The database login "${login.name}" must be a NOINHERIT login that owns no tables and is no superuser; ` +
        'keep the owner for DATABASE_MIGRATION_URL.',
    );
  }
}
