import { signInCauses, type SignInCause } from './sign-in-causes.ts';

/**
 * Whether sign-ins through a live connection fail so that somebody should look at it: a rule over its newest sign-ins,
 * asked beside the hot path.
 */

/** One sign-in that has ended; tests of the settings in use are among them. */
export interface EndedSignIn {
  at: Date;
  worked: boolean;
  cause: SignInCause | null;
  isTest: boolean;
  /** Tells browsers apart; null where none was seen. */
  browser: string | null;
}

/** How many of the newest are looked at: enough to see a share, few enough that a busy connection shows within moments. */
export const newestLookedAt = 30;
/** How far back they may lie: longer than a weekend, so that one which fails on Friday is not well on Monday by silence. */
export const lookedBackMs = 3 * 86_400_000;

/** Failing begins with failures of so lately. */
export const failedWithinMs = 86_400_000;

const hourMs = 3_600_000;
/** Fewer than this happen to any connection: a mistyped code, somebody who was not assigned yet. */
const fewestFailures = 5;
/** One person who tries again and again is that person's trouble. */
const fewestBrowsers = 3;
/** From half on, more people are shut out than let in. */
const failingShare = 0.5;
/** Going back takes more than it took to come: sign-ins in a row that worked, so that the state does not flicker. */
const workedInARow = 5;

/** Causes that lie with one person, one browser or with us: they say nothing about the connection. */
const notTheConnections: readonly SignInCause[] = [
  'request_malformed',
  'too_large',
  'connection_not_usable',
  'session_over',
  'authn_too_old',
  'email_outside_domains',
  'email_domain_held_elsewhere',
  'email_domain_not_chosen',
  'email_unverified',
  'state_unknown',
  'in_response_to_unknown',
  'in_response_to_differs',
  'request_expired',
  'browser_differs',
  'replayed',
  'unsolicited',
  'not_allowed',
  'not_in_directory',
  'timed_out',
  'settings_switched',
  'internal',
];

/** The causes that count. */
export const causesOfConnections: readonly SignInCause[] = signInCauses.filter(
  (cause) => !notTheConnections.includes(cause),
);

export type SignInHealth = { isFailing: false } | { isFailing: true; since: Date; cause: SignInCause };

/**
 * Looks at the newest sign-ins, newest first, of which those that failed had one of the causes that count. Failing begins
 * when enough of the last day have failed, in enough browsers, and at least half of all; or with one that had less signed
 * than the tested form, which is a change at the provider whoever met it [SAML-09]. It ends when enough in a row have
 * worked, when anything has worked and nothing has failed for an hour after, or when nothing failed for three days.
 */
export function judgeSignIns(newest: readonly EndedSignIn[], wasFailing: boolean, now: Date): SignInHealth {
  const lastFailure = newest.findIndex(({ worked, isTest }) => !worked && !isTest);
  const failure = newest[lastFailure];
  if (failure === undefined) return { isFailing: false };
  const since = newest.slice(0, lastFailure).filter(({ worked }) => worked);
  if (since.length >= workedInARow) return { isFailing: false };
  const isQuiet = now.getTime() - failure.at.getTime() >= hourMs;
  if (since.length > 0 && isQuiet) return { isFailing: false };

  const isFailing = wasFailing || begins(newest, now);
  return isFailing ? describe(newest) : { isFailing };
}

function begins(newest: readonly EndedSignIn[], now: Date): boolean {
  const lately = newest.filter(({ at, isTest }) => !isTest && now.getTime() - at.getTime() < failedWithinMs);
  const failed = lately.filter(({ worked }) => !worked);
  if (failed.some(({ cause }) => cause === 'signed_less')) return true;
  const browsers = new Set(failed.map(({ browser }, number) => browser ?? number));
  return (
    failed.length >= fewestFailures &&
    browsers.size >= fewestBrowsers &&
    failed.length >= lately.length * failingShare
  );
}

/** Since when, as far as was looked, and mostly why; of causes that are as frequent the newest. */
function describe(newest: readonly EndedSignIn[]): SignInHealth {
  const failed = newest.filter(({ worked, isTest }) => !worked && !isTest);
  const counts = new Map<SignInCause, number>();
  for (const { cause } of failed) if (cause !== null) counts.set(cause, (counts.get(cause) ?? 0) + 1);
  const [most] = [...counts].toSorted(([, a], [, b]) => b - a);
  return { isFailing: true, since: failed.at(-1)?.at ?? new Date(0), cause: most?.[0] ?? 'internal' };
}
