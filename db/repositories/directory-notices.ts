/** What contacts have yet to be mailed of their directories; a deleted directory has news, too. */
import { sql } from 'kysely';
import type { Tx } from '../database.ts';
import { toJson } from '../tables/columns.ts';
import type { DirectoryNotice, DirectoryRow } from '../tables/directories.ts';
import { ownedBy, type Tenant } from '../tenant.ts';

/** Has the contacts mailed of one act, in the transaction that does it. */
export async function addDirectoryNotice(
  tx: Tx,
  tenant: Tenant,
  directoryId: string,
  notice: DirectoryNotice,
): Promise<void> {
  await tx
    .updateTable('directories')
    .set({ notices: sql`notices || ${toJson([notice])}::jsonb` })
    .where('id', '=', directoryId)
    .where(ownedBy('directories', tenant))
    .execute();
}

/** Directories with news, deleted ones among them. Needs `withSystem`. */
export async function listNoticedDirectories(tx: Tx): Promise<DirectoryRow[]> {
  return tx
    .selectFrom('directories')
    .selectAll()
    .where(sql<boolean>`notices <> '[]'`)
    .orderBy('id')
    .limit(100)
    .execute();
}

/** The contacts were mailed of as many as there were; what came meanwhile stays. Needs `withSystem`. */
export async function forgetDirectoryNotices(
  tx: Tx,
  { id, notices }: Pick<DirectoryRow, 'id' | 'notices'>,
): Promise<void> {
  await tx
    .updateTable('directories')
    .set({
      notices: sql`coalesce(jsonb_path_query_array(notices, ${`$[${notices.length} to last]`}::jsonpath), '[]')`,
    })
    .where('id', '=', id)
    .execute();
}
