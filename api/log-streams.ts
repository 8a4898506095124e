import type { z } from 'zod';
import { newId } from '../adapters/ids.ts';
import { streamSecretAt } from '../adapters/client-secrets.ts';
import type { StreamTarget } from '../adapters/log-streams/index.ts';
import type { Secrets } from '../adapters/secrets.ts';
import {
  askToResend,
  hasReject,
  insertAudit,
  insertCommand,
  keptNumbers,
  lastAuditNumber,
  listLogStreamsOf,
  listOutages,
  listRemovedStreams,
  lockRemovedStream,
  readStreamLags,
  updateLogStream,
  type EnvironmentRow,
  type LogStreamRejectRow,
  type LogStreamRow,
  type StreamLag,
  type Tx,
} from '../db/index.ts';
import type { Act } from '../onboarding/commands.ts';
import { OnboardingError } from '../onboarding/errors.ts';
import {
  catchUpPerSecond,
  removedKeptMs,
  shownState,
  streamChip,
  type StreamFailure,
  type StreamState,
} from '../onboarding/log-streams.ts';
import type { DestinationField, StreamDestination } from '../onboarding/log-streams/destination.ts';
import { fieldsOf, getDestination } from '../onboarding/log-streams/destinations/index.ts';
import { ageingRow, logStreamRow } from '../onboarding/workflow-names.ts';
import { audited, type Acting } from './acting.ts';
import type {
  RejectList,
  RemovedStream,
  sendAgainAsked,
  StreamFailureView,
  StreamLine,
  StreamOutage,
} from './contract/setup-log-streams.ts';
import type { ApiDeps } from './deps.ts';

/** What the portal, the dashboard and the developer API have in common about log streams. */

type Whose = { environmentId: string; organizationId: string };

export const streamTarget = (streamId: string) => ({ type: 'log_stream', id: streamId });

/** Has the stream's workflow look at it now; starts one where none runs. */
export async function wakeStream(tx: Tx, stream: LogStreamRow, now: Date): Promise<void> {
  const { id: streamId, environmentId, organizationId } = stream;
  await insertCommand(tx, logStreamRow({ key: newId('cmd_'), environmentId, organizationId, streamId }, now));
}

/** Nothing more is sent until somebody resumes it; what happens meanwhile is kept. Throws `stream_state_refused`. */
export async function pauseStream(tx: Tx, stream: LogStreamRow, by: Acting): Promise<void> {
  const { now } = by.request;
  requireStarted(stream);
  if (stream.pausedAt !== null) return;
  const paused = await updateLogStream(tx, stream, { pausedAt: now, updatedAt: now });
  await insertAudit(
    tx,
    audited(by, stream, { action: 'log_stream.paused', target: streamTarget(stream.id) }),
  );
  await wakeStream(tx, paused, now);
}

/** Sends on from where it was, and tries at once. Throws `stream_state_refused`. */
export async function resumeStream(tx: Tx, stream: LogStreamRow, by: Acting): Promise<void> {
  const { now } = by.request;
  requireStarted(stream);
  if (stream.pausedAt === null) return;
  const resumed = await updateLogStream(tx, stream, {
    pausedAt: null,
    nextTryAt: null,
    updatedAt: now,
    backfillUntil: await endAhead(tx, stream),
  });
  await insertAudit(
    tx,
    audited(by, stream, { action: 'log_stream.resumed', target: streamTarget(stream.id) }),
  );
  await wakeStream(tx, resumed, now);
}

/**
 * Removes a stream, and answers what the journey is to hear of it. One that was started keeps what it signs in with, so
 * that it can be brought back; what it has not sent stays in the audit log.
 */
export async function removeStream(
  tx: Tx,
  stream: LogStreamRow,
  by: Acting,
): Promise<Extract<Act, { kind: 'remove_stream' }>> {
  const { now } = by.request;
  const removed = await updateLogStream(tx, stream, {
    deletedAt: now,
    updatedAt: now,
    ...(stream.startedAt === null && { secretSealed: null, secretHints: {} }),
  });
  const target = streamTarget(stream.id);
  const before = { destination: stream.destination, name: stream.name, position: stream.position };
  await insertAudit(tx, audited(by, stream, { action: 'log_stream.deleted', target, before }));
  await wakeStream(tx, removed, now);
  const others = await listLogStreamsOf(tx, stream);
  const next = others.find(({ startedAt }) => startedAt !== null);
  return { kind: 'remove_stream', streamId: stream.id, ...(next !== undefined && { nextId: next.id }) };
}

/**
 * Brings a removed stream back as it was: it sends on from where it stood, with what has happened meanwhile, or stays
 * paused. Throws `former_ended`, and `streams_full` where others have taken its place.
 */
export async function bringStreamBack(
  tx: Tx,
  tenant: Whose,
  streamId: string,
  by: Acting,
): Promise<Extract<Act, { kind: 'bring_back_stream' }>> {
  const { now } = by.request;
  const removed = await lockRemovedStream(tx, tenant, streamId, new Date(now.getTime() - removedKeptMs));
  requireRoom(await listLogStreamsOf(tx, tenant));
  const back = await updateLogStream(tx, removed, {
    deletedAt: null,
    updatedAt: now,
    wokenAt: null,
    state: 'active',
    // What it was removed with is no trouble of now: it is tried anew.
    tries: 0,
    nextTryAt: null,
    failingSince: null,
    toldFailing: 0,
    backfillUntil: await endAhead(tx, removed),
  });
  const target = streamTarget(streamId);
  await insertAudit(tx, audited(by, back, { action: 'log_stream.brought_back', target }));
  await wakeStream(tx, back, now);
  if (back.secretEndsOn !== null) await watchSecretEnd(tx, back, now);
  return { kind: 'bring_back_stream', streamId };
}

const mostStreams = 10;

/** Throws `streams_full`. */
export function requireRoom(streams: readonly LogStreamRow[]): void {
  if (streams.length >= mostStreams) throw new OnboardingError('streams_full', { limit: mostStreams });
}

/** Has the end of what the stream signs in with told of. */
export async function watchSecretEnd(tx: Tx, stream: LogStreamRow, now: Date): Promise<void> {
  const { id: subjectId, environmentId, organizationId } = stream;
  const ageing = {
    key: newId('cmd_'),
    environmentId,
    organizationId,
    kind: 'stream_credential',
    subjectId,
  } as const;
  await insertCommand(tx, ageingRow(ageing, now));
}

/** Tries at once what would be tried later. Throws `stream_state_refused`. */
export async function tryStreamNow(tx: Tx, stream: LogStreamRow, by: Acting): Promise<void> {
  const { now } = by.request;
  requireSending(stream);
  const due = await updateLogStream(tx, stream, { nextTryAt: null, updatedAt: now });
  await insertAudit(
    tx,
    audited(by, stream, { action: 'log_stream.tried_now', target: streamTarget(stream.id) }),
  );
  await wakeStream(tx, due, now);
}

/**
 * Has what was refused sent again: one record, or all that are still kept. Whoever asks twice changes nothing. Throws
 * `stream_state_refused`, `not_found`, and `stream_records_gone` where none of them is kept any more.
 */
export async function sendRejectsAgain(
  tx: Tx,
  stream: LogStreamRow,
  rejectId: string | undefined,
  by: Acting,
): Promise<z.infer<typeof sendAgainAsked>> {
  const { now } = by.request;
  requireSending(stream);
  const named = rejectId ?? null;
  if (named !== null && !(await hasReject(tx, stream, named)))
    throw new OnboardingError('not_found', { kind: 'reject' });
  const { asked, waited, gone } = await askToResend(tx, stream, { rejectId: named, now });
  if (asked === 0 && waited === 0 && gone > 0) throw new OnboardingError('stream_records_gone');
  if (asked > 0) {
    const after = { count: asked, ...(named !== null && { reject: named }) };
    const target = streamTarget(stream.id);
    await insertAudit(tx, audited(by, stream, { action: 'log_stream.resend_asked', target, after }));
    await wakeStream(tx, await updateLogStream(tx, stream, { updatedAt: now }), now);
  }
  return { savedAt: now.toISOString(), asked: asked + waited, gone };
}

function requireSending(stream: LogStreamRow): void {
  requireStarted(stream);
  if (stream.pausedAt !== null) throw new OnboardingError('stream_state_refused', { state: 'paused' });
}

function requireStarted({ startedAt }: LogStreamRow): void {
  if (startedAt === null) throw new OnboardingError('stream_state_refused', { state: 'not_started' });
}

/** The end of the log, where it lies ahead of the stream: so far it catches up. */
export async function endAhead(
  tx: Tx,
  stream: Pick<LogStreamRow, 'environmentId' | 'organizationId' | 'position'>,
): Promise<number | null> {
  const last = await lastAuditNumber(tx, stream);
  return last > stream.position ? last : null;
}

/** The stream that the journey is about: one that sends, else the newest. */
export function journeysStream(streams: readonly LogStreamRow[]): LogStreamRow | undefined {
  return streams.find(({ startedAt }) => startedAt !== null) ?? streams.at(-1);
}

const noLag: StreamLag = { behind: 0, oldestUnsentAt: null };

/** Lines of a list, with how far each is behind. */
export async function streamLinesOf(tx: Tx, streams: readonly LogStreamRow[]): Promise<StreamLine[]> {
  const lags = await readStreamLags(tx, streams);
  return streams.map((stream) => streamLineOf(stream, lags.get(stream.id) ?? noLag));
}

function streamLineOf(stream: LogStreamRow, { behind, oldestUnsentAt }: StreamLag): StreamLine {
  const { id, name, mark } = getDestination(stream.destination);
  return {
    id: stream.id,
    name: stream.name,
    destination: { id, name, mark },
    chip: streamChip(stream),
    state: shownState(stream),
    behind,
    lastSentAt: stream.lastSentAt?.toISOString() ?? null,
    oldestUnsentAt: behind === 0 ? null : (oldestUnsentAt?.toISOString() ?? null),
  };
}

/** What was removed lately, as long as it can be brought back. */
export async function removedViewsOf(tx: Tx, tenant: Whose, now: Date): Promise<RemovedStream[]> {
  const removed = await listRemovedStreams(tx, tenant, new Date(now.getTime() - removedKeptMs));
  return removed.map(({ id, name, deletedAt }) => ({
    id,
    name,
    removedAt: deletedAt.toISOString(),
    keptUntil: new Date(deletedAt.getTime() + removedKeptMs).toISOString(),
  }));
}

/** Why it was not taken, with the way in which this destination's console mends it. */
export function failureViewOf(
  failure: StreamFailure,
  { repairs }: Pick<StreamDestination, 'repairs'>,
): StreamFailureView {
  const repair = repairs.find(({ causes }) => causes.some((cause) => cause === failure.cause));
  return {
    ...failure,
    repair:
      repair === undefined
        ? null
        : { path: [...repair.where.path], label: repair.where.label, fix: repair.fix },
  };
}

/** How a stream runs, as customers and staff see it. */
export const runningViewOf = (
  { startedAt, pausedAt, lastError, failingSince, nextTryAt, sentCount, rejectedCount }: LogStreamRow,
  destination: Pick<StreamDestination, 'repairs'>,
) => ({
  startedAt: startedAt?.toISOString() ?? null,
  pausedAt: pausedAt?.toISOString() ?? null,
  lastError: lastError === null ? null : failureViewOf(lastError, destination),
  failingSince: failingSince?.toISOString() ?? null,
  nextTryAt: nextTryAt?.toISOString() ?? null,
  sentCount,
  rejectedCount,
});

type RejectView = RejectList['rejects'][number];

/** What was not delivered, why, and whether it can be sent again. */
export async function rejectViewsOf(
  tx: Tx,
  whose: Whose,
  rejects: readonly LogStreamRejectRow[],
): Promise<RejectView[]> {
  const single = rejects.filter(({ sequence, untilSequence }) => sequence === untilSequence);
  const kept = await keptNumbers(
    tx,
    whose,
    single.map(({ sequence }) => sequence),
  );
  return rejects.map((reject) => ({
    id: reject.id,
    from: reject.sequence,
    until: reject.untilSequence,
    recordId: reject.recordId,
    cause: reject.cause,
    status: reject.status,
    answer: reject.answer,
    at: reject.createdAt.toISOString(),
    resentAt: reject.resentAt?.toISOString() ?? null,
    resend: resendOf(reject, kept.has(reject.sequence) && reject.sequence === reject.untilSequence),
  }));
}

function resendOf({ resentAt, resendAskedAt }: LogStreamRejectRow, isKept: boolean): RejectView['resend'] {
  if (resentAt !== null) return 'done';
  if (!isKept) return 'gone';
  return resendAskedAt === null ? 'offered' : 'asked';
}

/** When it took nothing, for how long, why, and how much came late; newest first. */
export async function outageViewsOf(tx: Tx, stream: LogStreamRow): Promise<StreamOutage[]> {
  const outages = await listOutages(tx, stream);
  return outages.map(({ id, beganAt, endedAt, cause, status, tries, lateCount, caughtUpAt }) => ({
    id,
    beganAt: beganAt.toISOString(),
    endedAt: endedAt?.toISOString() ?? null,
    cause,
    status,
    tries,
    lateCount,
    caughtUpAt: caughtUpAt?.toISOString() ?? null,
  }));
}

/** While it catches up: how much of that is left. */
export const catchUpOf = ({ backfillUntil, position }: LogStreamRow) =>
  backfillUntil === null || backfillUntil <= position
    ? null
    : { left: backfillUntil - position, perSecond: catchUpPerSecond };

/** The destination's fields as this environment offers them: a sandbox that may reach this machine has the test sink among them. */
export function offeredFields(
  { embedded, settings, urls }: Pick<ApiDeps, 'embedded' | 'settings' | 'urls'>,
  { id, kind }: Pick<EnvironmentRow, 'id' | 'kind'>,
  destination: StreamDestination,
): readonly DestinationField[] {
  const hasSink = embedded !== null && kind === 'sandbox' && settings.sandboxLoopback;
  return fieldsOf(destination, hasSink ? embedded.testSink.addressOf(id, urls.api) : null);
}

/** The stream's secrets, opened. */
export function secretsOf(secrets: Pick<Secrets, 'open'>, stream: LogStreamRow): Record<string, string> {
  if (stream.secretSealed === null) return {};
  return JSON.parse(secrets.open(stream.secretSealed, streamSecretAt(stream))) as Record<string, string>;
}

/** Where a stream would go with these settings and secrets. */
export function targetWith(
  { id: streamId, organizationId, destination }: LogStreamRow,
  { kind }: Pick<EnvironmentRow, 'kind'>,
  typed: { settings: Readonly<Record<string, string>>; secrets: Readonly<Record<string, string>> },
): StreamTarget {
  const { settings, secrets } = typed;
  return {
    streamId,
    organizationId,
    settings,
    secrets,
    isSandbox: kind === 'sandbox',
    destination: getDestination(destination).id,
  };
}

/** The organization's stream as the developer API shows it (`workos-api` contract §11.4); undefined without one. */
export async function findStreamSummary(
  tx: Tx,
  whose: Whose,
): Promise<
  | { id: string; type: string; state: StreamState; last_synced_at: string | null; created_at: string }
  | undefined
> {
  const stream = journeysStream(await listLogStreamsOf(tx, whose));
  if (stream === undefined) return undefined;
  return {
    id: stream.id,
    type: getDestination(stream.destination).type,
    state: shownState(stream),
    last_synced_at: stream.lastSentAt?.toISOString() ?? null,
    created_at: stream.createdAt.toISOString(),
  };
}
