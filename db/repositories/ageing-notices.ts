/** Which notices of things that end went out, and the things themselves as their watches read them. */
import { sql } from 'kysely';
import type { AgeingKind } from '../../onboarding/ageing.ts';
import type { Tx } from '../database.ts';
import type { AgeingNoticeRow } from '../tables/ageing-notices.ts';
import { ownedBy, type Tenant } from '../tenant.ts';

/** Takes the right to tell of a threshold: false when it was told before [REL-19]. */
export async function takeAgeingNotice(tx: Tx, notice: AgeingNoticeRow): Promise<boolean> {
  const taken = await tx
    .insertInto('ageingNotices')
    .values(notice)
    .onConflict((conflict) => conflict.doNothing())
    .returning('toldAt')
    .executeTakeFirst();
  return taken !== undefined;
}

/** What ends, of a connection that serves people, a directory that is there or a stream that was started. */
export interface AgeingThing {
  /** The connection, of a token the directory, of a stream's credential the stream. */
  sourceId: string;
  /** A secret ends with a day, a key at an instant. */
  end: { day: string } | { at: Date };
}

const keyUses = { signing_key: 'signing', encryption_key: 'encryption' } as const;

/**
 * A token of a directory from which the client has not gone over to another one that lasts longer. `tokens` is the table
 * under its own name.
 */
export const isServingToken = sql<boolean>`directory_tokens.revoked_at is null
  and directory_tokens.expires_at is not null
  and not exists (
    select from directory_tokens as other
    where other.directory_id = directory_tokens.directory_id and other.id <> directory_tokens.id
      and other.revoked_at is null
      and (other.expires_at is null or other.expires_at > directory_tokens.expires_at)
      and (other.last_used_at > directory_tokens.last_used_at
        or (other.last_used_at is not null and directory_tokens.last_used_at is null))
  )`;

/**
 * Undefined when it is gone: replaced, retired, without an end, of a connection that serves nobody, or of a directory
 * that is not there any more.
 */
export async function findAgeing(
  tx: Tx,
  tenant: Tenant,
  { kind, subjectId }: { kind: AgeingKind; subjectId: string },
): Promise<AgeingThing | undefined> {
  if (kind === 'client_secret') {
    const row = await tx
      .selectFrom('connections')
      .select(['id', 'oidcSecretEndsOn'])
      .where('id', '=', subjectId)
      .where('state', '=', 'active')
      .where('deletedAt', 'is', null)
      .where(ownedBy('connections', tenant))
      .executeTakeFirst();
    return row?.oidcSecretEndsOn == null
      ? undefined
      : { sourceId: row.id, end: { day: row.oidcSecretEndsOn } };
  }
  if (kind === 'scim_token') {
    const row = await tx
      .selectFrom('directoryTokens')
      .innerJoin('directories', 'directories.id', 'directoryTokens.directoryId')
      .select(['directoryTokens.directoryId', 'directoryTokens.expiresAt'])
      .where('directoryTokens.id', '=', subjectId)
      .where(isServingToken)
      .where('directories.deletedAt', 'is', null)
      .where(ownedBy('directoryTokens', tenant))
      .executeTakeFirst();
    return row?.expiresAt == null ? undefined : { sourceId: row.directoryId, end: { at: row.expiresAt } };
  }
  if (kind === 'stream_credential') {
    const row = await tx
      .selectFrom('logStreams')
      .select(['id', 'secretEndsOn'])
      .where('id', '=', subjectId)
      .where('startedAt', 'is not', null)
      .where('deletedAt', 'is', null)
      .where(ownedBy('logStreams', tenant))
      .executeTakeFirst();
    return row?.secretEndsOn == null ? undefined : { sourceId: row.id, end: { day: row.secretEndsOn } };
  }
  const row = await tx
    .selectFrom('spKeys')
    .innerJoin('connections', 'connections.id', 'spKeys.connectionId')
    .select(['spKeys.connectionId', 'spKeys.notAfter'])
    .where('spKeys.id', '=', subjectId)
    .where('spKeys.use', '=', keyUses[kind])
    .where('spKeys.state', '=', 'current')
    .where('spKeys.retiredAt', 'is', null)
    .where('connections.state', '=', 'active')
    .where('connections.deletedAt', 'is', null)
    .where(ownedBy('spKeys', tenant))
    .executeTakeFirst();
  return row === undefined ? undefined : { sourceId: row.connectionId, end: { at: row.notAfter } };
}

/** When the first of the directory's tokens ends that its client depends on. */
export async function findTokensEnd(tx: Tx, tenant: Tenant, directoryId: string): Promise<Date | undefined> {
  const row = await tx
    .selectFrom('directoryTokens')
    .select('expiresAt')
    .where('directoryId', '=', directoryId)
    .where(isServingToken)
    .where(ownedBy('directoryTokens', tenant))
    .orderBy('expiresAt')
    .limit(1)
    .executeTakeFirst();
  return row?.expiresAt ?? undefined;
}

/** The token by which the directory's client called last, where it has ended: its calls are refused since. */
export async function findEndedServingToken(
  tx: Tx,
  tenant: Tenant,
  directoryId: string,
  now: Date,
): Promise<{ suffix: string; endedAt: Date } | undefined> {
  const row = await tx
    .selectFrom('directoryTokens')
    .select(['suffix', 'expiresAt'])
    .where('directoryId', '=', directoryId)
    .where('lastUsedAt', 'is not', null)
    .where('expiresAt', '<=', now)
    .where(isServingToken)
    .where(ownedBy('directoryTokens', tenant))
    .orderBy('lastUsedAt', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.expiresAt == null ? undefined : { suffix: row.suffix, endedAt: row.expiresAt };
}

/** A thing that a watch is due for. */
export interface AgeingSubject {
  environmentId: string;
  organizationId: string;
  kind: AgeingKind;
  subjectId: string;
}

/** Everything of live connections, of directories and of log streams that ends before the day named, or has ended. Needs `withSystem`. */
export async function listAgeing(tx: Tx, before: string): Promise<AgeingSubject[]> {
  const { rows } = await sql<AgeingSubject>`
    select environment_id as "environmentId", organization_id as "organizationId",
      'client_secret' as kind, id as "subjectId"
    from connections
    where state = 'active' and deleted_at is null and oidc_secret_ends_on < ${before}
    union all
    select sp_keys.environment_id, sp_keys.organization_id, sp_keys.use || '_key', sp_keys.id
    from sp_keys join connections on connections.id = sp_keys.connection_id
    where connections.state = 'active' and connections.deleted_at is null
      and sp_keys.use in ('signing', 'encryption') and sp_keys.state = 'current' and sp_keys.retired_at is null
      and sp_keys.not_after < ${before}::timestamptz
    union all
    select directory_tokens.environment_id, directory_tokens.organization_id, 'scim_token', directory_tokens.id
    from directory_tokens join directories on directories.id = directory_tokens.directory_id
    where directories.deleted_at is null and ${isServingToken}
      and directory_tokens.expires_at < ${before}::timestamptz
    union all
    select environment_id, organization_id, 'stream_credential', id from log_streams
    where started_at is not null and deleted_at is null and secret_ends_on < ${before}
  `.execute(tx);
  return rows;
}
