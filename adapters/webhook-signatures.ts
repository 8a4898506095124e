/**
 * Secrets of webhook endpoints and the headers that prove a delivery.
 *
 * Two schemes side by side over the same bytes: `WorkOS-Signature`, which the official SDKs verify, and those of
 * Standard Webhooks [WHK-01], which generic libraries verify.
 */
import { createHmac, randomBytes } from 'node:crypto';
import type { SealedAt } from './secrets.ts';

const secretPrefix = 'whsec_';

/** A new secret: 32 random bytes in the form of Standard Webhooks [WHK-02]. */
export function mintWebhookSecret(): string {
  return secretPrefix + randomBytes(32).toString('base64');
}

/**
 * Headers of one try. `secrets` are those in use, the newest first; the first header has place for one signature only,
 * and is made with the oldest, because a receiver that has the new one verifies the other header or the next delivery.
 */
export function signatureHeaders(
  { id, body }: { id: string; body: string },
  secrets: readonly [string, ...string[]],
  at: Date,
): Record<string, string> {
  const milliseconds = at.getTime();
  const seconds = Math.floor(milliseconds / 1_000);
  const oldest = secrets.at(-1) ?? secrets[0];
  const standard = secrets.map((secret) => {
    const key = Buffer.from(secret.slice(secretPrefix.length), 'base64');
    return `v1,${createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64')}`;
  });
  return {
    'workos-signature': `t=${milliseconds}, v1=${createHmac('sha256', oldest).update(`${milliseconds}.${body}`).digest('hex')}`,
    'webhook-id': id,
    'webhook-timestamp': String(seconds),
    'webhook-signature': standard.join(' '),
  };
}

/** Where the secret of an endpoint lies sealed: the one in use, or the one before. */
export const webhookSecretAt = (
  rowId: string,
  column: 'secret_sealed' | 'previous_secret_sealed' = 'secret_sealed',
): SealedAt => ({ table: 'webhook_endpoints', column, organizationId: null, rowId });
