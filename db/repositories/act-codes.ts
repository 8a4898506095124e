/** Codes mailed for the dangerous acts of a portal session [LNK-10], and for opening a link [LNK-05]. */
import type { Insertable } from 'kysely';
import type { Tx } from '../database.ts';
import type { ActCodeRow, ActCodesTable } from '../tables/act-codes.ts';
import { ownedBy, type Tenant } from '../tenant.ts';

/** What a code is bound to; one that opens a link is bound to the link, which its act names. */
interface BoundTo {
  sessionId: string | null;
  act: string;
}

export async function insertActCode(
  tx: Tx,
  code: Omit<Insertable<ActCodesTable>, 'usedAt' | 'createdAt'> & { createdAt: Date },
): Promise<ActCodeRow> {
  return tx.insertInto('actCodes').values(code).returningAll().executeTakeFirstOrThrow();
}

/** The newest one of this session for this act, whatever became of it: only the newest counts. */
export async function findActCode(tx: Tx, tenant: Tenant, bound: BoundTo): Promise<ActCodeRow | undefined> {
  return newestOf(tx, tenant, bound).executeTakeFirst();
}

/** How often a code may be typed; the sixth try is refused even when it is right. */
export const triesAllowed = 5;

type TakenCode =
  | { outcome: 'taken'; code: ActCodeRow }
  | { outcome: 'wrong'; triesLeft: number }
  /** None is left that could still be used. */
  | { outcome: 'gone' };

/**
 * Compares a code with the newest one for this act and uses it up when it fits; of simultaneous tries each waits for the
 * other. A wrong one is counted, so the transaction must commit whatever the outcome is. With `blockedForMs` the last
 * wrong one lasts so long from now, for whoever looks whether another code may be had.
 */
export async function takeActCode(
  tx: Tx,
  tenant: Tenant,
  {
    isCodeOf,
    now,
    blockedForMs,
    ...bound
  }: BoundTo & { isCodeOf: (stored: string) => boolean; now: Date; blockedForMs?: number },
): Promise<TakenCode> {
  const newest = await newestOf(tx, tenant, bound).forUpdate().executeTakeFirst();
  if (!newest || newest.usedAt || newest.expiresAt <= now || newest.tries >= triesAllowed) {
    return { outcome: 'gone' };
  }
  const isRight = isCodeOf(newest.codeDigest);
  const tries = newest.tries + 1;
  const isBlocked = !isRight && tries >= triesAllowed && blockedForMs !== undefined;
  const code = await tx
    .updateTable('actCodes')
    .set({
      tries,
      usedAt: isRight ? now : null,
      ...(isBlocked && { expiresAt: new Date(now.getTime() + blockedForMs) }),
    })
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
    .where('sessionId', sessionId === null ? 'is' : '=', sessionId)
    .where('act', '=', act)
    .orderBy('createdAt', 'desc')
    .orderBy('id', 'desc')
    .limit(1);
}
