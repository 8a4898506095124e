import { createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import type { CheckpointVoucher } from '../onboarding/checkpoint-vouchers.ts';
import type { Secrets } from './secrets.ts';

/** PKCS #8 prefix of an ed25519 key (RFC 8410 §7); the 32 bytes of the seed follow. */
const ed25519Prefix = Buffer.from('302e020100300506032b657004220420', 'hex');

/**
 * Signs the audit log's checkpoints with ed25519 keys derived from the operator's keys [AUD-03]. `vouchers`, by key id,
 * are for keys that the operator has taken away since: checkpoints outlive them.
 */
export function createCheckpointSigner(
  secrets: Secrets,
  vouchers: ReadonlyMap<string, CheckpointVoucher> = new Map(),
) {
  const privateKeyOf = (keyId: string): KeyObject =>
    createPrivateKey({
      key: Buffer.concat([ed25519Prefix, secrets.derive('checkpoint', keyId)]),
      format: 'der',
      type: 'pkcs8',
    });
  const isHere = (keyId: string): boolean => secrets.keyIds.includes(keyId);

  /** The key that a voucher stands for; undefined where nobody whom we know has signed it. */
  function vouchedFor(keyId: string): { key: KeyObject; until: Date } | undefined {
    const voucher = vouchers.get(keyId);
    if (voucher === undefined || !isHere(voucher.by)) return undefined;
    const { publicKey, until, by, signature } = voucher;
    const isOurs = verify(
      null,
      vouchedText({ keyId, publicKey, until }),
      createPublicKey(privateKeyOf(by)),
      Buffer.from(signature, 'base64'),
    );
    if (!isOurs) return undefined;
    const key = createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' });
    return { key, until: new Date(until) };
  }

  return {
    keyId: secrets.writingKeyId,
    sign: (bytes: Uint8Array): Uint8Array => sign(null, bytes, privateKeyOf(secrets.writingKeyId)),

    /**
     * Whether what was signed at that time carries our signature, under the key it names. Undefined for a key that we do
     * not know. One that was taken away counts for what it signed before.
     */
    verify(keyId: string, bytes: Uint8Array, signature: Uint8Array, at: Date): boolean | undefined {
      if (isHere(keyId)) return verify(null, bytes, createPublicKey(privateKeyOf(keyId)), signature);
      const vouched = vouchedFor(keyId);
      if (vouched === undefined) return undefined;
      return at <= vouched.until && verify(null, bytes, vouched.key, signature);
    },

    /**
     * Vouches, under the key that writes, for every other key that is here or was vouched for, so that it may be taken
     * away. One that nobody whom we know has vouched for is left out.
     */
    vouchForOthers(now: Date): Map<string, CheckpointVoucher> {
      const others = new Set([...secrets.keyIds, ...vouchers.keys()]);
      others.delete(secrets.writingKeyId);
      const made = new Map<string, CheckpointVoucher>();
      for (const keyId of others) {
        const known = isHere(keyId)
          ? { key: createPublicKey(privateKeyOf(keyId)), until: now }
          : vouchedFor(keyId);
        if (known === undefined) continue;
        const publicKey = known.key.export({ format: 'der', type: 'spki' }).toString('base64');
        const stated = { keyId, publicKey, until: known.until.toISOString() };
        const signature = sign(null, vouchedText(stated), privateKeyOf(secrets.writingKeyId));
        made.set(keyId, {
          publicKey,
          until: stated.until,
          by: secrets.writingKeyId,
          signature: signature.toString('base64'),
        });
      }
      return made;
    },
  };
}

/** No checkpoint reads like this: a signature for one is none for the other. */
function vouchedText({
  keyId,
  publicKey,
  until,
}: {
  keyId: string;
  publicKey: string;
  until: string;
}): Buffer {
  return Buffer.from(JSON.stringify(['checkpoint-key', keyId, publicKey, until]), 'utf8');
}
