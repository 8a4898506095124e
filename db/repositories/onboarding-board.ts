/** What the staff's list of onboardings shows: views with their counts, and the stages where onboardings pile up. */
import { sql, type RawBuilder, type SqlBool } from 'kysely';
import type { Tx } from '../database.ts';
import { pageOf, type Page } from '../pagination.ts';
import type { OnboardingRow } from '../tables/onboardings.ts';
import { ownedBy, type Tenant } from '../tenant.ts';

export const boardViews = ['ours', 'stalled', 'moving', 'live', 'all'] as const;
export type BoardView = (typeof boardViews)[number];

export type BoardRow = OnboardingRow & {
  organizationName: string;
  providerId: string | null;
  /** The first step that is not done, null when nothing is left. */
  stage: string | null;
};

const liveDays = 30;

/** Our turn first, then the longest wait; what waits for nobody comes last. */
const urgency: readonly RawBuilder<unknown>[] = [
  sql`(onboardings.is_open and onboardings.waiting_for is not distinct from 'staff')::int * -1`,
  sql`coalesce(onboardings.waiting_since, 'infinity')`,
  sql`onboardings.id`,
];

/** As an array of a query it is dear to the planner, which asks it of a page's rows then, and not of all that it sorts. */
const stage = sql<string | null>`(array(select step #>> '{}' from jsonb_path_query(onboardings.view,
  '$.features[*] ? (@.state != "skipped").steps[*] ? (@.state == "open" || @.state == "failed" || @.state == "waiting").step'
) as step))[1]`;

/** One page of a view; `after` is the id of the last row seen. */
export async function listBoard(
  tx: Tx,
  tenant: Tenant,
  view: BoardView,
  request: { limit: number; after?: string; now: Date },
): Promise<Page<BoardRow>> {
  const owned = ownedBy('onboardings', tenant);
  const query = tx
    .selectFrom('onboardings')
    .innerJoin('organizations', 'organizations.id', 'onboardings.organizationId')
    .selectAll('onboardings')
    .select(['organizations.name as organizationName', stage.as('stage')])
    .select((eb) =>
      eb
        .selectFrom('connections')
        .select('connections.providerId')
        .whereRef('connections.organizationId', '=', 'onboardings.organizationId')
        .where('connections.deletedAt', 'is', null)
        .orderBy('connections.createdAt', 'desc')
        .limit(1)
        .as('providerId'),
    )
    .where(owned)
    .where('organizations.deletedAt', 'is', null)
    .where(membersOf(view, request.now));
  return pageOf(tx, query, { table: 'onboardings', keys: urgency, owned }, { ...request, order: 'asc' });
}

/** How many each view holds. */
export async function countBoard(tx: Tx, tenant: Tenant, now: Date): Promise<Record<BoardView, number>> {
  const counts = boardViews.map(
    (view) => sql`count(*) filter (where ${membersOf(view, now)}) as ${sql.ref(view)}`,
  );
  const { rows } = await sql<Record<BoardView, number>>`
    select ${sql.join(counts)} from onboardings
    join organizations on organizations.id = onboardings.organization_id and organizations.deleted_at is null
    where ${ownedBy('onboardings', tenant)}
  `.execute(tx);
  return rows[0] ?? { ours: 0, stalled: 0, moving: 0, live: 0, all: 0 };
}

/** Open onboardings by stage: how many, and for how long half of them have been waiting. */
export async function countStages(
  tx: Tx,
  tenant: Tenant,
  now: Date,
): Promise<{ stage: string; count: number; medianAgeMs: number }[]> {
  const { rows } = await sql<{ stage: string; count: number; medianAgeMs: number }>`
    select stage, count(*) as count,
      round(1000 * percentile_cont(0.5) within group (order by extract(epoch from ${now}::timestamptz - since)))::int8
        as median_age_ms
    from (
      select ${stage} as stage, coalesce(onboardings.waiting_since, onboardings.created_at) as since
      from onboardings
      join organizations on organizations.id = onboardings.organization_id and organizations.deleted_at is null
      where ${ownedBy('onboardings', tenant)} and onboardings.is_open
    ) as open
    where stage is not null group by stage
  `.execute(tx);
  return rows;
}

function membersOf(view: BoardView, now: Date): RawBuilder<SqlBool> {
  const since = new Date(now.getTime() - liveDays * 86_400_000);
  const conditions: Record<BoardView, RawBuilder<SqlBool>> = {
    ours: sql`onboardings.is_open and onboardings.waiting_for is not distinct from 'staff'`,
    stalled: sql`onboardings.is_open and onboardings.stalled_since is not null`,
    moving: sql`onboardings.is_open and onboardings.stalled_since is null and onboardings.waiting_for is distinct from 'staff'`,
    // Runs that repair or change one thing are no customer gone live.
    live: sql`onboardings.live_at >= ${since} and onboardings.origin = 'invitation'`,
    all: sql`true`,
  };
  return conditions[view];
}
