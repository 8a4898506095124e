/**
 * Another generation of people takes the place of the one that the vendor is shown: a switch that was confirmed, or a
 * former set-up that was brought back. Who is in both, by user name or else by e-mail, keeps the id that the vendor knows,
 * and so do groups of the same name; their sources go on calling them by the ids that they were given.
 */
import { sql } from 'kysely';
import {
  directoryGroupObject,
  directoryUserObject,
  previousAttributes,
} from '../../onboarding/directory-objects.ts';
import type { Tx } from '../database.ts';
import { fixedStatement } from '../fixed-statement.ts';
import { newId } from '../new-id.ts';
import { bareColumns } from '../row-columns.ts';
import { rolesOfDirectoryUsers } from '../repositories/person-roles.ts';
import { directoryGroupColumns, type DirectoryGroupRow } from '../tables/directory-groups.ts';
import { directoryUserColumns, type DirectoryUserRow } from '../tables/directory-users.ts';
import type { DirectoryRow } from '../tables/directories.ts';
import { peoplePairs, groupPairs } from './generation-match.ts';
import { inOrder } from './membership-writes.ts';
import { isShownActive, stateOf } from './people-fate.ts';
import {
  recordDirectoryEvents,
  recordMembershipEvents,
  type DirectoryEvent,
  type Membership,
} from './record-events.ts';
import { recordRoleDifferences } from './role-news.ts';
import type { DirectoryScope } from './scope.ts';
import { inSlices } from './slices.ts';
import { endSignInsOfPeople } from './sign-in-refusal.ts';

export interface SwitchCounts {
  appear: number;
  vanish: number;
  stay: number;
}

/** Both sides of a switch: who goes, who comes, and who is the same as whom. */
interface Sides<Row> {
  vanish: Row[];
  appear: Row[];
  same: { before: Row; after: Row }[];
}

/** The directory is locked, so that nobody writes to either generation meanwhile. */
export async function showGeneration(
  tx: Tx,
  directory: DirectoryRow,
  generation: number,
  now: Date,
): Promise<SwitchCounts> {
  const scope = { directory: { ...directory, generation }, generation, now };
  await sql`set constraints directory_memberships_group_id_fkey, group_roles_directory_group_id_fkey deferred`.execute(
    tx,
  );
  const people = await sidesOfPeople(tx, directory, generation);
  const groups = await sidesOfGroups(tx, directory, generation);
  const ids = idsAfter(people, groups);
  const before = await listMemberships(tx, { directoryId: directory.id });
  const after = (await listPrepared(tx, { directoryId: directory.id, generation })).map((one) => ({
    groupId: ids.get(one.groupId) ?? one.groupId,
    userId: ids.get(one.userId) ?? one.userId,
  }));

  const stayIds = people.same.map(({ before: { id } }) => id);
  const hadRoles = await rolesOfDirectoryUsers(tx, directory, stayIds);
  await recordMembershipEvents(tx, scope, 'dsync.group.user_removed', without(before, after));
  await writePeople(tx, scope, people, ids);
  await writeGroups(tx, scope, groups, ids);
  await recordDirectoryEvents(tx, scope, [
    ...eventsOfPeople(scope, people, ids),
    ...eventsOfGroups(scope, groups),
  ]);
  await recordMembershipEvents(tx, scope, 'dsync.group.user_added', without(after, before));
  await recordRoleDifferences(tx, scope, shownAnew(scope, people), hadRoles);
  await endSignInsOfPeople(tx, directory, whoLeaves(people), now);
  return { appear: people.appear.length, vanish: people.vanish.length, stay: people.same.length };
}

const listPeople = fixedStatement<DirectoryUserRow>(`
  select ${bareColumns(directoryUserColumns)} from directory_users
  where directory_id = :directoryId
    and ((state is not null and deleted_at is null) or (generation = :generation and removed_at is null))
  order by id
`);

async function sidesOfPeople(
  tx: Tx,
  { id: directoryId }: DirectoryRow,
  generation: number,
): Promise<Sides<DirectoryUserRow>> {
  const rows = await listPeople(tx, { directoryId, generation });
  const isNext = (row: DirectoryUserRow) => row.generation === generation && row.removedAt === null;
  return sidesOf(rows, isNext, await peoplePairs(tx, { directoryId, generation }));
}

const listGroups = fixedStatement<DirectoryGroupRow>(`
  select ${bareColumns(directoryGroupColumns)} from directory_groups
  where directory_id = :directoryId
    and ((is_published and deleted_at is null) or (generation = :generation and removed_at is null))
  order by id
`);

async function sidesOfGroups(
  tx: Tx,
  { id: directoryId }: DirectoryRow,
  generation: number,
): Promise<Sides<DirectoryGroupRow>> {
  const rows = await listGroups(tx, { directoryId, generation });
  const isNext = (row: DirectoryGroupRow) => row.generation === generation && row.removedAt === null;
  return sidesOf(rows, isNext, await groupPairs(tx, { directoryId, generation }));
}

function sidesOf<Row extends { id: string }>(
  rows: readonly Row[],
  isNext: (row: Row) => boolean,
  pairs: readonly { oldId: string; newId: string }[],
): Sides<Row> {
  const byId = new Map(rows.map((row) => [row.id, row]));
  const same = pairs.flatMap((pair) => {
    const [before, after] = [byId.get(pair.oldId), byId.get(pair.newId)];
    return before === undefined || after === undefined ? [] : [{ before, after }];
  });
  const matched = new Set(pairs.flatMap((pair) => [pair.oldId, pair.newId]));
  const others = rows.filter(({ id }) => !matched.has(id));
  return { same, appear: others.filter(isNext), vanish: others.filter((row) => !isNext(row)) };
}

/**
 * Under which id each prepared row is shown. A person whom the vendor was shown before, and has seen deleted, is another
 * one; a group is itself again, with the roles that it gives.
 */
function idsAfter(people: Sides<DirectoryUserRow>, groups: Sides<DirectoryGroupRow>): Map<string, string> {
  const kept = [...people.same, ...groups.same].map(({ before, after }) => [after.id, before.id] as const);
  const anew = people.appear
    .filter(({ deletedAt }) => deletedAt !== null)
    .map(({ id }) => [id, newId('directory_user_')] as const);
  return new Map([...kept, ...anew]);
}

const listMemberships = fixedStatement<Membership>(`
  select group_id as "groupId", user_id as "userId" from directory_memberships
  join directory_users on directory_users.id = user_id and directory_users.state is not null
    and directory_users.deleted_at is null
  join directory_groups on directory_groups.id = group_id and directory_groups.is_published
    and directory_groups.deleted_at is null
  where directory_users.directory_id = :directoryId
`);

const listPrepared = fixedStatement<Membership>(`
  select group_id as "groupId", user_id as "userId" from directory_memberships
  join directory_users on directory_users.id = user_id and directory_users.removed_at is null
    and directory_users.generation = :generation
  join directory_groups on directory_groups.id = group_id and directory_groups.removed_at is null
    and directory_groups.generation = :generation
  where directory_users.directory_id = :directoryId
`);

function without(some: readonly Membership[], others: readonly Membership[]): Membership[] {
  const keyOf = ({ groupId, userId }: Membership) => `${groupId} ${userId}`;
  const known = new Set(others.map(keyOf));
  return inOrder(some.filter((one) => !known.has(keyOf(one))));
}

/** Gives rows of `table` other ids, and their memberships with them; `set` is what is written besides. */
const giveIds = (table: 'directory_users' | 'directory_groups', set: string) => {
  const member = table === 'directory_users' ? 'user_id' : 'group_id';
  return fixedStatement(`
    with moved as (
      update ${table} set id = told.new_id, ${set}
      from unnest(:oldIds::text[], :newIds::text[]) as told (old_id, new_id)
      where id = told.old_id and directory_id = :directoryId
    )
    update directory_memberships set ${member} = told.new_id
    from unnest(:oldIds::text[], :newIds::text[]) as told (old_id, new_id)
    where ${member} = told.old_id
  `);
};
// The source goes on calling them as it did; one that is called by its own id needs no other.
const keepsSourceId = 'source_id = coalesce(source_id, id)';
const keepsOtherSourceId = 'source_id = nullif(coalesce(source_id, id), told.new_id)';

const setAside = giveIds('directory_users', `${keepsSourceId}, state = null, hold_id = null`);
const letGo = fixedStatement(`
  update directory_users set deleted_at = :now, hold_id = null, updated_at = :now
  where id = any(:ids::text[]) and directory_id = :directoryId
`);
const rename = giveIds('directory_users', keepsOtherSourceId);
const showPeople = fixedStatement(`
  update directory_users set state = case when active then 'active' else 'inactive' end, deleted_at = null,
    hold_id = null, left_at = null, version = version + 1, updated_at = :now
  where directory_id = :directoryId and generation = :generation and removed_at is null
`);

async function writePeople(
  tx: Tx,
  { directory: { id: directoryId }, generation, now }: DirectoryScope,
  { same, vanish }: Sides<DirectoryUserRow>,
  ids: ReadonlyMap<string, string>,
): Promise<void> {
  const oldIds = same.map(({ before }) => before.id);
  await setAside(tx, { directoryId, oldIds, newIds: same.map(() => newId('directory_user_')) });
  for (const some of inSlices(vanish)) await letGo(tx, { directoryId, now, ids: some.map(({ id }) => id) });
  const renamed = [...ids].filter(([id]) => id.startsWith('directory_user_'));
  await rename(tx, { directoryId, oldIds: renamed.map(([id]) => id), newIds: renamed.map(([, id]) => id) });
  await showPeople(tx, { directoryId, generation, now });
}

const setGroupsAside = giveIds('directory_groups', `${keepsSourceId}, is_published = false`);
const letGroupsGo = fixedStatement(`
  update directory_groups set deleted_at = :now, updated_at = :now
  where id = any(:ids::text[]) and directory_id = :directoryId
`);
const renameGroups = giveIds('directory_groups', keepsOtherSourceId);
const showGroups = fixedStatement(`
  update directory_groups set is_published = true, deleted_at = null, version = version + 1, updated_at = :now
  where directory_id = :directoryId and generation = :generation and removed_at is null
`);

async function writeGroups(
  tx: Tx,
  { directory: { id: directoryId }, generation, now }: DirectoryScope,
  { same, vanish }: Sides<DirectoryGroupRow>,
  ids: ReadonlyMap<string, string>,
): Promise<void> {
  const oldIds = same.map(({ before }) => before.id);
  await setGroupsAside(tx, { directoryId, oldIds, newIds: same.map(() => newId('directory_group_')) });
  await letGroupsGo(tx, { directoryId, now, ids: vanish.map(({ id }) => id) });
  const renamed = [...ids].filter(([id]) => id.startsWith('directory_group_'));
  await renameGroups(tx, {
    directoryId,
    oldIds: renamed.map(([id]) => id),
    newIds: renamed.map(([, id]) => id),
  });
  await showGroups(tx, { directoryId, generation, now });
}

function eventsOfPeople(
  scope: DirectoryScope,
  { vanish, same, appear }: Sides<DirectoryUserRow>,
  ids: ReadonlyMap<string, string>,
): DirectoryEvent[] {
  const shown = (row: DirectoryUserRow) => shownObject(scope, row, ids.get(row.id));
  return [
    ...vanish.map((row) => ({
      name: 'dsync.user.deleted',
      userId: row.id,
      data: directoryUserObject({ ...row, updatedAt: scope.now }),
    })),
    ...same.flatMap(({ before, after }) =>
      updated('dsync.user.updated', directoryUserObject(before), shown(after), before.id),
    ),
    ...appear.map((row) => {
      const data = shown(row);
      return { name: 'dsync.user.created', data, userId: data.id };
    }),
  ];
}

const shownObject = (scope: DirectoryScope, row: DirectoryUserRow, id = row.id) =>
  directoryUserObject({ ...row, id, state: stateOf(scope, row), updatedAt: scope.now });

const shownAnew = (scope: DirectoryScope, { same }: Sides<DirectoryUserRow>) =>
  same.map(({ before, after }) => ({
    id: before.id,
    object: { ...shownObject(scope, after, before.id), created_at: before.createdAt.toISOString() },
  }));

function eventsOfGroups(
  { now }: DirectoryScope,
  { vanish, same, appear }: Sides<DirectoryGroupRow>,
): DirectoryEvent[] {
  const shown = (row: DirectoryGroupRow, id = row.id) => directoryGroupObject({ ...row, id, updatedAt: now });
  return [
    ...vanish.map((row) => ({ name: 'dsync.group.deleted', data: shown(row) })),
    ...same.flatMap(({ before, after }) =>
      updated('dsync.group.updated', directoryGroupObject(before), shown(after, before.id)),
    ),
    ...appear.map((row) => ({ name: 'dsync.group.created', data: shown(row) })),
  ];
}

function updated(
  name: string,
  before: Record<string, unknown>,
  after: Record<string, unknown>,
  userId?: string,
): DirectoryEvent[] {
  // When the vendor first saw them is not for the new source to say.
  const data = { ...after, created_at: before.created_at };
  const previous = previousAttributes(before, data);
  if (previous === undefined) return [];
  return [
    { name, data: { ...data, previous_attributes: previous }, ...(userId === undefined ? {} : { userId }) },
  ];
}

const whoLeaves = ({ vanish, same }: Sides<DirectoryUserRow>): DirectoryUserRow[] => [
  ...vanish.filter((row) => isShownActive(row)),
  ...same.flatMap(({ before, after }) => (isShownActive(before) && !after.active ? [before, after] : [])),
];
