/**
 * Which value of what a directory sends fills which field of a person: standard fields, those that every vendor is given
 * by the same names, and the vendor's own. A path leads into the resource as it came: `name.givenName`,
 * `urn:…:enterprise:2.0:User.department`, `addresses[type eq "work"].locality`, or the name of a column.
 */
import { customField, type CustomAttribute } from './attributes.ts';

/** What the source's reader has read, whatever the road. */
export interface ReadDirectoryPerson {
  readonly externalId: string | null;
  readonly userName: string;
  readonly email: string | null;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly displayName: string | null;
  readonly active: boolean;
  readonly raw: Readonly<Record<string, unknown>>;
}

/** A person's choice per field: a path. Fields that are not in it follow their defaults. */
export type DirectoryMapping = Readonly<Record<string, string>>;

/** Read by each source's own reader, unless somebody has mapped them. */
export const standardFields = ['email', 'firstName', 'lastName', 'displayName'] as const;
export type StandardField = (typeof standardFields)[number];

const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const primaryJob = 'organizations[primary eq true]';

/**
 * Where the fields stand that the contract gives every vendor (§10.2): in SCIM, in files and reports, in Google's
 * directory and in BambooHR. The first that is there counts.
 */
const autoMapped: Readonly<Record<string, readonly string[]>> = {
  addresses: ['addresses'],
  cost_center_name: [`${enterprise}.costCenter`, 'cost_center_name', `${primaryJob}.costCenter`],
  department_name: [`${enterprise}.department`, 'department_name', `${primaryJob}.department`, 'department'],
  division_name: [`${enterprise}.division`, 'division_name', 'division'],
  emails: ['emails'],
  employee_number: [
    `${enterprise}.employeeNumber`,
    'employee_number',
    'externalIds[type eq "organization"].value',
    'employeeNumber',
  ],
  employee_type: ['userType', 'employee_type', `${primaryJob}.description`],
  employment_start_date: ['employment_start_date', 'hireDate', `${enterprise}.startDate`],
  job_title: ['title', 'job_title', `${primaryJob}.title`, 'jobTitle'],
  manager_email: [
    `${enterprise}.manager.email`,
    'manager_email',
    'relations[type eq "manager"].value',
    'supervisorEmail',
  ],
  organization: [`${enterprise}.organization`, 'organization', `${primaryJob}.name`],
  username: ['userName', 'username'],
};

export interface DirectoryField {
  /** As the mapping names it. */
  readonly field: string;
  /** The vendor's own name for one of theirs; null for the others, which the catalogues name. */
  readonly label: string | null;
  /** Where it is read unless somebody has said otherwise; empty for what the source's reader reads. */
  readonly defaults: readonly string[];
}

/** Every field that can be mapped, in the order in which pages show them. */
export function directoryFields(attributes: readonly CustomAttribute[]): DirectoryField[] {
  const own = new Set(attributes.map(({ key }) => key));
  return [
    ...standardFields.map((field) => ({ field, label: null, defaults: [] })),
    ...Object.entries(autoMapped)
      .filter(([field]) => !own.has(field))
      .map(([field, defaults]) => ({ field, label: null, defaults })),
    ...attributes.map(({ key, label }) => ({
      field: customField(key),
      label,
      defaults: autoMapped[key] ?? [key, camelCase(key), `${enterprise}.${camelCase(key)}`],
    })),
  ];
}

/**
 * Fills the fields of a person. A field that somebody has mapped is read from its path only; what is not there is left
 * out.
 */
export function mapDirectoryPerson<Read extends ReadDirectoryPerson>(
  person: Read,
  mapping: DirectoryMapping,
  attributes: readonly CustomAttribute[],
): Read & { customAttributes: Record<string, unknown> } {
  const { raw } = person;
  const customAttributes: Record<string, unknown> = {};
  for (const { field, defaults } of directoryFields(attributes)) {
    if ((standardFields as readonly string[]).includes(field)) continue;
    const chosen = mapping[field];
    const paths = chosen === undefined ? defaults : [chosen];
    const value = paths.map((path) => valueAt(raw, path)).find((found) => found !== undefined);
    if (value !== undefined) customAttributes[field.replace(/^custom\./, '')] = value;
  }
  return { ...person, ...mappedStandard(raw, mapping), customAttributes };
}

function mappedStandard(raw: Readonly<Record<string, unknown>>, mapping: DirectoryMapping) {
  const mapped: Partial<Record<StandardField, string | null>> = {};
  for (const field of standardFields) {
    const path = mapping[field];
    if (path !== undefined) mapped[field] = textOf(valueAt(raw, path));
  }
  return mapped;
}

/** The default that fills a field of this person, or the first one: for the page that shows the mapping. */
export function defaultPath({ defaults }: DirectoryField, raw: Readonly<Record<string, unknown>>): string {
  return defaults.find((path) => valueAt(raw, path) !== undefined) ?? defaults[0] ?? '';
}

const longestPath = 300;
const deepest = 10;

/**
 * What stands at a path; undefined for nothing, for an empty text, and for a path that cannot be read. A list without a
 * filter gives the values of all its members; a single one stands for itself.
 */
export function valueAt(raw: unknown, path: string): unknown {
  if (path.length > longestPath || /(^|[.:])$/.test(path)) return undefined;
  return filled(follow(raw, path, deepest));
}

/**
 * Whether a path is written so that it can lead somewhere: names, each behind a dot or colon, with a filter where one is
 * to be chosen of a list. What it leads to is another question: that may come with the next person.
 */
export function isReadablePath(path: string): boolean {
  if (path.length > longestPath) return false;
  let rest = path;
  do {
    const name = /^[^.:[\]"]+/.exec(rest)?.[0];
    if (name === undefined) return false;
    const tail = rest.slice(name.length);
    const { rest: behind } = afterKey(tail);
    if (behind === undefined || !/^($|[.:[])/.test(tail)) return false;
    rest = behind;
  } while (rest !== '');
  return !/[.:]$/.test(path);
}

function follow(value: unknown, path: string, depth: number): unknown {
  if (path === '') return value;
  if (depth === 0) return undefined;
  if (Array.isArray(value)) {
    const found = value
      .map((one: unknown) => filled(follow(one, path, depth - 1)))
      .filter((one) => one !== undefined);
    return found.length === 1 ? found[0] : found;
  }
  if (!isObject(value)) return undefined;
  const key = longestKey(value, path);
  if (key === undefined) return undefined;
  const { rest, filter } = afterKey(path.slice(key.length));
  if (rest === undefined) return undefined;
  const inner = filter === undefined ? value[key] : selected(value[key], filter);
  return follow(inner, rest, depth - 1);
}

/** Names hold dots themselves, as `urn:…:2.0:User` does: the longest that the path begins with is meant. */
function longestKey(value: Record<string, unknown>, path: string): string | undefined {
  const asked = path.toLowerCase();
  const keys = Object.keys(value).filter(
    (key) => asked.startsWith(key.toLowerCase()) && /^($|[.:[])/.test(path.slice(key.length)),
  );
  return keys.toSorted(
    (a, b) => b.length - a.length || Number(path.startsWith(b)) - Number(path.startsWith(a)),
  )[0];
}

interface Filter {
  readonly name: string;
  readonly value: string;
}

const filterPattern = /^\[(\w+) eq (?:"([^"\]]*)"|(true|false))\](?:$|[.:])/i;

function afterKey(tail: string): { rest: string | undefined; filter?: Filter } {
  if (tail === '') return { rest: '' };
  if (!tail.startsWith('[')) return { rest: tail.slice(1) };
  const found = filterPattern.exec(tail);
  if (found === null) return { rest: undefined };
  const [whole, name = '', text, flag = ''] = found;
  return { rest: tail.slice(whole.length), filter: { name, value: (text ?? flag).toLowerCase() } };
}

function selected(value: unknown, { name, value: wanted }: Filter): unknown {
  const all: readonly unknown[] = Array.isArray(value) ? value : [value];
  const found = all.filter((one) => {
    if (!isObject(one)) return false;
    const key = longestKey(one, name);
    return key !== undefined && String(one[key]).toLowerCase() === wanted;
  });
  return found.length === 1 ? found[0] : found;
}

/** The same as a page shows it: the values of a list, or of what is nested, one after the other. */
export function shownAt(raw: unknown, path: string): string | null {
  const values: ReceivedValue[] = [];
  collect(valueAt(raw, path), '', deepest, values);
  return values.length === 0 ? null : values.map(({ value }) => value).join(', ');
}

export interface ReceivedValue {
  readonly path: string;
  readonly value: string;
}

const mostReceived = 200;

/** Every value that a resource holds, each with the path that leads to it and to nothing else there. */
export function listReceived(raw: Readonly<Record<string, unknown>>): ReceivedValue[] {
  const received: ReceivedValue[] = [];
  collect(raw, '', deepest, received);
  return received;
}

function collect(value: unknown, path: string, depth: number, into: ReceivedValue[]): void {
  if (into.length >= mostReceived || depth === 0 || filled(value) === undefined) return;
  if (Array.isArray(value)) {
    collectAll(value, path, depth, into);
  } else if (isObject(value)) {
    for (const [key, inner] of Object.entries(value)) {
      if (path === '' && (key === 'schemas' || key === 'meta')) continue;
      collect(inner, path === '' ? key : `${path}.${key}`, depth - 1, into);
    }
  } else {
    into.push({ path, value: String(value) });
  }
}

/** Members that differ by their type are reached by it; others only together. */
function collectAll(values: readonly unknown[], path: string, depth: number, into: ReceivedValue[]): void {
  const types = values.map((one) => (isObject(one) ? textOf(one.type) : null));
  const isToldApart =
    types.every((type) => type !== null && /^[\w -]+$/.test(type)) && new Set(types).size === types.length;
  if (isToldApart) {
    values.forEach((one, index) => {
      const { type: _type, ...rest } = one as Record<string, unknown>;
      collect(rest, `${path}[type eq "${String(types[index])}"]`, depth - 1, into);
    });
  } else if (values.every((one) => !isObject(one) && !Array.isArray(one))) {
    into.push({ path, value: values.map(String).join(', ') });
  } else {
    for (const key of new Set(values.flatMap((one) => (isObject(one) ? Object.keys(one) : [])))) {
      const all = values.flatMap((one) => (isObject(one) ? (one[key] ?? []) : []));
      collect(all.length === 1 ? all[0] : all, `${path}.${key}`, depth - 1, into);
    }
  }
}

function filled(value: unknown): unknown {
  if (value === null || value === undefined) return undefined;
  if (typeof value === 'string' && value.trim() === '') return undefined;
  if (Array.isArray(value) && value.length === 0) return undefined;
  return value;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function textOf(value: unknown): string | null {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
}

const camelCase = (key: string) => key.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
