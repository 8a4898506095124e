import { refuse, versionUnknown } from '../errors.ts';
import { coreUrnOfVersionOne, enterpriseUrn, patchUrn } from '../names.ts';
import { attributeNamed, enterpriseSchema, type Attribute } from '../schemas.ts';
import { coreAttributes, isValues, named, urnOf, type Kind, type Values } from '../values.ts';

/**
 * What clients of SCIM 1.1 send, in the form of 2.0: nothing behind this edge knows that there were two. Sources: SCIM
 * Core Schema 1.1 and SCIM Protocol 1.1 (draft-scim-core-schema-01, draft-scim-api-01).
 */

/** A whole resource: its URNs are known as they are, but a manager's id has another name. */
export function readWhole(body: unknown): unknown {
  if (!isValues(body)) return body;
  return Object.fromEntries(
    Object.entries(body).map(([name, value]) =>
      urnOf(name) === enterpriseUrn && isValues(value) ? [name, withManager(value)] : [name, value],
    ),
  );
}

/** A change: a part of the resource becomes the operations of a PATCH, first what goes, then what comes (§3.3.2). */
export const readPart =
  (kind: Kind) =>
  (body: unknown): unknown => {
    if (!isValues(body))
      throw refuse('invalidSyntax', 'patch_unreadable', 'The body must be an object with what is to change.');
    if (named(body, 'Operations') !== undefined) throw versionUnknown('2.0');
    const operations = [
      ...removedBy(named(body, 'meta')).map((path) => ({ op: 'remove', path })),
      ...Object.entries(body).flatMap(([name, value]) => changesBy(kind, name, value)),
    ];
    // To change nothing is no mistake here.
    return {
      schemas: [patchUrn],
      Operations: operations.length > 0 ? operations : [{ op: 'add', value: {} }],
    };
  };

/** The question of a list, or which attributes are to be shown. */
export function readQuestion(query: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  if (query.size === 0) return query;
  return new Map([...query].map(([name, value]) => [name, readers[name]?.(value) ?? value]));
}

const readers: Readonly<Partial<Record<string, (value: string) => string>>> = {
  attributes: (value) =>
    value
      .split(',')
      .map((name) => pathOf(name.trim()))
      .join(','),
  sortBy: (value) => pathOf(value),
  // Texts in quotes are values.
  filter: (value) =>
    value.replace(/"(?:[^"\\]|\\.)*"|manager\.managerId\b/gi, (part) =>
      part.startsWith('"') ? part : 'manager.value',
    ),
};

interface Change {
  op: 'add' | 'replace' | 'remove';
  path: string;
  value?: unknown;
}

/** `meta.attributes` names what is to be gone. */
function removedBy(meta: unknown): string[] {
  const names = isValues(meta) ? named(meta, 'attributes') : undefined;
  return (Array.isArray(names) ? names : [])
    .filter((name): name is string => typeof name === 'string' && name !== '')
    .map(pathOf);
}

/** What is in no schema is passed over, and what a client may not write too, as in a whole resource. */
function changesBy(kind: Kind, name: string, given: unknown): Change[] {
  const attribute = attributeNamed(coreAttributes[kind], name);
  if (attribute !== undefined) return changesOf(attribute.name, attribute, given);
  const urn = urnOf(name);
  if (urn === undefined || !isValues(given)) return [];
  if (urn !== enterpriseUrn)
    return Object.entries(given).map(([key, value]) => ({ op: 'replace', path: `${urn}:${key}`, value }));
  return Object.entries(withManager(given)).flatMap(([key, value]) => {
    const inner = attributeNamed(enterpriseSchema.attributes, key);
    return inner === undefined ? [] : changesOf(`${urn}:${inner.name}`, inner, value);
  });
}

/** Single values take the place of what was there, parts of a name join the others, and lists are merged. */
function changesOf(path: string, attribute: Attribute, given: unknown): Change[] {
  if (attribute.mutability === 'readOnly') return [];
  if (attribute.multiValued) return mergedInto(path, Array.isArray(given) ? given : [given]);
  if (attribute.type !== 'complex' || !isValues(given)) return [{ op: 'replace', path, value: given }];
  return Object.entries(given).flatMap(([key, value]) => {
    const sub = attributeNamed(attribute.subAttributes, key);
    return sub === undefined ? [] : [{ op: 'replace', path: `${path}.${sub.name}`, value } as const];
  });
}

/** A path has 256 characters; a value that is longer is added beside the others instead of being looked for. */
const longestKey = 150;

/**
 * The elements that are marked `"operation": "delete"` go. Of the others one with a `value` that is there already is
 * changed, and any else is added. Members have nothing but their value and go and come together.
 */
function mergedInto(path: string, given: readonly unknown[]): Change[] {
  const there = given.filter((one) => one !== null && one !== '');
  const goes = there.filter(isDeletion);
  const comes = there.filter((one) => !isDeletion(one));
  const byKey = path === 'members' ? [] : comes.filter((one) => keyOf(one) !== undefined);
  const added = comes.filter((one) => !byKey.includes(one));
  return [
    ...(goes.length > 0 ? [{ op: 'remove', path, value: goes.map(whichGoes) } as const] : []),
    ...byKey.map((value) => ({ op: 'add', path: `${path}[value eq ${keyOf(value)}]`, value }) as const),
    ...(added.length > 0 ? [{ op: 'add', path, value: added } as const] : []),
  ];
}

const isDeletion = (one: unknown): one is Values =>
  isValues(one) && String(named(one, 'operation')).toLowerCase() === 'delete';

/** By its value, if it has one; an address is told by all that it says. */
function whichGoes(one: Values): Values {
  const value = named(one, 'value');
  return value === undefined
    ? Object.fromEntries(Object.entries(one).filter(([name]) => name.toLowerCase() !== 'operation'))
    : { value };
}

/** The value as a filter has it. */
function keyOf(one: unknown): string | undefined {
  const value = isValues(one) ? named(one, 'value') : one;
  return typeof value === 'string' && value !== '' && value.length <= longestKey
    ? JSON.stringify(value)
    : undefined;
}

function withManager(extension: Values): Values {
  return Object.fromEntries(
    Object.entries(extension).map(([name, value]) =>
      name.toLowerCase() === 'manager' && isValues(value)
        ? [
            name,
            Object.fromEntries(
              Object.entries(value).map(([key, inner]) => [
                key.toLowerCase() === 'managerid' ? 'value' : key,
                inner,
              ]),
            ),
          ]
        : [name, value],
    ),
  );
}

/** An attribute's name, with its URN or without, as 2.0 has it. */
function pathOf(attribute: string): string {
  if (urnOf(attribute) === enterpriseUrn) return enterpriseUrn;
  const core = `${coreUrnOfVersionOne}:`;
  const name = attribute.toLowerCase().startsWith(core) ? attribute.slice(core.length) : attribute;
  return name.replace(/(^|:)manager\.managerId$/i, '$1manager.value');
}
