/** Log streams: where an organization's audit records go, how far they have come, and what a destination refused. */
import { sql, type Insertable, type RawBuilder, type SqlBool } from 'kysely';
import { OnboardingError } from '../../onboarding/errors.ts';
import type { Failing, StreamLevel } from '../../onboarding/log-streams.ts';
import { notifyChange, type Tx } from '../database.ts';
import { byCreation, pageOf, type Page, type PageRequest } from '../pagination.ts';
import { toJson } from '../tables/columns.ts';
import type { LogStreamRejectRow } from '../tables/log-stream-rejects.ts';
import type { LogStreamRow, LogStreamsTable } from '../tables/log-streams.ts';
import { ofEnvironment, ownedBy, type Tenant } from '../tenant.ts';

type Owned = Pick<LogStreamRow, 'id' | 'environmentId' | 'organizationId'>;
type NewStream = Pick<
  Insertable<LogStreamsTable>,
  'id' | 'environmentId' | 'organizationId' | 'name' | 'destination' | 'createdAt' | 'updatedAt'
> & { settings?: Record<string, string> };

export async function insertLogStream(
  tx: Tx,
  { settings = {}, ...stream }: NewStream,
): Promise<LogStreamRow> {
  return tx
    .insertInto('logStreams')
    .values({ ...stream, settings: toJson(settings) })
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** An organization's streams, oldest first. */
export async function listLogStreamsOf(tx: Tx, tenant: Tenant): Promise<LogStreamRow[]> {
  return streamsOf(tx, tenant).orderBy('createdAt').orderBy('id').execute();
}

export async function findLogStream(
  tx: Tx,
  tenant: Tenant,
  streamId: string,
): Promise<LogStreamRow | undefined> {
  return streamsOf(tx, tenant).where('id', '=', streamId).executeTakeFirst();
}

/** Throws `not_found`. */
export async function getLogStream(tx: Tx, tenant: Tenant, streamId: string): Promise<LogStreamRow> {
  const found = await findLogStream(tx, tenant, streamId);
  if (found === undefined) throw new OnboardingError('not_found', { kind: 'log_stream' });
  return found;
}

/** Nobody else changes the stream until the transaction ends. Throws `not_found`. */
export async function lockLogStream(tx: Tx, tenant: Tenant, streamId: string): Promise<LogStreamRow> {
  const found = await streamsOf(tx, tenant).where('id', '=', streamId).forUpdate().executeTakeFirst();
  if (found === undefined) throw new OnboardingError('not_found', { kind: 'log_stream' });
  return found;
}

/** Those that were removed since then and can be brought back, the one removed last first. */
export async function listRemovedStreams(
  tx: Tx,
  tenant: Tenant & { organizationId: string },
  since: Date,
): Promise<(LogStreamRow & { deletedAt: Date })[]> {
  return removedStreams(tx, tenant, since).orderBy('deletedAt', 'desc').orderBy('id').execute();
}

/** Locked, as it was when it was removed. Throws `former_ended` where it cannot be brought back, or not any more. */
export async function lockRemovedStream(
  tx: Tx,
  tenant: Tenant,
  streamId: string,
  since: Date,
): Promise<LogStreamRow> {
  const found = await removedStreams(tx, tenant, since)
    .where('id', '=', streamId)
    .forUpdate()
    .executeTakeFirst();
  if (found !== undefined) return found;
  const other = await tx
    .selectFrom('logStreams')
    .select('id')
    .where('id', '=', streamId)
    .where(ownedBy('logStreams', tenant))
    .executeTakeFirst();
  throw other === undefined
    ? new OnboardingError('not_found', { kind: 'log_stream' })
    : new OnboardingError('former_ended');
}

/** One without what it signs in with is gone for good: it had never sent, or its time is over. */
function removedStreams(tx: Tx, tenant: Tenant, since: Date) {
  return tx
    .selectFrom('logStreams')
    .selectAll()
    .where(ownedBy('logStreams', tenant))
    .where('deletedAt', '>', since)
    .where('secretSealed', 'is not', null)
    .$narrowType<{ deletedAt: Date }>();
}

type StreamChanges = Partial<Omit<LogStreamRow, 'id' | 'environmentId' | 'organizationId' | 'lastError'>> & {
  updatedAt: Date;
};

/** What a person changes. The pump's own account of a stream is never older than `updatedAt`, which only this moves. */
export async function updateLogStream(
  tx: Tx,
  stream: Owned,
  { settings, secretHints, guideProgress, proofAnswer, ...changes }: StreamChanges,
): Promise<LogStreamRow> {
  notifyChange(tx, stream, 'log_stream', stream.id);
  return tx
    .updateTable('logStreams')
    .set({
      ...changes,
      ...(settings && { settings: toJson(settings) }),
      ...(secretHints && { secretHints: toJson(secretHints) }),
      ...(guideProgress && { guideProgress: toJson(guideProgress) }),
      ...(proofAnswer !== undefined && { proofAnswer: proofAnswer && toJson(proofAnswer) }),
    })
    .where('id', '=', stream.id)
    .where(ownedBy('logStreams', stream))
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Keeps the place in the guide: nothing of it is news to the pump. */
export async function keepStreamProgress(
  tx: Tx,
  stream: Owned,
  guideProgress: Record<string, unknown>,
): Promise<void> {
  await tx
    .updateTable('logStreams')
    .set({ guideProgress: toJson(guideProgress) })
    .where('id', '=', stream.id)
    .where(ownedBy('logStreams', stream))
    .execute();
}

/** What a list of streams is narrowed to; `failing` has those that retry and those that were refused. */
export type StreamFilter = 'all' | 'failing' | 'paused' | 'unfinished';

const filters: Readonly<Record<StreamFilter, RawBuilder<SqlBool>>> = {
  all: sql`true`,
  failing: sql`log_streams.failing_since is not null and log_streams.paused_at is null`,
  paused: sql`log_streams.paused_at is not null`,
  unfinished: sql`log_streams.started_at is null`,
};

/** The streams of an environment, or of one organization, newest first. */
export async function pageLogStreams(
  tx: Tx,
  tenant: Tenant,
  filter: StreamFilter,
  request: PageRequest,
): Promise<Page<LogStreamRow>> {
  const owned = ofEnvironment('logStreams', tenant);
  const paged = { table: 'logStreams' as const, keys: byCreation('logStreams'), owned };
  return pageOf(tx, streamsOf(tx, tenant).where(filters[filter]), paged, request);
}

/** How many streams there are of each kind. */
export async function countLogStreams(tx: Tx, tenant: Tenant): Promise<Record<StreamFilter, number>> {
  const { rows } = await sql<Record<StreamFilter, number>>`
    select count(*) as all, count(*) filter (where ${filters.failing}) as failing,
      count(*) filter (where ${filters.paused}) as paused, count(*) filter (where ${filters.unfinished}) as unfinished
    from log_streams where ${ownedBy('logStreams', tenant)} and deleted_at is null
  `.execute(tx);
  const [counts] = rows;
  return counts ?? { all: 0, failing: 0, paused: 0, unfinished: 0 };
}

function streamsOf(tx: Tx, tenant: Tenant) {
  return tx
    .selectFrom('logStreams')
    .selectAll()
    .where(ownedBy('logStreams', tenant))
    .where('deletedAt', 'is', null);
}

/** How many records wait to be sent, and when the oldest of them was written. */
export interface StreamLag {
  behind: number;
  oldestUnsentAt: Date | null;
}

/** The lag of streams, by their ids; those that were not started have none. */
export async function readStreamLags(
  tx: Tx,
  streams: readonly LogStreamRow[],
): Promise<Map<string, StreamLag>> {
  const started = streams.filter(({ startedAt }) => startedAt !== null);
  if (started.length === 0) return new Map();
  const { rows } = await sql<StreamLag & { id: string }>`
    select log_streams.id, greatest(heads.last_number - greatest(position, heads.cut_number), 0) as behind,
      oldest.at as oldest_unsent_at
    from log_streams
    join audit_heads heads on heads.environment_id = log_streams.environment_id
      and heads.chain = log_streams.organization_id
    left join lateral (
      select at from audit_events
      where audit_events.environment_id = log_streams.environment_id
        and coalesce(audit_events.organization_id, '') = log_streams.organization_id and chain_number > position
      order by chain_number limit 1
    ) as oldest on true
    where log_streams.id = any(${started.map(({ id }) => id)}::text[])
  `.execute(tx);
  return new Map(rows.map(({ id, ...lag }) => [id, lag]));
}

/** When the oldest sealed record of an organization that is still there was written; null where there is none. */
export async function findOldestRecordAt(
  tx: Tx,
  { environmentId, organizationId }: { environmentId: string; organizationId: string },
): Promise<Date | null> {
  const { rows } = await sql<{ at: Date }>`
    select at from audit_events
    where environment_id = ${environmentId} and coalesce(organization_id, '') = ${organizationId}
      and chain_number > 0
    order by chain_number limit 1
  `.execute(tx);
  return rows[0]?.at ?? null;
}

/** Days that the records of an organization are kept. */
export async function readAuditDays(
  tx: Tx,
  { environmentId, organizationId }: { environmentId: string; organizationId: string },
  defaultDays: number,
): Promise<number> {
  const { rows } = await sql<{ days: number }>`
    select coalesce(heads.kept_days, environments.audit_days, ${defaultDays}::integer) as days
    from environments
    left join audit_heads heads on heads.environment_id = environments.id and heads.chain = ${organizationId}
    where environments.id = ${environmentId}
  `.execute(tx);
  return rows[0]?.days ?? defaultDays;
}

/** A wake that was lost on its way is sent anew after this long; a pump works for less. */
const wakeAgainMs = 10 * 60_000;

/**
 * Streams that sealed records wait for, and that no wake is on its way to nor a pump at work for; one is from now on. One
 * that retries has its own clock. Needs `withSystem`: a sequencer asks after it has sealed.
 */
export async function takeStreamsToWake(tx: Tx, now: Date): Promise<Owned[]> {
  const { rows } = await sql<Owned>`
    update log_streams set woken_at = ${now}
    from audit_heads heads
    where heads.environment_id = log_streams.environment_id and heads.chain = log_streams.organization_id
      and log_streams.state = 'active' and log_streams.started_at is not null and log_streams.paused_at is null
      and log_streams.deleted_at is null and log_streams.position < heads.last_number
      and (log_streams.woken_at is null or log_streams.woken_at < ${new Date(now.getTime() - wakeAgainMs)})
    returning log_streams.id, log_streams.environment_id, log_streams.organization_id
  `.execute(tx);
  return rows;
}

/** A pump is at work, or has ended: while it is, nothing wakes it. */
export async function markStreamAwake(tx: Tx, stream: Owned, wokenAt: Date | null): Promise<void> {
  await tx
    .updateTable('logStreams')
    .set({ wokenAt })
    .where('id', '=', stream.id)
    .where(ownedBy('logStreams', stream))
    .execute();
}

/**
 * Moves a stream on behind records that its destination has acknowledged [REL-13]. Undefined when somebody else has moved
 * it meanwhile, or it is gone. `caughtUpAt` is where it was behind to, once it is well again.
 */
export async function acknowledgeRecords(
  tx: Tx,
  stream: LogStreamRow,
  sent: {
    position: number;
    count: number;
    level: StreamLevel;
    now: Date;
    backfillUntil: number | null;
    lateCount: number | null;
  },
): Promise<LogStreamRow | undefined> {
  const { position, count, level, now, backfillUntil, lateCount } = sent;
  return whereItWas(tx, stream)
    .set({
      position,
      backfillUntil,
      lateCount,
      lastSentAt: now,
      lastLevel: level,
      sentCount: sql<number>`sent_count + ${count}`,
      state: 'active',
      tries: 0,
      nextTryAt: null,
      failingSince: null,
      toldFailing: 0,
      consecutiveRejects: 0,
    })
    .returningAll()
    .executeTakeFirst();
}

/** Credentials that were refused are good again, and nothing waits to be sent. */
export async function markStreamWell(tx: Tx, stream: LogStreamRow): Promise<void> {
  await whereItWas(tx, stream)
    .set({ state: 'active', tries: 0, nextTryAt: null, failingSince: null, toldFailing: 0 })
    .where('updatedAt', '=', stream.updatedAt)
    .execute();
}

/** What a failed try makes of a stream. False, and nothing, where a person has changed it since it was read. */
export async function recordStreamFailure(tx: Tx, stream: LogStreamRow, failing: Failing): Promise<boolean> {
  const { numUpdatedRows } = await whereItWas(tx, stream)
    .set({ ...failing, lastError: toJson(failing.lastError) })
    .where('updatedAt', '=', stream.updatedAt)
    .executeTakeFirst();
  return numUpdatedRows > 0;
}

type Reject = Omit<
  LogStreamRejectRow,
  'environmentId' | 'organizationId' | 'streamId' | 'resendAskedAt' | 'resentAt'
>;

/** Writes down records that are never sent, and moves the stream on behind them. Undefined as above. */
export async function rejectRecords(
  tx: Tx,
  stream: LogStreamRow,
  reject: Reject,
): Promise<LogStreamRow | undefined> {
  const moved = await whereItWas(tx, stream)
    .set({
      position: reject.untilSequence,
      rejectedCount: sql<number>`rejected_count + ${reject.untilSequence - reject.sequence + 1}`,
      consecutiveRejects: sql<number>`consecutive_rejects + 1`,
    })
    .returningAll()
    .executeTakeFirst();
  if (moved === undefined) return undefined;
  const { environmentId, organizationId, id: streamId } = stream;
  await tx
    .insertInto('logStreamRejects')
    .values({ ...reject, environmentId, organizationId, streamId })
    // The stream was set back to before it: what was written then still holds.
    .onConflict((conflict) => conflict.columns(['streamId', 'sequence']).doNothing())
    .execute();
  return moved;
}

function whereItWas(tx: Tx, { id, position, ...whose }: LogStreamRow) {
  return tx
    .updateTable('logStreams')
    .where('id', '=', id)
    .where('position', '=', position)
    .where('deletedAt', 'is', null)
    .where(ownedBy('logStreams', whose));
}

/** Streams that fail, of organizations that are there. Needs `withSystem`. */
export async function listFailingStreams(tx: Tx): Promise<LogStreamRow[]> {
  return watchedStreams(tx).where('logStreams.failingSince', 'is not', null).execute();
}

/** Streams that fail, and those that are back and of which contacts were not told. Needs `withSystem`. */
export async function listStreamsToTell(tx: Tx): Promise<LogStreamRow[]> {
  return watchedStreams(tx)
    .where((eb) => eb.or([eb('failingSince', 'is not', null), eb('lateCount', 'is not', null)]))
    .execute();
}

/** What contacts have been told of a stream. Needs `withSystem`. */
export async function markStreamTold(
  tx: Tx,
  streamId: string,
  told: { toldFailing: number } | { lateCount: null },
): Promise<void> {
  await tx.updateTable('logStreams').set(told).where('id', '=', streamId).execute();
}

/** Those that send, of organizations that are there. */
function watchedStreams(tx: Tx) {
  return tx
    .selectFrom('logStreams')
    .innerJoin('organizations', 'organizations.id', 'logStreams.organizationId')
    .selectAll('logStreams')
    .where('logStreams.startedAt', 'is not', null)
    .where('logStreams.pausedAt', 'is', null)
    .where('logStreams.deletedAt', 'is', null)
    .where('organizations.deletedAt', 'is', null);
}
