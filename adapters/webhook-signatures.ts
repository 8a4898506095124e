/**
 * Secrets of webhook endpoints and the headers that prove a delivery.
 *
 * Two schemes side by side over the same bytes: `WorkOS-Signature`, which the official SDKs verify, and those of
 * Standard Webhooks [WHK-01], which generic libraries verify: by the secret (`v1`), and for those who are to verify and
 * not to sign, by a public key (`v1a`, Ed25519) [WHK-02].
 */
import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  hkdfSync,
  randomBytes,
  sign,
  type KeyObject,
} from 'node:crypto';
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
  const standard = secrets.map(
    (secret) =>
      `v1,${createHmac('sha256', bytesOf(secret)).update(`${id}.${seconds}.${body}`).digest('base64')}`,
  );
  return {
    'workos-signature': `t=${milliseconds}, v1=${createHmac('sha256', oldest).update(`${milliseconds}.${body}`).digest('hex')}`,
    'webhook-id': id,
    'webhook-timestamp': String(seconds),
    'webhook-signature': standard.join(' '),
  };
}

/** Headers of a delivery to a webhook endpoint: those of `signatureHeaders`, and a signature more by each public key. */
export function webhookHeaders(
  message: { id: string; body: string },
  secrets: readonly [string, ...string[]],
  at: Date,
): Record<string, string> {
  const headers = signatureHeaders(message, secrets, at);
  const signed = Buffer.from(`${message.id}.${headers['webhook-timestamp']}.${message.body}`);
  const byKey = secrets.map((secret) => `v1a,${sign(null, signed, keyOf(secret)).toString('base64')}`);
  return { ...headers, 'webhook-signature': [headers['webhook-signature'], ...byKey].join(' ') };
}

/** What verifies the signatures of a secret and makes none, in the form of Standard Webhooks. */
export function webhookPublicKey(secret: string): string {
  const { x = '' } = createPublicKey(keyOf(secret)).export({ format: 'jwk' });
  return publicKeyPrefix + Buffer.from(x, 'base64url').toString('base64');
}

const publicKeyPrefix = 'whpk_';
/** What stands before the 32 bytes of an Ed25519 key in PKCS #8 (RFC 8410 §7). */
const beforeSeed = Buffer.from('302e020100300506032b657004220420', 'hex');

/** Derived (RFC 5869), so that it is kept, turned over and forgotten with its secret, and tells nothing of it. */
function keyOf(secret: string): KeyObject {
  const seed = hkdfSync('sha256', bytesOf(secret), '', 'vestibule webhook ed25519', 32);
  const key = Buffer.concat([beforeSeed, Buffer.from(seed)]);
  return createPrivateKey({ key, format: 'der', type: 'pkcs8' });
}

const bytesOf = (secret: string): Buffer => Buffer.from(secret.slice(secretPrefix.length), 'base64');

/** Where the secret of an endpoint lies sealed: the one in use, or the one before. */
export const webhookSecretAt = (
  rowId: string,
  column: 'secret_sealed' | 'previous_secret_sealed' = 'secret_sealed',
): SealedAt => ({ table: 'webhook_endpoints', column, organizationId: null, rowId });
