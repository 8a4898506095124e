import { randomFillSync } from 'node:crypto';
import { monotonicFactory } from 'ulid';

const random = new Uint8Array(4096);
let used = random.length;

/** A random number below 1, one byte fine: ULIDs ask for each of their characters, the system is asked rarely. */
function nextRandom(): number {
  if (used === random.length) {
    randomFillSync(random);
    used = 0;
  }
  return (random[used++] ?? 0) / 256;
}

const nextUlid = monotonicFactory(nextRandom);

/**
 * A new public id: `prefix` (with its underscore, as in `org_`) and an upper-case ULID, 26 characters of Crockford
 * base32. Ids of one process grow in the order they were made, within one millisecond too. An id is not a secret
 * and proves nothing: doors and keys use `mintToken`.
 */
export function newId(prefix: `${string}_`): string {
  return prefix + nextUlid();
}
