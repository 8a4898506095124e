/** Groups of a directory, one at a time. */
import { directoryGroupObject, previousAttributes } from '../../onboarding/directory-objects.ts';
import { OnboardingError } from '../../onboarding/errors.ts';
import { awaitWithCommit, notifyAfterCommit, type Tx } from '../database.ts';
import { fixedStatement } from '../fixed-statement.ts';
import { newId } from '../new-id.ts';
import { bareColumns } from '../row-columns.ts';
import { toJson } from '../tables/columns.ts';
import { directoryGroupColumns, type DirectoryGroupRow } from '../tables/directory-groups.ts';
import { refuseDuplicate } from '../violations.ts';
import { noteDirectoryChange } from './directories.ts';
import { disbandGroups } from './membership-writes.ts';
import { keyOf } from './name-key.ts';
import { isShown, living, scopeValues, switchedMeanwhile, type DirectoryScope } from './scope.ts';

/** A group as a source tells of it. */
export interface SourceGroup {
  externalId: string | null;
  displayName: string;
  raw: Record<string, unknown>;
}

const columns = bareColumns(directoryGroupColumns);

const insert = fixedStatement<DirectoryGroupRow & { isLiving: boolean }>(`
  with ${living}, inserted as (
    insert into directory_groups (id, environment_id, organization_id, directory_id, generation, external_id,
      display_name, name_key, raw, is_published, created_at, updated_at)
    select :id, :environmentId, :organizationId, living.id, :generation, :externalId, :displayName, :nameKey,
      :raw::jsonb, :isShown, :now::timestamptz, :now
    from living
    on conflict do nothing
    returning ${columns}
  ), event as (
    insert into events (id, environment_id, organization_id, name, data, created_at)
    select :eventId, :environmentId, :organizationId, 'dsync.group.created', :eventData::jsonb, :now
    from inserted where :isShown
  )
  select inserted.*, exists (select from living) as "isLiving" from (select) as one left join inserted on true
`);

/**
 * A group that is new in the source. Throws `directory_group_exists` where another has its external id, and leaves the
 * transaction usable.
 */
export async function insertGroup(
  tx: Tx,
  scope: DirectoryScope,
  group: SourceGroup,
): Promise<DirectoryGroupRow> {
  const { directory, now } = scope;
  const { externalId, displayName, raw } = group;
  const { id: directoryId, organizationId } = directory;
  const id = newId('directory_group_');
  const facts = { id, organizationId, directoryId, externalId, displayName, createdAt: now, updatedAt: now };
  const [written] = await insert(tx, {
    ...scopeValues(scope),
    id,
    externalId,
    displayName,
    nameKey: keyOf(displayName),
    raw: toJson(raw),
    eventId: newId('event_'),
    eventData: toJson(directoryGroupObject(facts)),
  });
  if (written === undefined || !written.isLiving) throw switchedMeanwhile();
  const { isLiving: _isLiving, ...inserted } = written;
  if (inserted.id === null) throw new OnboardingError('directory_group_exists');
  noteChange(tx, scope);
  return inserted;
}

const update = fixedStatement<DirectoryGroupRow>(`
  with ${living}, updated as (
    update directory_groups set external_id = :externalId, display_name = :displayName, name_key = :nameKey,
      raw = :raw::jsonb, removed_at = :removedAt, deleted_at = :deletedAt, version = version + 1, updated_at = :now
    where id = :id and directory_id = :directoryId and environment_id = :environmentId and generation = :generation
      and version = :version and exists (select from living)
    returning ${columns}
  ), event as (
    insert into events (id, environment_id, organization_id, name, data, created_at)
    select :eventId, :environmentId, :organizationId, :eventName, :eventData::jsonb, :now
    from updated where :eventName::text is not null
  )
  select * from updated
`);

/** Throws `directory_group_exists` (the transaction is lost then) and `directory_version_differs`. */
export async function updateGroup(
  tx: Tx,
  scope: DirectoryScope,
  before: DirectoryGroupRow,
  group: SourceGroup,
): Promise<DirectoryGroupRow> {
  const isSame = previousAttributes(toldOf(before), toldOf(group)) === undefined;
  return isSame ? before : write(tx, scope, before, group, null);
}

export const toldOf = ({ externalId, displayName, raw }: SourceGroup) => ({ externalId, displayName, raw });

/** First everybody leaves the group, then it is gone. */
export async function removeGroup(tx: Tx, scope: DirectoryScope, before: DirectoryGroupRow): Promise<void> {
  await disbandGroups(tx, scope, [before.id]);
  await write(tx, scope, before, before, scope.now);
}

async function write(
  tx: Tx,
  scope: DirectoryScope,
  before: DirectoryGroupRow,
  { externalId, displayName, raw }: SourceGroup,
  removedAt: Date | null,
): Promise<DirectoryGroupRow> {
  const { now } = scope;
  const event = eventOf(scope, before, { ...before, externalId, displayName, updatedAt: now }, removedAt);
  const statement = update(tx, {
    ...scopeValues(scope),
    id: before.id,
    version: before.version,
    externalId,
    displayName,
    nameKey: keyOf(displayName),
    raw: toJson(raw),
    removedAt,
    deletedAt: before.isPublished ? removedAt : null,
    eventId: newId('event_'),
    eventName: event?.name ?? null,
    eventData: toJson(event?.data ?? {}),
  });
  const [after] = await refuseDuplicate(statement, 'directory_groups_external', 'directory_group_exists');
  if (after === undefined) throw new OnboardingError('directory_version_differs');
  noteChange(tx, scope);
  return after;
}

function eventOf(
  scope: DirectoryScope,
  before: DirectoryGroupRow,
  after: DirectoryGroupRow,
  removedAt: Date | null,
) {
  if (!isShown(scope) || !before.isPublished) return undefined;
  const data = directoryGroupObject(after);
  if (removedAt !== null) return { name: 'dsync.group.deleted', data };
  const previous = previousAttributes(directoryGroupObject(before), data);
  return previous && { name: 'dsync.group.updated', data: { ...data, previous_attributes: previous } };
}

function noteChange(tx: Tx, { directory, now }: DirectoryScope): void {
  notifyAfterCommit(tx, { channel: 'events', payload: directory.environmentId });
  awaitWithCommit(tx, noteDirectoryChange(tx, directory, now));
}
