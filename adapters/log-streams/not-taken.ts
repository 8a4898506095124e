import { isOfClass, type CauseOf, type StreamCause } from '../../onboarding/log-streams/causes.ts';

export interface NotTakenFacts {
  readonly status?: number;
  /** What the destination said, raw; made fit for people where it leaves the senders. */
  readonly answer?: string;
  readonly retryAfterMs?: number | null;
  /** The field at fault, where the destination's words blame another than its cause usually does. */
  readonly field?: string;
  /** What the blamed field should hold, as the destination says. */
  readonly suggested?: string;
}

/** Why a request was not taken. Senders throw it; what follows from it is decided once (`index.ts`). */
export class NotTaken extends Error {
  readonly streamCause: StreamCause;
  readonly facts: NotTakenFacts;

  constructor(cause: StreamCause, facts: NotTakenFacts = {}) {
    super(`not taken: ${cause}`);
    this.name = 'NotTaken';
    this.streamCause = cause;
    this.facts = facts;
  }
}

/** What a status means where a destination says nothing else of it (`providers-siem` §0.3). */
export function causeOfStatus(status: number): StreamCause {
  if (status === 429) return 'rate_limited';
  if (status === 408 || (status >= 500 && status !== 501)) return 'destination_busy';
  if (status >= 300 && status < 400) return 'redirected';
  switch (status) {
    case 401:
      return 'credential_refused';
    case 403:
      return 'not_allowed';
    case 404:
    case 410:
      return 'place_unknown';
    case 400:
    case 422:
      return 'records_refused';
    case 413:
      return 'records_too_large';
    default:
      return 'address_refused';
  }
}

/** The same where it ends by itself; undefined where the status is about who we are or what we asked. */
export function passingCauseOf(status: number): CauseOf<'retry'> | undefined {
  const cause = causeOfStatus(status);
  return isOfClass(cause, 'retry') ? cause : undefined;
}
