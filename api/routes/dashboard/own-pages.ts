import { OnboardingError } from '../../../onboarding/errors.ts';
import type { ApiDeps } from '../../deps.ts';
import type { RequestFacts } from '../../route.ts';

/**
 * Proofs that a request without a session comes from a page of ours [LNK-09]: signing somebody in from another site
 * would put them to work under a foreign name.
 */

/** A call of the dashboard's app. */
export function refuseForeignCall({ urls }: Pick<ApiDeps, 'urls'>, { headers }: RequestFacts): void {
  const { origin, 'sec-fetch-site': site } = headers;
  const isOurs =
    headers['x-vestibule-request'] === '1' &&
    (origin !== undefined || site !== undefined) &&
    (origin === undefined || origin === urls.dashboard) &&
    (site === undefined || site === 'same-origin') &&
    (headers['content-type'] ?? '').startsWith('application/json');
  if (!isOurs) throw new OnboardingError('request_refused');
}

/** A form of a page without script, whose `no-referrer` makes browsers send `Origin: null`. Its token is the proof. */
export function refuseForeignForm({ urls }: Pick<ApiDeps, 'urls'>, { headers }: RequestFacts): void {
  const { origin, 'sec-fetch-site': site } = headers;
  const isOurs = origin === undefined || origin === 'null' || origin === urls.dashboard;
  if (!isOurs || site === 'cross-site') throw new OnboardingError('request_refused');
}
