/** One person of a directory at a time, as SCIM clients write: row, event and all that follows in one transaction. */
import { directoryUserObject } from '../../onboarding/directory-objects.ts';
import { OnboardingError } from '../../onboarding/errors.ts';
import { awaitWithCommit, notifyAfterCommit, type Tx } from '../database.ts';
import { fixedStatement } from '../fixed-statement.ts';
import { newId } from '../new-id.ts';
import { roleFieldsOfUser } from '../repositories/person-roles.ts';
import { bareColumns } from '../row-columns.ts';
import { toJson } from '../tables/columns.ts';
import { directoryUserColumns, type DirectoryUserRow } from '../tables/directory-users.ts';
import { refuseDuplicate } from '../violations.ts';
import { noteDirectoryChange } from './directories.ts';
import { holdLeavings } from './leaving.ts';
import { linkDirectory } from './link.ts';
import { leaveGroups } from './membership-writes.ts';
import {
  columnsOf,
  fateOfChanged,
  fateOfRemoved,
  isLeaving,
  isSameAs,
  isShownActive,
  personOf,
  stateOf,
  userEvent,
  type Fate,
  type SourcePerson,
} from './people-fate.ts';
import { living, scopeValues, switchedMeanwhile, type DirectoryScope } from './scope.ts';
import { endSignInsOfPeople } from './sign-in-refusal.ts';

// What an event adds to a person of its statement: they may be written only now, so their id stands for them.
const person = '(select :id::text as id, :environmentId::text as environment_id) as person';
const withRoles = `:eventData::jsonb || ${roleFieldsOfUser('person')}`;

const columns = bareColumns(directoryUserColumns);

const insert = fixedStatement<DirectoryUserRow & { keptId: string | null; isLiving: boolean }>(`
  with ${living}, kept as (
    select id from directory_users
    where directory_id = :directoryId and generation = :generation and removed_at is not null and deleted_at is null
      and state is not null and user_name_key = :userNameKey
    limit 1
  ), inserted as (
    insert into directory_users (id, environment_id, organization_id, directory_id, generation, external_id, user_name,
      user_name_key, email, email_key, first_name, last_name, display_name, custom_attributes, raw, active, left_at,
      state, created_at, updated_at)
    select :id, :environmentId, :organizationId, living.id, :generation, :externalId, :userName, :userNameKey, :email,
      :emailKey, :firstName, :lastName, :displayName, :customAttributes::jsonb, :raw::jsonb, :active::boolean, null, :state,
      :now::timestamptz, :now
    from living where not exists (select from kept)
    on conflict do nothing
    returning ${columns}
  ), event as (
    insert into events (id, environment_id, organization_id, name, data, created_at)
    select :eventId, :environmentId, :organizationId, 'dsync.user.created', ${withRoles}, :now
    from inserted, ${person} where :isShown::boolean
  )
  select inserted.*, exists (select from living) as "isLiving", (select id from kept) as "keptId"
  from (select) as one left join inserted on true
`);

/**
 * A person who is new in the source. Whom the source had removed and the vendor is still shown, because that is on hold or
 * was refused, is there again and not a second one. Throws `directory_user_exists`, and leaves the transaction usable.
 */
export async function insertPerson(
  tx: Tx,
  scope: DirectoryScope,
  person: SourcePerson,
): Promise<DirectoryUserRow> {
  await linkDirectory(tx, scope);
  const { directory, now } = scope;
  const row = {
    id: newId('directory_user_'),
    organizationId: directory.organizationId,
    directoryId: directory.id,
    ...columnsOf(person),
    state: stateOf(scope, person),
    createdAt: now,
    updatedAt: now,
  };
  const [written] = await insert(tx, {
    ...scopeValues(scope),
    ...row,
    ...jsonOf(person),
    eventId: newId('event_'),
    eventData: toJson(directoryUserObject(row)),
  });
  if (written === undefined || !written.isLiving) throw switchedMeanwhile();
  const { isLiving: _isLiving, keptId, ...inserted } = written;
  if (keptId !== null) return bringBack(tx, scope, keptId, person);
  if (inserted.id === null) throw new OnboardingError('directory_user_exists');
  await noteChange(tx, scope);
  return inserted;
}

const jsonOf = ({ customAttributes, raw }: SourcePerson) => ({
  customAttributes: toJson(customAttributes),
  raw: toJson(raw),
});

const update = fixedStatement<DirectoryUserRow>(`
  with ${living}, updated as (
    update directory_users set external_id = :externalId, user_name = :userName, user_name_key = :userNameKey,
      email = :email, email_key = :emailKey, first_name = :firstName, last_name = :lastName,
      display_name = :displayName, custom_attributes = :customAttributes::jsonb, raw = :raw::jsonb, active = :active,
      left_at = :leftAt, removed_at = :removedAt, state = :state, hold_id = :holdId, deleted_at = :deletedAt,
      version = version + 1, updated_at = :now
    where id = :id and directory_id = :directoryId and environment_id = :environmentId and generation = :generation
      and version = :version and exists (select from living)
    returning ${columns}
  ), event as (
    insert into events (id, environment_id, organization_id, name, data, created_at)
    select :eventId, :environmentId, :organizationId, :eventName, ${withRoles}, :now
    from updated, ${person} where :eventName::text is not null
  )
  select * from updated
`);

/**
 * What the source now tells of a person. A change that is none writes nothing. Whoever it deactivates can use no code and
 * no token from the commit on, unless so many leave that it is on hold. Throws `directory_user_exists` (the transaction
 * is lost then), and `directory_version_differs` where somebody else changed the person meanwhile.
 */
export async function updatePerson(
  tx: Tx,
  scope: DirectoryScope,
  before: DirectoryUserRow,
  person: SourcePerson,
): Promise<DirectoryUserRow> {
  if (isSameAs(before, person)) return before;
  const holdId = isLeaving(before, person) ? await holdLeavings(tx, scope, 1) : undefined;
  const fate = fateOfChanged(scope, before, person, holdId);
  const after = await write(tx, scope, before, person, fate);
  if (isShownActive(before) && after.state !== 'active') await endSignIns(tx, scope, after);
  return after;
}

/** The row of a person whom the source had removed, with what it tells now. */
async function bringBack(
  tx: Tx,
  scope: DirectoryScope,
  userId: string,
  person: SourcePerson,
): Promise<DirectoryUserRow> {
  const { directory } = scope;
  const before = await tx
    .selectFrom('directoryUsers')
    .selectAll()
    .where('id', '=', userId)
    .where('directoryId', '=', directory.id)
    .forUpdate()
    .executeTakeFirst();
  // Another call has brought them back, or the hold was decided meanwhile.
  if (before === undefined || before.removedAt === null || before.deletedAt !== null)
    throw switchedMeanwhile();
  // The source has not said of any group that they are in it again.
  await leaveGroups(tx, scope, [userId], { toldRoles: true });
  return write(tx, scope, before, person, fateOfChanged(scope, before, person, undefined));
}

/**
 * The source has removed a person: first they leave their groups, then they are gone, or all of that is on hold. One who
 * comes back later is another person with another id.
 */
export async function removePerson(tx: Tx, scope: DirectoryScope, before: DirectoryUserRow): Promise<void> {
  const wasActive = isShownActive(before);
  const holdId = wasActive ? await holdLeavings(tx, scope, 1) : undefined;
  if (holdId === undefined) await leaveGroups(tx, scope, [before.id]);
  const after = await write(tx, scope, before, personOf(before), fateOfRemoved(scope, before, holdId));
  if (wasActive && holdId === undefined) await endSignIns(tx, scope, after);
}

async function write(
  tx: Tx,
  scope: DirectoryScope,
  before: DirectoryUserRow,
  person: SourcePerson,
  fate: Fate,
): Promise<DirectoryUserRow> {
  const values = { ...columnsOf(person), ...fate };
  const event = userEvent(scope, before, { ...before, ...values, updatedAt: scope.now });
  const statement = update(tx, {
    ...scopeValues(scope),
    ...values,
    ...jsonOf(person),
    id: before.id,
    version: before.version,
    eventId: newId('event_'),
    eventName: event?.name ?? null,
    eventData: toJson(event?.data ?? {}),
  });
  const named = refuseDuplicate(statement, 'directory_users_name', 'directory_user_exists');
  const [after] = await refuseDuplicate(named, 'directory_users_external', 'directory_user_exists');
  if (after === undefined) throw new OnboardingError('directory_version_differs');
  await noteChange(tx, scope);
  return after;
}

/** Nobody waits for it but the commit. */
async function endSignIns(
  tx: Tx,
  { directory, now }: DirectoryScope,
  person: DirectoryUserRow,
): Promise<void> {
  awaitWithCommit(tx, endSignInsOfPeople(tx, directory, [person], now));
}

async function noteChange(tx: Tx, scope: DirectoryScope): Promise<void> {
  notifyAfterCommit(tx, { channel: 'events', payload: scope.directory.environmentId });
  awaitWithCommit(tx, noteDirectoryChange(tx, scope.directory, scope.now));
}
