/**
 * Filters over people and groups as conditions of SQL [SCIM-05]. Every field is an expression of this file, made once from
 * the closed lists of `onboarding/directory-filter.ts`; values are bound; nothing of a request ever becomes SQL.
 */
import { sql, type RawBuilder, type SqlBool } from 'kysely';
import {
  enterpriseUrn,
  groupFields,
  groupLists,
  personFields,
  personLists,
  type DirectoryFilter,
  type FieldType,
  type FilterTest,
  type GroupField,
  type PersonField,
} from '../../onboarding/directory-filter.ts';

type Condition = RawBuilder<SqlBool>;

interface Expression {
  type: FieldType;
  /** Compared as it stands; a text that knows no case is lower-cased by the comparison. */
  value: RawBuilder<unknown>;
  /** The column has it in lower case already, as `keyOf` makes it. */
  isKey?: boolean;
  /** How equality is asked so that an index answers it. */
  equals?: (value: RawBuilder<unknown>) => Condition;
}

/** The id that a source knows a row by is its own, unless it says otherwise. */
const idOf = (alias: string): Omit<Expression, 'type'> => ({
  value: sql`coalesce(${sql.ref(`${alias}.source_id`)}, ${sql.ref(`${alias}.id`)})`,
  equals: (value) =>
    sql`(${sql.ref(`${alias}.id`)} = ${value} and ${sql.ref(`${alias}.source_id`)} is null
      or ${sql.ref(`${alias}.source_id`)} = ${value})`,
});

interface Fields {
  fields: Readonly<Record<string, Expression>>;
  lists: Readonly<
    Record<string, { elements: RawBuilder<unknown>; fields: Readonly<Record<string, Expression>> }>
  >;
}

const personColumns: Partial<Record<PersonField, Omit<Expression, 'type'>>> = {
  id: idOf('person'),
  externalId: { value: sql`person.external_id` },
  userName: { value: sql`person.user_name_key`, isKey: true },
  active: { value: sql`person.active` },
  'meta.created': { value: sql`person.created_at` },
  'meta.lastModified': { value: sql`person.updated_at` },
};

const groupColumns: Record<GroupField, Omit<Expression, 'type'>> = {
  id: idOf('directory_group'),
  externalId: { value: sql`directory_group.external_id` },
  displayName: { value: sql`directory_group.name_key`, isKey: true },
  'meta.created': { value: sql`directory_group.created_at` },
  'meta.lastModified': { value: sql`directory_group.updated_at` },
};

/** A name of the closed lists as a path into `raw`: its parts are literals of this program. */
function inRaw(field: string): RawBuilder<unknown> {
  const path = field.split('.').map((part) => (part === 'enterprise' ? enterpriseUrn : part));
  return sql`person.raw #>> ${sql.lit(`{${path.map((part) => `"${part}"`).join(',')}}`)}`;
}

/** The elements of a list in `raw`; none where it is no list. */
const elementsInRaw = (list: string): RawBuilder<unknown> =>
  sql`jsonb_array_elements(case when jsonb_typeof(person.raw -> ${sql.lit(list)}) = 'array' then person.raw -> ${sql.lit(list)} end) as element`;

const mapped = <To>(from: Readonly<Record<string, FieldType>>, to: (name: string, type: FieldType) => To) =>
  Object.fromEntries(Object.entries(from).map(([name, type]) => [name, to(name, type)]));

const inElement = (name: string, type: FieldType): Expression => ({
  type,
  value: type === 'boolean' ? sql`(element -> ${sql.lit(name)} = 'true')` : sql`element ->> ${sql.lit(name)}`,
});

const { groups: fieldsOfGroups, ...listsInRaw } = personLists;

const person: Fields = {
  fields: mapped(personFields, (name, type) => ({
    type,
    ...(personColumns[name as PersonField] ?? { value: inRaw(name) }),
  })),
  lists: {
    ...Object.fromEntries(
      Object.entries(listsInRaw).map(([list, fields]) => [
        list,
        { elements: elementsInRaw(list), fields: mapped(fields, inElement) },
      ]),
    ),
    groups: {
      elements: sql`directory_memberships join directory_groups as of_group on of_group.id = directory_memberships.group_id
        and directory_memberships.user_id = person.id and of_group.removed_at is null`,
      fields: {
        value: { type: fieldsOfGroups.value, ...idOf('of_group') },
        display: { type: fieldsOfGroups.display, value: sql`of_group.name_key`, isKey: true },
      },
    },
  },
};

const group: Fields = {
  fields: mapped(groupFields, (name, type) => ({ type, ...groupColumns[name as GroupField] })),
  lists: {
    members: {
      elements: sql`directory_memberships join directory_users as member on member.id = directory_memberships.user_id
        and directory_memberships.group_id = directory_group.id and member.removed_at is null`,
      fields: {
        value: { type: groupLists.members.value, ...idOf('member') },
      },
    },
  },
};

/** Over `directory_users as person`. */
export const personCondition = (filter: DirectoryFilter<PersonField>): Condition => condition(filter, person);
/** Over `directory_groups as directory_group`. */
export const groupCondition = (filter: DirectoryFilter<GroupField>): Condition => condition(filter, group);

export const personSortKey = (field: PersonField): RawBuilder<unknown> => sortKey(person, field);
export const groupSortKey = (field: GroupField): RawBuilder<unknown> => sortKey(group, field);

function sortKey({ fields }: Fields, field: string): RawBuilder<unknown> {
  const { type, value, isKey } = known(fields[field], field);
  return type === 'text' && !isKey ? sql`lower(${value})` : value;
}

function condition(filter: DirectoryFilter, all: Fields): Condition {
  switch (filter.is) {
    case 'and':
      return filter.parts.length === 0 ? sql`true` : joined(filter.parts, all, sql` and `);
    case 'or':
      return joined(filter.parts, all, sql` or `);
    case 'not':
      return sql`not coalesce(${condition(filter.part, all)}, false)`;
    case 'any': {
      const list = known(all.lists[filter.list], filter.list);
      const inner = condition(filter.part, { fields: list.fields, lists: {} });
      return sql`exists (select from ${list.elements} where ${inner})`;
    }
    case 'test':
      return testOf(known(all.fields[filter.field], filter.field), filter.test);
  }
}

const joined = (parts: readonly DirectoryFilter[], fields: Fields, by: RawBuilder<unknown>): Condition =>
  sql`(${sql.join(
    parts.map((part) => condition(part, fields)),
    by,
  )})`;

function testOf({ type, value, isKey, equals }: Expression, test: FilterTest): Condition {
  if (test.op === 'pr') return sql`${value} is not null`;
  if (test.value === null) return test.op === 'eq' ? sql`${value} is null` : sql`${value} is not null`;
  const isText = type === 'text';
  const left = isText && !isKey ? sql`lower(${value})` : value;
  // A key was lower-cased by this program; whatever else is, by Postgres on both sides.
  const given = isKey && typeof test.value === 'string' ? test.value.toLowerCase() : test.value;
  const right = isText && !isKey ? sql`lower(${given}::text)` : bound(given, type);
  switch (test.op) {
    case 'eq':
      return equals?.(right) ?? sql`${left} = ${right}`;
    case 'ne':
      return sql`${left} is distinct from ${right}`;
    case 'co':
      return sql`${left} like ${pattern(String(given), '%', '%', isText && !isKey)}`;
    case 'sw':
      return sql`${left} like ${pattern(String(given), '', '%', isText && !isKey)}`;
    case 'ew':
      return sql`${left} like ${pattern(String(given), '%', '', isText && !isKey)}`;
    case 'gt':
    case 'ge':
    case 'lt':
    case 'le':
      return sql`${left} ${sql.raw({ gt: '>', ge: '>=', lt: '<', le: '<=' }[test.op])} ${right}`;
  }
}

const bound = (value: string | boolean | Date, type: FieldType): RawBuilder<unknown> => {
  if (type === 'boolean') return sql`${value}::boolean`;
  return type === 'time' ? sql`${value}::timestamptz` : sql`${value}::text`;
};

/** What is looked for, so that `%`, `_` and `\` stand for themselves. */
function pattern(looked: string, before: string, behind: string, lower: boolean): RawBuilder<unknown> {
  const text = before + looked.replace(/[\\%_]/g, '\\$&') + behind;
  return lower ? sql`lower(${text}::text)` : sql`${text}::text`;
}

/** The edge resolves names by the same lists: one that is not here is a mistake of ours. */
function known<Found>(found: Found | undefined, name: string): Found {
  if (found === undefined) throw new Error(`there is no field "${name}" to filter by`);
  return found;
}
