/** What is wrong with something that is live, and which onboarding is to repair it. */
import { sql, type Insertable } from 'kysely';
import type { Tx } from '../database.ts';
import type { TroubleRow, TroublesTable } from '../tables/troubles.ts';
import { ownedBy, type Tenant } from '../tenant.ts';

/** False when the same trouble is open already: two looks may see it at once. */
export async function insertTrouble(
  tx: Tx,
  trouble: Insertable<Omit<TroublesTable, 'endedAt' | 'createdAt' | 'runs'>> & { createdAt: Date },
): Promise<boolean> {
  const inserted = await tx
    .insertInto('troubles')
    .values(trouble)
    .onConflict((conflict) =>
      conflict.columns(['kind', 'subjectId']).where('endedAt', 'is', null).doNothing(),
    )
    .returning('id')
    .execute();
  return inserted.length > 0;
}

/**
 * Those that last although the run that was to repair them has closed, some time ago, and that had fewer runs than that.
 * One that a person has cancelled stays so. Needs `withSystem`.
 */
export async function listTroublesLeft(
  tx: Tx,
  { closedBefore, fewerRunsThan }: { closedBefore: Date; fewerRunsThan: number },
): Promise<TroubleRow[]> {
  return tx
    .selectFrom('troubles')
    .innerJoin('onboardings', 'onboardings.id', 'troubles.onboardingId')
    .selectAll('troubles')
    .where('troubles.endedAt', 'is', null)
    .where('troubles.runs', '<', fewerRunsThan)
    .where('onboardings.state', '=', 'closed')
    .where('onboardings.updatedAt', '<=', closedBefore)
    .orderBy('troubles.id')
    .execute();
}

/** Another onboarding is to repair it. False when it has ended, or another look was faster. */
export async function runAgain(
  tx: Tx,
  tenant: Tenant,
  trouble: Pick<TroubleRow, 'id' | 'runs'>,
  onboardingId: string,
): Promise<boolean> {
  const updated = await tx
    .updateTable('troubles')
    .set({ onboardingId, runs: trouble.runs + 1 })
    .where('id', '=', trouble.id)
    .where('runs', '=', trouble.runs)
    .where('endedAt', 'is', null)
    .where(ownedBy('troubles', tenant))
    .returning('id')
    .execute();
  return updated.length > 0;
}

/** Undefined when it had ended before. */
export async function endTrouble(
  tx: Tx,
  tenant: Tenant,
  troubleId: string,
  now: Date,
): Promise<TroubleRow | undefined> {
  return tx
    .updateTable('troubles')
    .set({ endedAt: now })
    .where('id', '=', troubleId)
    .where('endedAt', 'is', null)
    .where(ownedBy('troubles', tenant))
    .returningAll()
    .executeTakeFirst();
}

export async function findTrouble(
  tx: Tx,
  tenant: Tenant,
  troubleId: string,
): Promise<TroubleRow | undefined> {
  return troublesOf(tx, tenant).where('id', '=', troubleId).executeTakeFirst();
}

/** Those that are not over, oldest first; of some organizations where they are named. */
export async function listOpenTroubles(
  tx: Tx,
  tenant: Tenant,
  organizationIds?: readonly string[],
): Promise<TroubleRow[]> {
  let query = troublesOf(tx, tenant).where('endedAt', 'is', null);
  if (organizationIds) query = query.where(sql<boolean>`organization_id = any(${organizationIds}::text[])`);
  return query.orderBy('since').orderBy('id').execute();
}

/** Those that an onboarding was to repair, over or not, oldest first. */
export async function listTroublesOfOnboarding(
  tx: Tx,
  tenant: Tenant,
  onboardingId: string,
): Promise<TroubleRow[]> {
  return troublesOf(tx, tenant)
    .where('onboardingId', '=', onboardingId)
    .orderBy('since')
    .orderBy('id')
    .execute();
}

/** Those of all tenants that are not over. Needs `withSystem`. */
export async function listEveryOpenTrouble(tx: Tx): Promise<TroubleRow[]> {
  return tx.selectFrom('troubles').selectAll().where('endedAt', 'is', null).orderBy('id').execute();
}

function troublesOf(tx: Tx, tenant: Tenant) {
  return tx.selectFrom('troubles').selectAll().where(ownedBy('troubles', tenant));
}
