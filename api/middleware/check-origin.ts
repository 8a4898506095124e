import type { Request } from 'express';
import { OnboardingError } from '../../onboarding/errors.ts';

/**
 * Refuses a state-changing request that another site could have made a browser send [LNK-09]: our own header (which
 * needs a preflight that nobody answers), JSON, and an `Origin` that is ours, or `Sec-Fetch-Site: same-origin`.
 */
export function refuseForeignPage(request: Request, ownOrigin: string): void {
  if (request.method === 'GET' || request.method === 'HEAD') return;
  const origin = request.get('origin');
  const site = request.get('sec-fetch-site');
  const isOurs =
    request.get('x-vestibule-request') === '1' &&
    (origin !== undefined || site !== undefined) &&
    (origin === undefined || origin === ownOrigin) &&
    (site === undefined || site === 'same-origin');
  const hasBody =
    request.headers['transfer-encoding'] !== undefined || Number(request.get('content-length') ?? 0) > 0;
  if (!isOurs || (hasBody && request.is('application/json') === false)) {
    throw new OnboardingError('request_refused');
  }
}
