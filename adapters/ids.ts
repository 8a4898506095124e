import { monotonicFactory } from 'ulid';

const nextUlid = monotonicFactory();

/**
 * A new public id: `prefix` (with its underscore, as in `org_`) and an upper-case ULID, 26 characters of Crockford
 * base32. Ids of one process grow in the order they were made, within one millisecond too. An id is not a secret
 * and proves nothing: doors and keys use `mintToken`.
 */
export function newId(prefix: `${string}_`): string {
  return prefix + nextUlid();
}
