import type { Compare, Filter } from 'scim2-parse-filter';
import {
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
import { refuse } from './errors.ts';
import { parseFilter, type ParsedFilter } from './filter-text.ts';
import { shortName } from './names.ts';

/**
 * Filters of RFC 7644 §3.4.2.2 over what people and groups have [SCIM-05]: every name is resolved through a closed map,
 * whatever is not in it is refused. Throws `invalidFilter`.
 */
export const personFilter = (text: string): DirectoryFilter<PersonField> =>
  readFilter(text, { fields: personFields, lists: personLists }) as DirectoryFilter<PersonField>;

export const groupFilter = (text: string): DirectoryFilter<GroupField> =>
  readFilter(text, { fields: groupFields, lists: groupLists }) as DirectoryFilter<GroupField>;

/** What stands in brackets: which elements of a list are meant. Throws `invalidFilter`. */
export const elementFilter = (text: string, fields: Readonly<Record<string, FieldType>>): DirectoryFilter =>
  readFilter(text, { fields, lists: {} });

interface Known {
  fields: Readonly<Record<string, FieldType>>;
  lists: Readonly<Record<string, Readonly<Record<string, FieldType>>>>;
}

function readFilter(text: string, known: Known): DirectoryFilter {
  const parsed = parseFilter(text);
  return resolve(parsed.tree, known, parsed.literal);
}

function resolve(tree: Filter, known: Known, literal: ParsedFilter['literal']): DirectoryFilter {
  switch (tree.op) {
    case 'and':
    case 'or':
      return { is: tree.op, parts: tree.filters.map((part) => resolve(part, known, literal)) };
    case 'not':
      return { is: 'not', part: resolve(tree.filter, known, literal) };
    case '[]': {
      const list = nameIn(known.lists, shortName(tree.attrPath));
      const fields = list === undefined ? undefined : known.lists[list];
      if (list === undefined || fields === undefined) throw unknownAttribute(tree.attrPath);
      return { is: 'any', list, part: resolve(tree.valFilter, { fields, lists: {} }, literal) };
    }
    default:
      return resolveTest(tree, known, literal);
  }
}

/** `emails`, `emails.value` and `emails.type` ask some element; everything else is a field. */
function resolveTest(
  tree: Exclude<Filter, { op: 'and' | 'or' | 'not' | '[]' }>,
  known: Known,
  literal: ParsedFilter['literal'],
): DirectoryFilter {
  const name = shortName(tree.attrPath);
  const value = tree.op === 'pr' ? undefined : literal(tree.compValue);
  const field = nameIn(known.fields, name);
  if (field !== undefined) return testOf(field, known.fields[field] ?? 'exact', tree, value);

  const [first = '', sub] = name.split('.');
  const list = nameIn(known.lists, first);
  const fields = list === undefined ? undefined : known.lists[list];
  if (list === undefined || fields === undefined) throw unknownAttribute(tree.attrPath);
  if (sub === undefined && tree.op === 'pr') return { is: 'any', list, part: { is: 'and', parts: [] } };
  const element = nameIn(fields, sub ?? 'value');
  if (element === undefined) throw unknownAttribute(tree.attrPath);
  return { is: 'any', list, part: testOf(element, fields[element] ?? 'exact', tree, value) };
}

function testOf(
  field: string,
  type: FieldType,
  { op, attrPath }: Exclude<Filter, { op: 'and' | 'or' | 'not' | '[]' }>,
  value: unknown,
): DirectoryFilter {
  return { is: 'test', field, test: comparison(op, type, value, attrPath) };
}

function comparison(
  op: 'pr' | Compare['op'],
  type: FieldType,
  given: unknown,
  attribute: string,
): FilterTest {
  const refused = (words: string) => refuse('invalidFilter', 'filter_unreadable', words);
  switch (op) {
    case 'pr':
      return { op };
    case 'eq':
    case 'ne':
      return { op, value: given === null ? null : valueOf(type, given, attribute) };
    case 'co':
    case 'sw':
    case 'ew': {
      const value = valueOf(type, given, attribute);
      if (typeof value !== 'string') throw refused(`"${attribute}" cannot be compared by "${op}".`);
      if (value === '') throw refused(`"${op}" needs something to look for.`);
      return { op, value };
    }
    default: {
      const value = valueOf(type, given, attribute);
      if (typeof value === 'boolean') throw refused(`"${attribute}" has no order to compare by "${op}".`);
      return { op, value };
    }
  }
}

/** A boolean may come as a text, a number for a text; whatever else does not fit the attribute is refused. */
function valueOf(type: FieldType, given: unknown, attribute: string): string | boolean | Date {
  if (type === 'boolean') {
    if (typeof given === 'boolean') return given;
    const word = typeof given === 'string' ? given.toLowerCase() : '';
    if (word === 'true' || word === 'false') return word === 'true';
  } else if (type === 'time') {
    const at = typeof given === 'string' ? new Date(given) : undefined;
    if (at !== undefined && !Number.isNaN(at.getTime())) return at;
  } else {
    if (typeof given === 'string') return given;
    if (typeof given === 'number') return String(given);
  }
  throw refuse(
    'invalidFilter',
    'filter_unreadable',
    `The value that "${attribute}" is compared with does not fit.`,
  );
}

/** The name as we have it; attribute names know no case. */
function nameIn(names: Readonly<Record<string, unknown>>, asked: string): string | undefined {
  if (Object.hasOwn(names, asked)) return asked;
  const wanted = asked.toLowerCase();
  return Object.keys(names).find((name) => name.toLowerCase() === wanted);
}

const unknownAttribute = (attribute: string) =>
  refuse(
    'invalidFilter',
    'filter_attribute_unknown',
    `"${attribute.slice(0, 100)}" is nothing to filter by.`,
  );
