/** Who is in which group, changed by sets: the number of statements does not grow with the members. */
import { OnboardingError } from '../../onboarding/errors.ts';
import { awaitWithCommit, type Tx } from '../database.ts';
import { fixedStatement } from '../fixed-statement.ts';
import { noteDirectoryChange } from './directories.ts';
import { recordMembershipEvents, type Membership } from './record-events.ts';
import { recordRoleChanges } from './role-news.ts';
import { living, scopeValues, type DirectoryScope } from './scope.ts';

// First of all, so that what is read after it knows every earlier change of the group.
const lockGroup = fixedStatement<{ id: string }>(`
  with ${living}
  select directory_groups.id from directory_groups, living
  where directory_groups.id = :groupId and directory_id = living.id and directory_groups.generation = :generation
    and removed_at is null
  for no key update of directory_groups
`);

const bumpGroup = fixedStatement(`
  update directory_groups set version = version + 1, updated_at = :now where id = :groupId
`);

const ofSource = `directory_id = :directoryId and generation = :generation and removed_at is null`;
const byOwnIds = `select id from directory_users where id = any(:userIds::text[]) and source_id is null and ${ofSource}`;
// Only a directory that was switched has people who are called otherwise by their source: others are not looked through.
const bySourceIds = `select id from directory_users where source_id = any(:userIds::text[]) and ${ofSource}
    and exists (
      select from directory_users as called where called.directory_id = :directoryId and called.source_id is not null
    )`;
const people = `${byOwnIds} union ${bySourceIds}`;

interface Changed {
  userId: string;
  givesRole: boolean;
}

const changed = `
  user_id as "userId", exists (select from group_roles where directory_group_id = :groupId) as "givesRole"`;

const add = fixedStatement<Changed>(`
  insert into directory_memberships (group_id, user_id, environment_id, organization_id, directory_id, created_at)
  select :groupId, id, :environmentId, :organizationId, :directoryId, :now from (${people}) as person
  on conflict do nothing
  returning ${changed}
`);

const remove = fixedStatement<Changed>(`
  delete from directory_memberships where group_id = :groupId and user_id in (${people}) returning ${changed}
`);

export interface ChangedMembers {
  added: number;
  removed: number;
}

/**
 * Puts people into a group and takes others out, by the ids that the source knows them by; ids that it does not know are
 * left out silently. Throws `not_found` where the source has no such group.
 */
export async function changeMembers(
  tx: Tx,
  scope: DirectoryScope,
  groupId: string,
  change: { add: readonly string[]; remove: readonly string[] },
): Promise<ChangedMembers> {
  const values = { ...scopeValues(scope), groupId };
  const locked = lockGroup(tx, values);
  const removals = change.remove.length === 0 ? [] : remove(tx, { ...values, userIds: change.remove });
  const additions = change.add.length === 0 ? [] : add(tx, { ...values, userIds: change.add });
  const [[group], removed, added] = await Promise.all([locked, removals, additions]);
  if (group === undefined) throw new OnboardingError('not_found', { kind: 'directory_group', id: groupId });
  if (removed.length + added.length === 0) return { added: 0, removed: 0 };
  awaitWithCommit(tx, bumpGroup(tx, { groupId, now: scope.now }));
  const inGroup = ({ userId }: Changed) => ({ groupId, userId });
  const members = { added: added.map(inGroup), removed: removed.map(inGroup) };
  await Promise.all([
    recordMembershipEvents(tx, scope, 'dsync.group.user_removed', members.removed),
    recordMembershipEvents(tx, scope, 'dsync.group.user_added', members.added),
    noteDirectoryChange(tx, scope.directory, scope.now),
  ]);
  const givesRole = [...removed, ...added].some((one) => one.givesRole);
  if (givesRole) await recordRoleChanges(tx, scope, members);
  return { added: added.length, removed: removed.length };
}

const listMemberIds = fixedStatement<{ sourceId: string }>(`
  select coalesce(directory_users.source_id, directory_users.id) as "sourceId"
  from directory_memberships join directory_users on directory_users.id = user_id
  where group_id = :groupId and directory_users.removed_at is null
`);

/** Makes these, and nobody else, the members of a group: only who comes or goes is written. Throws `not_found`. */
export async function replaceMembers(
  tx: Tx,
  scope: DirectoryScope,
  groupId: string,
  userIds: readonly string[],
): Promise<ChangedMembers> {
  const [, members] = await Promise.all([
    lockGroup(tx, { ...scopeValues(scope), groupId }),
    listMemberIds(tx, { groupId }),
  ]);
  const present = new Set(members.map(({ sourceId }) => sourceId));
  const wanted = new Set(userIds);
  return changeMembers(tx, scope, groupId, {
    add: [...wanted].filter((id) => !present.has(id)),
    remove: [...present].filter((id) => !wanted.has(id)),
  });
}

const leave = fixedStatement<Membership>(`
  delete from directory_memberships
  where user_id = any(:userIds::text[]) and environment_id = :environmentId
  returning group_id as "groupId", user_id as "userId"
`);

/**
 * Takes people out of all their groups, by their own ids. Call it while their rows still show them. Nobody is told of the
 * roles that they lose with that, for they are about to be gone; `toldRoles` of those who stay.
 */
export async function leaveGroups(
  tx: Tx,
  scope: DirectoryScope,
  userIds: readonly string[],
  { toldRoles = false }: { toldRoles?: boolean } = {},
): Promise<void> {
  const left = inOrder(await leave(tx, { userIds, environmentId: scope.directory.environmentId }));
  await recordMembershipEvents(tx, scope, 'dsync.group.user_removed', left);
  if (toldRoles) await recordRoleChanges(tx, scope, { added: [], removed: left });
}

const disband = fixedStatement<Membership>(`
  delete from directory_memberships
  where group_id = any(:groupIds::text[]) and environment_id = :environmentId
  returning group_id as "groupId", user_id as "userId"
`);

/** Takes everybody out of groups. Call it while the groups are still shown. */
export async function disbandGroups(
  tx: Tx,
  scope: DirectoryScope,
  groupIds: readonly string[],
): Promise<void> {
  const left = inOrder(await disband(tx, { groupIds, environmentId: scope.directory.environmentId }));
  await recordMembershipEvents(tx, scope, 'dsync.group.user_removed', left);
  await recordRoleChanges(tx, scope, { added: [], removed: left });
}

/** In the order of creation, which the ids have, so that a feed reads the same each time. */
export const inOrder = (memberships: readonly Membership[]): Membership[] =>
  memberships.toSorted((a, b) => compare(a.groupId, b.groupId) || compare(a.userId, b.userId));

const compare = (a: string, b: string) => (a < b ? -1 : Number(a > b));
