import { apiKeyParts, mintApiKey } from '../adapters/api-keys.ts';
import { newId } from '../adapters/ids.ts';
import {
  insertApiKey,
  insertAudit,
  lockApiKey,
  replaceApiKey,
  revokeApiKey,
  type ApiKeyRow,
  type EnvironmentRow,
  type Tx,
} from '../db/index.ts';
import type { AuditAction } from '../onboarding/audit-actions.ts';
import { mayGrant, type KeyScope } from '../onboarding/api-scopes.ts';
import { OnboardingError } from '../onboarding/errors.ts';
import { audited, type Acting } from './acting.ts';

/**
 * Keys of the developer API [API-01]: made, turned over with overlap, revoked at once. The secret is told once. Nobody
 * makes, turns over or revokes a key that may more than what they came with.
 */

/** Who acts, and what their own key may; staff may everything. */
export type KeyHolder = Acting & { scopes: readonly string[] };

export type KeyOrder = { name: string; scopes: readonly KeyScope[]; expiresAt: Date | null };

/** Throws `end_past` for an end that is over, and `forbidden` for scopes beyond one's own. */
export async function makeApiKey(
  tx: Tx,
  environment: EnvironmentRow,
  order: KeyOrder,
  by: KeyHolder,
): Promise<{ key: ApiKeyRow; secret: string }> {
  refuseMore(by, order.scopes);
  if (order.expiresAt !== null && order.expiresAt <= by.request.now)
    throw new OnboardingError('end_past', { field: 'expiresAt' });
  const made = await insertKey(tx, environment, order, by.request.now);
  await auditKey(tx, environment, made.key, by, 'api_key.created', { after: factsOf(made.key) });
  return made;
}

/**
 * A new secret with the same name and scopes; the old one works on for the overlap. The new one lives as long as the old
 * one was to live. Throws `key_not_in_use` for a key that has ended or has been turned over already.
 */
export async function rotateApiKey(
  tx: Tx,
  environment: EnvironmentRow,
  { id, overlapMs }: { id: string; overlapMs: number },
  by: KeyHolder,
): Promise<{ key: ApiKeyRow; secret: string; replaced: ApiKeyRow }> {
  const { now } = by.request;
  const tenant = { environmentId: environment.id };
  const old = await lockApiKey(tx, tenant, id);
  refuseMore(by, old.scopes);
  const hasEnded = old.revokedAt !== null || (old.expiresAt !== null && old.expiresAt <= now);
  if (hasEnded || old.replacedBy !== null) throw new OnboardingError('key_not_in_use');

  const lifeMs = old.expiresAt === null ? null : old.expiresAt.getTime() - old.createdAt.getTime();
  const expiresAt = lifeMs === null ? null : new Date(now.getTime() + lifeMs);
  const made = await insertKey(tx, environment, { name: old.name, scopes: old.scopes, expiresAt }, now);
  const replaced = await replaceApiKey(tx, tenant, id, {
    replacedBy: made.key.id,
    endsAt: new Date(now.getTime() + overlapMs),
  });
  await auditKey(tx, environment, made.key, by, 'api_key.rotated', {
    before: { id, ends_at: old.expiresAt?.toISOString() ?? null },
    after: { ...factsOf(made.key), former_ends_at: replaced.expiresAt?.toISOString() ?? null },
  });
  return { ...made, replaced };
}

/** From now on refused by every process, since each request looks its key up. Doing it again changes nothing. */
export async function endApiKey(
  tx: Tx,
  environment: EnvironmentRow,
  id: string,
  by: KeyHolder,
): Promise<ApiKeyRow> {
  const tenant = { environmentId: environment.id };
  const before = await lockApiKey(tx, tenant, id);
  refuseMore(by, before.scopes);
  if (before.revokedAt !== null) return before;
  const revoked = (await revokeApiKey(tx, tenant, id, by.request.now)) ?? before;
  await auditKey(tx, environment, revoked, by, 'api_key.revoked', { before: factsOf(before) });
  return revoked;
}

function refuseMore({ scopes }: KeyHolder, wanted: readonly string[]): void {
  const missing = wanted.find((scope) => !mayGrant(scopes, [scope]));
  if (missing !== undefined) throw new OnboardingError('forbidden', { scope: missing });
}

async function insertKey(
  tx: Tx,
  { id: environmentId, kind }: EnvironmentRow,
  { name, scopes, expiresAt }: { name: string; scopes: readonly string[]; expiresAt: Date | null },
  now: Date,
): Promise<{ key: ApiKeyRow; secret: string }> {
  const secret = mintApiKey(kind);
  const key = await insertApiKey(tx, {
    id: newId('api_key_'),
    environmentId,
    name,
    scopes: [...new Set(scopes)],
    ...apiKeyParts(secret),
    createdAt: now,
    expiresAt,
  });
  return { key, secret };
}

const factsOf = ({ name, suffix, scopes, expiresAt }: ApiKeyRow) => ({
  name,
  suffix,
  scopes,
  ends_at: expiresAt?.toISOString() ?? null,
});

async function auditKey(
  tx: Tx,
  { id: environmentId }: EnvironmentRow,
  key: ApiKeyRow,
  by: Acting,
  action: AuditAction,
  changes: { before?: object; after?: object },
): Promise<void> {
  const target = { type: 'api_key', id: key.id };
  await insertAudit(tx, audited(by, { environmentId, organizationId: null }, { action, target, ...changes }));
}
