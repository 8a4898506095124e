import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { KeyPair } from './sp-keys.ts';

/** A key pair that a vendor brings along, so that the provider's side can stay as it is. */
export type GivenKeyPair = KeyPair & { readonly notBefore: Date };

const smallestRsaBits = 2048;
const smallestExponent = 65537n;

/**
 * Reads a private key (PEM, not encrypted) with its certificate (PEM) [KEYS-01]: RSA of at least 2048 bits, and the two
 * belong together. The certificate's dates are not judged: partners pin the key. Undefined when it is anything else; the
 * reason is not told, because it would be about a private key.
 */
export function readGivenKeyPair(given: {
  readonly key: string;
  readonly cert: string;
}): GivenKeyPair | undefined {
  try {
    const key = createPrivateKey({ key: given.key, format: 'pem' });
    const certificate = new X509Certificate(given.cert);
    const { modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {};
    const isStrong =
      key.asymmetricKeyType === 'rsa' &&
      modulusLength >= smallestRsaBits &&
      publicExponent >= smallestExponent;
    if (!isStrong || !certificate.checkPrivateKey(key)) return undefined;
    return {
      privateKeyPem: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
      certificatePem: certificate.toString(),
      notBefore: new Date(certificate.validFrom),
      notAfter: new Date(certificate.validTo),
    };
  } catch {
    return undefined;
  }
}

/** Whether two pairs are of one key, whatever their certificates say. */
export function areOfOneKey(a: Pick<KeyPair, 'certificatePem'>, b: Pick<KeyPair, 'certificatePem'>): boolean {
  return spkiOf(a).equals(spkiOf(b));
}

function spkiOf({ certificatePem }: Pick<KeyPair, 'certificatePem'>): Buffer {
  return new X509Certificate(certificatePem).publicKey.export({ type: 'spki', format: 'der' });
}
