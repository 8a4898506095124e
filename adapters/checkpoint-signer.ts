import { createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import type { Secrets } from './secrets.ts';

/** PKCS #8 prefix of an ed25519 key (RFC 8410 §7); the 32 bytes of the seed follow. */
const ed25519Prefix = Buffer.from('302e020100300506032b657004220420', 'hex');

/** Signs the audit log's checkpoints with ed25519 keys derived from the operator's keys [AUD-03]. */
export function createCheckpointSigner(secrets: Secrets) {
  const keyOf = (keyId: string): KeyObject =>
    createPrivateKey({
      key: Buffer.concat([ed25519Prefix, secrets.derive('checkpoint', keyId)]),
      format: 'der',
      type: 'pkcs8',
    });
  return {
    keyId: secrets.writingKeyId,
    sign: (bytes: Uint8Array): Uint8Array => sign(null, bytes, keyOf(secrets.writingKeyId)),
    /** Whether the signature is ours, under the key it names. A key that is gone throws `SecretsKeyMissing`. */
    verify: (keyId: string, bytes: Uint8Array, signature: Uint8Array): boolean =>
      verify(null, bytes, createPublicKey(keyOf(keyId)), signature),
  };
}
