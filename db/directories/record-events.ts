/** `dsync.…` events of many people at once: a statement for some thousands of them. */
import { notifyAfterCommit, type Tx } from '../database.ts';
import { fixedStatement } from '../fixed-statement.ts';
import { newId } from '../new-id.ts';
import { roleFieldsOfUser } from '../repositories/person-roles.ts';
import { toJson } from '../tables/columns.ts';
import { groupObject, userObject } from './user-object.ts';
import { isShown, type DirectoryScope } from './scope.ts';
import { inSlices } from './slices.ts';

export interface DirectoryEvent {
  name: string;
  data: object;
  /** Whom it is about: the event says what roles they have. */
  userId?: string;
}

const insertRows = fixedStatement(`
  insert into events (id, environment_id, organization_id, name, data, created_at)
  select event.id, :environmentId, :organizationId, name,
    case when user_id is null then data::jsonb else data::jsonb || ${roleFieldsOfUser('person')} end, :now
  from unnest(:ids::text[], :names::text[], :data::text[], :userIds::text[]) with ordinality
    as event (id, name, data, user_id, place)
  cross join lateral (select user_id as id, :environmentId::text as environment_id) as person
  order by place
`);

/** In the order given. Call it after the rows of the people are written. */
export async function recordDirectoryEvents(
  tx: Tx,
  scope: DirectoryScope,
  events: readonly DirectoryEvent[],
): Promise<void> {
  if (events.length === 0 || !isShown(scope)) return;
  const { environmentId, organizationId } = scope.directory;
  for (const some of inSlices(events)) {
    await insertRows(tx, {
      environmentId,
      organizationId,
      now: scope.now,
      ids: some.map(() => newId('event_')),
      names: some.map(({ name }) => name),
      data: some.map(({ data }) => toJson(data)),
      userIds: some.map(({ userId }) => userId ?? null),
    });
  }
  notifyAfterCommit(tx, { channel: 'events', payload: environmentId });
}

export interface Membership {
  groupId: string;
  userId: string;
}

// A thousand people come into one group: it is built once.
const insertMembershipRows = fixedStatement(`
  with of as materialized (
    select id, ${groupObject('a_group')} as object from directory_groups as a_group
    where id = any(:groupIds::text[]) and environment_id = :environmentId and is_published and deleted_at is null
  )
  insert into events (id, environment_id, organization_id, name, data, created_at)
  select event_id, :environmentId, :organizationId, :name,
    jsonb_build_object('directory_id', :directoryId::text, 'user', ${userObject('person')} || ${roleFieldsOfUser('person')},
      'group', of.object),
    :now
  from unnest(:eventIds::text[], :groupIds::text[], :userIds::text[]) with ordinality
    as changed (event_id, group_id, user_id, place)
  join directory_users as person on person.id = changed.user_id and person.environment_id = :environmentId
  join of on of.id = changed.group_id
  where person.state is not null and person.deleted_at is null
  order by place
`);

/** That people came into groups, or left them: what both are is read where their rows are. */
export async function recordMembershipEvents(
  tx: Tx,
  scope: DirectoryScope,
  name: 'dsync.group.user_added' | 'dsync.group.user_removed',
  memberships: readonly Membership[],
): Promise<void> {
  if (memberships.length === 0 || !isShown(scope)) return;
  const { id: directoryId, environmentId, organizationId } = scope.directory;
  for (const some of inSlices(memberships)) {
    await insertMembershipRows(tx, {
      name,
      directoryId,
      environmentId,
      organizationId,
      now: scope.now,
      eventIds: some.map(() => newId('event_')),
      groupIds: some.map(({ groupId }) => groupId),
      userIds: some.map(({ userId }) => userId),
    });
  }
  notifyAfterCommit(tx, { channel: 'events', payload: environmentId });
}
