/** How staff get in: codes and one-time links, and the session that follows. */
import { sql, type Insertable } from 'kysely';
import type { Tx } from '../database.ts';
import type { StaffSessionRow, StaffSessionsTable } from '../tables/staff-sessions.ts';
import type { StaffSignInRow, StaffSignInsTable } from '../tables/staff-sign-ins.ts';
import { ofEnvironment, type Tenant } from '../tenant.ts';

export async function insertStaffSignIn(
  tx: Tx,
  signIn: Omit<Insertable<StaffSignInsTable>, 'tries' | 'usedAt'>,
): Promise<StaffSignInRow> {
  return tx.insertInto('staffSignIns').values(signIn).returningAll().executeTakeFirstOrThrow();
}

const triesAllowed = 5;

/**
 * Compares a code with the member's newest one and uses it up when it fits. A wrong one is counted, so the transaction
 * must commit whatever the answer is. `gone`: none is left that could still be used.
 */
export async function takeStaffCode(
  tx: Tx,
  tenant: Tenant,
  { memberId, isCodeOf, now }: { memberId: string; isCodeOf: (stored: string) => boolean; now: Date },
): Promise<'taken' | 'wrong' | 'gone'> {
  const newest = await tx
    .selectFrom('staffSignIns')
    .selectAll()
    .where(ofEnvironment('staffSignIns', tenant))
    .where('memberId', '=', memberId)
    .where('kind', '=', 'code')
    .orderBy('createdAt', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .forUpdate()
    .executeTakeFirst();
  if (!newest || newest.usedAt || newest.expiresAt <= now || newest.tries >= triesAllowed) return 'gone';
  const isRight = isCodeOf(newest.digest);
  await tx
    .updateTable('staffSignIns')
    .set({ tries: newest.tries + 1, usedAt: isRight ? now : null })
    .where('id', '=', newest.id)
    .where(ofEnvironment('staffSignIns', tenant))
    .execute();
  return isRight ? 'taken' : 'wrong';
}

/** Uses a one-time link up; of simultaneous tries one succeeds. Undefined when it is used or has ended. */
export async function takeStaffSignInLink(
  tx: Tx,
  tenant: Tenant,
  signInId: string,
  now: Date,
): Promise<StaffSignInRow | undefined> {
  return tx
    .updateTable('staffSignIns')
    .set({ usedAt: now })
    .where('id', '=', signInId)
    .where(ofEnvironment('staffSignIns', tenant))
    .where('kind', '=', 'link')
    .where('usedAt', 'is', null)
    .where('expiresAt', '>', now)
    .returningAll()
    .executeTakeFirst();
}

export async function insertStaffSession(
  tx: Tx,
  session: Omit<Insertable<StaffSessionsTable>, 'lastSeenAt' | 'endedAt' | 'createdAt'> & { createdAt: Date },
): Promise<StaffSessionRow> {
  return tx
    .insertInto('staffSessions')
    .values({ ...session, lastSeenAt: session.createdAt })
    .returningAll()
    .executeTakeFirstOrThrow();
}

const touchPauseMs = 60_000;

/** Moves the idle end on, never beyond the hard one; writes at most once a minute. */
export async function touchStaffSession(
  tx: Tx,
  tenant: Tenant,
  session: Pick<StaffSessionRow, 'id' | 'lastSeenAt'>,
  { now, idleMs }: { now: Date; idleMs: number },
): Promise<void> {
  if (now.getTime() - session.lastSeenAt.getTime() < touchPauseMs) return;
  await tx
    .updateTable('staffSessions')
    .set({
      lastSeenAt: now,
      idleExpiresAt: sql<Date>`least(expires_at, ${new Date(now.getTime() + idleMs)})`,
    })
    .where('id', '=', session.id)
    .where('endedAt', 'is', null)
    .where(ofEnvironment('staffSessions', tenant))
    .execute();
}

/** Sessions that a cookie still opens, by whom they belong to, the one seen last first. */
export async function listStaffSessions(tx: Tx, tenant: Tenant, now: Date): Promise<StaffSessionRow[]> {
  return tx
    .selectFrom('staffSessions')
    .selectAll()
    .where(ofEnvironment('staffSessions', tenant))
    .where('endedAt', 'is', null)
    .where('idleExpiresAt', '>', now)
    .where('expiresAt', '>', now)
    .orderBy('lastSeenAt', 'desc')
    .orderBy('id')
    .execute();
}

/** Whether a session is, or was, this member's. */
export async function isSessionOf(
  tx: Tx,
  tenant: Tenant,
  { sessionId, memberId }: { sessionId: string; memberId: string },
): Promise<boolean> {
  const found = await tx
    .selectFrom('staffSessions')
    .select('id')
    .where('id', '=', sessionId)
    .where('memberId', '=', memberId)
    .where(ofEnvironment('staffSessions', tenant))
    .executeTakeFirst();
  return found !== undefined;
}

/** Ends one session of a member, or all but the one that is kept. Effective at the next request. Gives back how many. */
export async function endSessionsOf(
  tx: Tx,
  tenant: Tenant,
  of: { memberId: string; sessionId?: string | undefined; except?: string | undefined; now: Date },
): Promise<number> {
  let ending = tx
    .updateTable('staffSessions')
    .set({ endedAt: of.now })
    .where('memberId', '=', of.memberId)
    .where('endedAt', 'is', null)
    .where(ofEnvironment('staffSessions', tenant));
  if (of.sessionId !== undefined) ending = ending.where('id', '=', of.sessionId);
  if (of.except !== undefined) ending = ending.where('id', '!=', of.except);
  const { numUpdatedRows } = await ending.executeTakeFirstOrThrow();
  return Number(numUpdatedRows);
}

export async function endStaffSession(tx: Tx, tenant: Tenant, sessionId: string, now: Date): Promise<void> {
  await tx
    .updateTable('staffSessions')
    .set({ endedAt: now })
    .where('id', '=', sessionId)
    .where('endedAt', 'is', null)
    .where(ofEnvironment('staffSessions', tenant))
    .execute();
}
