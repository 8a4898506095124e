import { refuse, versionUnknown } from './errors.ts';
import { coreUrnOfVersionOne } from './names.ts';
import { readPath, type Target } from './patch-path.ts';
import { isKept, isValues, named, urnOf, type Kind } from './values.ts';

const mostOperations = 100;

/** One change of a PATCH, in one form for all clients. */
export interface Operation {
  op: 'add' | 'replace' | 'remove';
  target: Target;
  value: unknown;
}

/**
 * The operations of a PATCH [SCIM-04]: the word of each and the names of its parts in any case; one without a path is
 * taken apart into one for each key of its value, keys with dots and URNs as paths. `schemas` are those that the resource
 * declares.
 */
export function readOperations(kind: Kind, body: unknown, schemas?: unknown): Operation[] {
  const given = isValues(body) ? named(body, 'Operations') : undefined;
  if (given === undefined && isOfVersionOne(body)) throw versionUnknown('1.1');
  if (!Array.isArray(given) || given.length === 0)
    throw unreadable('The body must be an object with "Operations", a list with something in it.');
  if (given.length > mostOperations)
    throw refuse('tooMany', 'too_many_operations', `More than ${mostOperations} operations in one request.`);
  return given.flatMap((one) => readOperation(kind, one, urnsIn(schemas)));
}

function readOperation(kind: Kind, given: unknown, schemas: readonly string[]): Operation[] {
  if (!isValues(given)) throw unreadable('An operation must be an object.');
  const word = named(given, 'op');
  const op = typeof word === 'string' ? word.toLowerCase() : '';
  if (op !== 'add' && op !== 'replace' && op !== 'remove')
    throw unreadable('"op" must be add, replace or remove.');
  const [path, value] = [named(given, 'path'), named(given, 'value')];
  if (path !== undefined && path !== null && path !== '') {
    if (typeof path !== 'string') throw unreadable('"path" must be a text.');
    const target = readPath(kind, path, { schemas, value: op === 'remove' ? undefined : value });
    if (isReadOnly(target))
      throw refuse('mutability', 'attribute_read_only', `"${path}" cannot be changed by a client.`);
    if (op !== 'remove' && value === undefined) throw unreadable(`"${op}" needs a value.`);
    return [{ op, target, value }];
  }
  if (op === 'remove') throw refuse('noTarget', 'patch_no_target', 'A removal needs a path.');
  if (!isValues(value)) throw unreadable(`"${op}" without a path needs an object as its value.`);
  const declared = [...schemas, ...urnsIn(value.schemas)];
  // What may not be written is passed over, as in a whole resource: Okta sends the id along.
  return Object.entries(value)
    .map(([key, inner]) => {
      const target = readPath(kind, key, { schemas: declared, value: inner });
      return { op, target, value: inner } as const;
    })
    .filter(({ target }) => !isReadOnly(target));
}

const urnsIn = (schemas: unknown): string[] =>
  (Array.isArray(schemas) ? schemas : []).filter(
    (one): one is string => typeof one === 'string' && urnOf(one) === one,
  );

/** In version 1.1 a change is a part of the resource; whole ones of it differ in nothing but their URNs, and are taken. */
const isOfVersionOne = (body: unknown): boolean =>
  isValues(body) && Array.isArray(body.schemas) && body.schemas.includes(coreUrnOfVersionOne);

/** A password may be written: it is taken and forgotten. */
function isReadOnly(target: Target): boolean {
  if (target.is === 'ours') return true;
  if (target.is !== 'attribute' || target.attribute.mutability === 'writeOnly') return false;
  const { attribute, sub } = target;
  const isFixed = sub !== null && (sub.mutability === 'immutable' || !isKept(sub));
  return !isKept(attribute) || isFixed;
}

const unreadable = (detail: string) => refuse('invalidSyntax', 'patch_unreadable', detail);
