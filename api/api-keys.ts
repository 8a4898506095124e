import { holdsBlock, readBlock } from '../adapters/address-blocks.ts';
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

/** What a key may, and from where; no addresses: from everywhere. */
type Reach = { scopes: readonly string[]; addresses: readonly string[] };
/** Who acts, and what their own key may; staff may everything. */
export type KeyHolder = Acting & Reach;

export type KeyOrder = {
  name: string;
  scopes: readonly KeyScope[];
  /** As they were typed. A key that is made by one with addresses has the same, where none are told. */
  addresses: readonly string[];
  expiresAt: Date | null;
};

/**
 * Throws `end_past` for an end that is over, `address_block_invalid` for what is no address, and `forbidden` for scopes
 * and addresses beyond one's own.
 */
export async function makeApiKey(
  tx: Tx,
  environment: EnvironmentRow,
  order: KeyOrder,
  by: KeyHolder,
): Promise<{ key: ApiKeyRow; secret: string }> {
  const addresses = order.addresses.length === 0 ? by.addresses : order.addresses.map(blockOf);
  const reach = { scopes: order.scopes, addresses };
  refuseMore(by, reach);
  if (order.expiresAt !== null && order.expiresAt <= by.request.now)
    throw new OnboardingError('end_past', { field: 'expiresAt' });
  const made = await insertKey(tx, environment, { ...order, ...reach }, by.request.now);
  await auditKey(tx, environment, made.key, by, 'api_key.created', { after: factsOf(made.key) });
  return made;
}

/**
 * A new secret with the same name, scopes and addresses; the old one works on for the overlap. The new one lives as long as the old
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
  refuseMore(by, old);
  const hasEnded = old.revokedAt !== null || (old.expiresAt !== null && old.expiresAt <= now);
  if (hasEnded || old.replacedBy !== null) throw new OnboardingError('key_not_in_use');

  const lifeMs = old.expiresAt === null ? null : old.expiresAt.getTime() - old.createdAt.getTime();
  const expiresAt = lifeMs === null ? null : new Date(now.getTime() + lifeMs);
  const made = await insertKey(tx, environment, { ...old, expiresAt }, now);
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
  refuseMore(by, before);
  if (before.revokedAt !== null) return before;
  const revoked = (await revokeApiKey(tx, tenant, id, by.request.now)) ?? before;
  await auditKey(tx, environment, revoked, by, 'api_key.revoked', { before: factsOf(before) });
  return revoked;
}

function refuseMore(own: KeyHolder, wanted: Reach): void {
  const missing = wanted.scopes.find((scope) => !mayGrant(own.scopes, [scope]));
  if (missing !== undefined) throw new OnboardingError('forbidden', { scope: missing });
  if (own.addresses.length === 0) return;
  const isFromElsewhere = wanted.addresses.some((block) => !holdsBlock(own.addresses, block));
  if (wanted.addresses.length === 0 || isFromElsewhere) throw new OnboardingError('forbidden');
}

function blockOf(typed: string): string {
  const block = readBlock(typed.trim());
  if (block === undefined)
    throw new OnboardingError('address_block_invalid', { field: 'addresses', value: typed });
  return block;
}

async function insertKey(
  tx: Tx,
  { id: environmentId, kind }: EnvironmentRow,
  { name, scopes, addresses, expiresAt }: Reach & { name: string; expiresAt: Date | null },
  now: Date,
): Promise<{ key: ApiKeyRow; secret: string }> {
  const secret = mintApiKey(kind);
  const key = await insertApiKey(tx, {
    id: newId('api_key_'),
    environmentId,
    name,
    scopes: [...new Set(scopes)],
    addresses: [...new Set(addresses)],
    ...apiKeyParts(secret),
    createdAt: now,
    expiresAt,
  });
  return { key, secret };
}

const factsOf = ({ name, suffix, scopes, addresses, expiresAt }: ApiKeyRow) => ({
  name,
  suffix,
  scopes,
  ...(addresses.length > 0 && { addresses }),
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
