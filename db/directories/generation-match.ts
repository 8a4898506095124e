/**
 * Who of a prepared generation is who of those shown: by user name, else by e-mail, each once; groups by their names,
 * where nothing else is called so.
 */
import type { Tx } from '../database.ts';
import { fixedStatement } from '../fixed-statement.ts';
import { bareColumns } from '../row-columns.ts';
import { groupNameApart } from './group-names.ts';
import { directoryUserColumns, type DirectoryUserRow } from '../tables/directory-users.ts';

interface Pair {
  oldId: string;
  newId: string;
}

type OfGeneration = { directoryId: string; generation: number };

/** An address that several share says of nobody who they are; who has left shares it with nobody who is there. */
const people = `current as (
    select id, user_name_key, email_key,
      case when removed_at is null or count(*) filter (where removed_at is null) over (partition by email_key) = 0
        then count(*) over (partition by email_key, removed_at is null) end as sharers,
      row_number() over (partition by user_name_key order by removed_at nulls first, id) as turn
    from directory_users
    where directory_id = :directoryId and state is not null and deleted_at is null
  ), next as (
    select id, user_name_key, email_key, count(*) over (partition by email_key) as sharers from directory_users
    where directory_id = :directoryId and generation = :generation and removed_at is null
  ), by_name as (
    select current.id as old_id, next.id as new_id from next join current using (user_name_key) where turn = 1
  ), pairs as (
    select old_id, new_id from by_name
    union all
    select current.id, next.id from current join next using (email_key)
    where current.sharers = 1 and next.sharers = 1
      and not exists (select from by_name where old_id = current.id or new_id = next.id)
  )`;

const findPeople = fixedStatement<Pair>(
  `with ${people} select old_id as "oldId", new_id as "newId" from pairs`,
);

export const peoplePairs = (tx: Tx, of: OfGeneration): Promise<Pair[]> => findPeople(tx, of);

/** Of several groups of one name nobody knows which is which, unless their source calls them by the same ids. */
const groups = `current as (
    select id, name_key, external_id, count(*) over (partition by name_key) as namesakes from directory_groups
    where directory_id = :directoryId and is_published and deleted_at is null
  ), next as (
    select id, name_key, external_id, count(*) over (partition by name_key) as namesakes from directory_groups
    where directory_id = :directoryId and generation = :generation and removed_at is null
  ), by_id as (
    select current.id as old_id, next.id as new_id from current join next using (name_key, external_id)
  ), pairs as (
    select old_id, new_id from by_id
    union all
    select current.id, next.id from current join next using (name_key)
    where current.namesakes = 1 and next.namesakes = 1 and not exists (select from by_id where old_id = current.id)
  )`;

const findGroups = fixedStatement<Pair>(
  `with ${groups} select old_id as "oldId", new_id as "newId" from pairs`,
);

export const groupPairs = (tx: Tx, of: OfGeneration): Promise<Pair[]> => findGroups(tx, of);

/** A group that gives a role, and whether the prepared generation has one of its name: only then it goes on giving it. */
interface SwitchedRole {
  group: string;
  role: string;
  isKept: boolean;
}

const findRoles = fixedStatement<SwitchedRole>(`
  with ${groups}
  select ${groupNameApart('named')} as "group", roles.name as role, pairs.new_id is not null as "isKept"
  from current
  join directory_groups as named on named.id = current.id
  join group_roles on group_roles.directory_group_id = current.id
  join roles on roles.id = group_roles.role_id
  left join pairs on pairs.old_id = current.id
  order by roles.rank, current.name_key, current.id
`);

/** Those that the vendor is shown, by the rank of their roles. */
export const switchedRoles = (tx: Tx, of: OfGeneration): Promise<SwitchedRole[]> => findRoles(tx, of);

const findGiving = fixedStatement<{ id: string; groupId: string; isAfter: boolean }>(`
  with person as (select * from unnest(:oldIds::text[], :newIds::text[]) as person (old_id, new_id)),
  same as (select * from unnest(:oldGroups::text[], :newGroups::text[]) as same (old_id, new_id))
  select person.old_id as id, group_id as "groupId", false as "isAfter" from person
  join directory_memberships on user_id = person.old_id
  where exists (select from group_roles where directory_group_id = group_id)
  union all
  select person.old_id, coalesce(same.old_id, group_id), true from person
  join directory_memberships on user_id = person.new_id
  left join same on same.new_id = group_id
  where exists (select from group_roles where directory_group_id = coalesce(same.old_id, group_id))
`);

/** Ids of the groups that give somebody a role before and after, as they are called once they are shown. */
export interface StayingPerson {
  readonly id: string;
  readonly before: string[];
  readonly after: string[];
}

/** Everybody who stays and whom a group gives a role, before or after. */
export async function listGivenWhoStay(tx: Tx, of: OfGeneration): Promise<StayingPerson[]> {
  const [same, sameGroups] = await Promise.all([peoplePairs(tx, of), groupPairs(tx, of)]);
  const found = await findGiving(tx, {
    oldIds: same.map(({ oldId }) => oldId),
    newIds: same.map((pair) => pair.newId),
    oldGroups: sameGroups.map(({ oldId }) => oldId),
    newGroups: sameGroups.map((pair) => pair.newId),
  });
  const byId = new Map<string, StayingPerson>();
  for (const { id, groupId, isAfter } of found) {
    const person = byId.get(id) ?? { id, before: [], after: [] };
    byId.set(id, person);
    person[isAfter ? 'after' : 'before'].push(groupId);
  }
  return [...byId.values()];
}

export type SwitchKind = 'appear' | 'vanish' | 'stay';

const count = fixedStatement<Record<SwitchKind, number>>(`
  with ${people}
  select (select count(*) from pairs) as stay,
    (select count(*) from current where not exists (select from pairs where old_id = id)) as vanish,
    (select count(*) from next where not exists (select from pairs where new_id = id)) as appear
`);

const ofKind: Readonly<Record<SwitchKind, string>> = {
  appear: 'select id from next where not exists (select from pairs where new_id = id)',
  vanish: 'select id from current where not exists (select from pairs where old_id = id)',
  stay: 'select old_id from pairs',
};

const listOf = (kind: SwitchKind) =>
  fixedStatement<DirectoryUserRow>(`
    with ${people}
    select ${bareColumns(directoryUserColumns)} from directory_users
    where id in (${ofKind[kind]}) and (:after::text is null or user_name_key > :after)
    order by user_name_key limit :limit
  `);
const listThese = fixedStatement<DirectoryUserRow>(`
  select ${bareColumns(directoryUserColumns)} from directory_users
  where id = any(:ids::text[]) and directory_id = :directoryId and (:after::text is null or user_name_key > :after)
  order by user_name_key limit :limit
`);
const lists = { appear: listOf('appear'), vanish: listOf('vanish'), stay: listOf('stay') };

/** Which of the people: one kind of them, or those of the ids; and from where on. */
export type SwitchPage = { after: string | null; limit: number } & (
  { kind: SwitchKind } | { ids: readonly string[] }
);

export interface SwitchView {
  counts: Record<SwitchKind, number>;
  roles: SwitchedRole[];
  /** Some of those asked for, by their names. */
  people: DirectoryUserRow[];
  /** Where the next page goes on; null at the end. */
  after: string | null;
}

/** Who would appear, vanish and stay if a generation took the place of the one shown. */
export async function viewSwitch(tx: Tx, of: OfGeneration, page: SwitchPage): Promise<SwitchView> {
  const { after, limit } = page;
  const wanted = { ...of, after, limit: limit + 1 };
  const [[counts = { appear: 0, vanish: 0, stay: 0 }], roles, rows] = await Promise.all([
    count(tx, of),
    switchedRoles(tx, of),
    'ids' in page ? listThese(tx, { ...wanted, ids: page.ids }) : lists[page.kind](tx, wanted),
  ]);
  const shown = rows.slice(0, limit);
  const next = rows.length > limit ? (shown.at(-1)?.userNameKey ?? null) : null;
  return { counts, roles, people: shown, after: next };
}
