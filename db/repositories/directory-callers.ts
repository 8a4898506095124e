/** Who calls a directory: proved by its token in the same message as what the call does [SCIM-01]. */
import type { Tx } from '../database.ts';
import { fixedStatement } from '../fixed-statement.ts';
import { bareColumns } from '../row-columns.ts';
import { directoryColumns, type DirectoryRow } from '../tables/directories.ts';
import type { DirectoryTokenRow } from '../tables/directory-tokens.ts';
import type { Tenant } from '../tenant.ts';

/** A call of a client: the path's key says where to look, the token whose people it is about. */
export interface DirectoryCall {
  readonly externalKey: string;
  readonly digest: string;
  readonly now: Date;
}

export interface ProvedCaller {
  readonly directoryId: string;
  readonly tokenId: string;
  /** Another text as soon as anything of the directory has changed that writes depend on. */
  readonly print: string;
  readonly lastChangedAt: Date | null;
}

const print = `concat_ws(' ', directories.updated_at, directories.state, directories.generation, directories.next_generation)`;
const open = `directories.external_key = :externalKey and directories.environment_id = :environmentId
    and directories.organization_id = :organizationId and directories.deleted_at is null and directories.road = 'scim'
    and directories.state not in ('unlinked', 'deleting')
    and exists (select from organizations where organizations.id = directories.organization_id and deleted_at is null)`;

const prove = fixedStatement<ProvedCaller>(`
  select directories.id as "directoryId", token.id as "tokenId", ${print} as print,
    directories.last_changed_at as "lastChangedAt"
  from directory_tokens as token join directories on directories.id = token.directory_id
  where token.digest = :digest and token.environment_id = :environmentId and token.revoked_at is null
    and (token.expires_at is null or token.expires_at > :now) and ${open}
`);

/** Undefined for a token that is not, or no more, one of the directory at this key. */
export async function proveDirectoryCaller(
  tx: Tx,
  tenant: Required<Tenant>,
  call: DirectoryCall,
): Promise<ProvedCaller | undefined> {
  const [caller] = await prove(tx, { ...tenant, ...call });
  return caller;
}

const load = fixedStatement<DirectoryRow & { print: string }>(`
  select ${bareColumns(directoryColumns)}, ${print} as print from directories where ${open}
`);

/** The directory at a key, with the print of how it was read. */
export async function loadDirectory(
  tx: Tx,
  tenant: Required<Tenant>,
  externalKey: string,
): Promise<{ directory: DirectoryRow; print: string } | undefined> {
  const [found] = await load(tx, { ...tenant, externalKey });
  if (found === undefined) return undefined;
  const { print: taken, ...directory } = found;
  return { directory, print: taken };
}

/** Why a token is refused, for the admin: it was one of this directory's, or never. */
export async function findEndedToken(
  tx: Tx,
  { environmentId }: Tenant,
  directoryId: string,
  digest: string,
): Promise<Pick<DirectoryTokenRow, 'revokedAt' | 'expiresAt'> | undefined> {
  return tx
    .selectFrom('directoryTokens')
    .select(['revokedAt', 'expiresAt'])
    .where('digest', '=', digest)
    .where('directoryId', '=', directoryId)
    .where('environmentId', '=', environmentId)
    .executeTakeFirst();
}
