/** The calls of directories' clients: written many at once, beside the calls themselves, and kept for 30 days. */
import { sql } from 'kysely';
import type { DirectoryRequestKind } from '../../onboarding/directory-requests.ts';
import { notifyChange, type Tx } from '../database.ts';
import { fixedStatement } from '../fixed-statement.ts';
import { pageOf, type Page, type PageRequest } from '../pagination.ts';
import type { DirectoryRequestRow } from '../tables/directory-requests.ts';
import { ownedBy, type Tenant } from '../tenant.ts';

interface DirectoryRequestFilter {
  directoryId?: string;
  kinds?: readonly DirectoryRequestKind[];
  /** Only those that were refused, or only those that were not. */
  isRefused?: boolean;
}

/** Newest first, or as `request` asks. */
export async function listDirectoryRequests(
  tx: Tx,
  tenant: Tenant,
  { directoryId, kinds, isRefused }: DirectoryRequestFilter,
  request: PageRequest,
): Promise<Page<DirectoryRequestRow>> {
  const owned = ownedBy('directoryRequests', tenant);
  let query = tx.selectFrom('directoryRequests').selectAll('directoryRequests').where(owned);
  if (directoryId !== undefined) query = query.where('directoryRequests.directoryId', '=', directoryId);
  if (kinds !== undefined) query = query.where('directoryRequests.kind', 'in', [...kinds]);
  if (isRefused !== undefined)
    query = query.where('directoryRequests.kind', isRefused ? '=' : '!=', 'refused');
  const keys = [sql.ref('directoryRequests.at'), sql.ref('directoryRequests.id')];
  return pageOf(tx, query, { table: 'directoryRequests', keys, owned }, request);
}

/** How often each kind of call has come to a directory since then, and when it last did. */
export async function countDirectoryRequests(
  tx: Tx,
  tenant: Tenant,
  directoryId: string,
  since: Date,
): Promise<{ kind: DirectoryRequestKind; count: number; lastAt: Date }[]> {
  return tx
    .selectFrom('directoryRequests')
    .select(['kind', sql<number>`count(*)`.as('count'), sql<Date>`max(at)`.as('lastAt')])
    .where(ownedBy('directoryRequests', tenant))
    .where('directoryId', '=', directoryId)
    .where('at', '>=', since)
    .groupBy('kind')
    .execute();
}

const insertAll = fixedStatement(`
  insert into directory_requests (id, environment_id, organization_id, directory_id, at, method, path, status,
    milliseconds, kind, cause, client, subject, request_body, response_body)
  select id, :environmentId, organization_id, directory_id, at, method, path, status, milliseconds, kind, cause, client,
    subject, request_body, response_body
  from unnest(:ids::text[], :organizationIds::text[], :directoryIds::text[], :ats::timestamptz[], :methods::text[],
    :paths::text[], :statuses::integer[], :milliseconds::integer[], :kinds::text[], :causes::text[], :clients::text[],
    :subjects::text[], :requestBodies::text[], :responseBodies::text[])
    as calls (id, organization_id, directory_id, at, method, path, status, milliseconds, kind, cause, client, subject,
      request_body, response_body)
`);

const touchDirectories = fixedStatement(`
  update directories
  set first_request_at = coalesce(first_request_at, touched.at), last_request_at = greatest(last_request_at, touched.at),
    silent_since = null
  from unnest(:directoryIds::text[], :ats::timestamptz[]) as touched (directory_id, at)
  where directories.id = touched.directory_id and directories.environment_id = :environmentId
`);

const touchTokens = fixedStatement(`
  update directory_tokens
  set first_used_at = coalesce(first_used_at, touched.at), last_used_at = greatest(last_used_at, touched.at)
  from unnest(:tokenIds::text[], :ats::timestamptz[]) as touched (token_id, at)
  where directory_tokens.id = touched.token_id and directory_tokens.environment_id = :environmentId
`);

/** When something was last seen. */
interface Seen {
  id: string;
  at: Date;
}

/**
 * Writes calls of one environment, and when its directories and tokens were last used. Three statements, however many
 * calls there are; listeners hear once of each directory.
 */
export async function insertDirectoryRequests(
  tx: Tx,
  { environmentId }: { environmentId: string },
  written: {
    requests: readonly Omit<DirectoryRequestRow, 'environmentId'>[];
    directories: readonly Seen[];
    tokens: readonly Seen[];
  },
): Promise<void> {
  const { requests, directories, tokens } = written;
  const sent = [
    insertAll(tx, {
      environmentId,
      ids: requests.map(({ id }) => id),
      organizationIds: requests.map(({ organizationId }) => organizationId),
      directoryIds: requests.map(({ directoryId }) => directoryId),
      ats: requests.map(({ at }) => at),
      methods: requests.map(({ method }) => method),
      paths: requests.map(({ path }) => path),
      statuses: requests.map(({ status }) => status),
      milliseconds: requests.map(({ milliseconds }) => milliseconds),
      kinds: requests.map(({ kind }) => kind),
      causes: requests.map(({ cause }) => cause),
      clients: requests.map(({ client }) => client),
      subjects: requests.map(({ subject }) => subject),
      requestBodies: requests.map(({ requestBody }) => requestBody),
      responseBodies: requests.map(({ responseBody }) => responseBody),
    }),
  ];
  if (directories.length > 0) {
    const [directoryIds, ats] = [directories.map(({ id }) => id), directories.map(({ at }) => at)];
    sent.push(touchDirectories(tx, { environmentId, directoryIds, ats }));
  }
  if (tokens.length > 0) {
    const [tokenIds, ats] = [tokens.map(({ id }) => id), tokens.map(({ at }) => at)];
    sent.push(touchTokens(tx, { environmentId, tokenIds, ats }));
  }
  await Promise.all(sent);
  const told = new Map(requests.map((request) => [request.directoryId, request.organizationId]));
  for (const [directoryId, organizationId] of told)
    notifyChange(tx, { environmentId, organizationId }, 'directory', directoryId);
}
