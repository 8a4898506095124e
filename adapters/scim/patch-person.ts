import { scimPatch, type ScimPatchOperation, type ScimResource } from 'scim-patch';
import { refuse } from './errors.ts';
import { describedBy, matches } from './matches.ts';
import { enterpriseUrn } from './names.ts';
import type { Operation } from './operations.ts';
import { readPath, type AttributeTarget, type Target } from './patch-path.ts';
import type { Attribute } from './schemas.ts';
import { isValues, readDeclared, readResource, readValue, type Values } from './values.ts';

type Op = Operation['op'];

/**
 * A person after the operations of a PATCH: worked out on a copy, then checked as if it had come whole [SCIM-04]. What
 * nobody knows is passed over, so that one mapping too many does not keep a deactivation from happening.
 */
export function patchPerson(before: Values, operations: readonly Operation[]): Values {
  const after = structuredClone(before);
  for (const operation of operations) apply(after, operation);
  forgetFormerManager(before, after);
  return readResource('User', after);
}

/** Entra names a manager by the id alone: what was known of the one before is not theirs. */
function forgetFormerManager(before: Values, after: Values): void {
  const [former, manager] = [managerOf(before), managerOf(after)];
  if (former === undefined || manager?.value === undefined || former.value === manager.value) return;
  for (const name of ['displayName', '$ref']) if (manager[name] === former[name]) delete manager[name];
}

function managerOf(person: Values): Values | undefined {
  const extension = person[enterpriseUrn];
  return isValues(extension) && isValues(extension.manager) ? extension.manager : undefined;
}

function apply(person: Values, { op, target, value }: Operation): void {
  switch (target.is) {
    case 'ours':
    case 'unknown':
      return;
    case 'extension':
      applyToExtension(person, op, target.urn, value);
      return;
    case 'declared':
      applyToDeclared(person, op, target, value);
      return;
    case 'attribute':
      if (target.attribute.mutability !== 'writeOnly') applyToAttribute(person, op, target, value);
  }
}

function applyToExtension(person: Values, op: Op, urn: string, value: unknown): void {
  if (op === 'remove') {
    delete person[urn];
    return;
  }
  if (!isValues(value)) throw refuse('invalidValue', 'value_wrong', `"${urn}" needs an object as its value.`);
  for (const [key, inner] of Object.entries(value))
    apply(person, { op, target: readPath('User', `${urn}:${key}`, { schemas: [urn] }), value: inner });
}

function applyToDeclared(
  person: Values,
  op: Op,
  { urn, path }: Extract<Target, { is: 'declared' }>,
  given: unknown,
): void {
  const value = op === 'remove' ? undefined : readDeclared(given);
  const schemas = person.schemas as string[];
  if (value !== undefined && !schemas.includes(urn)) person.schemas = [...schemas, urn];
  run(person, value === undefined ? 'remove' : op, `${urn}:${path.join('.')}`, value);
}

/** `""`, `[]` and `null` clear, as `remove` does: Entra writes them. */
function applyToAttribute(person: Values, op: Op, target: AttributeTarget, given: unknown): void {
  const { urn, attribute, sub, filter } = target;
  const isElement = filter !== null && sub === null;
  const read = isElement ? { ...attribute, multiValued: false } : (sub ?? attribute);
  const value = readValue(read, given);
  const isRemoval = op === 'remove' || value === undefined;
  if (isRemoval && sub === null && attribute.name === 'userName')
    throw refuse('mutability', 'attribute_read_only', '"userName" cannot be removed.');

  const primaries = primariesOf(person, attribute);
  const chosen = choiceOf(target, op, value);
  const change = { op: isRemoval ? 'remove' : op, value } as const;
  if (chosen !== undefined) applyToElements(person, target, chosen, change);
  else if (!isRemoval || hasValue(person, urn, attribute.name)) {
    const name = urn === null ? attribute.name : `${urn}:${attribute.name}`;
    run(person, change.op, name + suffixOf(target), value);
  }
  keepOnePrimary(person, attribute, primaries);
}

const suffixOf = ({ sub }: AttributeTarget) => (sub === null ? '' : `.${sub.name}`);

function hasValue(person: Values, urn: string | null, name: string): boolean {
  const holder = urn === null ? person : person[urn];
  return isValues(holder) && holder[name] !== undefined;
}

type Choice = (element: Values) => boolean;

/**
 * Which elements of a list are meant: those that fit the filter, or, in a removal with values, those that have what is
 * named (OneLogin, and Entra without its flag). Undefined where the attribute as a whole is.
 */
function choiceOf({ attribute, filter }: AttributeTarget, op: Op, value: unknown): Choice | undefined {
  if (filter !== null) return (element) => matches(attribute, filter, element);
  if (op !== 'remove' || !attribute.multiValued || !Array.isArray(value)) return undefined;
  const named = value.filter(isValues);
  return (element) =>
    named.some((one) => Object.entries(one).every(([name, inner]) => element[name] === inner));
}

/** No name of any attribute: where an element stands, while an operation chooses elements by it. */
const place = 'at';

/**
 * The library finds the chosen elements by their places: a colon or a dot inside a value of the filter would lead it
 * astray, and it compares with regard to case.
 */
function applyToElements(
  person: Values,
  target: AttributeTarget,
  isChosen: Choice,
  { op, value }: { op: Op; value: unknown },
): void {
  const { name } = target.attribute;
  const list = (person[name] ?? []) as Values[];
  const places = list.flatMap((element, at) => (isChosen(element) ? [at] : []));
  if (places.length === 0) {
    if (op === 'remove') return;
    places.push(list.push(elementToMake(target)) - 1);
    person[name] = list;
  }
  list.forEach((element, at) => (element[place] = at));
  const which = places.map((at) => `${place} eq ${at}`).join(' or ');
  run(person, op, `${name}[${which}]${suffixOf(target)}`, value);
  for (const element of (person[name] ?? []) as Values[]) delete element[place];
}

/** Entra replaces a second telephone number that was never there: it is made as the filter describes it. */
function elementToMake({ attribute, filter }: AttributeTarget): Values {
  const made = filter === null ? undefined : describedBy(filter);
  if (made === undefined)
    throw refuse('noTarget', 'patch_no_target', `No value of "${attribute.name}" fits the filter.`);
  return made;
}

function primariesOf(person: Values, { name, multiValued }: Attribute): ReadonlySet<Values> {
  const list = multiValued ? person[name] : undefined;
  return new Set(
    Array.isArray(list) ? list.filter((one): one is Values => isValues(one) && one.primary === true) : [],
  );
}

/** RFC 7644 §3.5.2: when another one becomes primary, what was it ceases to be. */
function keepOnePrimary(person: Values, attribute: Attribute, before: ReadonlySet<Values>): void {
  const now = primariesOf(person, attribute);
  if ([...now].every((one) => before.has(one))) return;
  for (const one of before) if (now.has(one)) one.primary = false;
}

function run(person: Values, op: Op, path: string, value: unknown): void {
  const operation = (op === 'remove' ? { op, path } : { op, path, value }) as ScimPatchOperation;
  try {
    scimPatch(person as unknown as ScimResource, [operation]);
  } catch {
    const shown = path.replace(/\[.*\]/s, '[…]');
    throw refuse('noTarget', 'patch_no_target', `"${shown}" leads nowhere.`);
  }
}
