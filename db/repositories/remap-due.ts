/** Directories whose people are to be read anew, because the vendor asks for other attributes than before. */
import type { Tx } from '../database.ts';
import type { DirectoryRow } from '../tables/directories.ts';
import { ofEnvironment, ownedBy, type Tenant } from '../tenant.ts';

/** Has everybody of the environment's directories read anew before long, in the transaction that changes the attributes. */
export async function markRemapsDue(tx: Tx, tenant: Tenant, now: Date): Promise<void> {
  await tx
    .updateTable('directories')
    .set({ remapDueAt: now })
    .where('deletedAt', 'is', null)
    .where(ofEnvironment('directories', tenant))
    .execute();
}

/** Those that have waited longest. Needs `withSystem`. */
export async function listDueRemaps(tx: Tx, limit: number): Promise<DirectoryRow[]> {
  return tx
    .selectFrom('directories')
    .selectAll()
    .where('remapDueAt', 'is not', null)
    .where('deletedAt', 'is', null)
    .orderBy('remapDueAt')
    .orderBy('id')
    .limit(limit)
    .execute();
}

/** Everybody is as the attributes are now. The caller has locked the directory. */
export async function endRemap(tx: Tx, tenant: Tenant, directoryId: string): Promise<void> {
  await tx
    .updateTable('directories')
    .set({ remapDueAt: null })
    .where('id', '=', directoryId)
    .where(ownedBy('directories', tenant))
    .execute();
}
