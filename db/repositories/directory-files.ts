/**
 * The files by which customers send people and groups: received in chunks, read by a run, kept for a while. A name may
 * come again and again: each file is a row of its own, and none is ever written over [IMP-01].
 */
import { sql, type UpdateObject } from 'kysely';
import { OnboardingError } from '../../onboarding/errors.ts';
import type { FileCause, RefusedLine } from '../../onboarding/directory-files.ts';
import { notifyChange, type Tx } from '../database.ts';
import { toJson } from '../tables/columns.ts';
import type { DirectoryScope } from '../directories/scope.ts';
import type { DirectoryRow } from '../tables/directories.ts';
import type { DirectoryHoldRow } from '../tables/directory-holds.ts';
import type { DirectoryUserRow } from '../tables/directory-users.ts';
import type { DirectoryFileLineRow } from '../tables/directory-file-lines.ts';
import type { DirectoryFileRow } from '../tables/directory-files.ts';
import type { Database } from '../tables/index.ts';
import { ownedBy, type Tenant } from '../tenant.ts';

export const chunkBytes = 256 * 1024;

type OfOrganization = Tenant & { organizationId: string };

export interface NewFile {
  id: string;
  environmentId: string;
  organizationId: string;
  directoryId: string;
  name: string;
  receivedAt: Date;
  expiresAt: Date;
}

/** The directory that files may be sent to; undefined when it or its organization is gone, or people come another way now. */
export async function findFileDirectory(
  tx: Tx,
  tenant: Tenant,
  directoryId: string,
): Promise<DirectoryRow | undefined> {
  return fileDirectory(tx, tenant, directoryId).executeTakeFirst();
}

/** The same, and it stays until the transaction ends. */
export async function holdFileDirectory(
  tx: Tx,
  tenant: Tenant,
  directoryId: string,
): Promise<DirectoryRow | undefined> {
  return fileDirectory(tx, tenant, directoryId).forKeyShare('directories').executeTakeFirst();
}

function fileDirectory(tx: Tx, tenant: Tenant, directoryId: string) {
  return tx
    .selectFrom('directories')
    .innerJoin('organizations', 'organizations.id', 'directories.organizationId')
    .selectAll('directories')
    .where('directories.id', '=', directoryId)
    .where('directories.road', '=', 'sftp')
    .where('directories.state', '!=', 'deleting')
    .where('directories.deletedAt', 'is', null)
    .where('organizations.deletedAt', 'is', null)
    .where(ownedBy('directories', tenant));
}

/** A file that begins to arrive. Until `finishFile` nobody reads it, and past `expiresAt` the sweep takes it away. */
export async function insertFile(tx: Tx, file: NewFile): Promise<DirectoryFileRow> {
  return tx
    .insertInto('directoryFiles')
    .values({
      ...file,
      sha256: null,
      state: 'receiving',
      cause: null,
      rows: null,
      runId: null,
      appliedAt: null,
      generation: null,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Adds the next chunk of a file that arrives. False when the file no longer does. */
export async function appendChunk(
  tx: Tx,
  tenant: OfOrganization,
  chunk: { fileId: string; number: number; bytes: Buffer; expiresAt: Date },
): Promise<boolean> {
  const { fileId, number, bytes, expiresAt } = chunk;
  const { environmentId, organizationId } = tenant;
  const { numUpdatedRows } = await tx
    .updateTable('directoryFiles')
    .set({ size: sql<number>`size + ${bytes.length}`, expiresAt })
    .where('id', '=', fileId)
    .where('state', '=', 'receiving')
    .where(ownedBy('directoryFiles', tenant))
    .executeTakeFirst();
  if (numUpdatedRows === 0n) return false;
  await tx
    .insertInto('directoryFileChunks')
    .values({ fileId, number, environmentId, organizationId, bytes })
    .execute();
  return true;
}

/** The file has arrived whole. Undefined when it no longer arrived. */
export async function finishFile(
  tx: Tx,
  tenant: Tenant,
  fileId: string,
  end: Pick<DirectoryFileRow, 'sha256' | 'state' | 'cause' | 'receivedAt' | 'expiresAt'>,
): Promise<DirectoryFileRow | undefined> {
  const file = await update(tx, tenant, [fileId], ['receiving'], end);
  return file[0];
}

/** What has arrived of a file is given up: nothing of it stays to be read [IMP-02]. */
export async function dropFile(tx: Tx, tenant: Tenant, fileId: string, cause: FileCause): Promise<void> {
  const [dropped] = await update(tx, tenant, [fileId], ['receiving'], { state: 'refused', cause });
  if (dropped !== undefined) await deleteChunks(tx, tenant, fileId);
}

/** Files that were fetched and are not wanted: nothing of them stays. */
export async function forgetFiles(tx: Tx, tenant: Tenant, fileIds: readonly string[]): Promise<void> {
  if (fileIds.length === 0) return;
  await update(tx, tenant, fileIds, ['receiving'], { state: 'superseded' });
  for (const fileId of fileIds) await deleteChunks(tx, tenant, fileId);
}

/** Files of the directory of which the rest will not come: what was fetching them is no more. */
export async function forgetArriving(tx: Tx, tenant: Tenant, directoryId: string): Promise<void> {
  const rows = await tx
    .selectFrom('directoryFiles')
    .select('id')
    .where('directoryId', '=', directoryId)
    .where('state', '=', 'receiving')
    .where(ownedBy('directoryFiles', tenant))
    .execute();
  await forgetFiles(
    tx,
    tenant,
    rows.map(({ id }) => id),
  );
}

/** Of each name the file that came last since then, whatever became of it. */
export async function listNewestFiles(
  tx: Tx,
  tenant: Tenant,
  directoryId: string,
  since: Date,
): Promise<DirectoryFileRow[]> {
  return filesOf(tx, tenant, directoryId)
    .distinctOn('name')
    .where('state', 'not in', ['receiving', 'superseded'])
    .where('receivedAt', '>=', since)
    .orderBy('name')
    .orderBy('receivedAt', 'desc')
    .orderBy('id', 'desc')
    .execute();
}

/** Gives a file that lies there another name. Undefined when it is none of those that may have one. */
export async function renameFile(
  tx: Tx,
  tenant: Tenant,
  fileId: string,
  to: Pick<DirectoryFileRow, 'name' | 'state' | 'cause' | 'receivedAt'>,
): Promise<DirectoryFileRow | undefined> {
  const [renamed] = await update(tx, tenant, [fileId], ['refused'], to, 'name_unknown');
  return renamed;
}

/** Takes away a file that was not read. False when it was. */
export async function removeFile(tx: Tx, tenant: Tenant, fileId: string): Promise<boolean> {
  const changes = { state: 'superseded', cause: null } as const;
  const unread = await update(tx, tenant, [fileId], ['received'], changes);
  const unknown = await update(tx, tenant, [fileId], ['refused'], changes, 'name_unknown');
  if (unread.length + unknown.length === 0) return false;
  await deleteChunks(tx, tenant, fileId);
  return true;
}

/** What lies in the directory's folder: of each name the newest file whose bytes are there. */
export async function listFolder(tx: Tx, tenant: Tenant, directoryId: string): Promise<DirectoryFileRow[]> {
  return tx
    .selectFrom('directoryFiles')
    .selectAll()
    .distinctOn('name')
    .where('directoryId', '=', directoryId)
    .where('state', 'not in', ['receiving', 'superseded'])
    .where((eb) => eb.or([eb('size', '=', 0), hasChunks]))
    .where(ownedBy('directoryFiles', tenant))
    .orderBy('name')
    .orderBy('receivedAt', 'desc')
    .orderBy('id', 'desc')
    .execute();
}

const hasChunks = sql<boolean>`exists (select from directory_file_chunks where file_id = directory_files.id)`;

/** How many bytes the directory takes up, with those that are arriving. */
export async function countKeptBytes(tx: Tx, tenant: Tenant, directoryId: string): Promise<number> {
  const { total } = await tx
    .selectFrom('directoryFiles')
    .select(sql<number>`coalesce(sum(size), 0)::bigint`.as('total'))
    .where('directoryId', '=', directoryId)
    .where(hasChunks)
    .where(ownedBy('directoryFiles', tenant))
    .executeTakeFirstOrThrow();
  return total;
}

/** One chunk; undefined after the last. */
export async function readChunk(
  tx: Tx,
  tenant: Tenant,
  fileId: string,
  number: number,
): Promise<Buffer | undefined> {
  const chunk = await tx
    .selectFrom('directoryFileChunks')
    .select('bytes')
    .where('fileId', '=', fileId)
    .where('number', '=', number)
    .where(ownedBy('directoryFileChunks', tenant))
    .executeTakeFirst();
  return chunk?.bytes;
}

/** The files of a directory that wait to be read, oldest first. */
export async function listReceivedFiles(
  tx: Tx,
  tenant: Tenant,
  directoryId: string,
): Promise<DirectoryFileRow[]> {
  return filesOf(tx, tenant, directoryId)
    .where('state', 'in', ['received', 'held'])
    .orderBy('receivedAt')
    .orderBy('id')
    .execute();
}

/** Of each name the file that was applied last to these people: those of an earlier set-up say nothing of this one. */
export async function listAppliedFiles(
  tx: Tx,
  tenant: Tenant,
  { directory, generation }: Pick<DirectoryScope, 'directory' | 'generation'>,
): Promise<DirectoryFileRow[]> {
  return filesOf(tx, tenant, directory.id)
    .distinctOn('name')
    .where('state', '=', 'applied')
    .where('generation', '=', generation)
    .orderBy('name')
    .orderBy('appliedAt', 'desc')
    .orderBy('id', 'desc')
    .execute();
}

/** The last files that came, newest first, whatever became of them; not those that were taken away before anybody used them. */
export async function listLastFiles(
  tx: Tx,
  tenant: Tenant,
  directoryId: string,
  limit: number,
): Promise<DirectoryFileRow[]> {
  return filesOf(tx, tenant, directoryId)
    .where((eb) => eb.or([eb('state', '!=', 'superseded'), eb('cause', '=', 'overtaken')]))
    .orderBy('receivedAt', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
}

/** Throws `not_found`. */
export async function getFile(
  tx: Tx,
  tenant: Tenant,
  directoryId: string,
  fileId: string,
): Promise<DirectoryFileRow> {
  const file = await filesOf(tx, tenant, directoryId).where('id', '=', fileId).executeTakeFirst();
  if (!file) throw new OnboardingError('not_found', { kind: 'directory_file' });
  return file;
}

export type FileOutcome = Pick<
  DirectoryFileRow,
  'state' | 'cause' | 'rows' | 'refusedLines' | 'runId' | 'generation'
> & {
  counts: Readonly<Record<string, number>>;
  appliedAt: Date | null;
  lines: readonly RefusedLine[];
};

/** What has become of a file that waited, with its refused lines in place of those of an earlier reading. */
export async function settleFile(
  tx: Tx,
  tenant: OfOrganization,
  fileId: string,
  { lines, counts, ...outcome }: FileOutcome,
): Promise<void> {
  await update(tx, tenant, [fileId], ['received', 'held', 'applied'], { ...outcome, counts: toJson(counts) });
  await tx
    .deleteFrom('directoryFileLines')
    .where('fileId', '=', fileId)
    .where(ownedBy('directoryFileLines', tenant))
    .execute();
  if (lines.length === 0) return;
  const { environmentId, organizationId } = tenant;
  await sql`
    insert into directory_file_lines (file_id, number, environment_id, organization_id, line, column_name, value, cause)
    select ${fileId}, number, ${environmentId}, ${organizationId}, line, column_name, value, cause
    from unnest(${lines.map(({ line }) => line)}::integer[], ${lines.map(({ column }) => column)}::text[],
      ${lines.map(({ value }) => value)}::text[], ${lines.map(({ cause }) => cause)}::text[])
      with ordinality as given (line, column_name, value, cause, number)
  `.execute(tx);
}

/** Files that wait for a set-up that has ended. */
export async function supersedeFiles(tx: Tx, tenant: Tenant, fileIds: readonly string[]): Promise<void> {
  if (fileIds.length > 0) await update(tx, tenant, fileIds, ['received', 'held'], { state: 'superseded' });
}

/** Files that a newer one of the same name has made nothing of: whoever sent them is told so. */
export async function overtakeFiles(tx: Tx, tenant: Tenant, fileIds: readonly string[]): Promise<void> {
  const changes = { state: 'superseded', cause: 'overtaken', refusedLines: 0, counts: toJson({}) } as const;
  if (fileIds.length > 0) await update(tx, tenant, fileIds, ['received', 'held'], changes);
}

/** Files of groups that were refused because nobody had said who the people are are read once more. */
export async function readFilesAgain(tx: Tx, tenant: Tenant, fileIds: readonly string[]): Promise<void> {
  const changes = { state: 'received', cause: null } as const;
  if (fileIds.length > 0) await update(tx, tenant, fileIds, ['refused'], changes, 'users_missing');
}

export async function listRefusedLines(
  tx: Tx,
  tenant: Tenant,
  fileId: string,
  limit: number,
): Promise<DirectoryFileLineRow[]> {
  return tx
    .selectFrom('directoryFileLines')
    .selectAll()
    .where('fileId', '=', fileId)
    .where(ownedBy('directoryFileLines', tenant))
    .orderBy('number')
    .limit(limit)
    .execute();
}

/** The first list waits until somebody has seen what it would do. A directory has one open hold at most. */
export async function openFirstFileHold(
  tx: Tx,
  { id: directoryId, environmentId, organizationId }: DirectoryRow,
  hold: { id: string; createdAt: Date },
): Promise<void> {
  await tx
    .insertInto('directoryHolds')
    .values({ ...hold, environmentId, organizationId, directoryId, reason: 'first_file', activeBefore: 0 })
    .onConflict((conflict) => conflict.column('directoryId').where('state', '=', 'open').doNothing())
    .execute();
}

/** What was decided last about the first list; undefined before there was one. */
export async function findFirstFileHold(
  tx: Tx,
  tenant: Tenant,
  directoryId: string,
): Promise<DirectoryHoldRow | undefined> {
  return tx
    .selectFrom('directoryHolds')
    .selectAll()
    .where('directoryId', '=', directoryId)
    .where('reason', '=', 'first_file')
    .where(ownedBy('directoryHolds', tenant))
    .orderBy('createdAt', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
}

/** People of the generation by what a line that was refused says of them: by id, else by address. */
export async function listPeopleSpokenOf(
  tx: Tx,
  { directory, generation }: DirectoryScope,
  { userIds, emails }: { userIds: readonly string[]; emails: readonly string[] },
): Promise<DirectoryUserRow[]> {
  return tx
    .selectFrom('directoryUsers')
    .selectAll()
    .where('directoryId', '=', directory.id)
    .where('generation', '=', generation)
    .where('removedAt', 'is', null)
    .where(
      sql<boolean>`(external_id = any(${userIds}::text[]) or (external_id is not null and email_key = any(${emails}::text[])))`,
    )
    .where(ownedBy('directoryUsers', directory))
    .execute();
}

/** Ends uploads of which nothing has come for too long: what received them has died. Needs `withSystem`. */
export async function endLostUploads(tx: Tx, now: Date): Promise<number> {
  const lost = await tx
    .updateTable('directoryFiles')
    .set({ state: 'refused', cause: 'connection_lost' })
    .where('state', '=', 'receiving')
    .where('expiresAt', '<=', now)
    .returning('id')
    .execute();
  return lost.length;
}

/**
 * Takes away the bytes of files past their time; the newest of each name that was applied stays, because the next one of
 * another name is read with it. Needs `withSystem`.
 */
export async function expireFiles(tx: Tx, now: Date): Promise<number> {
  const expired = await sql`
    delete from directory_file_chunks using directory_files
    where directory_files.id = file_id and directory_files.expires_at <= ${now}
      and not (directory_files.state = 'applied' and not exists (
        select from directory_files as newer
        where newer.directory_id = directory_files.directory_id and newer.name = directory_files.name
          and newer.generation = directory_files.generation
          and newer.state = 'applied' and newer.applied_at > directory_files.applied_at
      ) and exists (
        select from directories
        where directories.id = directory_files.directory_id and directories.state <> 'deleting'
          and (directory_files.generation in (directories.generation, directories.next_generation) or exists (
            select from former_directories as former
            where former.directory_id = directories.id and former.generation = directory_files.generation
              and former.restored_at is null and former.kept_until > ${now}
          ))
      ))
    returning file_id
  `.execute(tx);
  return expired.rows.length;
}

/** Files that came long ago, with their refused lines; those whose bytes are kept stay. Needs `withSystem`. */
export async function removeOldFiles(tx: Tx, now: Date, keptDays: number): Promise<number> {
  const removed = await sql`
    delete from directory_files where received_at < ${new Date(now.getTime() - keptDays * dayMs)}
      and state <> 'receiving' and not exists (select from directory_file_chunks where file_id = directory_files.id)
    returning id
  `.execute(tx);
  return removed.rows.length;
}

const dayMs = 86_400_000;

async function update(
  tx: Tx,
  tenant: Tenant,
  fileIds: readonly string[],
  from: readonly DirectoryFileRow['state'][],
  changes: UpdateObject<Database, 'directoryFiles'>,
  because?: FileCause,
): Promise<DirectoryFileRow[]> {
  let query = tx
    .updateTable('directoryFiles')
    .set(changes)
    .where('id', 'in', fileIds)
    .where('state', 'in', from)
    .where(ownedBy('directoryFiles', tenant));
  if (because !== undefined) query = query.where('cause', '=', because);
  const rows = await query.returningAll().execute();
  for (const row of rows) notifyChange(tx, row, 'directory', row.directoryId);
  return rows;
}

async function deleteChunks(tx: Tx, tenant: Tenant, fileId: string): Promise<void> {
  await tx
    .deleteFrom('directoryFileChunks')
    .where('fileId', '=', fileId)
    .where(ownedBy('directoryFileChunks', tenant))
    .execute();
}

function filesOf(tx: Tx, tenant: Tenant, directoryId: string) {
  return tx
    .selectFrom('directoryFiles')
    .selectAll()
    .where('directoryId', '=', directoryId)
    .where(ownedBy('directoryFiles', tenant));
}
