/** `dsync.user.updated` of people to whom a change of memberships gives other roles: one for each of them. */
import { previousAttributes } from '../../onboarding/directory-objects.ts';
import { roleFields } from '../../onboarding/roles.ts';
import { notifyAfterCommit, type Tx } from '../database.ts';
import { fixedStatement } from '../fixed-statement.ts';
import { newId } from '../new-id.ts';
import { roleFieldsGiven, roleFieldsOfUser, rolesOfDirectoryUsers } from '../repositories/person-roles.ts';
import { recordDirectoryEvents, type Membership } from './record-events.ts';
import { isShown, type DirectoryScope } from './scope.ts';
import { userObject } from './user-object.ts';

interface MembershipChange {
  added: readonly Membership[];
  removed: readonly Membership[];
}

// Of two changes of one person's groups the later sees the earlier, so that the last event tells what is.
const lockPeople = fixedStatement<{ id: string }>(`
  select id from directory_users
  where id = any(:userIds::text[]) and environment_id = :environmentId and state is not null and deleted_at is null
    and exists (select from group_roles where directory_group_id = any(:groupIds::text[]))
  order by id for no key update
`);

const groupsBefore = `
  select group_roles.role_id from directory_memberships as membership
  join group_roles on group_roles.directory_group_id = membership.group_id
  where membership.user_id = person.id and membership.group_id <> all(changed.added)
  union all
  select group_roles.role_id from group_roles where group_roles.directory_group_id = any(changed.removed)`;

const insertRows = fixedStatement(`
  with changed as materialized (
    select user_id, coalesce(array_agg(group_id) filter (where is_added), '{}') as added,
      coalesce(array_agg(group_id) filter (where not is_added), '{}') as removed
    from unnest(:groupIds::text[], :changedIds::text[], :areAdded::boolean[]) as told (group_id, user_id, is_added)
    group by user_id
  )
  insert into events (id, environment_id, organization_id, name, data, created_at)
  select event_id, :environmentId, :organizationId, 'dsync.user.updated',
    ${userObject('person')} || has.roles || jsonb_build_object('previous_attributes', (
      select jsonb_object_agg(name, coalesce(had.roles -> name, 'null'))
      from unnest(array['role', 'roles']) as name where had.roles -> name is distinct from has.roles -> name
    )), :now
  from unnest(:eventIds::text[], :userIds::text[]) with ordinality as told (event_id, user_id, place)
  join changed on changed.user_id = told.user_id
  join directory_users as person on person.id = told.user_id and person.environment_id = :environmentId
  cross join lateral (select ${roleFieldsOfUser('person')} as roles) as has
  cross join lateral (select ${roleFieldsGiven('person', groupsBefore)} as roles) as had
  where has.roles <> had.roles
  order by place
`);

/** Call it when the memberships are written and their own events are recorded. */
export async function recordRoleChanges(
  tx: Tx,
  scope: DirectoryScope,
  { added, removed }: MembershipChange,
): Promise<void> {
  const changes = [...removed, ...added];
  if (changes.length === 0 || !isShown(scope)) return;
  const { environmentId, organizationId } = scope.directory;
  const groupIds = changes.map(({ groupId }) => groupId);
  const userIds = [...new Set(changes.map(({ userId }) => userId))];
  const people = await lockPeople(tx, { environmentId, userIds, groupIds: [...new Set(groupIds)] });
  if (people.length === 0) return;
  await insertRows(tx, {
    environmentId,
    organizationId,
    now: scope.now,
    groupIds,
    changedIds: changes.map(({ userId }) => userId),
    areAdded: changes.map((_, place) => place >= removed.length),
    eventIds: people.map(() => newId('event_')),
    userIds: people.map(({ id }) => id),
  });
  notifyAfterCommit(tx, { channel: 'events', payload: environmentId });
}

type ShownPerson = { id: string; object: Record<string, unknown> };

/** Of people who are shown anew with other groups: `had` is what `rolesOfDirectoryUsers` told before. */
export async function recordRoleDifferences(
  tx: Tx,
  scope: DirectoryScope,
  people: readonly ShownPerson[],
  had: ReadonlyMap<string, readonly string[]>,
): Promise<void> {
  const ids = people.map(({ id }) => id);
  const have = await rolesOfDirectoryUsers(tx, scope.directory, ids);
  const rolesIn = (all: ReadonlyMap<string, readonly string[]>, id: string) => roleFields(all.get(id) ?? []);
  const events = people.flatMap(({ id, object }) => {
    const previous = previousAttributes(rolesIn(had, id), rolesIn(have, id));
    const data = { ...object, previous_attributes: previous };
    return previous === undefined ? [] : [{ name: 'dsync.user.updated', data, userId: id }];
  });
  await recordDirectoryEvents(tx, scope, events);
}
