/** Changes of directories that wait for a person [SCIM-09]: read, and ended where nobody has to decide any more. */
import { sql } from 'kysely';
import { OnboardingError } from '../../onboarding/errors.ts';
import { notifyChange, type Tx } from '../database.ts';
import { newId } from '../new-id.ts';
import { insertAudit } from '../repositories/audit.ts';
import type { DirectoryRow } from '../tables/directories.ts';
import type { DirectoryHoldRow } from '../tables/directory-holds.ts';
import { ownedBy, type Tenant } from '../tenant.ts';

/** A directory has one open hold at most. */
export async function findOpenHold(
  tx: Tx,
  tenant: Tenant,
  directoryId: string,
): Promise<DirectoryHoldRow | undefined> {
  return holdsOf(tx, tenant)
    .where('directoryId', '=', directoryId)
    .where('state', '=', 'open')
    .executeTakeFirst();
}

/**
 * The newest change of the directory that a person discarded while its source still does without some of the people in it:
 * they go on being shown, until the source brings them again or a person lets them leave after all.
 */
export async function findDiscardedHold(
  tx: Tx,
  tenant: Tenant,
  { id: directoryId, generation }: Pick<DirectoryRow, 'id' | 'generation'>,
): Promise<DirectoryHoldRow | undefined> {
  return holdsOf(tx, tenant)
    .where('directoryId', '=', directoryId)
    .where('state', '=', 'discarded')
    .where('reason', '=', 'many_leave')
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom('directoryUsers')
          .whereRef('directoryUsers.holdId', '=', 'directoryHolds.id')
          .where('directoryUsers.generation', '=', generation)
          .where('directoryUsers.deletedAt', 'is', null)
          .select('directoryUsers.id'),
      ),
    )
    .orderBy('createdAt', 'desc')
    .orderBy('id', 'desc')
    .executeTakeFirst();
}

/** Newest first. */
export async function listHolds(
  tx: Tx,
  tenant: Tenant,
  directoryId: string,
  limit: number,
): Promise<DirectoryHoldRow[]> {
  return holdsOf(tx, tenant)
    .where('directoryId', '=', directoryId)
    .orderBy('createdAt', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
}

/** Throws `not_found`. */
export async function getHold(tx: Tx, tenant: Tenant, holdId: string): Promise<DirectoryHoldRow> {
  const hold = await holdsOf(tx, tenant).where('id', '=', holdId).executeTakeFirst();
  if (!hold) throw new OnboardingError('not_found', { kind: 'directory_hold' });
  return hold;
}

/**
 * Ends open holds whose source has brought back everybody in them: there is nothing to decide, and who leaves next is
 * counted anew. Such a one is discarded by nobody. Of one directory, or with `withSystem` of all; answers how many.
 */
export async function withdrawEmptyHolds(tx: Tx, now: Date, directoryId?: string): Promise<number> {
  let query = tx
    .updateTable('directoryHolds')
    .set({ state: 'discarded', decidedAt: now, decidedBy: null })
    .where('state', '=', 'open')
    .where('reason', '=', 'many_leave').where(sql<boolean>`not exists (
      select from directory_users where hold_id = directory_holds.id and deleted_at is null
    )`);
  if (directoryId !== undefined) query = query.where('directoryId', '=', directoryId);
  const ended = await query.returningAll().execute();
  for (const { id, directoryId: directory, environmentId, organizationId } of ended) {
    await insertAudit(tx, {
      id: newId('audit_'),
      environmentId,
      organizationId,
      at: now,
      actor: { type: 'system', id: 'directory' },
      action: 'directory.hold_withdrawn',
      target: { type: 'directory', id: directory },
      after: { hold_id: id },
    });
    notifyChange(tx, { environmentId, organizationId }, 'directory', directory);
  }
  return ended.length;
}

const hourMs = 60 * 60_000;

/** How many had left in the hour before a hold was opened, and are not back: nothing of it keeps them. */
export async function countLeftBefore(
  tx: Tx,
  { id, directoryId, environmentId, organizationId, createdAt }: DirectoryHoldRow,
): Promise<number> {
  const { count } = await tx
    .selectFrom('directoryUsers')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where(ownedBy('directoryUsers', { environmentId, organizationId }))
    .where('directoryId', '=', directoryId)
    .where('leftAt', '>', new Date(createdAt.getTime() - hourMs))
    .where('leftAt', '<=', createdAt)
    .where((eb) => eb.or([eb('holdId', 'is', null), eb('holdId', '!=', id)]))
    .where((eb) => eb.or([eb('state', '!=', 'active'), eb('deletedAt', 'is not', null)]))
    .executeTakeFirstOrThrow();
  return count;
}

function holdsOf(tx: Tx, tenant: Tenant) {
  return tx.selectFrom('directoryHolds').selectAll().where(ownedBy('directoryHolds', tenant));
}
