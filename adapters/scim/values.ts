import { refuse } from './errors.ts';
import { coreUrnOfVersionOne, enterpriseUrn, enterpriseUrnOfVersionOne, groupUrn, userUrn } from './names.ts';
import {
  attributeNamed,
  enterpriseSchema,
  externalId,
  groupSchema,
  userSchema,
  type Attribute,
} from './schemas.ts';

/**
 * The edge where the dialects of clients end [SCIM-03]: what is in a schema comes through, under its proper name and in
 * its proper type; everything else is left out. The same for POST, PUT, PATCH and Bulk.
 */
export type Values = Record<string, unknown>;
export type Kind = 'User' | 'Group';

const schemaOf = { User: userSchema, Group: groupSchema } as const;
export const coreAttributes: Readonly<Record<Kind, readonly Attribute[]>> = {
  User: [externalId, ...userSchema.attributes],
  Group: [externalId, ...groupSchema.attributes],
};

const valueLimits = {
  /** of what is looked up: an index takes no more */
  key: 512,
  /** of a whole person, in bytes of JSON */
  resource: 65_536,
  list: 200,
  depth: 6,
} as const;

/** A resource as it is kept: no id, no meta, no password, nothing that we do not know. */
export function readResource(kind: Kind, given: unknown): Values {
  if (!isValues(given)) throw wrong('body', 'an object');
  const read: Values = { schemas: readSchemas(kind, given.schemas) };
  for (const [name, value] of Object.entries(given)) {
    const attribute = attributeNamed(coreAttributes[kind], name);
    if (attribute !== undefined) {
      // Members lie in a table of their own.
      if (attribute.name !== 'members' && isKept(attribute))
        put(read, attribute.name, readValue(attribute, value));
    } else if (kind === 'User') readExtension(read, name, value);
  }
  if (Buffer.byteLength(JSON.stringify(read)) > valueLimits.resource) {
    throw refuse('invalidValue', 'value_too_long', 'The resource is larger than 64 KB.');
  }
  return read;
}

export const isKept = ({ mutability }: Attribute): boolean =>
  mutability !== 'readOnly' && mutability !== 'writeOnly';

/** A value in the type of its attribute; undefined for `null`, `""` and what has nothing in it, which is "no value". */
export function readValue(attribute: Attribute, given: unknown, of = ''): unknown {
  const path = of + attribute.name;
  if (given === null || given === undefined || given === '') return undefined;
  if (attribute.multiValued) {
    const items = (Array.isArray(given) ? given : [given]).map((item) => readOne(attribute, item, path));
    const there = items.filter((item) => item !== undefined);
    if (there.length > valueLimits.list)
      throw refuse('invalidValue', 'value_too_long', `"${path}" has more than ${valueLimits.list} values.`);
    return there.length > 0 ? there : undefined;
  }
  return readOne(attribute, Array.isArray(given) ? onlyOne(attribute, given) : given, path);
}

/** Microsoft's own library writes a single value as a list with one in it: `[{"$ref": null, "value": "False"}]`. */
function onlyOne({ type }: Attribute, given: readonly unknown[]): unknown {
  if (given.length > 1) return given;
  const [one] = given;
  return type !== 'complex' && isValues(one) ? named(one, 'value') : one;
}

function readOne(attribute: Attribute, given: unknown, path: string): unknown {
  if (given === null || given === undefined || given === '') return undefined;
  switch (attribute.type) {
    case 'boolean':
      return readBoolean(given, path);
    case 'complex':
      return readComplex(attribute, given, path);
    default:
      if (typeof given === 'number' || typeof given === 'boolean') return String(given);
      if (typeof given !== 'string') throw wrong(path, 'a text');
      if (keyed.has(path) && given.length > valueLimits.key)
        throw refuse(
          'invalidValue',
          'value_too_long',
          `"${path}" is longer than ${valueLimits.key} characters.`,
        );
      return given;
  }
}

const keyed = new Set(['userName', 'externalId', 'displayName', 'emails.value']);

/** Entra without its flag writes booleans as texts, with a capital letter. */
function readBoolean(given: unknown, path: string): boolean {
  if (typeof given === 'boolean') return given;
  const word = typeof given === 'string' ? given.toLowerCase() : '';
  if (word !== 'true' && word !== 'false') throw wrong(path, 'true or false');
  return word === 'true';
}

/** A bare text stands for the `value` of an attribute that has one: Entra sends managers so. */
function readComplex(attribute: Attribute, given: unknown, path: string): Values | undefined {
  const value = attributeNamed(attribute.subAttributes, 'value');
  if (typeof given === 'string' && value !== undefined) return { value: given };
  if (!isValues(given)) throw wrong(path, 'an object');
  const read: Values = {};
  for (const [name, inner] of Object.entries(given)) {
    const sub = attributeNamed(attribute.subAttributes, name);
    if (sub !== undefined && isKept(sub)) put(read, sub.name, readValue(sub, inner, `${path}.`));
  }
  return Object.keys(read).length > 0 ? read : undefined;
}

/**
 * The enterprise extension by its schema. Of others what the client has declared in `schemas` is kept as it came: admins
 * map it to attributes that the vendor has defined; nothing else ever looks at it.
 */
function readExtension(into: Values, name: string, value: unknown): void {
  const urn = urnOf(name);
  if (urn === undefined || !isValues(value)) return;
  if (urn === enterpriseUrn) {
    const read: Values = {};
    for (const [key, inner] of Object.entries(value)) {
      const attribute = attributeNamed(enterpriseSchema.attributes, key);
      if (attribute !== undefined) put(read, attribute.name, readValue(attribute, inner));
    }
    if (Object.keys(read).length === 0) return;
    into[urn] = read;
    if (!(into.schemas as string[]).includes(urn)) (into.schemas as string[]).push(urn);
    return;
  }
  if (!(into.schemas as string[]).includes(urn)) return;
  const read = readDeclared(value);
  if (isValues(read) && Object.keys(read).length > 0) into[urn] = read;
}

/** What no schema of ours describes: plain values, not too deep. */
export function readDeclared(value: unknown, depth = 0): unknown {
  if (value === null || value === '') return undefined;
  if (depth > valueLimits.depth) throw wrong('extension', 'less deep');
  if (Array.isArray(value)) {
    const items = value.map((item) => readDeclared(item, depth + 1)).filter((item) => item !== undefined);
    return items.length > 0 ? items : undefined;
  }
  if (!isValues(value)) return value;
  const read: Values = {};
  for (const [key, inner] of Object.entries(value)) put(read, key, readDeclared(inner, depth + 1));
  return read;
}

/** A URN as we write it; undefined for what is none. */
export function urnOf(name: string): string | undefined {
  if (!/^urn:[a-z0-9][a-z0-9-]{0,31}:[\w.:/%+-]{1,200}$/i.test(name)) return undefined;
  const lower = name.toLowerCase();
  if (lower === enterpriseUrn.toLowerCase() || lower === enterpriseUrnOfVersionOne) return enterpriseUrn;
  return name;
}

const mostSchemas = 10;

function readSchemas(kind: Kind, given: unknown): string[] {
  const core = kind === 'User' ? userUrn : groupUrn;
  const named = (Array.isArray(given) ? given : [])
    .filter((one): one is string => typeof one === 'string')
    .map(urnOf)
    .filter((urn) => urn !== undefined)
    .filter((urn) => urn !== coreUrnOfVersionOne && urn !== schemaOf[kind].id);
  return kind === 'User' ? [...new Set([core, ...named])].slice(0, mostSchemas) : [core];
}

/** Sets what there is; a name like `__proto__` never gets here (`refuseForbiddenNames`). */
function put(into: Values, name: string, value: unknown): void {
  if (value !== undefined) into[name] = value;
}

export function isValues(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What stands under a name: names of attributes know no case (RFC 7643 §2.1), those of our messages among them. */
export function named(values: Values, wanted: string): unknown {
  if (Object.hasOwn(values, wanted)) return values[wanted];
  const key = wanted.toLowerCase();
  return Object.entries(values).find(([name]) => name.toLowerCase() === key)?.[1];
}

const forbidden = /^(__proto__|constructor|prototype)$/i;
export const isForbiddenName = (name: string): boolean =>
  name.split(/[.:[\]]/).some((part) => forbidden.test(part));

/** [SCIM-04] names that mean something to the language are no names of attributes, at any depth. */
export function refuseForbiddenNames(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [name, inner] of Object.entries(value)) {
    if (isForbiddenName(name))
      throw refuse('invalidSyntax', 'name_forbidden', `"${name.slice(0, 50)}" is no name of an attribute.`);
    refuseForbiddenNames(inner);
  }
}

const wrong = (path: string, what: string) =>
  refuse('invalidValue', 'value_wrong', `"${path}" must be ${what}.`);
