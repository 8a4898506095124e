/**
 * The rules of webhooks: when a delivery is tried again, when an endpoint is given up, and what one delivery says
 * (`workos-api` contract §12.2, §13).
 */

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** What lies before each try [REL-11]: ten tries in about 75 hours. */
const waitsMs = [
  0,
  5_000,
  5 * minuteMs,
  30 * minuteMs,
  2 * hourMs,
  5 * hourMs,
  10 * hourMs,
  14 * hourMs,
  20 * hourMs,
  24 * hourMs,
] as const;

const jitter = 0.2;
const longestAskedWaitMs = hourMs;

/** What came back: an answer, or why there was none. */
export type WebhookAnswer =
  { kind: 'answered'; status: number; retryAfterMs: number | null } | { kind: 'unanswered'; cause: string };

export type AfterTry =
  | { state: 'delivered' }
  | { state: 'failed' }
  /** The receiver says that this address is gone for good. */
  | { state: 'gone' }
  | { state: 'waiting'; waitMs: number };

/**
 * What follows a try [WHK-03]: any 2xx is success, 410 is the end, everything else is tried again until the tries are
 * spent. `tries` counts this one; `random` is in [0, 1), so that endpoints that failed together do not come back together.
 */
export function afterTry(answer: WebhookAnswer, tries: number, random: number): AfterTry {
  if (answer.kind === 'answered') {
    if (answer.status >= 200 && answer.status < 300) return { state: 'delivered' };
    if (answer.status === 410) return { state: 'gone' };
  }
  const usual = waitsMs[tries];
  if (usual === undefined) return { state: 'failed' };
  const asked = answer.kind === 'answered' ? Math.min(answer.retryAfterMs ?? 0, longestAskedWaitMs) : 0;
  return {
    state: 'waiting',
    waitMs: Math.max(asked, Math.round(usual * (1 - jitter + 2 * jitter * random))),
  };
}

const slowingStatuses = [429, 502, 504];
const shortestRestMs = 5_000;

/**
 * For how long the whole endpoint is left alone after an answer that asks for it [WHK-03]: as it says, up to an hour, or a
 * moment where it, or what stands in front of it, only says that it is too much. 0: it does not ask.
 */
export function restAfter(answer: WebhookAnswer): number {
  if (answer.kind === 'unanswered' || (answer.status >= 200 && answer.status < 300)) return 0;
  const asked = Math.min(answer.retryAfterMs ?? 0, longestAskedWaitMs);
  return slowingStatuses.includes(answer.status) ? Math.max(asked, shortestRestMs) : asked;
}

/** What follows the one try of a test event: whoever sent it is waiting for the answer. */
export function afterTest(answer: WebhookAnswer): { state: 'delivered' | 'failed' } {
  const isTaken = answer.kind === 'answered' && answer.status >= 200 && answer.status < 300;
  return { state: isTaken ? 'delivered' : 'failed' };
}

/** `Retry-After` (RFC 9110 §10.2.3): seconds or a date; null when it says nothing. */
export function readRetryAfter(value: string | undefined, now: Date): number | null {
  const text = value?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1_000;
  const at = /^[A-Z][a-z]{2},? /.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(at) ? null : Math.max(0, at - now.getTime());
}

/** Where a redirect leads, for whoever has to enter it: none is followed [NET-06]. Undefined where an answer is none. */
export function locationLine({
  status,
  headers,
}: {
  status: number;
  headers: Readonly<Record<string, string | undefined>>;
}): string | undefined {
  const { location } = headers;
  return status >= 300 && status < 400 && location !== undefined ? `Location: ${location}` : undefined;
}

const tellAfterMs = [hourMs, 24 * hourMs] as const;
const disableAfterMs = 5 * 24 * hourMs;

/** Whether an endpoint has taken nothing for so long that it is switched off. */
export const isGivenUp = (failingSince: Date, now: Date): boolean =>
  now.getTime() - failingSince.getTime() >= disableAfterMs;

/** What the vendor is to know of an endpoint, and how many of its mails that makes: the last one says that it is off. */
export interface EndpointNews {
  told: number;
  isOff: boolean;
  isGone: boolean;
}

/** Told after an hour and a day, and once it was switched off for it; one that somebody has switched off is no news. */
export function endpointNews(
  of: { disabledReason: 'by_hand' | 'failing' | 'gone' | null; failingSince: Date },
  now: Date,
): EndpointNews {
  const { disabledReason, failingSince } = of;
  if (disabledReason === 'by_hand') return { told: 0, isOff: true, isGone: false };
  if (disabledReason !== null)
    return { told: tellAfterMs.length + 1, isOff: true, isGone: disabledReason === 'gone' };
  const ms = now.getTime() - failingSince.getTime();
  return { told: tellAfterMs.filter((after) => ms >= after).length, isOff: false, isGone: false };
}

const probedAfterMs = 60_000;

/**
 * One that has taken nothing for a minute is only asked whether it is back, one post at a time: what waits for it must not
 * use up what its host may be sent, for others may be there, too [NET-11] [REL-12].
 */
export function isProbed(failingSince: Date | null, now: Date): boolean {
  return failingSince !== null && now.getTime() - failingSince.getTime() >= probedAfterMs;
}

export interface EventFacts {
  id: string;
  name: string;
  data: Record<string, unknown>;
  context: Record<string, unknown> | null;
  createdAt: Date;
}

/** An event as the Events API and webhooks show it. */
export function eventObject(event: EventFacts) {
  return {
    object: 'event' as const,
    id: event.id,
    event: event.name,
    data: event.data,
    created_at: event.createdAt.toISOString(),
    ...(event.context === null ? {} : { context: event.context }),
  };
}

const largestBody = 64 * 1024;

/**
 * The bytes of a delivery, as JSON that reads and writes back to itself: some receivers check the signature over what
 * they have parsed. One over 64 KB names its object only, and the Events API has the rest [WHK-04].
 */
export function webhookBody(event: EventFacts): string {
  const body = JSON.stringify(eventObject(event));
  if (new TextEncoder().encode(body).length <= largestBody) return body;
  const { object, id } = event.data;
  return JSON.stringify(eventObject({ ...event, data: { object, id }, context: { truncated: true } }));
}

/** What an event is about: deliveries about one thing keep their order. */
export function objectIdOf({ id, data }: Pick<EventFacts, 'id' | 'data'>): string {
  const named = [data, data['connection'], data['organization_domain'], data['group'], data['directory']];
  for (const thing of named) {
    if (typeof thing === 'object' && thing !== null && 'id' in thing && typeof thing.id === 'string')
      return thing.id;
  }
  return id;
}
