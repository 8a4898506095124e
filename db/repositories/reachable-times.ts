/** Since when we can be called: kept by every api that runs, read by whoever judges silence. It belongs to no tenant. */
import { sql } from 'kysely';
import type { Db, Tx } from '../database.ts';
import type { ReachableTimeRow } from '../tables/reachable-times.ts';

/** An api can be called now. After a gap of more than `gapMs`, in which none said so, the time begins anew. */
export async function noteReachable(db: Db, now: Date, gapMs: number): Promise<void> {
  const gapSince = new Date(now.getTime() - gapMs);
  await sql`
    insert into reachable_times (id, since, until) values ('api', ${now}, ${now})
    on conflict (id) do update set until = greatest(reachable_times.until, excluded.until),
      since = case when reachable_times.until < ${gapSince} then excluded.since else reachable_times.since end
  `.execute(db.untenanted);
}

/** Undefined where no api has run yet. */
export async function findReachableTime(tx: Tx): Promise<ReachableTimeRow | undefined> {
  return tx.selectFrom('reachableTimes').selectAll().executeTakeFirst();
}
