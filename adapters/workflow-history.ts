/**
 * Reads what the engine remembers of a workflow, for people: its runs, what is being tried now, and the events of its
 * history in a plain form. Payloads are decoded here with the client's own keys [TMP-01]; whoever shows them asks for
 * the right to see them first and keeps an audit row.
 */
import type { Client } from '@temporalio/client';
import type { Payload } from '@temporalio/common';
import {
  decode,
  decodeArrayFromPayloads,
  decodeOptionalFailureToOptionalError,
  decodeUserMetadata,
} from '@temporalio/common/lib/internal-non-workflow/index.js';
import proto from '@temporalio/proto';

type History = proto.temporal.api.history.v1.IHistory;
type Event = NonNullable<History['events']>[number];
type Failure = proto.temporal.api.failure.v1.IFailure;
type Timestamp = proto.google.protobuf.ITimestamp;

/** An event of a history as far as people care; everything else is `other`. Ids count within the run. */
export type HistoryEvent = { id: number; at: Date } & (
  | { kind: 'started'; previousRunId: string | null }
  | { kind: 'update_accepted'; name: string; input: unknown }
  | { kind: 'update_completed'; acceptedId: number; failure: string | null }
  | { kind: 'signaled'; name: string; input: unknown }
  | { kind: 'activity_scheduled'; activity: string; summary: string | null }
  | { kind: 'activity_started'; scheduledId: number; attempt: number }
  | { kind: 'activity_ended'; scheduledId: number; failure: string | null }
  | { kind: 'timer_started'; summary: string | null }
  | { kind: 'timer_ended'; startedId: number; hasFired: boolean }
  | { kind: 'child_initiated'; workflow: string }
  | { kind: 'child_started'; initiatedId: number }
  | { kind: 'child_ended'; initiatedId: number; failure: string | null }
  | { kind: 'task_failed'; failure: string }
  | { kind: 'continued' }
  | { kind: 'ended'; outcome: 'completed' | 'failed' | 'timed_out' | 'terminated' | 'cancelled' }
  | { kind: 'other' }
);

export interface WorkflowRun {
  runId: string;
  startedAt: Date;
  closedAt: Date | null;
  /** `RUNNING`, `CONTINUED_AS_NEW`, … */
  status: string;
  events: HistoryEvent[];
}

export interface PendingActivity {
  activity: string;
  attempt: number;
  lastFailure: string | null;
  nextAttemptAt: Date | null;
}

export interface WorkflowReading {
  status: string;
  currentDetails: string | null;
  pending: PendingActivity[];
  /** Those the engine still keeps, oldest first. */
  runs: WorkflowRun[];
}

export type Reading<T> = { state: 'read'; value: T } | { state: 'missing' } | { state: 'away' };

export interface WorkflowHistories {
  namespace: string;
  /** The runs that led to the present one and what it does now; `away` when the engine does not answer in time. */
  read(workflowId: string, deadlineMs: number): Promise<Reading<WorkflowReading>>;
  /** Single events of a run as JSON, every payload and failure decoded. */
  readEvents(
    run: { workflowId: string; runId: string; eventIds: readonly number[] },
    deadlineMs: number,
  ): Promise<Reading<object[]>>;
}

/** A chain is followed back this far; an older run than that is read in the engine's own UI. */
const maxRuns = 10;
const detailsQuery = '__temporal_workflow_metadata';
const detailsWithinMs = 1_000;

export function createWorkflowHistories({
  client,
  now,
}: {
  client: Client;
  now: () => Date;
}): WorkflowHistories {
  const { loadedDataConverter: converter, namespace } = client.options;

  async function reading<T>(deadlineMs: number, work: () => Promise<T>): Promise<Reading<T>> {
    try {
      const value = await client.withDeadline(now().getTime() + deadlineMs, work);
      return { state: 'read', value };
    } catch (error) {
      return { state: isNotFound(error) ? 'missing' : 'away' };
    }
  }

  async function readRuns(workflowId: string, newest: string): Promise<WorkflowRun[]> {
    const runs: WorkflowRun[] = [];
    let runId: string | null = newest;
    while (runId !== null && runs.length < maxRuns) {
      const run: WorkflowRun | undefined = await readRun(workflowId, runId, runs.length === 0);
      if (run === undefined) break;
      runs.unshift(run);
      const [first] = run.events;
      runId = first?.kind === 'started' ? first.previousRunId : null;
    }
    return runs;
  }

  /** Undefined for an earlier run that the engine has forgotten. */
  async function readRun(
    workflowId: string,
    runId: string,
    isNewest: boolean,
  ): Promise<WorkflowRun | undefined> {
    let history: History;
    try {
      history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    } catch (error) {
      if (!isNewest && isNotFound(error)) return undefined;
      throw error;
    }
    const events = await Promise.all((history.events ?? []).map(plainEvent));
    const [first] = events;
    const last = events.at(-1);
    if (first === undefined || last === undefined) return undefined;
    const status = closingStatus(last);
    return { runId, startedAt: first.at, closedAt: status === 'RUNNING' ? null : last.at, status, events };
  }

  async function plainEvent(event: Event): Promise<HistoryEvent> {
    const known = await knownEvent(event);
    return { id: Number(event.eventId ?? 0), at: instantOf(event.eventTime), ...known };
  }

  async function knownEvent(event: Event): Promise<Known> {
    const structural = structuralEvent(event);
    if (structural !== undefined) return structural;
    const accepted = event.workflowExecutionUpdateAcceptedEventAttributes?.acceptedRequest?.input;
    if (accepted) {
      const [input] = await decodeArrayFromPayloads(converter, accepted.args?.payloads);
      return { kind: 'update_accepted', name: accepted.name ?? '', input };
    }
    const updated = event.workflowExecutionUpdateCompletedEventAttributes;
    if (updated) {
      const acceptedId = Number(updated.acceptedEventId ?? 0);
      return { kind: 'update_completed', acceptedId, failure: await wordsOf(updated.outcome?.failure) };
    }
    const signal = event.workflowExecutionSignaledEventAttributes;
    if (signal) {
      const [input] = await decodeArrayFromPayloads(converter, signal.input?.payloads);
      return { kind: 'signaled', name: signal.signalName ?? '', input };
    }
    const scheduled = event.activityTaskScheduledEventAttributes;
    if (scheduled) {
      const activity = scheduled.activityType?.name ?? '';
      return { kind: 'activity_scheduled', activity, summary: await summaryOf(event) };
    }
    if (event.timerStartedEventAttributes) return { kind: 'timer_started', summary: await summaryOf(event) };
    const failed = event.activityTaskFailedEventAttributes ?? event.activityTaskTimedOutEventAttributes;
    if (failed) {
      const failure = (await wordsOf(failed.failure)) ?? 'timed out';
      return { kind: 'activity_ended', scheduledId: Number(failed.scheduledEventId ?? 0), failure };
    }
    const childFailed = event.childWorkflowExecutionFailedEventAttributes;
    if (childFailed) {
      const failure = (await wordsOf(childFailed.failure)) ?? 'failed';
      return { kind: 'child_ended', initiatedId: Number(childFailed.initiatedEventId ?? 0), failure };
    }
    const task = event.workflowTaskFailedEventAttributes;
    if (task) return { kind: 'task_failed', failure: (await wordsOf(task.failure)) ?? 'unknown' };
    return { kind: 'other' };
  }

  async function summaryOf(event: Event): Promise<string | null> {
    const { staticSummary } = await decodeUserMetadata(converter, event.userMetadata);
    return staticSummary ?? null;
  }

  /** The message of a failure, that of its cause where it has one. */
  async function wordsOf(failure: Failure | null | undefined): Promise<string | null> {
    const error = await decodeOptionalFailureToOptionalError(converter, failure);
    if (error === undefined) return null;
    const { cause } = error;
    return (cause instanceof Error && cause.message) || error.message;
  }

  async function currentDetails(workflowId: string): Promise<string | null> {
    try {
      const answer: unknown = await client.withDeadline(now().getTime() + detailsWithinMs, () =>
        client.workflow.getHandle(workflowId).query(detailsQuery),
      );
      return isDetailed(answer) && answer.currentDetails !== '' ? answer.currentDetails : null;
    } catch {
      // Only a worker can answer, and a run that has ended may have none left.
      return null;
    }
  }

  async function decoded(value: unknown): Promise<unknown> {
    if (Array.isArray(value)) return Promise.all(value.map(decoded));
    if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
    if (typeof value !== 'object' || value === null) return value;
    if (isPayload(value)) return decodePayload(value);
    const entries = await Promise.all(
      Object.entries(value)
        .filter(([, inner]) => inner !== null)
        .map(async ([name, inner]) => [name, await decoded(inner)] as const),
    );
    return Object.fromEntries(entries);
  }

  async function decodePayload(payload: Payload): Promise<unknown> {
    const [plain] = await decode(converter.payloadCodecs, [payload]);
    try {
      return plain === undefined ? null : converter.payloadConverter.fromPayload(plain);
    } catch {
      return { undecodable: Buffer.from(plain?.metadata?.encoding ?? []).toString('utf8') };
    }
  }

  return {
    namespace,
    read: (workflowId, deadlineMs) =>
      reading(deadlineMs, async () => {
        const { raw } = await client.workflow.getHandle(workflowId).describe();
        const info = raw.workflowExecutionInfo;
        const runs = await readRuns(workflowId, info?.execution?.runId ?? '');
        const pending = await Promise.all(
          (raw.pendingActivities ?? []).map(async (activity) => ({
            activity: activity.activityType?.name ?? '',
            attempt: activity.attempt ?? 1,
            lastFailure: await wordsOf(activity.lastFailure),
            nextAttemptAt: activity.nextAttemptScheduleTime
              ? instantOf(activity.nextAttemptScheduleTime)
              : null,
          })),
        );
        const status = runs.at(-1)?.status ?? 'RUNNING';
        return { status, currentDetails: await currentDetails(workflowId), pending, runs };
      }),
    readEvents: ({ workflowId, runId, eventIds }, deadlineMs) =>
      reading(deadlineMs, async () => {
        const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
        const wanted = (events ?? []).filter(({ eventId }) => eventIds.includes(Number(eventId ?? 0)));
        return Promise.all(wanted.map(async (event) => Object(await decoded(asObject(event))) as object));
      }),
  };
}

type Known = HistoryEvent extends infer Each
  ? Each extends { kind: string }
    ? Omit<Each, 'id' | 'at'>
    : never
  : never;

/** Events that say all in ids. */
function structuralEvent(event: Event): Known | undefined {
  const started = event.workflowExecutionStartedEventAttributes;
  if (started) return { kind: 'started', previousRunId: started.continuedExecutionRunId || null };
  const activity = event.activityTaskStartedEventAttributes;
  if (activity) {
    const scheduledId = Number(activity.scheduledEventId ?? 0);
    return { kind: 'activity_started', scheduledId, attempt: activity.attempt ?? 1 };
  }
  const done = event.activityTaskCompletedEventAttributes ?? event.activityTaskCanceledEventAttributes;
  if (done) return { kind: 'activity_ended', scheduledId: Number(done.scheduledEventId ?? 0), failure: null };
  const fired = event.timerFiredEventAttributes;
  if (fired) return { kind: 'timer_ended', startedId: Number(fired.startedEventId ?? 0), hasFired: true };
  const stopped = event.timerCanceledEventAttributes;
  if (stopped)
    return { kind: 'timer_ended', startedId: Number(stopped.startedEventId ?? 0), hasFired: false };
  const initiated = event.startChildWorkflowExecutionInitiatedEventAttributes;
  if (initiated) return { kind: 'child_initiated', workflow: initiated.workflowType?.name ?? '' };
  const child = event.childWorkflowExecutionStartedEventAttributes;
  if (child) return { kind: 'child_started', initiatedId: Number(child.initiatedEventId ?? 0) };
  const childDone = event.childWorkflowExecutionCompletedEventAttributes;
  if (childDone)
    return { kind: 'child_ended', initiatedId: Number(childDone.initiatedEventId ?? 0), failure: null };
  if (event.workflowExecutionContinuedAsNewEventAttributes) return { kind: 'continued' };
  const outcome = outcomeOf(event);
  return outcome === undefined ? undefined : { kind: 'ended', outcome };
}

function outcomeOf(event: Event): Extract<HistoryEvent, { kind: 'ended' }>['outcome'] | undefined {
  if (event.workflowExecutionCompletedEventAttributes) return 'completed';
  if (event.workflowExecutionFailedEventAttributes) return 'failed';
  if (event.workflowExecutionTimedOutEventAttributes) return 'timed_out';
  if (event.workflowExecutionTerminatedEventAttributes) return 'terminated';
  if (event.workflowExecutionCanceledEventAttributes) return 'cancelled';
  return undefined;
}

function closingStatus(last: HistoryEvent): string {
  if (last.kind === 'continued') return 'CONTINUED_AS_NEW';
  return last.kind === 'ended' ? last.outcome.toUpperCase() : 'RUNNING';
}

function asObject(event: Event): object {
  const message = proto.temporal.api.history.v1.HistoryEvent.create(event);
  return proto.temporal.api.history.v1.HistoryEvent.toObject(message, { enums: String, longs: String });
}

function instantOf(at: Timestamp | null | undefined): Date {
  return new Date(Number(at?.seconds ?? 0) * 1000 + Math.floor((at?.nanos ?? 0) / 1_000_000));
}

/** The SDK's own error, and the engine's answer for a run that was forgotten. */
function isNotFound(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.name === 'WorkflowNotFoundError' || ('code' in error && error.code === 5);
}

function isPayload(value: object): value is Payload {
  return 'metadata' in value && isEncoded(value.metadata);
}

function isEncoded(metadata: unknown): boolean {
  return typeof metadata === 'object' && metadata !== null && 'encoding' in metadata;
}

function isDetailed(answer: unknown): answer is { currentDetails: string } {
  return (
    typeof answer === 'object' &&
    answer !== null &&
    'currentDetails' in answer &&
    typeof answer.currentDetails === 'string'
  );
}
