import type { AuditRecord } from './audit-records.ts';

/**
 * The rules of log streams: what a destination's answer makes of a stream, when it is tried again, how a batch that is
 * refused is taken apart, and from when on records are sent. Records, senders and rows are others' (`design.md` §6).
 */

export const streamStates = ['inactive', 'active', 'error', 'invalid'] as const;
export type StreamState = (typeof streamStates)[number];

/** How far a destination vouches for what it was sent [STR-04]. */
export type StreamLevel = 'accepted' | 'acknowledged' | 'stored';

/** Why a destination did not take what it was sent, as it is kept: `answer` is its own text, shortened. */
export interface StreamFailure {
  cause: string;
  field: string | null;
  /** What the destination itself says that the field should hold. */
  suggested: string | null;
  status: number | null;
  answer: string | null;
  at: string;
}

/**
 * Whether we found the test event at the destination ourselves. `not_permitted`: the credentials may only write, as they
 * should where nothing else was wanted; `not_offered`: this destination shows nothing to those who send to it.
 */
export const sightings = ['found', 'not_found', 'not_permitted', 'not_offered'] as const;
export type Sighting = (typeof sightings)[number];

/** Who has proved that a stream arrives: somebody by the code of a test event, or we by reading it there. */
export const streamProvers = ['customer', 'staff', 'read'] as const;
export type StreamProver = (typeof streamProvers)[number];

/** What came of the test event; those of before we looked have no sighting. */
export type TestAnswer =
  | {
      kind: 'sent';
      level: StreamLevel;
      status: number | null;
      milliseconds: number;
      at: string;
      sighting?: Sighting;
    }
  | ({ kind: 'refused' } & StreamFailure);

/** What is shown of a stream (`design.md` §6); `ready` is one that was proven and waits to be started. */
export const streamChips = ['not_proven', 'ready', 'streaming', 'retrying', 'invalid', 'paused'] as const;
export type StreamChip = (typeof streamChips)[number];

export interface StreamFacts {
  state: StreamState;
  provenAt: Date | null;
  startedAt: Date | null;
  pausedAt: Date | null;
}

export function streamChip({ state, provenAt, startedAt, pausedAt }: StreamFacts): StreamChip {
  if (startedAt === null) return provenAt === null ? 'not_proven' : 'ready';
  if (pausedAt !== null) return 'paused';
  if (state === 'invalid') return 'invalid';
  return state === 'error' ? 'retrying' : 'streaming';
}

/** Where a stream stands by what the rows say: paused and unstarted ones are `inactive` to everybody outside. */
export function shownState({ state, startedAt, pausedAt }: StreamFacts): StreamState {
  return startedAt === null || pausedAt !== null ? 'inactive' : state;
}

const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** What lies before each try; the last one repeats for as long as the destination is away [REL-13]. */
const waitsMs = [
  secondMs,
  5 * secondMs,
  15 * secondMs,
  minuteMs,
  5 * minuteMs,
  15 * minuteMs,
  30 * minuteMs,
] as const;

const jitter = 0.2;
const longestAskedWaitMs = hourMs;
/** Credentials that were refused are looked at again daily, in case somebody has mended them at the destination. */
const lookAgainMs = dayMs;

/** A failure as the rules need it: worth another try by itself, or only once somebody has changed something. */
export type Failed =
  | { kind: 'retry'; retryAfterMs: number | null; failure: StreamFailure }
  | { kind: 'invalid'; failure: StreamFailure };

/** What a destination said, as far as the rules need it. */
interface NotTaken {
  kind: 'retry' | 'invalid' | 'rejected';
  cause: string;
  status: number | null;
  answer: string | null;
  retryAfterMs?: number | null;
  field?: string | null;
  suggested?: string | null;
}

/** A destination that refuses one record after another waits like one that is away. */
export function failureOf(outcome: NotTaken, now: Date): Failed {
  const { kind, cause, status, answer, field = null, suggested = null, retryAfterMs = null } = outcome;
  const failure = { cause, field, suggested, status, answer, at: now.toISOString() };
  return kind === 'invalid' ? { kind, failure } : { kind: 'retry', retryAfterMs, failure };
}

/** It was our own limits that held the request back: nobody was asked. */
export const isHeldBack = ({ cause }: Pick<NotTaken, 'cause'>): boolean => cause === 'held_back';

export interface Failing {
  state: 'error' | 'invalid';
  tries: number;
  failingSince: Date;
  nextTryAt: Date;
  lastError: StreamFailure;
}

/**
 * What a failure makes of a stream. What the destination asks to wait is waited, an hour at most, and longer each time if
 * it asks for nothing; `random` is in [0, 1), so that streams that failed together do not come back together.
 */
export function afterFailure(
  before: { tries: number; failingSince: Date | null },
  failed: Failed,
  { now, random }: { now: Date; random: number },
): Failing {
  const tries = before.tries + 1;
  const spread = 1 - jitter + 2 * jitter * random;
  return {
    state: failed.kind === 'invalid' ? 'invalid' : 'error',
    tries,
    failingSince: before.failingSince ?? now,
    nextTryAt: new Date(now.getTime() + Math.round(waitOf(failed, tries, spread))),
    lastError: failed.failure,
  };
}

function waitOf(failed: Failed, tries: number, spread: number): number {
  if (failed.kind === 'invalid') return lookAgainMs * spread;
  if (failed.retryAfterMs === null) return usualWaitMs(tries) * spread;
  // One that always asks for nothing is not asked every moment.
  const least = Math.min(secondMs * 2 ** (tries - 1), 30 * secondMs);
  return Math.max(Math.min(failed.retryAfterMs, longestAskedWaitMs), least);
}

const usualWaitMs = (tries: number): number => waitsMs[Math.min(tries, waitsMs.length) - 1] ?? 30 * minuteMs;

/** After this many records in a row that were refused, the fault is not theirs: the stream waits instead of losing more. */
export const mostRejectedInARow = 10;

/** How many records go into the next batch: half of a refused one, so that the record at fault is found; twice after success. */
export function nextBatchSize(size: number, outcome: 'sent' | 'refused', most: number): number {
  return outcome === 'sent' ? Math.min(size * 2, most) : Math.max(1, Math.floor(size / 2));
}

/** Records a second that a stream sends at most while it catches up, so that no destination is flooded. */
export const catchUpPerSecond = 20_000;

/** How long to wait after a batch, so that no more than the stated rate is sent. */
export function restAfterBatchMs(count: number, tookMs: number): number {
  return Math.max(0, Math.ceil((count * secondMs) / catchUpPerSecond - tookMs));
}

/** When a stream that fails is told of, beside the step that repairs it: after a day, and after six. */
const tellAfterMs = [dayMs, 6 * dayMs] as const;

/** How often contacts are to have been told of a stream that has failed since then. */
export function toldOf(failingSince: Date, now: Date): number {
  return tellAfterMs.filter((after) => now.getTime() - failingSince.getTime() >= after).length;
}

/** One that retries by itself needs a person after an hour; one whose credentials are refused does at once. */
export function needsPerson(
  { state, failingSince }: { state: StreamState; failingSince: Date | null },
  now: Date,
) {
  if (failingSince === null) return false;
  return state === 'invalid' || (state === 'error' && now.getTime() - failingSince.getTime() >= hourMs);
}

/** So long a stream that was removed can be brought back as it was, with its secret. */
export const removedKeptMs = 30 * dayMs;

/** From when on records are sent: from now on, all that are kept, or those since an instant. */
export type StartFrom = { from: 'now' } | { from: 'all' } | { from: 'since'; at: string };

/** How often a code may be typed before another test event is needed. */
export const proofTries = 5;
/** A destination may take its time until a record can be found. */
export const proofLifeMs = dayMs;

/**
 * The test event: a record like any other, with a label to search for and, elsewhere in it, the code that only its finder
 * knows.
 */
export function testRecord(
  stream: { id: string; organizationId: string; name: string },
  test: { id: string; label: string; code: string; productName: string; now: Date },
): AuditRecord {
  const { id, label, code, productName, now } = test;
  return {
    id,
    sequence: 0,
    organization_id: stream.organizationId,
    action: 'log_stream.test_event',
    occurred_at: now.toISOString(),
    actor: { id: 'vestibule', type: 'system', name: productName },
    targets: [{ id: stream.id, type: 'log_stream', name: stream.name }],
    context: { location: 'unknown' },
    metadata: { test: label, code, note: 'Type the code into the page that you sent this from.' },
  };
}

/** The last characters of a secret, to recognise it by: none of one so short that they would say too much of it. */
export function secretHint(secret: string): string {
  const isOneLine = /^\S{12,}$/.test(secret);
  return isOneLine ? secret.slice(-4) : '';
}
