/** All groups of a source at once. */
import { directoryGroupObject, previousAttributes } from '../../onboarding/directory-objects.ts';
import type { Tx } from '../database.ts';
import { fixedStatement } from '../fixed-statement.ts';
import { newId } from '../new-id.ts';
import { bareColumns } from '../row-columns.ts';
import { directoryGroupColumns, type DirectoryGroupRow } from '../tables/directory-groups.ts';
import { toldOf, type SourceGroup } from './group-writes.ts';
import { disbandGroups } from './membership-writes.ts';
import { keyOf } from './name-key.ts';
import { recordDirectoryEvents } from './record-events.ts';
import { scopeValues, type DirectoryScope } from './scope.ts';

export interface GroupCounts {
  groupsCreated: number;
  groupsUpdated: number;
  groupsRemoved: number;
}

const listRows = fixedStatement<DirectoryGroupRow>(`
  select ${bareColumns(directoryGroupColumns)} from directory_groups
  where directory_id = :directoryId and environment_id = :environmentId and generation = :generation
    and removed_at is null
  order by id
`);

const told = 'id text, external_id text, display_name text, name_key text, raw jsonb';

const insertRows = fixedStatement(`
  insert into directory_groups (id, environment_id, organization_id, directory_id, generation, external_id, display_name,
    name_key, raw, is_published, created_at, updated_at)
  select id, :environmentId, :organizationId, :directoryId, :generation, external_id, display_name, name_key, raw,
    :isShown::boolean, :now::timestamptz, :now
  from jsonb_to_recordset(:groups::jsonb) as told (${told})
`);

const updateRows = fixedStatement(`
  update directory_groups set display_name = told.display_name, name_key = told.name_key, raw = told.raw,
    version = version + 1, updated_at = :now
  from jsonb_to_recordset(:groups::jsonb) as told (${told})
  where directory_groups.id = told.id and directory_id = :directoryId
`);

const removeRows = fixedStatement(`
  update directory_groups set removed_at = :now, deleted_at = case when is_published then :now::timestamptz end,
    version = version + 1, updated_at = :now
  where id = any(:ids::text[]) and directory_id = :directoryId
`);

const asRecord = (id: string, { externalId, displayName, raw }: SourceGroup) => ({
  id,
  external_id: externalId,
  display_name: displayName,
  name_key: keyOf(displayName),
  raw,
});

/** Makes these, by their external ids, all groups of the source. Null: nothing is said of groups. */
export async function applyGroups(
  tx: Tx,
  scope: DirectoryScope,
  groups: readonly SourceGroup[] | null,
): Promise<GroupCounts> {
  if (groups === null) return { groupsCreated: 0, groupsUpdated: 0, groupsRemoved: 0 };
  const rows = await listRows(tx, scopeValues(scope));
  const known = new Map(rows.map((row) => [row.externalId, row]));
  const names = new Set(groups.map(({ externalId }) => externalId));
  const removed = rows.filter(({ externalId }) => !names.has(externalId));
  const fresh = groups.filter(({ externalId }) => !known.has(externalId));
  const changed = groups.flatMap((group) => {
    const before = known.get(group.externalId);
    const isSame = before === undefined || previousAttributes(toldOf(before), toldOf(group)) === undefined;
    return isSame ? [] : [{ before, group }];
  });
  await removeGroups(tx, scope, removed);
  await renameGroups(tx, scope, changed);
  await insertGroups(tx, scope, fresh);
  return { groupsCreated: fresh.length, groupsUpdated: changed.length, groupsRemoved: removed.length };
}

/** First everybody leaves them, then they are gone. */
async function removeGroups(
  tx: Tx,
  scope: DirectoryScope,
  groups: readonly DirectoryGroupRow[],
): Promise<void> {
  if (groups.length === 0) return;
  const ids = groups.map(({ id }) => id);
  await disbandGroups(tx, scope, ids);
  await removeRows(tx, { ...scopeValues(scope), ids });
  const shown = groups.filter(({ isPublished }) => isPublished);
  const data = (group: DirectoryGroupRow) => directoryGroupObject({ ...group, updatedAt: scope.now });
  await recordDirectoryEvents(
    tx,
    scope,
    shown.map((group) => ({ name: 'dsync.group.deleted', data: data(group) })),
  );
}

async function renameGroups(
  tx: Tx,
  scope: DirectoryScope,
  changes: readonly { before: DirectoryGroupRow; group: SourceGroup }[],
): Promise<void> {
  if (changes.length === 0) return;
  const records = changes.map(({ before, group }) => asRecord(before.id, group));
  await updateRows(tx, { ...scopeValues(scope), groups: JSON.stringify(records) });
  const events = changes.flatMap(({ before, group }) => {
    const data = directoryGroupObject({ ...before, ...toldOf(group), updatedAt: scope.now });
    const previous = previousAttributes(directoryGroupObject(before), data);
    if (previous === undefined || !before.isPublished) return [];
    return [{ name: 'dsync.group.updated', data: { ...data, previous_attributes: previous } }];
  });
  await recordDirectoryEvents(tx, scope, events);
}

async function insertGroups(tx: Tx, scope: DirectoryScope, groups: readonly SourceGroup[]): Promise<void> {
  if (groups.length === 0) return;
  const { id: directoryId, organizationId } = scope.directory;
  const named = groups.map((group) => ({ id: newId('directory_group_'), group }));
  const records = named.map(({ id, group }) => asRecord(id, group));
  await insertRows(tx, { ...scopeValues(scope), groups: JSON.stringify(records) });
  const at = { createdAt: scope.now, updatedAt: scope.now };
  const events = named.map(({ id, group }) => ({
    name: 'dsync.group.created',
    data: directoryGroupObject({ id, organizationId, directoryId, ...toldOf(group), ...at }),
  }));
  await recordDirectoryEvents(tx, scope, events);
}
