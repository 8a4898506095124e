import type { Tx } from './database.ts';
import { countSealedByKey, insertKeyCheck, listKeyChecks } from './repositories/sealed-values.ts';
import { UnusableDatabase } from './unusable-database.ts';

/** What `adapters/secrets.ts` offers for the check. */
type Keys = { keyIds: readonly string[]; keyCheck(keyId: string): string };

/**
 * Compares the operator's keys with what was stored under the same ids, before anything is written with them. Needs
 * `withSystem`. Throws one sentence: a key that differs, or one that is missing although stored values need it.
 */
export async function checkKeys(tx: Tx, keys: Keys, now: Date): Promise<void> {
  const known = new Map((await listKeyChecks(tx)).map(({ keyId, value }) => [keyId, value]));
  for (const keyId of keys.keyIds) {
    const expected = known.get(keyId);
    const value = keys.keyCheck(keyId);
    if (expected === undefined) await insertKeyCheck(tx, { keyId, value, createdAt: now });
    else if (expected !== value) {
      throw new UnusableDatabase(
        `SECRETS_KEY "${keyId}" is not the key this database was written with. Give the right one, or another id for a new key.`,
      );
    }
  }
  const missing = [...known.keys()].filter((keyId) => !keys.keyIds.includes(keyId));
  if (missing.length === 0) return;
  const counts = await countSealedByKey(tx);
  for (const keyId of missing) {
    const left = counts.get(keyId) ?? 0;
    if (left > 0) {
      throw new UnusableDatabase(
        `SECRETS_KEY lacks "${keyId}", which ${left} stored values still need. Add it again, then run: npm run admin -- rewrap`,
      );
    }
  }
}
