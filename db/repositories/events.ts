import { sql } from 'kysely';
import { OnboardingError } from '../../onboarding/errors.ts';
import { notifyAfterCommit, type Tx } from '../database.ts';
import { fixedStatement } from '../fixed-statement.ts';
import { pageOf, type Page, type PageRequest } from '../pagination.ts';
import { toJson } from '../tables/columns.ts';
import type { EventRow } from '../tables/events.ts';
import { ofEnvironment, ownedBy, type Tenant } from '../tenant.ts';

export interface NewEvent {
  id: string;
  environmentId: string;
  organizationId: string | null;
  name: string;
  /** The object as the developer API shows it. */
  data: object;
  context?: object | null;
  createdAt: Date;
}

export interface EventFilter {
  /** All where there are none. */
  names?: readonly string[];
  organizationId?: string;
  from?: Date;
  until?: Date;
}

const insertRow = fixedStatement(`
  insert into events (id, environment_id, organization_id, name, data, context, created_at)
  values (:id, :environmentId, :organizationId, :name, :data, :context, :createdAt)
`);

/**
 * Records what happened. Call it after the changed object's row is locked or written: the order number is drawn here,
 * and a row that was locked first then also comes first in the feed.
 */
export async function insertEvent(tx: Tx, { data, context, ...event }: NewEvent): Promise<void> {
  await insertRow(tx, { ...event, data: toJson(data), context: context ? toJson(context) : null });
  notifyAfterCommit(tx, { channel: 'events', payload: event.environmentId });
}

/**
 * One page by position. An event without position is not there yet, so call `numberEvents` first where `hasUnnumbered`
 * says so. Throws `invalid_request` for a cursor that is no event of the environment.
 */
export async function listEvents(
  tx: Tx,
  tenant: Tenant,
  filter: EventFilter,
  request: PageRequest,
): Promise<Page<EventRow>> {
  const owned = ownedBy('events', tenant);
  const query = eventsOf(tx, tenant, filter);
  return pageOf(tx, query, { table: 'events', keys: [sql.ref('events.position')], owned }, request);
}

/** Those that have a position, neither sorted nor limited. */
export function eventsOf(tx: Tx, tenant: Tenant, filter: EventFilter) {
  const owned = ownedBy('events', tenant);
  let query = tx.selectFrom('events').selectAll().where(owned).where('position', 'is not', null);
  if (filter.names) query = query.where(hasNameOf(filter.names));
  if (filter.organizationId) query = query.where('organizationId', '=', filter.organizationId);
  const { from, until } = filter;
  if (from)
    query = query
      .where('createdAt', '>=', from)
      .where('position', '>', positionBeyond(tenant, 'before', from));
  if (until)
    query = query
      .where('createdAt', '<=', until)
      .where('position', '<', positionBeyond(tenant, 'after', until));
  return query;
}

/**
 * The position of an event so long before or after the instant that all on its far side are, too, however far events of
 * this environment ever lagged. So a span of time is sought as a span of positions.
 */
function positionBeyond({ environmentId }: Tenant, side: 'before' | 'after', at: Date) {
  const lag = sql`(select coalesce(max(lag_ms), 0) from event_positions
    where environment_id = ${environmentId}) * interval '1 millisecond'`;
  const [isBeyond, none] =
    side === 'before'
      ? [sql`created_at < ${at}::timestamptz - ${lag} order by created_at desc`, 0]
      : [sql`created_at > ${at}::timestamptz + ${lag} order by created_at`, Number.MAX_SAFE_INTEGER];
  // As one query: the policies let a bare coalesce bound no index.
  return sql<number>`(select coalesce((select position from events as beyond
    where environment_id = ${environmentId} and position is not null and ${isBeyond} limit 1), ${none}::bigint))`;
}

/** One name alone is told as one: then its index is also in order. */
function hasNameOf(names: readonly string[]) {
  const [name] = names;
  return names.length === 1 ? sql<boolean>`name = ${name}` : sql<boolean>`name = any(${names}::text[])`;
}

/** Throws `not_found`; an event without position is not there yet. */
export async function getEvent(tx: Tx, tenant: Tenant, eventId: string): Promise<EventRow> {
  const found = await tx
    .selectFrom('events')
    .selectAll()
    .where(ownedBy('events', tenant))
    .where('position', 'is not', null)
    .where('id', '=', eventId)
    .executeTakeFirst();
  if (!found) throw new OnboardingError('not_found', { kind: 'event' });
  return found;
}

/** Events after a position, oldest first: for streams and webhooks, which keep positions and no ids. */
export async function listEventsAfter(
  tx: Tx,
  tenant: Tenant,
  position: number,
  limit: number,
): Promise<EventRow[]> {
  return tx
    .selectFrom('events')
    .selectAll()
    .where(ofEnvironment('events', tenant))
    .where('position', '>', position)
    .orderBy('position')
    .limit(limit)
    .execute();
}

export async function hasUnnumbered(tx: Tx, tenant: Tenant): Promise<boolean> {
  const { rows } = await sql`
    select from events where ${ofEnvironment('events', tenant)} and position is null limit 1
  `.execute(tx);
  return rows.length > 0;
}

/**
 * Gives the committed events of an environment the next gapless positions, in causal order, and answers how many.
 * The transaction must see the whole environment: `withSystem`, or a tenant without an organization.
 */
export async function numberEvents(tx: Tx, environmentId: string): Promise<number> {
  const { rows } = await sql<{
    numbered: number;
  }>`select number_events(${environmentId}) as numbered`.execute(tx);
  return rows[0]?.numbered ?? 0;
}

/** Environments with events that wait for a position. Needs `withSystem`. */
export async function listEnvironmentsToNumber(tx: Tx): Promise<string[]> {
  const rows = await tx
    .selectFrom('events')
    .select('environmentId')
    .distinct()
    .where('position', 'is', null)
    .execute();
  return rows.map(({ environmentId }) => environmentId);
}
