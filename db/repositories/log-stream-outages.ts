/** When the destination of a log stream took nothing, for how long, and how much came late. */
import { sql } from 'kysely';
import type { Failing } from '../../onboarding/log-streams.ts';
import type { Tx } from '../database.ts';
import type { LogStreamOutageRow } from '../tables/log-stream-outages.ts';
import type { LogStreamRow } from '../tables/log-streams.ts';
import { ownedBy } from '../tenant.ts';

type Owned = Pick<LogStreamRow, 'id' | 'environmentId' | 'organizationId'>;

/** One that begins so soon after the last goes on with it: a destination that comes and goes has one outage. */
const sameOutageMs = 60_000;

/** A try has failed: the outage that goes on has one more, else one begins. */
export async function noteOutage(
  tx: Tx,
  { id: streamId, environmentId, organizationId }: Owned,
  { failing, id, now }: { failing: Failing; id: string; now: Date },
): Promise<void> {
  const { cause, status } = failing.lastError;
  const since = new Date(now.getTime() - sameOutageMs);
  const { rows } = await sql`
    update log_stream_outages
    set ended_at = null, caught_up_at = null,
      tries = tries + 1, cause = ${cause}, status = ${status}
    where id = (
        select id from log_stream_outages where stream_id = ${streamId} order by began_at desc, id desc limit 1)
      and environment_id = ${environmentId} and organization_id = ${organizationId}
      and (ended_at is null or ended_at > ${since})
    returning 1
  `.execute(tx);
  if (rows.length > 0) return;
  await tx
    .insertInto('logStreamOutages')
    .values({
      id,
      environmentId,
      organizationId,
      streamId,
      beganAt: failing.failingSince,
      cause,
      status,
      createdAt: now,
    })
    .execute();
}

/**
 * It is taken again; `until` is the last record that waited then, and `late` how many did. Of an outage that comes and
 * goes, each record is late once, whether or not it had arrived in between.
 */
export async function endOutage(
  tx: Tx,
  stream: Owned,
  { late, until, now }: { late: number; until: number; now: Date },
): Promise<void> {
  await ofStream(tx, stream)
    .set({
      endedAt: now,
      lateCount: sql`coalesce(late_count, 0) + least(${late}, greatest(0, ${until} - coalesce(late_until, 0)))`,
      lateUntil: sql`greatest(${until}, late_until)`,
    })
    .where('endedAt', 'is', null)
    .execute();
}

/** All that waited has arrived, up to `position`. */
export async function noteCaughtUp(tx: Tx, stream: Owned, position: number, now: Date): Promise<void> {
  await ofStream(tx, stream)
    .set({ caughtUpAt: now })
    .where('caughtUpAt', 'is', null)
    .where('lateUntil', '<=', position)
    .execute();
}

const shownOutages = 20;

/** The newest outages of a stream, newest first. */
export async function listOutages(tx: Tx, stream: Owned): Promise<LogStreamOutageRow[]> {
  return tx
    .selectFrom('logStreamOutages')
    .selectAll()
    .where('streamId', '=', stream.id)
    .where(ownedBy('logStreamOutages', stream))
    .orderBy('beganAt', 'desc')
    .orderBy('id', 'desc')
    .limit(shownOutages)
    .execute();
}

/** Outages that were over before so many days. Needs `withSystem`. */
export async function removeOldOutages(tx: Tx, now: Date, days: number): Promise<number> {
  const { rows } = await sql`
    delete from log_stream_outages where ctid = any(array(
      select ctid from log_stream_outages where ended_at < ${new Date(now.getTime() - days * 86_400_000)} limit 1000))
    returning 1
  `.execute(tx);
  return rows.length;
}

function ofStream(tx: Tx, stream: Owned) {
  return tx
    .updateTable('logStreamOutages')
    .where('streamId', '=', stream.id)
    .where(ownedBy('logStreamOutages', stream));
}
