/** Many people at once, by one statement each: of a whole snapshot, of a decided hold, of a switch. */
import { directoryUserObject } from '../../onboarding/directory-objects.ts';
import type { Tx } from '../database.ts';
import { fixedStatement } from '../fixed-statement.ts';
import { newId } from '../new-id.ts';
import { bareColumns } from '../row-columns.ts';
import { directoryUserColumns, type DirectoryUserRow } from '../tables/directory-users.ts';
import { columnsOf, stateOf, userEvent, type Fate, type SourcePerson } from './people-fate.ts';
import { recordDirectoryEvents } from './record-events.ts';
import { scopeValues, type DirectoryScope } from './scope.ts';

/** More than these at once are written one lot after the other, so that no statement grows beyond measure. */
const lot = 5_000;

function inLots<Item>(items: readonly Item[]): Item[][] {
  return Array.from({ length: Math.ceil(items.length / lot) }, (_, index) =>
    items.slice(index * lot, (index + 1) * lot),
  );
}

const told = `external_id text, user_name text, user_name_key text, email text, email_key text, first_name text,
    last_name text, display_name text, custom_attributes jsonb, raw jsonb, active boolean`;

const asRecord = (person: SourcePerson) => {
  const { externalId, userName, userNameKey, emailKey, firstName, lastName, displayName, ...rest } =
    columnsOf(person);
  return {
    external_id: externalId,
    user_name: userName,
    user_name_key: userNameKey,
    email_key: emailKey,
    first_name: firstName,
    last_name: lastName,
    display_name: displayName,
    email: rest.email,
    custom_attributes: rest.customAttributes,
    raw: rest.raw,
    active: rest.active,
  };
};

const columns = (alias: string) => bareColumns(directoryUserColumns, alias);

const compare = fixedStatement<DirectoryUserRow & { place: number }>(`
  select told.place, ${columns('found')}
  from jsonb_to_recordset(:people::jsonb) as told (place integer, ${told})
  left join lateral (
    select * from directory_users
    where organization_id = :organizationId and external_id = told.external_id
      and directory_id = :directoryId and generation = :generation
      and (removed_at is null or (deleted_at is null and state is not null))
    order by removed_at desc nulls first limit 1
  ) as found on true
  where found.id is null or found.removed_at is not null
    or (found.user_name, found.email, found.first_name, found.last_name, found.display_name, found.active,
        found.custom_attributes, found.raw)
      is distinct from (told.user_name, told.email, told.first_name, told.last_name, told.display_name, told.active,
        told.custom_attributes, told.raw)
  order by told.place
`);

/** Whom of these the directory does not know by their external ids, and of whom it knows something else. */
export async function comparePeople(
  tx: Tx,
  scope: DirectoryScope,
  people: readonly SourcePerson[],
): Promise<{ fresh: SourcePerson[]; changed: { before: DirectoryUserRow; person: SourcePerson }[] }> {
  const fresh: SourcePerson[] = [];
  const changed: { before: DirectoryUserRow; person: SourcePerson }[] = [];
  for (const some of inLots(people)) {
    const records = some.map((person, place) => ({ place, ...asRecord(person) }));
    const rows = await compare(tx, { ...scopeValues(scope), people: JSON.stringify(records) });
    for (const { place, ...before } of rows) {
      const person = some[place];
      if (person === undefined) continue;
      if (before.id === null) fresh.push(person);
      else changed.push({ before, person });
    }
  }
  return { fresh, changed };
}

const insertRows = fixedStatement(`
  insert into directory_users (id, environment_id, organization_id, directory_id, generation, external_id, user_name,
    user_name_key, email, email_key, first_name, last_name, display_name, custom_attributes, raw, active, state,
    created_at, updated_at)
  select id, :environmentId, :organizationId, :directoryId, :generation, external_id, user_name, user_name_key, email,
    email_key, first_name, last_name, display_name, custom_attributes, raw, active,
    case when :isShown::boolean then case when active then 'active' else 'inactive' end end, :now::timestamptz, :now
  from jsonb_to_recordset(:people::jsonb) as told (id text, ${told})
`);

/** People who are new in the source, with their events. */
export async function insertPeople(
  tx: Tx,
  scope: DirectoryScope,
  people: readonly SourcePerson[],
): Promise<void> {
  const { id: directoryId, organizationId } = scope.directory;
  for (const some of inLots(people)) {
    const named = some.map((person) => ({ id: newId('directory_user_'), person }));
    const records = named.map(({ id, person }) => ({ id, ...asRecord(person) }));
    await insertRows(tx, { ...scopeValues(scope), people: JSON.stringify(records) });
    const at = { createdAt: scope.now, updatedAt: scope.now };
    const events = named.map(({ id, person }) => {
      const facts = { id, organizationId, directoryId, ...columnsOf(person), ...at };
      return {
        name: 'dsync.user.created',
        data: directoryUserObject({ ...facts, state: stateOf(scope, person) }),
        userId: id,
      };
    });
    await recordDirectoryEvents(tx, scope, events);
  }
}

export interface ChangedPerson {
  before: DirectoryUserRow;
  person: SourcePerson;
  fate: Fate;
}

// Names may change places within one set: they are all given up before any is taken.
const freeNames = fixedStatement(`
  update directory_users set user_name_key = '\\n' || id
  where id = any(:ids::text[]) and directory_id = :directoryId and environment_id = :environmentId
`);

const updateRows = fixedStatement(`
  update directory_users set external_id = told.external_id, user_name = told.user_name,
    user_name_key = told.user_name_key, email = told.email, email_key = told.email_key, first_name = told.first_name,
    last_name = told.last_name, display_name = told.display_name, custom_attributes = told.custom_attributes,
    raw = told.raw, active = told.active, left_at = told.left_at, removed_at = told.removed_at, state = told.state,
    hold_id = told.hold_id, deleted_at = told.deleted_at, version = version + 1, updated_at = :now
  from jsonb_to_recordset(:people::jsonb) as told (id text, left_at timestamptz, removed_at timestamptz, state text,
    hold_id text, deleted_at timestamptz, ${told})
  where directory_users.id = told.id and directory_id = :directoryId and environment_id = :environmentId
`);

/** Rows that the caller has locked, with their events. */
export async function updatePeople(
  tx: Tx,
  scope: DirectoryScope,
  changes: readonly ChangedPerson[],
): Promise<void> {
  const values = scopeValues(scope);
  const renamed = changes.filter(
    ({ before, person, fate }) =>
      fate.removedAt === null && before.userNameKey !== columnsOf(person).userNameKey,
  );
  if (renamed.length > 0) await freeNames(tx, { ...values, ids: renamed.map(({ before }) => before.id) });
  for (const some of inLots(changes)) {
    const records = some.map(({ before, person, fate }) => ({
      id: before.id,
      left_at: fate.leftAt,
      removed_at: fate.removedAt,
      state: fate.state,
      hold_id: fate.holdId,
      deleted_at: fate.deletedAt,
      ...asRecord(person),
    }));
    await updateRows(tx, { ...values, people: JSON.stringify(records) });
    const events = some.flatMap(({ before, person, fate }) => {
      const after = { ...before, ...columnsOf(person), ...fate, updatedAt: scope.now };
      const event = userEvent(scope, before, after);
      return event === undefined ? [] : [{ ...event, userId: before.id }];
    });
    await recordDirectoryEvents(tx, scope, events);
  }
}
