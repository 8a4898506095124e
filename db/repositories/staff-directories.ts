/** What staff read of directories beside what the vendor is shown of their people. */
import { sql } from 'kysely';
import type { DirectoryRequestCause } from '../../onboarding/directory-requests.ts';
import type { Tx } from '../database.ts';
import { pageOf, type Page, type PageRequest } from '../pagination.ts';
import type { DirectoryRequestRow } from '../tables/directory-requests.ts';
import type { DirectoryRunRow } from '../tables/directory-runs.ts';
import { ownedBy, type Tenant } from '../tenant.ts';

export interface ShownRequestFilter {
  directoryId?: string;
  cause?: DirectoryRequestCause;
  /** Only those that were refused, or only those that were not. */
  isRefused?: boolean;
  from?: Date;
  until?: Date;
}

/** A call with what tells whose it was. */
export type ShownRequest = DirectoryRequestRow & {
  directoryName: string | null;
  organizationName: string | null;
};

/** Calls of all clients, newest first. */
export async function listShownRequests(
  tx: Tx,
  tenant: Tenant,
  { directoryId, cause, isRefused, from, until }: ShownRequestFilter,
  request: PageRequest,
): Promise<Page<ShownRequest>> {
  const owned = ownedBy('directoryRequests', tenant);
  let query = shown(tx, tenant);
  if (directoryId !== undefined) query = query.where('directoryRequests.directoryId', '=', directoryId);
  if (cause !== undefined) query = query.where('directoryRequests.cause', '=', cause);
  if (isRefused !== undefined)
    query = query.where('directoryRequests.kind', isRefused ? '=' : '!=', 'refused');
  if (from !== undefined) query = query.where('directoryRequests.at', '>=', from);
  if (until !== undefined) query = query.where('directoryRequests.at', '<', until);
  const keys = [sql.ref('directoryRequests.at'), sql.ref('directoryRequests.id')];
  return pageOf(tx, query, { table: 'directoryRequests', keys, owned }, request);
}

export async function findShownRequest(
  tx: Tx,
  tenant: Tenant,
  requestId: string,
): Promise<ShownRequest | undefined> {
  return shown(tx, tenant).where('directoryRequests.id', '=', requestId).executeTakeFirst();
}

/** The last readings of a directory, newest first. */
export async function listLastRuns(
  tx: Tx,
  tenant: Tenant,
  directoryId: string,
  limit: number,
): Promise<DirectoryRunRow[]> {
  return tx
    .selectFrom('directoryRuns')
    .selectAll()
    .where('directoryId', '=', directoryId)
    .where(ownedBy('directoryRuns', tenant))
    .orderBy('startedAt', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
}

/** Names are left out of what was deleted: the calls are kept longer. */
function shown(tx: Tx, tenant: Tenant) {
  return tx
    .selectFrom('directoryRequests')
    .leftJoin('directories', 'directories.id', 'directoryRequests.directoryId')
    .leftJoin('organizations', 'organizations.id', 'directoryRequests.organizationId')
    .selectAll('directoryRequests')
    .select(['directories.name as directoryName', 'organizations.name as organizationName'])
    .where(ownedBy('directoryRequests', tenant));
}
