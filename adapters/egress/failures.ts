import { OnboardingError, type ErrorFacts } from '../../onboarding/errors.ts';
import { BodyRefused } from './answer-body.ts';
import type { EgressFeature } from './limits.ts';

/**
 * What tenants may learn of a failure, and nothing else [NET-09]. An address that policy forbids is `could_not_connect`,
 * like one where nobody answers; the true cause is in `error.cause`, for logs.
 */
export type EgressReason =
  | 'not_https'
  | 'could_not_connect'
  | 'tls_failed'
  | 'answered_4xx'
  | 'answered_5xx'
  | 'redirected'
  | 'too_large'
  | 'too_slow'
  | 'unreadable';

/** The true cause of a failure; of it only `reason` and `status` become facts. */
export class EgressFailure extends Error {
  readonly reason: EgressReason;
  readonly status: number | undefined;

  constructor(reason: EgressReason, detail: string, options: { status?: number; cause?: unknown } = {}) {
    super(`${reason}: ${detail}`, { cause: options.cause });
    this.name = 'EgressFailure';
    this.reason = reason;
    this.status = options.status;
  }
}

/** What callers get for anything that went wrong on the way to `address`. */
export function refusalOf(address: string, feature: EgressFeature, error: unknown): OnboardingError {
  const failure = asFailure(error);
  const code = feature === 'metadata' || feature === 'discovery' ? 'metadata_unreachable' : 'egress_refused';
  const host = URL.canParse(address) ? new URL(address).hostname : '';
  const facts: ErrorFacts =
    failure.status === undefined
      ? { reason: failure.reason, host }
      : { reason: failure.reason, host, status: failure.status };
  return new OnboardingError(code, facts, { cause: failure });
}

function asFailure(cause: unknown): EgressFailure {
  if (cause instanceof EgressFailure) return cause;
  if (cause instanceof BodyRefused) return new EgressFailure(cause.reason, 'body', { cause });
  return new EgressFailure('could_not_connect', 'connection', { cause });
}
