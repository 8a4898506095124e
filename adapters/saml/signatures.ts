import { X509Certificate } from 'node:crypto';
// The library's verification core. Its `SAML` class around it reads the wall clock, decrypts by its own policy and
// tells its refusals apart by words only, so everything around the core is ours.
import { getVerifiedXml } from '@node-saml/node-saml/lib/xml.js';
import { ResponseRefused } from './response-refused.ts';
import {
  childNamed,
  everyElement,
  isNamed,
  textOf,
  type XmlElement,
  xmlNamespaces as ns,
} from './xml-tree.ts';

/** A pinned signing certificate. We pin the key; the dates are policy, not cryptography [MD-05]. */
export interface TrustedCertificate {
  readonly pem: string;
  /** From then on the key no longer counts, whatever the certificate says. */
  readonly retiredAt?: Date | undefined;
}

interface ReadCertificate {
  readonly pem: string;
  readonly sha256: string;
  readonly notAfter: Date;
}

interface PinnedKey extends ReadCertificate {
  readonly state: 'usable' | 'ended' | 'retired';
}

export interface PinnedKeys {
  readonly usable: readonly PinnedKey[];
  readonly past: readonly PinnedKey[];
}

function sha256Of(certificate: X509Certificate): string {
  return certificate.fingerprint256.replaceAll(':', '').toLowerCase();
}

/**
 * The keys a message may be verified with [SAML-08] [MD-05]. None at all, or none still in force, is a refusal of
 * its own: it never means that checking is skipped.
 *
 * @throws ResponseRefused
 */
export function pinKeys(
  certificates: readonly TrustedCertificate[],
  expiryGraceMs: number,
  now: Date,
): PinnedKeys {
  const keys = certificates.flatMap((certificate) => readPinnedKey(certificate, expiryGraceMs, now) ?? []);
  const usable = keys.filter((key) => key.state === 'usable');
  if (usable.length > 0) return { usable, past: keys.filter((key) => key.state !== 'usable') };
  const [last] = keys.toSorted((a, b) => b.notAfter.getTime() - a.notAfter.getTime());
  throw last ? certificateEnded(last) : new ResponseRefused('no_keys');
}

function readPinnedKey(
  { pem, retiredAt }: TrustedCertificate,
  expiryGraceMs: number,
  now: Date,
): PinnedKey | undefined {
  const certificate = readOnce(pem);
  if (certificate === undefined) return undefined;
  const isRetired = retiredAt !== undefined && retiredAt <= now;
  const isEnded = certificate.notAfter.getTime() + expiryGraceMs < now.getTime();
  return { ...certificate, state: isRetired ? 'retired' : isEnded ? 'ended' : 'usable' };
}

const remembered = new Map<string, ReadCertificate | undefined>();
const rememberedAtMost = 1000;

/** What a certificate's text says never changes, and every answer of a connection is verified with the same few. */
function readOnce(pem: string): ReadCertificate | undefined {
  if (!remembered.has(pem)) {
    if (remembered.size >= rememberedAtMost) remembered.clear();
    remembered.set(pem, readCertificate(pem));
  }
  return remembered.get(pem);
}

function readCertificate(pem: string): ReadCertificate | undefined {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(pem);
  } catch {
    return undefined;
  }
  // The verifier knows RSA only; Node would check another key type by that key's own rules.
  if (certificate.publicKey.asymmetricKeyType !== 'rsa') return undefined;
  return {
    pem: certificate.toString(),
    sha256: sha256Of(certificate),
    notAfter: new Date(certificate.validTo),
  };
}

function certificateEnded(key: PinnedKey): ResponseRefused {
  return new ResponseRefused('certificate_ended', {
    certificate: key.sha256,
    endedAt: key.notAfter.toISOString(),
    reason: key.state,
  });
}

export interface SignedBytes {
  /** The canonical bytes that were signed: the only ones to read from [SAML-11]. */
  readonly xml: string;
  readonly signedBy: string;
}

/**
 * Verifies the one signature directly below `node`, with pinned keys only: `KeyInfo` is never asked for a key
 * [SAML-08]. `element` is the same element in our own tree.
 *
 * @throws ResponseRefused
 */
export function verifySignature(
  xml: string,
  node: Element,
  element: XmlElement,
  keys: PinnedKeys,
): SignedBytes {
  for (const key of likeliestFirst(keys.usable, element)) {
    const signed = verifiedWith(xml, node, key.pem);
    if (signed) return { xml: signed, signedBy: key.sha256 };
  }
  const past = keys.past.find((key) => verifiedWith(xml, node, key.pem));
  throw past ? certificateEnded(past) : explainFailure(xml, node, element, keys);
}

/** During a rollover the message's own certificate says which pinned key to try first; it never adds one. */
function likeliestFirst(keys: readonly PinnedKey[], element: XmlElement): readonly PinnedKey[] {
  const carried = keys.length > 1 ? carriedCertificate(element) : undefined;
  if (!carried) return keys;
  const likely = keys.filter((key) => key.sha256 === sha256Of(carried));
  return [...likely, ...keys.filter((key) => !likely.includes(key))];
}

function verifiedWith(xml: string, node: Element, pem: string): string | undefined {
  try {
    return getVerifiedXml(xml, node, [pem]) || undefined;
  } catch {
    return undefined;
  }
}

/** For the person who reads the verdict: tells a new key at the provider from a damaged or forged message. */
function explainFailure(xml: string, node: Element, element: XmlElement, keys: PinnedKeys): ResponseRefused {
  const expected = keys.usable.map((key) => key.sha256);
  const carried = carriedCertificate(element);
  if (!carried) return new ResponseRefused('signature_invalid', { expected });
  const received = sha256Of(carried);
  // A pinned one has been tried by then.
  if (!verifiedWith(xml, node, carried.toString())) {
    return new ResponseRefused('signature_invalid', { expected, received });
  }
  return new ResponseRefused('signature_unknown_key', { expected, received }, carried.toString());
}

function carriedCertificate(element: XmlElement): X509Certificate | undefined {
  const signature = childNamed(element, ns.signature, 'Signature');
  if (!signature) return undefined;
  for (const candidate of everyElement(signature)) {
    if (!isNamed(candidate, ns.signature, 'X509Certificate')) continue;
    try {
      const certificate = new X509Certificate(Buffer.from(textOf(candidate), 'base64'));
      return certificate.publicKey.asymmetricKeyType === 'rsa' ? certificate : undefined;
    } catch {
      return undefined;
    }
  }
  return undefined;
}
