import type { OfferedFeature } from '../../onboarding/steps.ts';

/** What a link has to be for, one of these, so that the pages below have something to show. The longest path counts. */
const neededBelow: Readonly<Record<string, readonly OfferedFeature[]>> = {
  '/sso': ['sso', 'certificate_renewal'],
  '/directory': ['directory_sync'],
  '/directory/roles': ['directory_sync', 'sso'],
  '/domains': ['domain_verification', 'sso'],
  '/log-streams': ['log_streams'],
  '/audit-log': ['audit_logs'],
};

/** Of sign-in, what whoever came for a renewal alone does not change. */
const setUpOfSignIn = /^\/sso\/(provider|guide|metadata|attributes|go-live|draft|domains)\b/;

/** Whether a link for these features has something to show at the path. */
export function isCovered(path: string, features: readonly OfferedFeature[]): boolean {
  if (setUpOfSignIn.test(path)) return features.includes('sso');
  const [longest] = Object.keys(neededBelow)
    .filter((start) => path === start || path.startsWith(`${start}/`))
    .sort((a, b) => b.length - a.length);
  const needed = longest === undefined ? undefined : neededBelow[longest];
  return needed === undefined || needed.some((feature) => features.includes(feature));
}
