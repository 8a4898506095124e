import { sql, type Insertable } from 'kysely';
import { OnboardingError } from '../../onboarding/errors.ts';
import type { Tx } from '../database.ts';
import type { ApiKeyRow, ApiKeysTable } from '../tables/api-keys.ts';
import { ofEnvironment, type Tenant } from '../tenant.ts';

export async function insertApiKey(
  tx: Tx,
  key: Omit<Insertable<ApiKeysTable>, 'lastUsedAt' | 'revokedAt' | 'replacedBy'>,
): Promise<ApiKeyRow> {
  return tx.insertInto('apiKeys').values(key).returningAll().executeTakeFirstOrThrow();
}

/** Revoked ones too, newest first. */
export async function listApiKeys(tx: Tx, tenant: Tenant): Promise<ApiKeyRow[]> {
  return tx
    .selectFrom('apiKeys')
    .selectAll()
    .where(ofEnvironment('apiKeys', tenant))
    .orderBy('createdAt', 'desc')
    .orderBy('id', 'desc')
    .execute();
}

/** Nobody else changes the key until the transaction ends. */
export async function lockApiKey(tx: Tx, tenant: Tenant, apiKeyId: string): Promise<ApiKeyRow> {
  const key = await tx
    .selectFrom('apiKeys')
    .selectAll()
    .where('id', '=', apiKeyId)
    .where(ofEnvironment('apiKeys', tenant))
    .forUpdate()
    .executeTakeFirst();
  if (!key) throw new OnboardingError('not_found', { kind: 'api_key' });
  return key;
}

/** Another key took over: this one ends then, or when it would have ended anyway. */
export async function replaceApiKey(
  tx: Tx,
  tenant: Tenant,
  apiKeyId: string,
  { replacedBy, endsAt }: { replacedBy: string; endsAt: Date },
): Promise<ApiKeyRow> {
  return tx
    .updateTable('apiKeys')
    .set({ replacedBy, expiresAt: sql<Date>`least(expires_at, ${endsAt}::timestamptz)` })
    .where('id', '=', apiKeyId)
    .where(ofEnvironment('apiKeys', tenant))
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Effective at once on every process, because every request looks its key up. Undefined when there is no such key. */
export async function revokeApiKey(
  tx: Tx,
  tenant: Tenant,
  apiKeyId: string,
  now: Date,
): Promise<ApiKeyRow | undefined> {
  return tx
    .updateTable('apiKeys')
    .set((eb) => ({ revokedAt: eb.fn.coalesce('revokedAt', eb.val(now)) }))
    .where('id', '=', apiKeyId)
    .where(ofEnvironment('apiKeys', tenant))
    .returningAll()
    .executeTakeFirst();
}

/** Takes a revoked key out of the list; what was done with it stays in the audit log. Needs `withSystem`. */
export async function removeEndedApiKey(tx: Tx, tenant: Tenant, apiKeyId: string): Promise<void> {
  await tx
    .deleteFrom('apiKeys')
    .where('id', '=', apiKeyId)
    .where('revokedAt', 'is not', null)
    .where(ofEnvironment('apiKeys', tenant))
    .execute();
}

const touchPauseMs = 60_000;

/** Whether `touchApiKey` would change the row: asked first, so that most requests write nothing. */
export function isTouchDue(key: Pick<ApiKeyRow, 'lastUsedAt'>, now: Date): boolean {
  return key.lastUsedAt === null || key.lastUsedAt.getTime() + touchPauseMs <= now.getTime();
}

/** Remembers that the key was used, at most once a minute. */
export async function touchApiKey(tx: Tx, tenant: Tenant, apiKeyId: string, now: Date): Promise<void> {
  const before = new Date(now.getTime() - touchPauseMs);
  await tx
    .updateTable('apiKeys')
    .set({ lastUsedAt: now })
    .where('id', '=', apiKeyId)
    .where(ofEnvironment('apiKeys', tenant))
    .where((eb) => eb.or([eb('lastUsedAt', 'is', null), eb('lastUsedAt', '<=', before)]))
    .execute();
}
