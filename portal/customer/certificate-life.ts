import { currentTime } from '../shared/clock.ts';
import { takenUntil } from '../../onboarding/certificate-grace.ts';
import type { SsoConnection } from './sso.ts';

type Certificates = NonNullable<SsoConnection['identityProvider']>['certificates'];

const dayMs = 86_400_000;
const soonDays = 60;

/** The end of the certificate that lasts longest: until then sign-in works. */
function lastEnd(certificates: Certificates): string | undefined {
  return certificates
    .filter(({ retiredAt }) => retiredAt === null)
    .map(({ notAfter }) => notAfter)
    .toSorted()
    .at(-1);
}

/**
 * What is to be said of the end of the last certificate: nothing yet (`lasts`), that it is near, that it is over and taken
 * for a while, or that sign-ins are refused.
 */
export type CertificateLife = { state: 'lasts' | 'soon' | 'taken' | 'refused'; end: string; until: Date };

/** @returns undefined where there is no certificate */
export function certificateLife(
  certificates: Certificates,
  now: Date = currentTime(),
): CertificateLife | undefined {
  const end = lastEnd(certificates);
  return end === undefined ? undefined : lifeUntil(end, now);
}

/** The same of one that ends then. */
export function lifeUntil(end: string, now: Date = currentTime()): CertificateLife {
  const until = takenUntil(new Date(end));
  const left = Date.parse(end) - now.getTime();
  if (left <= 0) return { state: now < until ? 'taken' : 'refused', end, until };
  return { state: left < soonDays * dayMs ? 'soon' : 'lasts', end, until };
}

/** What of a fingerprint is enough to tell two apart. */
export function shortFingerprint(fingerprint: string): string {
  return fingerprint.replaceAll(':', '').slice(-4);
}
