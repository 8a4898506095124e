import { setTimeout as pause } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import { streamSecretAt } from '../adapters/client-secrets.ts';
import { newId } from '../adapters/ids.ts';
import type { SendOutcome, StreamSenders, StreamTarget } from '../adapters/log-streams/index.ts';
import type { Secrets } from '../adapters/secrets.ts';
import {
  acknowledgeRecords,
  endOutage,
  findLogStream,
  getEnvironment,
  insertAudit,
  keepAsRefused,
  lastAuditNumber,
  listAuditRecordsAfter,
  markStreamAwake,
  markStreamWell,
  noteCaughtUp,
  noteOutage,
  noteResent,
  notifyChange,
  recordStreamFailure,
  rejectRecords,
  takeAskedRejects,
  withTenant,
  type AskedReject,
  type Db,
  type LogStreamRow,
  type Tx,
} from '../db/index.ts';
import type { AuditAction } from '../onboarding/audit-actions.ts';
import type { AuditRecord } from '../onboarding/audit-records.ts';
import { getDestination } from '../onboarding/log-streams/destinations/index.ts';
import {
  afterFailure,
  failureOf,
  isHeldBack,
  mostRejectedInARow,
  needsPerson,
  nextBatchSize,
  restAfterBatchMs,
  type StreamLevel,
} from '../onboarding/log-streams.ts';
import { turnMs, wasSlow } from '../onboarding/pump-turns.ts';
import type { Activities, OfLogStream, Pumped } from './index.ts';

export type LogStreamDeps = {
  db: Db;
  secrets: Secrets;
  senders: StreamSenders;
  now: () => Date;
  /** How a stream that catches up lets time pass after a batch. */
  rest?: (ms: number, signal: AbortSignal) => Promise<void>;
};

/** One that has just sent a lot looks again for so long before it ends: what comes next comes soon. */
const lingerMs = 2_000;
const lookEveryMs = 100;
const heartbeatMs = 5_000;
/** Our own limits hold a stream back for so long at a time: that is not the destination's failure. */
const heldBackMs = 1_000;
const mostReadAtOnce = 1_000;
const mostSentAgainAtOnce = 50;
/** Pages are told that much has been sent no more often than this. */
const tellEveryMs = 1_000;
/** What is read ahead is not to fill the memory, however large records are. */
const readAheadBytes = 8 * 1024 * 1024;

/**
 * Sends what waits, batch by batch in the order of the log: the next records are read while a batch is under way, and the
 * stream moves on only when its destination has acknowledged one [REL-13]. A pump that dies repeats at most the batch that
 * it was in the middle of.
 */
export function logStreamActivities(deps: LogStreamDeps): Pick<Activities, 'pumpLogStream'> {
  return {
    async pumpLogStream(of) {
      const { heartbeat, cancellationSignal } = Context.current();
      const beat = setInterval(() => heartbeat(), heartbeatMs);
      try {
        return await new Pump(deps, of, cancellationSignal).run();
      } finally {
        clearInterval(beat);
      }
    },
  };
}

type Opened = { stream: LogStreamRow; target: StreamTarget };

class Pump {
  readonly #deps: LogStreamDeps;
  readonly #of: OfLogStream;
  readonly #signal: AbortSignal;
  /** Records behind the stream's position, in their order. */
  #ahead: AuditRecord[] = [];
  /** Records that were refused once and are to be sent again. */
  #again: AskedReject[] = [];
  #againSize = mostSentAgainAtOnce;
  #toldMs = Number.NEGATIVE_INFINITY;
  #hasNews = false;
  #readAtOnce = 100;
  #batchSize = Number.MAX_SAFE_INTEGER;
  #batches = 0;
  /** Undefined: nothing was sent yet. */
  #isSlow: boolean | undefined;

  constructor(deps: LogStreamDeps, of: OfLogStream, signal: AbortSignal) {
    this.#deps = deps;
    this.#of = of;
    this.#signal = signal;
  }

  async run(): Promise<Pumped> {
    const startedMs = performance.now();
    let idleSinceMs: number | undefined;
    let opened = await this.#open();
    for (;;) {
      if (opened === undefined) return { state: 'gone' };
      const wait = waitOf(opened.stream, this.#deps.now());
      if (wait !== undefined) return this.#end(opened.stream, wait);
      const isOver = performance.now() - startedMs > turnMs(this.#hasSlowPlace);
      if (isOver || (this.#isSlow === true && !this.#hasSlowPlace))
        return this.#end(opened.stream, this.#deps.now());

      if (opened.stream.state === 'invalid') opened = await this.#lookAgain(opened);
      else if (this.#again.length > 0) opened = await this.#sendAgain(opened);
      else if (this.#ahead.length > 0 || (await this.#readMore(opened.stream)) > 0) {
        idleSinceMs = undefined;
        opened = await this.#sendBatch(opened);
      } else if (opened.stream.failingSince !== null) opened = await this.#markWell(opened.stream);
      else {
        idleSinceMs ??= performance.now();
        const isFlowing = this.#batches > 1 && performance.now() - idleSinceMs < lingerMs;
        if (!isFlowing) return this.#endIdle(opened.stream);
        await pause(lookEveryMs, undefined, { signal: this.#signal });
      }
    }
  }

  /** The stream as it is now, with what it is sent with. Undefined: it is gone. */
  async #open(): Promise<Opened | undefined> {
    const { db, secrets, now } = this.#deps;
    this.#ahead = [];
    this.#again = [];
    return withTenant(db, this.#of, async (tx) => {
      const stream = await findLogStream(tx, this.#of, this.#of.streamId);
      if (stream === undefined) return undefined;
      await markStreamAwake(tx, stream, now());
      if (stream.startedAt !== null && stream.pausedAt === null)
        this.#again = await takeAskedRejects(tx, stream, mostSentAgainAtOnce);
      const environment = await getEnvironment(tx, stream.environmentId);
      return { stream, target: targetOf(secrets, stream, environment.kind === 'sandbox') };
    });
  }

  async #readMore(stream: LogStreamRow): Promise<number> {
    const after = this.#ahead.at(-1)?.sequence ?? stream.position;
    const limit = this.#readAtOnce;
    const records = await withTenant(this.#deps.db, this.#of, (tx) =>
      listAuditRecordsAfter(tx, this.#of, after, limit),
    );
    this.#ahead.push(...records);
    this.#readAtOnce = roomFor(records);
    return records.length;
  }

  async #sendBatch(opened: Opened): Promise<Opened | undefined> {
    const { stream, target } = opened;
    const [first] = this.#ahead;
    if (first === undefined) return opened;
    if (first.sequence > stream.position + 1) return this.#noteGap(opened, first.sequence - 1);

    const { records: most } = getDestination(target.destination).limits;
    const batch = this.#ahead.slice(0, Math.min(this.#batchSize, most));
    const startedAt = this.#deps.now();
    const reading = this.#ahead.length < 2 * most ? this.#readMore(stream) : Promise.resolve(0);
    const [outcome] = await Promise.all([
      this.#timed(this.#deps.senders.send(target, batch, this.#signal)),
      reading,
    ]);
    switch (outcome.kind) {
      case 'sent': {
        this.#batchSize = nextBatchSize(batch.length, 'sent', most);
        this.#batches += 1;
        const moved = await this.#acknowledge(opened, batch.slice(0, outcome.count), outcome.level);
        const tookMs = this.#deps.now().getTime() - startedAt.getTime();
        const restMs = stream.backfillUntil === null ? 0 : restAfterBatchMs(outcome.count, tookMs);
        if (restMs > 0) await this.#rest(restMs);
        return moved;
      }
      case 'rejected':
        if (outcome.count > 1) {
          this.#batchSize = nextBatchSize(outcome.count, 'refused', most);
          return opened;
        }
        return this.#reject(opened, first, outcome);
      case 'retry':
      case 'invalid':
        return this.#fail(stream, outcome);
    }
  }

  async #acknowledge(
    { stream, target }: Opened,
    sent: readonly AuditRecord[],
    level: StreamLevel,
  ): Promise<Opened | undefined> {
    const now = this.#deps.now();
    const last = sent.at(-1)?.sequence ?? stream.position;
    const moved = await withTenant(this.#deps.db, this.#of, async (tx) => {
      const back = stream.failingSince === null ? undefined : await this.#comesBack(tx, stream, now);
      const until = back?.until ?? stream.backfillUntil;
      const isThere = until !== null && until <= last;
      const next = await acknowledgeRecords(tx, stream, {
        position: last,
        count: sent.length,
        level,
        now,
        backfillUntil: isThere ? null : until,
        lateCount: back?.late ?? stream.lateCount,
      });
      if (isThere) await noteCaughtUp(tx, stream, last, now);
      this.#tell(tx, stream);
      return next;
    });
    this.#ahead = this.#ahead.slice(sent.length);
    return this.#goOn({ stream, target }, moved);
  }

  /** How far it was behind when it was well again. Contacts who were told that it stopped are told how much came late. */
  async #comesBack(tx: Tx, stream: LogStreamRow, now: Date) {
    const until = await lastAuditNumber(tx, this.#of);
    const late = until - stream.position;
    await endOutage(tx, stream, { late, until, now });
    if (!needsPerson(stream, now)) return { until, late: stream.lateCount };
    await audit(tx, stream, 'log_stream.recovered', { late }, now);
    return { until, late };
  }

  /** What was refused once and is asked for again, in the order of the log: each that is refused again waits no more. */
  async #sendAgain(opened: Opened): Promise<Opened | undefined> {
    const { stream, target } = opened;
    const now = this.#deps.now();
    const [first] = this.#again;
    const { records: most } = getDestination(target.destination).limits;
    const batch = this.#again.slice(0, Math.min(this.#againSize, most));
    const records = batch.map(({ record }) => record);
    const outcome = await this.#timed(this.#deps.senders.send(target, records, this.#signal));
    if (outcome.kind === 'retry' || outcome.kind === 'invalid') return this.#fail(stream, outcome);
    if (outcome.kind === 'rejected' && outcome.count > 1) {
      this.#againSize = nextBatchSize(outcome.count, 'refused', most);
      return opened;
    }
    await withTenant(this.#deps.db, this.#of, async (tx) => {
      const done = batch.slice(0, outcome.count).map(({ reject }) => reject.id);
      if (outcome.kind === 'sent') await noteResent(tx, stream, done, now);
      else if (first !== undefined) await keepAsRefused(tx, stream, first.reject.id, outcome);
      this.#tell(tx, stream);
    });
    this.#again = this.#again.slice(outcome.count);
    return this.#again.length > 0 ? opened : this.#open();
  }

  /** Pages that show the stream ask again. */
  #tell(tx: Tx, stream: LogStreamRow): void {
    this.#hasNews = performance.now() - this.#toldMs < tellEveryMs;
    if (this.#hasNews) return;
    this.#toldMs = performance.now();
    notifyChange(tx, stream, 'log_stream', stream.id);
  }

  /** With the stream as it has become; anew where somebody else has changed it meanwhile. */
  #goOn({ stream, target }: Opened, moved: LogStreamRow | undefined): Promise<Opened | undefined> {
    const isSame = moved !== undefined && moved.updatedAt.getTime() === stream.updatedAt.getTime();
    return isSame ? Promise.resolve({ stream: moved, target }) : this.#open();
  }

  /** Retention was faster than the destination: what it has taken is written down. */
  async #noteGap(opened: Opened, until: number): Promise<Opened | undefined> {
    const { stream } = opened;
    const moved = await withTenant(this.#deps.db, this.#of, (tx) =>
      rejectRecords(tx, stream, {
        id: newId('reject_'),
        sequence: stream.position + 1,
        untilSequence: until,
        recordId: null,
        cause: 'retention_over',
        status: null,
        answer: null,
        createdAt: this.#deps.now(),
      }),
    );
    return this.#goOn(opened, moved);
  }

  /** One record alone that the destination does not take is left out; many in a row are not the records' fault. */
  async #reject(
    opened: Opened,
    record: AuditRecord,
    outcome: Extract<SendOutcome, { kind: 'rejected' }>,
  ): Promise<Opened | undefined> {
    const { stream } = opened;
    if (stream.consecutiveRejects >= mostRejectedInARow) return this.#fail(stream, outcome);
    const { cause, status, answer } = outcome;
    const moved = await withTenant(this.#deps.db, this.#of, async (tx) => {
      const next = await rejectRecords(tx, stream, {
        id: newId('reject_'),
        sequence: record.sequence,
        untilSequence: record.sequence,
        recordId: record.id,
        cause,
        status,
        answer,
        createdAt: this.#deps.now(),
      });
      this.#tell(tx, stream);
      return next;
    });
    this.#ahead = this.#ahead.slice(1);
    return this.#goOn(opened, moved);
  }

  async #fail(
    stream: LogStreamRow,
    outcome: Exclude<SendOutcome, { kind: 'sent' }>,
  ): Promise<Opened | undefined> {
    const now = this.#deps.now();
    if (isHeldBack(outcome)) await pause(heldBackMs, undefined, { signal: this.#signal });
    else {
      const failing = afterFailure(stream, failureOf(outcome, now), { now, random: Math.random() });
      await withTenant(this.#deps.db, this.#of, async (tx) => {
        if (!(await recordStreamFailure(tx, stream, failing))) return;
        await noteOutage(tx, stream, { failing, id: newId('outage_'), now });
        notifyChange(tx, stream, 'log_stream', stream.id);
        if (failing.state === 'invalid' && stream.state !== 'invalid') {
          const { cause, field, status } = failing.lastError;
          await audit(tx, stream, 'log_stream.refused', { cause, field, status }, now);
        }
      });
    }
    return this.#open();
  }

  /** Whether credentials that were refused are good again; only then is anything sent with them. */
  async #lookAgain({ stream, target }: Opened): Promise<Opened | undefined> {
    const outcome = await this.#timed(this.#deps.senders.probe(target, this.#signal));
    return outcome.kind === 'sent' ? this.#trust(stream, target) : this.#fail(stream, outcome);
  }

  /** The probe of some destinations says little: what it is sent next decides, and until then it is not well. */
  async #trust(stream: LogStreamRow, target: StreamTarget): Promise<Opened | undefined> {
    if (this.#ahead.length > 0 || (await this.#readMore(stream)) > 0)
      return this.#sendBatch({ stream, target });
    return this.#markWell(stream);
  }

  async #markWell(stream: LogStreamRow): Promise<Opened | undefined> {
    const now = this.#deps.now();
    await withTenant(this.#deps.db, this.#of, async (tx) => {
      await markStreamWell(tx, stream);
      await endOutage(tx, stream, { late: 0, until: stream.position, now });
      await noteCaughtUp(tx, stream, stream.position, now);
      notifyChange(tx, stream, 'log_stream', stream.id);
      if (needsPerson(stream, now)) await audit(tx, stream, 'log_stream.recovered', { late: 0 }, now);
    });
    return this.#open();
  }

  /** What came while it was at work wakes nobody: one more look, after the mark is off. */
  async #endIdle(stream: LogStreamRow): Promise<Pumped> {
    const waits = await withTenant(this.#deps.db, this.#of, async (tx) => {
      await markStreamAwake(tx, stream, null);
      if (this.#hasNews) notifyChange(tx, stream, 'log_stream', stream.id);
      return (await listAuditRecordsAfter(tx, this.#of, stream.position, 1)).length > 0;
    });
    return this.#idle(waits ? this.#deps.now() : null);
  }

  async #end(stream: LogStreamRow, nextTryAt: Date | null): Promise<Pumped> {
    await withTenant(this.#deps.db, this.#of, (tx) => markStreamAwake(tx, stream, null));
    return this.#idle(nextTryAt);
  }

  /** One that sent nothing knows nothing new: it stays among the slow, or among the quick. */
  #idle(nextTryAt: Date | null): Pumped {
    const isSlow = this.#isSlow ?? this.#hasSlowPlace;
    return { state: 'idle', nextTryAt: nextTryAt?.toISOString() ?? null, isSlow };
  }

  get #hasSlowPlace(): boolean {
    return this.#of.isSlow === true;
  }

  async #rest(ms: number): Promise<void> {
    const { rest = (restMs, signal) => pause(restMs, undefined, { signal }) } = this.#deps;
    await rest(ms, this.#signal);
  }

  async #timed(sending: Promise<SendOutcome>): Promise<SendOutcome> {
    const { now } = this.#deps;
    const startedAt = now();
    const outcome = await sending;
    this.#isSlow = this.#isSlow === true || wasSlow(now().getTime() - startedAt.getTime());
    return outcome;
  }
}

/** Until when nothing is to be sent; null: until somebody changes something; undefined: now is the time. */
function waitOf({ startedAt, pausedAt, nextTryAt }: LogStreamRow, now: Date): Date | null | undefined {
  if (startedAt === null || pausedAt !== null) return null;
  return nextTryAt !== null && nextTryAt > now ? nextTryAt : undefined;
}

/** Where a stream goes, with its secrets opened. */
function targetOf(secrets: Secrets, stream: LogStreamRow, isSandbox: boolean): StreamTarget {
  const { id: streamId, organizationId, destination, settings, secretSealed } = stream;
  return {
    streamId,
    organizationId,
    settings,
    isSandbox,
    destination: getDestination(destination).id,
    secrets:
      secretSealed === null
        ? {}
        : (JSON.parse(secrets.open(secretSealed, streamSecretAt(stream))) as Record<string, string>),
  };
}

/** How many records like these may be read ahead: by their size, told from the first few. */
function roomFor(records: readonly AuditRecord[]): number {
  const sample = records.slice(0, 10);
  if (sample.length === 0) return mostReadAtOnce;
  const bytes = sample.reduce((total, record) => total + JSON.stringify(record).length, 0) / sample.length;
  return Math.min(mostReadAtOnce, Math.max(10, Math.floor(readAheadBytes / bytes)));
}

function audit(tx: Tx, stream: LogStreamRow, action: AuditAction, after: object, at: Date): Promise<void> {
  const { id, environmentId, organizationId } = stream;
  return insertAudit(tx, {
    id: newId('audit_'),
    environmentId,
    organizationId,
    action,
    after,
    at,
    actor: { type: 'system', id: 'log_stream' },
    target: { type: 'log_stream', id },
  });
}
