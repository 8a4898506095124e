/** Requests to erase one person, and what came of them. */
import { erasedKinds, type ErasedKind } from '../../onboarding/erasure.ts';
import type { Tx } from '../database.ts';
import { toJson } from '../tables/columns.ts';
import type { ErasureRow } from '../tables/erasures.ts';
import { ofEnvironment, ownedBy, type Tenant } from '../tenant.ts';

export interface NewErasure {
  id: string;
  environmentId: string;
  organizationId: string | null;
  email: string | null;
  idpId: string | null;
  createdAt: Date;
}

export async function insertErasure(tx: Tx, erasure: NewErasure): Promise<ErasureRow> {
  return tx.insertInto('erasures').values(erasure).returningAll().executeTakeFirstOrThrow();
}

export async function findErasure(tx: Tx, tenant: Tenant, id: string): Promise<ErasureRow | undefined> {
  return tx
    .selectFrom('erasures')
    .selectAll()
    .where(ofEnvironment('erasures', tenant))
    .where('id', '=', id)
    .executeTakeFirst();
}

/** The newest first: those of one organization, or of the environment where no organization is named. */
export async function listErasures(tx: Tx, tenant: Tenant, limit: number): Promise<ErasureRow[]> {
  return tx
    .selectFrom('erasures')
    .selectAll()
    .where(ownedBy('erasures', tenant))
    .orderBy('createdAt', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
}

/** Those that wait, oldest first. Needs `withSystem`. */
export async function listWaitingErasures(tx: Tx): Promise<ErasureRow[]> {
  return tx
    .selectFrom('erasures')
    .selectAll()
    .where('state', '=', 'waiting')
    .orderBy('createdAt')
    .limit(100)
    .execute();
}

/** Adds what a batch has erased, in the batch's transaction: a round that was broken off is counted too. */
export async function countErased(
  tx: Tx,
  id: string,
  counts: Partial<Record<ErasedKind, number>>,
): Promise<void> {
  const { erased } = await tx
    .selectFrom('erasures')
    .select('erased')
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirstOrThrow();
  const sums = erasedKinds.map((kind) => [kind, (erased[kind] ?? 0) + (counts[kind] ?? 0)] as const);
  await tx
    .updateTable('erasures')
    .set({ erased: toJson(Object.fromEntries(sums.filter(([, sum]) => sum > 0))) })
    .where('id', '=', id)
    .execute();
}

/** Who it was is forgotten with it. Needs `withSystem`. */
export async function finishErasure(tx: Tx, id: string, now: Date): Promise<void> {
  await tx
    .updateTable('erasures')
    .set({ state: 'done', email: null, idpId: null, finishedAt: now })
    .where('id', '=', id)
    .execute();
}
