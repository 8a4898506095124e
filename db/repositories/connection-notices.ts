/** What contacts have yet to be mailed of their connections; a deleted connection has news, too. */
import { sql } from 'kysely';
import type { Tx } from '../database.ts';
import { toJson } from '../tables/columns.ts';
import type { ConnectionNotice, ConnectionRow } from '../tables/connections.ts';
import { ownedBy, type Tenant } from '../tenant.ts';

/** Has the contacts mailed of one act, in the transaction that does it. */
export async function addConnectionNotice(
  tx: Tx,
  tenant: Tenant,
  connectionId: string,
  notice: ConnectionNotice,
): Promise<void> {
  await tx
    .updateTable('connections')
    .set({ notices: sql`notices || ${toJson([notice])}::jsonb` })
    .where('id', '=', connectionId)
    .where(ownedBy('connections', tenant))
    .execute();
}

/** Connections with news, deleted ones among them. Needs `withSystem`. */
export async function listNoticedConnections(tx: Tx): Promise<ConnectionRow[]> {
  return tx
    .selectFrom('connections')
    .selectAll()
    .where(sql<boolean>`notices <> '[]'`)
    .orderBy('id')
    .limit(100)
    .execute();
}

/** The contacts were mailed of as many as there were; what came meanwhile stays. Needs `withSystem`. */
export async function forgetConnectionNotices(
  tx: Tx,
  { id, notices }: Pick<ConnectionRow, 'id' | 'notices'>,
): Promise<void> {
  await tx
    .updateTable('connections')
    .set({
      notices: sql`coalesce(jsonb_path_query_array(notices, ${`$[${notices.length} to last]`}::jsonpath), '[]')`,
    })
    .where('id', '=', id)
    .execute();
}
