import { X509Certificate } from 'node:crypto';
import { readCertificates } from '../adapters/saml/certificates.ts';
import type { Finding } from '../adapters/saml/import-findings.ts';
import { errorCodes, OnboardingError } from '../onboarding/errors.ts';

/** The certificate as PEM. A key that is pinned does not end with its certificate, so dates say nothing [MD-09]. */
export function readMetadataKey(text: string | null | undefined, now: Date): string | null {
  if (text == null) return null;
  const { certificates, findings } = readCertificates(text, { now, expiryGraceMs: Number.POSITIVE_INFINITY });
  const [certificate, ...more] = certificates;
  if (certificate !== undefined && more.length === 0) return certificate.pem;
  throw certificate === undefined ? stopOf(findings) : new OnboardingError('certificate_unreadable');
}

export const fingerprintOf = (pem: string): string => new X509Certificate(pem).fingerprint256;

/** The first thing that stops, as the refusal that tells it. */
export function stopOf(findings: readonly Finding[]): OnboardingError {
  const stop = findings.find(({ severity }) => severity === 'stop');
  const code = errorCodes.find((known) => known === stop?.code) ?? 'metadata_no_idp';
  return new OnboardingError(code, stop?.facts ?? {});
}
