import { setTimeout as pause } from 'node:timers/promises';
import { Kysely, Migrator, PostgresDialect, type MigrationResultSet } from 'kysely';
import pg from 'pg';
import { migrations } from './migrations/index.ts';
import { codeOf, sqlState } from './sql-states.ts';
import { UnusableDatabase, whyUnreachable } from './unusable-database.ts';

export { UnusableDatabase } from './unusable-database.ts';

/** Where the schema stands beside this program, with a sentence for the operator when it does not fit. */
export type SchemaState =
  | { state: 'current' }
  | { state: 'older'; missing: string[]; sentence: string }
  | { state: 'newer'; unknown: string[]; sentence: string };

/**
 * Brings the database to this program's schema and gives back the names of the migrations that were run. Connect as
 * the owner of the tables. `programLogin` names the login that api and worker use, when it is another one; it becomes a
 * member of the two roles. Several processes may call this at once: one works (advisory lock), the others wait and find
 * nothing to do. Whoever waits for a table keeps all behind him from it, so a wait is broken off after a second and begun
 * again, for a quarter of an hour; `onWait` is told of the first [REL-21].
 */
export async function migrate(options: {
  databaseUrl: string;
  programLogin?: string;
  onWait?: () => void;
}): Promise<string[]> {
  const pool = new pg.Pool({
    connectionString: options.databaseUrl,
    max: 1,
    application_name: 'vestibule migrate',
    lock_timeout: lockTimeoutMs,
  });
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
  const migrator = new Migrator({
    db,
    provider: { getMigrations: () => Promise.resolve({ ...migrations }) },
  });
  try {
    const { error, results = [] } = await untilUnlocked(() => migrator.migrateToLatest(), options.onWait);
    if (error !== undefined)
      throw failureOf(error, results.find(({ status }) => status === 'Error')?.migrationName, options);
    await grantRoles(pool, options.programLogin);
    return results.map(({ migrationName }) => migrationName);
  } finally {
    await db.destroy();
  }
}

const lockTimeoutMs = 1_000;
/** Those whom the wait kept away go first. */
const pauseMs = 1_000;
const patienceMs = 15 * 60_000;

async function untilUnlocked(
  run: () => Promise<MigrationResultSet>,
  onWait: (() => void) | undefined,
): Promise<MigrationResultSet> {
  const from = performance.now();
  for (let tries = 1; ; tries += 1) {
    const result = await run();
    const isLocked = codeOf(result.error) === sqlState.lockNotAvailable;
    if (!isLocked || performance.now() - from > patienceMs) return result;
    if (tries === 1) onWait?.();
    await pause(pauseMs);
  }
}

/** Compares the database with this program; a database that was never migrated is `older`. */
export async function schemaState(options: { databaseUrl: string }): Promise<SchemaState> {
  const applied = new Set(await appliedMigrations(options.databaseUrl));
  const known = Object.keys(migrations);
  const missing = known.filter((name) => !applied.has(name));
  if (missing.length > 0) {
    const sentence = `The database lacks ${missing.length} of ${known.length} migrations, the first is ${missing[0]}. Run: npm run migrate`;
    return { state: 'older', missing, sentence };
  }
  const unknown = [...applied].filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    const sentence = `The database was migrated by a newer version (${unknown[0]}). Start that version, or restore an older backup.`;
    return { state: 'newer', unknown, sentence };
  }
  return { state: 'current' };
}

async function appliedMigrations(databaseUrl: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: databaseUrl, options: '-c role=vestibule_app' });
  // A connection that is refused reports it twice: by the promise below and by this event.
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ name: string }>('select name from kysely_migration order by name');
    return rows.map(({ name }) => name);
  } catch (error) {
    const code = codeOf(error);
    if (code === sqlState.insufficientPrivilege) {
      throw new UnusableDatabase('The database login may not work as vestibule_app. Run: npm run migrate', {
        cause: error,
      });
    }
    // No such role or no such table: never migrated.
    if (code === sqlState.invalidParameterValue || code === sqlState.undefinedTable) return [];
    throw whyUnreachable(error, databaseUrl);
  } finally {
    await client.end();
  }
}

/** The owner reads the schema's state as a role too, so it becomes a member like the programs' login. */
async function grantRoles(pool: pg.Pool, programLogin: string | undefined): Promise<void> {
  const { rows } = await pool.query<{ grantee: string; may: boolean; isNew: boolean }>(
    // From 16 on, whoever created a role may administer it but not become it, and `member` says nothing about that.
    `select quote_ident(login) as grantee, is_new as "isNew",
       (select bool_and(pg_has_role(login, role, case when is_new then 'SET' else 'MEMBER' end))
        from unnest(array['vestibule_app', 'vestibule_system']) as role) as may
     from unnest(array[current_user::text, $1]) as login,
       (select current_setting('server_version_num')::int >= 160000 as is_new) as server
     where login is not null`,
    [programLogin ?? null],
  );
  for (const { grantee, may, isNew } of rows) {
    if (may) continue;
    const grant = `grant vestibule_app, vestibule_system to ${grantee}${isNew ? ' with inherit false, set true' : ''}`;
    await pool.query(grant).catch((error: unknown) => {
      if (codeOf(error) !== sqlState.insufficientPrivilege) throw error;
      throw new UnusableDatabase(`This login may not grant roles; run as a superuser: ${grant};`, {
        cause: error,
      });
    });
  }
}

function failureOf(error: unknown, migration: string | undefined, at: { databaseUrl: string }): unknown {
  const reason = error instanceof Error ? error.message : String(error);
  if (codeOf(error) === sqlState.insufficientPrivilege) {
    const { user } = new pg.Client({ connectionString: at.databaseUrl });
    return new UnusableDatabase(
      `The database login "${user}" may not change the schema: ${reason}. Name the owner's in DATABASE_MIGRATION_URL.`,
      { cause: error },
    );
  }
  if (migration === undefined) return whyUnreachable(error, at.databaseUrl);
  return new Error(`Migration ${migration} failed: ${reason}`, { cause: error });
}
