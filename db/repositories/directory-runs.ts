/** Readings of directories: at most one runs for a directory, and who has lost that place writes nothing any more. */
import { sql } from 'kysely';
import type { DirectoryRefusal } from '../../onboarding/directory-refusals.ts';
import type { ErrorFacts } from '../../onboarding/errors.ts';
import { notifyChange, type Tx } from '../database.ts';
import { toJson } from '../tables/columns.ts';
import type { DirectoryRow } from '../tables/directories.ts';
import type { DirectoryRunRow } from '../tables/directory-runs.ts';
import { ownedBy, type Tenant } from '../tenant.ts';

export interface EndedRun {
  state: Exclude<DirectoryRunRow['state'], 'running'>;
  cause: DirectoryRefusal | null;
  facts?: ErrorFacts;
  counts?: Readonly<Record<string, number>>;
  nextAt: Date | null;
}

/** Takes the directory's one place. What held it before was broken off. Lock the directory first. */
export async function startDirectoryRun(
  tx: Tx,
  directory: DirectoryRow,
  { id, kind, now }: { id: string; kind: DirectoryRunRow['kind']; now: Date },
): Promise<DirectoryRunRow> {
  await tx
    .updateTable('directoryRuns')
    .set({ state: 'failed', cause: 'interrupted', endedAt: now })
    .where('directoryId', '=', directory.id)
    .where('state', '=', 'running')
    .where(ownedBy('directoryRuns', directory))
    .execute();
  const { environmentId, organizationId, id: directoryId } = directory;
  const run = await tx
    .insertInto('directoryRuns')
    .values({ id, environmentId, organizationId, directoryId, kind, startedAt: now })
    .returningAll()
    .executeTakeFirstOrThrow();
  notifyChange(tx, run, 'directory', directoryId);
  return run;
}

/** Whether the run still holds the directory's place; it keeps it until the transaction ends. */
export async function holdsDirectoryRun(tx: Tx, tenant: Tenant, runId: string): Promise<boolean> {
  const run = await tx
    .selectFrom('directoryRuns')
    .select('id')
    .where('id', '=', runId)
    .where('state', '=', 'running')
    .where(ownedBy('directoryRuns', tenant))
    .forUpdate()
    .executeTakeFirst();
  return run !== undefined;
}

/** Undefined when the run had ended before. */
export async function endDirectoryRun(
  tx: Tx,
  tenant: Tenant,
  runId: string,
  { state, cause, facts = {}, counts = {}, nextAt }: EndedRun,
  now: Date,
): Promise<DirectoryRunRow | undefined> {
  const run = await tx
    .updateTable('directoryRuns')
    .set({ state, cause, nextAt, facts: toJson(facts), counts: toJson(counts), endedAt: now })
    .where('id', '=', runId)
    .where('state', '=', 'running')
    .where(ownedBy('directoryRuns', tenant))
    .returningAll()
    .executeTakeFirst();
  if (run !== undefined) notifyChange(tx, run, 'directory', run.directoryId);
  return run;
}

/** Newest first, of one kind only where it is named. */
export async function listDirectoryRuns(
  tx: Tx,
  tenant: Tenant,
  directoryId: string,
  limit: number,
  kind?: DirectoryRunRow['kind'],
): Promise<DirectoryRunRow[]> {
  const runs = tx
    .selectFrom('directoryRuns')
    .selectAll()
    .where('directoryId', '=', directoryId)
    .where(ownedBy('directoryRuns', tenant))
    .orderBy('startedAt', 'desc')
    .orderBy('id', 'desc')
    .limit(limit);
  return (kind === undefined ? runs : runs.where('kind', '=', kind)).execute();
}

export async function removeOldDirectoryRuns(
  tx: Tx,
  now: Date,
  days: number,
  limit = 1_000,
): Promise<number> {
  const { numAffectedRows = 0n } = await sql`
    delete from directory_runs where id in (
      select id from directory_runs as old
      where started_at < ${new Date(now.getTime() - days * 86_400_000)} and state <> 'running'
        and not exists (select from directory_files where run_id = old.id)
      limit ${limit}
    )
  `.execute(tx);
  return Number(numAffectedRows);
}
