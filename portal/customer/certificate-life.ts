import type { SsoConnection } from './sso.ts';

type Certificates = NonNullable<SsoConnection['identityProvider']>['certificates'];

const dayMs = 86_400_000;
const soonDays = 60;

/** The end of the certificate that lasts longest: until then sign-in works. */
export function lastEnd(certificates: Certificates): string | undefined {
  return certificates
    .filter(({ retiredAt }) => retiredAt === null)
    .map(({ notAfter }) => notAfter)
    .toSorted()
    .at(-1);
}

/** When the last certificate ends, if that is within two months. */
export function endsSoon(certificates: Certificates, now: Date = new Date()): string | undefined {
  const end = lastEnd(certificates);
  return end !== undefined && Date.parse(end) - now.getTime() < soonDays * dayMs ? end : undefined;
}

export function daysLeft(end: string, now: Date): number {
  return Math.ceil((Date.parse(end) - now.getTime()) / dayMs);
}

/** What of a fingerprint is enough to tell two apart. */
export function shortFingerprint(fingerprint: string): string {
  return fingerprint.replaceAll(':', '').slice(-4);
}
