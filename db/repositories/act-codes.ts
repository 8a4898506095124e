/** Codes mailed for the dangerous acts of a portal session [LNK-10]. */
import type { Insertable } from 'kysely';
import type { Tx } from '../database.ts';
import type { ActCodeRow, ActCodesTable } from '../tables/act-codes.ts';
import { ownedBy, type Tenant } from '../tenant.ts';

/** What a code is bound to. */
interface BoundTo {
  sessionId: string;
  act: string;
}

export async function insertActCode(
  tx: Tx,
  code: Omit<Insertable<ActCodesTable>, 'tries' | 'usedAt' | 'createdAt'> & { createdAt: Date },
): Promise<ActCodeRow> {
  return tx.insertInto('actCodes').values(code).returningAll().executeTakeFirstOrThrow();
}

/** The newest one of this session for this act, whatever became of it: only the newest counts. */
export async function findActCode(tx: Tx, tenant: Tenant, bound: BoundTo): Promise<ActCodeRow | undefined> {
  return newestOf(tx, tenant, bound).executeTakeFirst();
}

/** How often a code may be typed; the sixth try is refused even when it is right. */
const triesAllowed = 5;

type TakenCode =
  | { outcome: 'taken'; code: ActCodeRow }
  | { outcome: 'wrong'; triesLeft: number }
  /** None is left that could still be used. */
  | { outcome: 'gone' };

/**
 * Compares a code with the newest one for this act and uses it up when it fits; of simultaneous tries each waits for the
 * other. A wrong one is counted, so the transaction must commit whatever the outcome is.
 */
export async function takeActCode(
  tx: Tx,
  tenant: Tenant,
  { digest, now, ...bound }: BoundTo & { digest: string; now: Date },
): Promise<TakenCode> {
  const newest = await newestOf(tx, tenant, bound).forUpdate().executeTakeFirst();
  if (!newest || newest.usedAt || newest.expiresAt <= now || newest.tries >= triesAllowed) {
    return { outcome: 'gone' };
  }
  const isRight = newest.codeDigest === digest;
  const tries = newest.tries + 1;
  const code = await tx
    .updateTable('actCodes')
    .set({ tries, usedAt: isRight ? now : null })
    .where('id', '=', newest.id)
    .where(ownedBy('actCodes', tenant))
    .returningAll()
    .executeTakeFirstOrThrow();
  return isRight ? { outcome: 'taken', code } : { outcome: 'wrong', triesLeft: triesAllowed - tries };
}

/** Ends a code that could not be mailed. */
export async function endActCode(tx: Tx, tenant: Tenant, codeId: string, now: Date): Promise<void> {
  await tx
    .updateTable('actCodes')
    .set({ expiresAt: now })
    .where('id', '=', codeId)
    .where(ownedBy('actCodes', tenant))
    .execute();
}

function newestOf(tx: Tx, tenant: Tenant, { sessionId, act }: BoundTo) {
  return tx
    .selectFrom('actCodes')
    .selectAll()
    .where(ownedBy('actCodes', tenant))
    .where('sessionId', '=', sessionId)
    .where('act', '=', act)
    .orderBy('createdAt', 'desc')
    .orderBy('id', 'desc')
    .limit(1);
}
