import { enterpriseUrn, shortName } from './names.ts';
import { isValues, type Values } from './values.ts';

/** Which attributes an answer has (RFC 7644 §3.9). */
export interface Projection {
  only: ReadonlySet<string> | null;
  without: ReadonlySet<string>;
}

const most = 100;

/** Null where all of a resource is asked for. Names are lists by comma, or real lists; `attributes` goes first. */
export function readProjection(attributes: unknown, excluded: unknown): Projection | null {
  const only = namesOf(attributes);
  const without = namesOf(excluded);
  if (only.size > 0) return { only, without: new Set() };
  return without.size > 0 ? { only: null, without } : null;
}

function namesOf(given: unknown): Set<string> {
  const items: unknown[] = Array.isArray(given) ? given : [given];
  const names = items
    .filter((item): item is string => typeof item === 'string')
    .flatMap((item) => item.split(','))
    .map((name) => name.trim())
    .filter((name) => name !== '');
  return new Set(names.slice(0, most).map((name) => inLowerCase(name)));
}

/** `enterprise` is the extension as a whole. */
const inLowerCase = (name: string) =>
  name.toLowerCase() === enterpriseUrn.toLowerCase() ? 'enterprise' : shortName(name).toLowerCase();

/** Whether members, or groups of a person, are part of the answer: they are not looked up otherwise. */
export function shows(projection: Projection | null, name: 'members' | 'groups'): boolean {
  if (projection === null) return true;
  const { only, without } = projection;
  if (only === null) return !without.has(name);
  return [...only].some((one) => one === name || one.startsWith(`${name}.`));
}

const always = new Set(['id', 'schemas']);

/** Cuts a resource to what is asked for; `id` and `schemas` are always there. */
export function project(resource: Values, { only, without }: Projection): Values {
  const projected: Values = {};
  for (const [name, value] of Object.entries(resource)) {
    const lower = inLowerCase(name);
    const kept = always.has(lower) ? value : only ? pick(lower, value, only) : drop(lower, value, without);
    if (kept !== undefined) projected[name] = kept;
  }
  return projected;
}

/** What is asked for below a name: after a dot, below a URN after a colon. */
function below(names: ReadonlySet<string>, name: string): string[] {
  const start = name + (name.startsWith('urn:') ? ':' : '.');
  return [...names].filter((one) => one.startsWith(start)).map((one) => one.slice(start.length));
}

function pick(name: string, value: unknown, only: ReadonlySet<string>): unknown {
  if (only.has(name)) return value;
  const subs = below(only, name);
  if (subs.length === 0) return undefined;
  const keep = (inner: Values) =>
    Object.fromEntries(
      Object.entries(inner).flatMap(([key, deep]) => {
        const kept = pick(key.toLowerCase(), deep, new Set(subs));
        return kept === undefined ? [] : [[key, kept]];
      }),
    );
  if (Array.isArray(value)) return value.filter(isValues).map(keep);
  return isValues(value) ? keep(value) : undefined;
}

function drop(name: string, value: unknown, without: ReadonlySet<string>): unknown {
  if (without.has(name)) return undefined;
  const subs = below(without, name);
  if (subs.length === 0) return value;
  const leave = (inner: Values) =>
    Object.fromEntries(
      Object.entries(inner).flatMap(([key, deep]) => {
        const kept = drop(key.toLowerCase(), deep, new Set(subs));
        return kept === undefined ? [] : [[key, kept]];
      }),
    );
  if (Array.isArray(value)) return value.map((one: unknown) => (isValues(one) ? leave(one) : one));
  return isValues(value) ? leave(value) : value;
}
