/**
 * People and groups as their source asks for them. Rows come as JSON text, the way they were kept, because a page holds
 * many. Everything leaves in the turn in which it is called, so that a read is one message with its proof and its COMMIT.
 */
import { sql, type RawBuilder, type SqlBool } from 'kysely';
import type {
  DirectoryFilter,
  DirectorySort,
  GroupField,
  PersonField,
} from '../../onboarding/directory-filter.ts';
import { sendStatement, type Tx } from '../database.ts';
import { fixedStatement } from '../fixed-statement.ts';
import { keyOf } from '../directories/name-key.ts';
import type { DirectoryScope } from '../directories/scope.ts';
import { groupCondition, groupSortKey, personCondition, personSortKey } from './directory-conditions.ts';

/** A person or a group as it was kept. */
export interface SourceResource {
  /** The row's own id. */
  rowId: string;
  /** What the source knows it by. */
  id: string;
  raw: string;
  version: number;
  createdAt: Date;
  updatedAt: Date;
  /** JSON of the groups of a person, or of the members of a group; null for none, or where nobody asked. */
  linked: string | null;
}

export interface SourcePage {
  total: number;
  rows: SourceResource[];
}

const ofSource = (alias: string) => `${alias}.directory_id = :directoryId
  and ${alias}.environment_id = :environmentId and ${alias}.generation = :generation and ${alias}.removed_at is null`;

const columns = (
  alias: string,
  linked: string,
) => `${alias}.id as "rowId", coalesce(${alias}.source_id, ${alias}.id) as id,
  ${alias}.raw::text as raw, ${alias}.version, ${alias}.created_at as "createdAt", ${alias}.updated_at as "updatedAt",
  ${linked} as linked`;

const groupsAsJson = `json_agg(json_build_object('value', coalesce(groups.source_id, groups.id),
      '$ref', (select scim_base_url from directories where id = groups.directory_id)
        || '/Groups/' || coalesce(groups.source_id, groups.id),
      'display', groups.display_name, 'type', 'direct') order by groups.created_at, groups.id)::text`;

/** The groups of a `person`, in the order in which they were made: by their memberships, however many groups there are. */
export const groupsOfPerson = `(
  select ${groupsAsJson}
  from (select group_id from directory_memberships where user_id = person.id offset 0) as of
  join directory_groups as groups on groups.id = of.group_id
  where groups.removed_at is null)`;

const membersOf = `(
  select json_agg(json_build_object('value', coalesce(member.source_id, member.id),
      '$ref', home.scim_base_url || '/Users/' || coalesce(member.source_id, member.id),
      'type', 'User')
      order by member.created_at, member.id)::text
  from directory_memberships as of join directory_users as member on member.id = of.user_id
  join directories as home on home.id = of.directory_id
  where of.group_id = directory_group.id and member.removed_at is null)`;

const personWhere = `from directory_users as person where ${ofSource('person')}`;
const groupWhere = `from directory_groups as directory_group where ${ofSource('directory_group')}`;
const byId = (alias: string) =>
  `(${alias}.id = :id and ${alias}.source_id is null or ${alias}.source_id = :id)`;

type Read = (tx: Tx, values: Readonly<Record<string, unknown>>) => Promise<SourceResource[]>;
const read = (text: string): Read => fixedStatement<SourceResource>(text);
const people = (linked: string, where: string) =>
  read(`select ${columns('person', linked)} ${personWhere} and ${where}`);
const groups = (linked: string, where: string) =>
  read(`select ${columns('directory_group', linked)} ${groupWhere} and ${where}`);
/** With what is linked, and without. */
const both = (make: (linked: string, where: string) => Read, linked: string, where: string) => ({
  linked: make(linked, where),
  bare: make('null', where),
});

const personById = both(people, groupsOfPerson, byId('person'));
const personByName = both(people, groupsOfPerson, 'person.user_name_key = :value');
const personByExternalId = both(people, groupsOfPerson, 'person.external_id = :value');
const groupById = both(groups, membersOf, byId('directory_group'));

const valuesOf = ({ directory, generation }: DirectoryScope) => ({
  directoryId: directory.id,
  environmentId: directory.environmentId,
  generation,
});

/** By the id that the source was given. Undefined for one that it has removed, or never had. */
export async function readSourcePerson(
  tx: Tx,
  scope: DirectoryScope,
  id: string,
  { withGroups }: { withGroups: boolean },
): Promise<SourceResource | undefined> {
  const [found] = await personById[withGroups ? 'linked' : 'bare'](tx, { ...valuesOf(scope), id });
  return found;
}

/** The same of a group. */
export async function readSourceGroup(
  tx: Tx,
  scope: DirectoryScope,
  id: string,
  { withMembers }: { withMembers: boolean },
): Promise<SourceResource | undefined> {
  const [found] = await groupById[withMembers ? 'linked' : 'bare'](tx, { ...valuesOf(scope), id });
  return found;
}

const sameName = fixedStatement<{ id: string }>(`
  select id ${groupWhere} and name_key = :nameKey and external_id is null
    and id is distinct from :except::text limit 1
`);

/** Whether a group that only its name tells from others has this one already, `except` aside. */
export async function hasGroupNamed(
  tx: Tx,
  scope: DirectoryScope,
  name: string,
  except?: string,
): Promise<boolean> {
  const found = await sameName(tx, { ...valuesOf(scope), nameKey: keyOf(name), except: except ?? null });
  return found.length > 0;
}

interface SourceQuery<Field extends string> {
  filter: DirectoryFilter<Field> | null;
  sort: DirectorySort<Field> | null;
  /** How many rows stand before the page. */
  offset: number;
  /** 0 only counts. */
  limit: number;
  withLinked: boolean;
}

type NobodyOr<Row> = { [Name in keyof Row]: Row[Name] | null };

// The limit is for the planner, which would take a function for a thousand rows.
const page = `page as materialized (
    select total, ids from page_of_source_people(:directoryId, :generation, :limit, :offset) limit 1
  )`;
const onPage = (linked: string) => `select page.total, ${columns('person', linked)}
  from page left join directory_users as person
    on person.id = any(page.ids) and person.environment_id = :environmentId`;
const inOrder = 'order by person.created_at, person.id';
// The groups of all who are on a page are found in one go.
const personPages = {
  linked: fixedStatement<{ total: number } & NobodyOr<SourceResource>>(`
    with ${page}, of_page as materialized (
      select of.user_id, ${groupsAsJson} as groups
      from page cross join lateral (
        select user_id, group_id from directory_memberships where user_id = any(page.ids) offset 0
      ) as of
      join directory_groups as groups on groups.id = of.group_id
      where groups.removed_at is null group by of.user_id
    )
    ${onPage('of_page.groups')} left join of_page on of_page.user_id = person.id ${inOrder}
  `),
  bare: fixedStatement<{ total: number } & NobodyOr<SourceResource>>(
    `with ${page} ${onPage('null')} ${inOrder}`,
  ),
};

/** People, in the order in which they came unless another is asked for, and how many there are in all. */
export async function listSourcePeople(
  tx: Tx,
  scope: DirectoryScope,
  query: SourceQuery<PersonField>,
): Promise<SourcePage> {
  const { filter, sort, offset, limit, withLinked } = query;
  const kind = withLinked ? 'linked' : 'bare';
  const exact = exactly(filter);
  if (exact !== undefined) {
    const statement = exact.field === 'userName' ? personByName : personByExternalId;
    const value = exact.field === 'userName' ? exact.value.toLowerCase() : exact.value;
    const found = await statement[kind](tx, { ...valuesOf(scope), value });
    return { total: found.length, rows: found.slice(offset, offset + limit) };
  }
  if (filter === null && sort === null) {
    const found = await personPages[kind](tx, { ...valuesOf(scope), limit, offset });
    return {
      total: found[0]?.total ?? 0,
      rows: found.filter((row): row is typeof row & SourceResource => row.id !== null),
    };
  }
  return listAny(tx, query, {
    table: 'directory_users',
    alias: 'person',
    linked: groupsOfPerson,
    where: sql`${ownRows('person', scope)}${and(filter && personCondition(filter))}`,
    key: sort && personSortKey(sort.field),
  });
}

/** Who asks for one person by name or by the source's id asks what every client asks first. */
function exactly(
  filter: DirectoryFilter<PersonField> | null,
): { field: 'userName' | 'externalId'; value: string } | undefined {
  if (filter?.is !== 'test' || filter.test.op !== 'eq') return undefined;
  const { field, test } = filter;
  const isKey = field === 'userName' || field === 'externalId';
  return isKey && typeof test.value === 'string' ? { field, value: test.value } : undefined;
}

/** The same of groups. Members are looked up by those who ask for them. */
export async function listSourceGroups(
  tx: Tx,
  scope: DirectoryScope,
  query: SourceQuery<GroupField>,
): Promise<SourcePage> {
  const { filter, sort } = query;
  return listAny(tx, query, {
    table: 'directory_groups',
    alias: 'directory_group',
    linked: membersOf,
    where: sql`${ownRows('directory_group', scope)}${and(filter && groupCondition(filter))}`,
    key: sort && groupSortKey(sort.field),
  });
}

const members = fixedStatement<{ count: number }>(`
  select count(*) as count from directory_memberships
  where directory_id = :directoryId and environment_id = :environmentId
    and group_id in (select id ${groupWhere})
`);

/** How many members the groups of a directory have together. */
export async function countSourceMembers(tx: Tx, scope: DirectoryScope): Promise<number> {
  const [counted] = await members(tx, valuesOf(scope));
  return counted?.count ?? 0;
}

async function listAny(
  tx: Tx,
  { sort, offset, limit, withLinked }: SourceQuery<string>,
  of: {
    table: 'directory_users' | 'directory_groups';
    alias: 'person' | 'directory_group';
    linked: string;
    where: RawBuilder<SqlBool>;
    key: RawBuilder<unknown> | null;
  },
): Promise<SourcePage> {
  const { alias, where, key } = of;
  const from = sql`from ${sql.table(of.table)} as ${sql.ref(alias)} where ${where}`;
  const direction = sql.raw(sort?.isDescending ? 'desc' : 'asc');
  const order = sql`${key === null ? sql`` : sql`${key} ${direction}, `}${sql.ref(`${alias}.created_at`)} ${direction}, ${sql.ref(`${alias}.id`)}`;
  const selected = sql.raw(columns(alias, withLinked ? of.linked : 'null'));
  const [[counted], rows] = await Promise.all([
    send<{ total: number }>(tx, sql`select count(*) as total ${from}`),
    limit === 0
      ? []
      : send<SourceResource>(
          tx,
          sql`select ${selected} ${from} order by ${order} limit ${limit} offset ${offset}`,
        ),
  ]);
  return { total: counted?.total ?? 0, rows };
}

const and = (condition: RawBuilder<SqlBool> | null) =>
  condition === null ? sql`` : sql` and (${condition})`;

const ownRows = (alias: string, { directory, generation }: DirectoryScope): RawBuilder<SqlBool> =>
  sql`${sql.ref(`${alias}.directory_id`)} = ${directory.id} and ${sql.ref(`${alias}.environment_id`)} = ${directory.environmentId}
    and ${sql.ref(`${alias}.generation`)} = ${generation} and ${sql.ref(`${alias}.removed_at`)} is null`;

/** Built and on its way in one turn: what the query builder would do takes several. */
async function send<Row>(tx: Tx, query: RawBuilder<unknown>): Promise<Row[]> {
  const { sql: text, parameters } = query.compile(tx);
  const { rows } = await sendStatement(tx, { text, values: parameters });
  return rows as Row[];
}
