import type { DirectoryFilter } from '../../onboarding/directory-filter.ts';
import { refuse } from './errors.ts';
import type { Operation } from './operations.ts';
import { isValues, named, readResource, readValue, type Values } from './values.ts';

/** What a PATCH asks of a group: its own values, and who is to be in it. Members never pass through a document. */
interface GroupPatch {
  values: Values;
  members: MemberChanges;
}

/** Either the members are to be exactly these, or some come and some go. */
export type MemberChanges =
  | { is: 'replace'; ids: readonly string[] }
  | { is: 'change'; add: readonly string[]; remove: readonly string[] };

/** The operations in their order, as one change: what is said last of a person counts. */
export function patchGroup(before: Values, operations: readonly Operation[]): GroupPatch {
  const values = { ...before };
  let whole: Set<string> | undefined;
  const come = new Set<string>();
  const go = new Set<string>();
  for (const { op, target, value } of operations) {
    if (target.is !== 'attribute') continue;
    const { attribute, filter, sub } = target;
    if (attribute.name !== 'members') {
      const read = op === 'remove' ? undefined : readValue(attribute, value);
      if (read === undefined && attribute.name === 'displayName')
        throw refuse('mutability', 'attribute_read_only', '"displayName" cannot be removed.');
      values[attribute.name] = read;
      continue;
    }
    if (sub !== null) continue;
    if (filter !== null && op !== 'remove')
      throw refuse('invalidPath', 'patch_path_unreadable', 'Members are added by value, without a filter.');
    const ids = filter === null ? memberIds(value) : chosenBy(filter);
    const isAll = filter === null && value === undefined;
    if (op === 'replace' || (op === 'remove' && isAll)) {
      whole = new Set(op === 'replace' ? ids : []);
      come.clear();
      go.clear();
    }
    for (const id of op === 'replace' ? [] : ids) {
      const [to, from] = op === 'add' ? [come, go] : [go, come];
      to.add(id);
      from.delete(id);
      if (op === 'add') whole?.add(id);
      else whole?.delete(id);
    }
  }
  const members: MemberChanges =
    whole === undefined
      ? { is: 'change', add: [...come], remove: [...go] }
      : { is: 'replace', ids: [...whole] };
  return { values: readResource('Group', values), members };
}

/** Ids of members as clients write them: objects, bare texts, one or many. Groups inside groups are passed over. */
export function memberIds(given: unknown): string[] {
  if (given === undefined || given === null || given === '') return [];
  const items: unknown[] = Array.isArray(given) ? given : [given];
  const ids = items.map((item) => {
    if (typeof item === 'string') return item;
    if (!isValues(item)) throw wrong();
    const value = named(item, 'value');
    if (value === undefined || value === null) return '';
    if (typeof value !== 'string') throw wrong();
    return value;
  });
  return [...new Set(ids.filter((id) => id !== ''))];
}

const wrong = () =>
  refuse('invalidValue', 'value_wrong', '"members" must be a list of objects with "value".');

/** `members[value eq "a" or value eq "b"]` names people; no other filter does. */
function chosenBy(filter: DirectoryFilter): string[] {
  if (filter.is === 'or') return filter.parts.flatMap(chosenBy);
  if (filter.is === 'test' && filter.field === 'value' && filter.test.op === 'eq') {
    const { value } = filter.test;
    if (typeof value === 'string') return [value];
  }
  throw refuse('invalidPath', 'patch_path_unreadable', 'Members are chosen by members[value eq "…"].');
}
