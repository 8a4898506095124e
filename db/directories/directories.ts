import { sql, type Insertable, type UpdateObject } from 'kysely';
import { OnboardingError } from '../../onboarding/errors.ts';
import { notifyChange, type Tx } from '../database.ts';
import { fixedStatement } from '../fixed-statement.ts';
import { byCreation, pageOf, type Page, type PageRequest } from '../pagination.ts';
import { toJson } from '../tables/columns.ts';
import type { DirectoriesTable, DirectoryRow } from '../tables/directories.ts';
import type { Database } from '../tables/index.ts';
import { ownedBy, type Tenant } from '../tenant.ts';

export type NewDirectory = Pick<
  Insertable<DirectoriesTable>,
  | 'id'
  | 'environmentId'
  | 'organizationId'
  | 'name'
  | 'type'
  | 'providerId'
  | 'road'
  | 'state'
  | 'externalKey'
  | 'scimBaseUrl'
  | 'sftpUserName'
> & { createdAt: Date };

export interface DirectoryFilter {
  /** Part of the name. */
  search?: string;
  /** A domain of the organization. */
  domain?: string;
}

/** What people change of a directory; what its people are is the source's to say. */
export type DirectoryChanges = Partial<
  Pick<
    DirectoryRow,
    | 'name'
    | 'type'
    | 'providerId'
    | 'road'
    | 'guideProgress'
    | 'attributeMapping'
    | 'settings'
    | 'credentialsSealed'
    | 'credentialsSetAt'
    | 'credentialsFailingSince'
    | 'credentialsCause'
    | 'sftpUserName'
    | 'silentSince'
    | 'firstSyncedAt'
  >
>;

export async function insertDirectory(
  tx: Tx,
  { createdAt, ...directory }: NewDirectory,
): Promise<DirectoryRow> {
  const row = await tx
    .insertInto('directories')
    .values({ ...directory, createdAt, updatedAt: createdAt })
    .returningAll()
    .executeTakeFirstOrThrow();
  notifyChange(tx, row, 'directory', row.id);
  return row;
}

/** Undefined also for one that is deleted. */
export async function findDirectory(
  tx: Tx,
  tenant: Tenant,
  directoryId: string,
): Promise<DirectoryRow | undefined> {
  return living(tx, tenant).where('directories.id', '=', directoryId).executeTakeFirst();
}

/** Throws `not_found`. */
export async function getDirectory(tx: Tx, tenant: Tenant, directoryId: string): Promise<DirectoryRow> {
  return found(await findDirectory(tx, tenant, directoryId));
}

/** Like `getDirectory`, and neither its settings nor its people change until the transaction ends. */
export async function lockDirectory(tx: Tx, tenant: Tenant, directoryId: string): Promise<DirectoryRow> {
  return found(
    await living(tx, tenant).where('directories.id', '=', directoryId).forUpdate().executeTakeFirst(),
  );
}

/**
 * The same for a list of people that is compared and taken, which may last: files go on arriving meanwhile. Whoever writes
 * by SCIM would, too; but a directory that lists come from has no such client.
 */
export async function lockListedDirectory(
  tx: Tx,
  tenant: Tenant,
  directoryId: string,
): Promise<DirectoryRow> {
  return found(
    await living(tx, tenant).where('directories.id', '=', directoryId).forNoKeyUpdate().executeTakeFirst(),
  );
}

export async function listDirectories(
  tx: Tx,
  tenant: Tenant,
  { search, domain }: DirectoryFilter,
  request: PageRequest,
): Promise<Page<DirectoryRow>> {
  let query = living(tx, tenant);
  if (search) query = query.where(sql<boolean>`position(lower(${search}) in lower(directories.name)) > 0`);
  if (domain) {
    query = query.where((eb) =>
      eb.exists(
        eb
          .selectFrom('organizationDomains')
          .whereRef('organizationDomains.organizationId', '=', 'directories.organizationId')
          .where('organizationDomains.domain', '=', domain)
          .select('organizationDomains.id'),
      ),
    );
  }
  const owned = ownedBy('directories', tenant);
  return pageOf(tx, query, { table: 'directories', keys: byCreation('directories'), owned }, request);
}

export interface DirectoryPeople {
  active: number;
  inactive: number;
  groups: number;
}

/** How many people and groups of each directory the vendor is shown. */
export async function countDirectoryPeople(
  tx: Tx,
  tenant: Tenant,
  directoryIds: readonly string[],
): Promise<ReadonlyMap<string, DirectoryPeople>> {
  const { rows } = await sql<DirectoryPeople & { id: string }>`
    select directories.id, coalesce(people.active, 0) as active, coalesce(people.inactive, 0) as inactive,
      (select count(*) from directory_groups
        where directory_id = directories.id and is_published and deleted_at is null) as groups
    from directories
    left join lateral (
      select count(*) filter (where state = 'active') as active, count(*) filter (where state <> 'active') as inactive
      from directory_users
      where directory_id = directories.id and state is not null and deleted_at is null
    ) as people on true
    where directories.id = any(${directoryIds}::text[]) and ${ownedBy('directories', tenant)}
  `.execute(tx);
  return new Map(rows.map(({ id, ...people }) => [id, people]));
}

/** Throws `not_found`. */
export async function updateDirectory(
  tx: Tx,
  tenant: Tenant,
  directoryId: string,
  { guideProgress, attributeMapping, settings, ...changes }: DirectoryChanges,
  now: Date,
): Promise<DirectoryRow> {
  return update(tx, tenant, directoryId, {
    ...changes,
    ...(guideProgress && { guideProgress: toJson(guideProgress) }),
    ...(attributeMapping && { attributeMapping: toJson(attributeMapping) }),
    ...(settings && { settings: toJson(settings) }),
    updatedAt: now,
  });
}

/** Moves the directory on from one of the states named; undefined when it is in none of them. */
export async function moveDirectory(
  tx: Tx,
  tenant: Tenant,
  directoryId: string,
  move: { from: readonly DirectoryRow['state'][]; to: DirectoryRow['state']; now: Date },
): Promise<DirectoryRow | undefined> {
  const row = await tx
    .updateTable('directories')
    .set({
      state: move.to,
      updatedAt: move.now,
      ...(move.to === 'linked' && { linkedAt: sql<Date>`coalesce(linked_at, ${move.now})` }),
    })
    .where('id', '=', directoryId)
    .where('state', 'in', move.from)
    .where('deletedAt', 'is', null)
    .where(ownedBy('directories', tenant))
    .returningAll()
    .executeTakeFirst();
  if (row) notifyChange(tx, row, 'directory', row.id);
  return row;
}

/** How stale the instants of requests and changes may be: every call would write the directory's row otherwise. */
const noticeMs = 20_000;

const noteRequestNow = fixedStatement(`
  update directories set last_request_at = :now, first_request_at = coalesce(first_request_at, :now), silent_since = null
  where id = (
    select id from directories
    where id = :directoryId and environment_id = :environmentId
      and (last_request_at is null or last_request_at < :before or silent_since is not null)
    for no key update skip locked
  )
`);

/** The source has called. Written a few times a minute at most, and never waited for by another call. */
export async function noteDirectoryRequest(tx: Tx, directory: DirectoryRow, now: Date): Promise<void> {
  const { lastRequestAt, silentSince } = directory;
  const before = new Date(now.getTime() - noticeMs);
  if (lastRequestAt !== null && lastRequestAt >= before && silentSince === null) return;
  const { id: directoryId, environmentId } = directory;
  await noteRequestNow(tx, { directoryId, environmentId, now, before });
  notifyChange(tx, directory, 'directory', directoryId);
}

const noteChangeNow = fixedStatement(`
  update directories set last_changed_at = :now
  where id = (
    select id from directories
    where id = :directoryId and environment_id = :environmentId
      and (last_changed_at is null or last_changed_at < :before)
    for no key update skip locked
  )
`);

/** The source has changed somebody: for pages, as seldom as `noteDirectoryRequest`. */
export async function noteDirectoryChange(tx: Tx, directory: DirectoryRow, now: Date): Promise<void> {
  const { id: directoryId, environmentId, lastChangedAt } = directory;
  notifyChange(tx, directory, 'directory', directoryId);
  const before = new Date(now.getTime() - noticeMs);
  if (lastChangedAt !== null && lastChangedAt >= before) return;
  await noteChangeNow(tx, { directoryId, environmentId, now, before });
}

/** The end of a full run: from then on who is not there is known not to be there. */
export async function markDirectorySynced(tx: Tx, directory: DirectoryRow, now: Date): Promise<void> {
  await tx
    .updateTable('directories')
    .set({ firstSyncedAt: now })
    .where('id', '=', directory.id)
    .where('firstSyncedAt', 'is', null)
    .where(ownedBy('directories', directory))
    .execute();
}

async function update(
  tx: Tx,
  tenant: Tenant,
  directoryId: string,
  changes: UpdateObject<Database, 'directories'>,
): Promise<DirectoryRow> {
  const row = found(
    await tx
      .updateTable('directories')
      .set(changes)
      .where('id', '=', directoryId)
      .where('deletedAt', 'is', null)
      .where(ownedBy('directories', tenant))
      .returningAll()
      .executeTakeFirst(),
  );
  notifyChange(tx, row, 'directory', row.id);
  return row;
}

function living(tx: Tx, tenant: Tenant) {
  return tx
    .selectFrom('directories')
    .selectAll('directories')
    .where(ownedBy('directories', tenant))
    .where('directories.deletedAt', 'is', null);
}

function found(directory: DirectoryRow | undefined): DirectoryRow {
  if (!directory) throw new OnboardingError('not_found', { kind: 'directory' });
  return directory;
}
