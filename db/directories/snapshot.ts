/**
 * Everything that a source holds, at once: of a pulled directory, or of a customer's files [IMP-04]. What differs is
 * written, by sets; who is missing has left.
 */
import { sql } from 'kysely';
import { OnboardingError } from '../../onboarding/errors.ts';
import type { Tx } from '../database.ts';
import { fixedStatement } from '../fixed-statement.ts';
import { bareColumns } from '../row-columns.ts';
import { directoryUserColumns, type DirectoryUserRow } from '../tables/directory-users.ts';
import { lockListedDirectory, markDirectorySynced, noteDirectoryChange } from './directories.ts';
import { applyGroups, type GroupCounts } from './group-sets.ts';
import { withdrawEmptyHolds } from './holds.ts';
import { holdLeavings } from './leaving.ts';
import { linkDirectory } from './link.ts';
import { leaveGroups } from './membership-writes.ts';
import {
  fateOfChanged,
  fateOfRemoved,
  isLeaving,
  isShownActive,
  personOf,
  type SourcePerson,
} from './people-fate.ts';
import { keyOf } from './name-key.ts';
import { comparePeople, insertPeople, updatePeople, type ChangedPerson } from './people-sets.ts';
import { recordMembershipEvents, type Membership } from './record-events.ts';
import { recordRoleChanges } from './role-news.ts';
import { isShown, scopeValues, switchedMeanwhile, type DirectoryScope } from './scope.ts';
import { endSignInsOfPeople } from './sign-in-refusal.ts';
import type { SourceGroup } from './group-writes.ts';

type Known<Told> = Told & { externalId: string };

export interface DirectorySnapshot {
  people: readonly Known<SourcePerson>[];
  /** Null where the source tells of no groups: they stay as they are, and who is in them. */
  groups: readonly Known<SourceGroup>[] | null;
  /** By external ids. */
  memberships: readonly { group: string; person: string }[];
}

export interface SnapshotCounts extends GroupCounts {
  created: number;
  updated: number;
  deactivated: number;
  removed: number;
  membersAdded: number;
  membersRemoved: number;
}

export type SnapshotOutcome = SnapshotCounts & {
  /** Where so many would leave that it waits for a person: everything else has been applied. */
  hold?: string;
};

/**
 * Makes the generation that the source writes to what the snapshot says. Applied twice, it changes nothing. Throws
 * `directory_snapshot_empty` where nobody would be left: an empty source never means that all have gone; and
 * `directory_user_exists`, `directory_group_exists` where the snapshot names somebody twice.
 */
export async function applySnapshot(
  tx: Tx,
  given: DirectoryScope,
  snapshot: DirectorySnapshot,
): Promise<SnapshotOutcome> {
  refuseTwice(snapshot);
  const scope = await locked(tx, given);
  const leavers = await listLeavers(tx, scope, snapshot);
  await linkDirectory(tx, scope);
  const { fresh, changed } = await comparePeople(tx, scope, snapshot.people);

  const leaving = changed.filter(({ before, person }) => isLeaving(before, person));
  const goingAway = leavers.filter((row) => isShownActive(row));
  const hold = await holdLeavings(tx, scope, leaving.length + goingAway.length);

  await removePeople(tx, scope, leavers, hold);
  const changes = changed.map(({ before, person }) => ({
    before,
    person,
    fate: fateOfChanged(scope, before, person, hold),
  }));
  await updatePeople(tx, scope, changes);
  await insertPeople(tx, scope, fresh);
  await endSignIns(tx, scope, changes);
  if (changed.some(({ before }) => before.holdId !== null))
    await withdrawEmptyHolds(tx, scope.now, scope.directory.id);

  const groups = await applyGroups(tx, scope, snapshot.groups);
  const members =
    snapshot.groups === null ? noMembers : await applyMemberships(tx, scope, snapshot.memberships);
  if (isShown(scope)) await markDirectorySynced(tx, scope.directory, scope.now);
  const counts = {
    created: fresh.length,
    updated: changed.length - leaving.length,
    deactivated: leaving.length,
    removed: leavers.length,
    ...groups,
    ...members,
  };
  const isChanged = Object.values(counts).some((count) => count > 0);
  if (isChanged) await noteDirectoryChange(tx, scope.directory, scope.now);
  return { ...counts, ...(hold === undefined || leaving.length + goingAway.length === 0 ? {} : { hold }) };
}

/** What `applySnapshot` would do, and whether it would wait for a person; nothing is kept of it. */
export async function previewSnapshot(
  tx: Tx,
  scope: DirectoryScope,
  snapshot: DirectorySnapshot,
): Promise<SnapshotCounts & { isHeld: boolean }> {
  await sql`savepoint preview`.execute(tx);
  const { hold, ...counts } = await applySnapshot(tx, scope, snapshot);
  await sql`rollback to savepoint preview`.execute(tx);
  return { ...counts, isHeld: hold !== undefined };
}

/** The directory as it is, with nobody else writing to it. */
async function locked(tx: Tx, { directory: read, generation, now }: DirectoryScope): Promise<DirectoryScope> {
  const directory = await lockListedDirectory(tx, read, read.id);
  const isCurrent = generation === directory.generation || generation === directory.nextGeneration;
  if (!isCurrent) throw switchedMeanwhile();
  return { directory, generation, now };
}

function refuseTwice({ people, groups }: DirectorySnapshot): void {
  refuseRepeated(
    people.map(({ externalId }) => externalId),
    'directory_user_exists',
  );
  refuseRepeated(
    people.map(({ userName }) => keyOf(userName)),
    'directory_user_exists',
  );
  refuseRepeated(
    (groups ?? []).map(({ externalId }) => externalId),
    'directory_group_exists',
  );
}

function refuseRepeated(
  keys: readonly string[],
  code: 'directory_user_exists' | 'directory_group_exists',
): void {
  const seen = new Set<string>();
  for (const key of keys) {
    if (seen.has(key)) throw new OnboardingError(code, { key });
    seen.add(key);
  }
}

const listMissing = fixedStatement<DirectoryUserRow>(`
  select ${bareColumns(directoryUserColumns)} from directory_users
  where directory_id = :directoryId and environment_id = :environmentId and generation = :generation
    and removed_at is null
    and not exists (select from unnest(:externalIds::text[]) as told (id) where told.id = external_id)
  order by id
`);

async function listLeavers(
  tx: Tx,
  scope: DirectoryScope,
  { people }: DirectorySnapshot,
): Promise<DirectoryUserRow[]> {
  const externalIds = people.map(({ externalId }) => externalId);
  const leavers = await listMissing(tx, { ...scopeValues(scope), externalIds });
  if (people.length === 0 && leavers.length > 0) throw new OnboardingError('directory_snapshot_empty');
  return leavers;
}

async function removePeople(
  tx: Tx,
  scope: DirectoryScope,
  leavers: readonly DirectoryUserRow[],
  hold: string | undefined,
): Promise<void> {
  if (leavers.length === 0) return;
  const changes = leavers.map((before) => ({
    before,
    person: personOf(before),
    fate: fateOfRemoved(scope, before, hold),
  }));
  const gone = changes.filter(({ fate }) => fate.holdId === null);
  await leaveGroups(
    tx,
    scope,
    gone.map(({ before }) => before.id),
  );
  await updatePeople(tx, scope, changes);
  await endSignIns(tx, scope, changes);
}

async function endSignIns(tx: Tx, scope: DirectoryScope, changes: readonly ChangedPerson[]): Promise<void> {
  const left = changes.filter(
    ({ before, fate }) => isShownActive(before) && (fate.state !== 'active' || fate.deletedAt !== null),
  );
  await endSignInsOfPeople(
    tx,
    scope.directory,
    left.map(({ before }) => before),
    scope.now,
  );
}

const noMembers = { membersAdded: 0, membersRemoved: 0 };

const wanted = `wanted as (
    select directory_groups.id as group_id, directory_users.id as user_id
    from (select distinct * from unnest(:groups::text[], :people::text[])) as told (group_key, person_key)
    join directory_groups on directory_groups.directory_id = :directoryId
      and directory_groups.generation = :generation and directory_groups.external_id = told.group_key
      and directory_groups.removed_at is null
    join directory_users on directory_users.directory_id = :directoryId
      and directory_users.generation = :generation and directory_users.external_id = told.person_key
      and directory_users.removed_at is null
  )`;

// A member whose leaving is on hold is no longer the source's to speak of.
const takeOut = fixedStatement<Membership>(`
  with ${wanted}
  delete from directory_memberships using directory_groups, directory_users
  where directory_groups.id = group_id and directory_groups.directory_id = :directoryId
    and directory_groups.generation = :generation and directory_users.id = user_id
    and directory_users.removed_at is null
    and not exists (
      select from wanted
      where wanted.group_id = directory_memberships.group_id and wanted.user_id = directory_memberships.user_id
    )
  returning group_id as "groupId", user_id as "userId"
`);

const putIn = fixedStatement<Membership>(`
  with ${wanted}
  insert into directory_memberships (group_id, user_id, environment_id, organization_id, directory_id, created_at)
  select group_id, user_id, :environmentId, :organizationId, :directoryId, :now from wanted
  order by group_id, user_id
  on conflict do nothing
  returning group_id as "groupId", user_id as "userId"
`);

async function applyMemberships(
  tx: Tx,
  scope: DirectoryScope,
  memberships: DirectorySnapshot['memberships'],
): Promise<typeof noMembers> {
  const values = {
    ...scopeValues(scope),
    groups: memberships.map(({ group }) => group),
    people: memberships.map(({ person }) => person),
  };
  const removed = await takeOut(tx, values);
  const added = await putIn(tx, values);
  await recordMembershipEvents(tx, scope, 'dsync.group.user_removed', removed);
  await recordMembershipEvents(tx, scope, 'dsync.group.user_added', added);
  await recordRoleChanges(tx, scope, { added, removed });
  return { membersAdded: added.length, membersRemoved: removed.length };
}
