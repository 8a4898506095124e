/** Webhook endpoints, and the deliveries to them. */
import { sql, type Insertable, type UpdateObject } from 'kysely';
import { OnboardingError } from '../../onboarding/errors.ts';
import { objectIdOf } from '../../onboarding/webhooks.ts';
import { notifyAfterCommit, type Tx } from '../database.ts';
import { byCreation, pageOf, type Page, type PageRequest } from '../pagination.ts';
import type { Database } from '../tables/index.ts';
import { toJson } from '../tables/columns.ts';
import type { EventRow } from '../tables/events.ts';
import type { WebhookDeliveryRow } from '../tables/webhook-deliveries.ts';
import type { WebhookEndpointRow, WebhookEndpointsTable } from '../tables/webhook-endpoints.ts';
import { ofEnvironment, type Tenant } from '../tenant.ts';
import { refuseDuplicate } from '../violations.ts';

type NewEndpoint = Omit<
  Insertable<WebhookEndpointsTable>,
  | 'position'
  | 'disabledReason'
  | 'previousSecretSealed'
  | 'previousSecretUntil'
  | 'wokenAt'
  | 'failingSince'
  | 'restsUntil'
  | 'deletedAt'
>;

/** It gets what happens from now on. Throws `webhook_known` for an address that has an endpoint. */
export async function insertWebhookEndpoint(tx: Tx, endpoint: NewEndpoint): Promise<WebhookEndpointRow> {
  const statement = tx
    .insertInto('webhookEndpoints')
    .values({ ...endpoint, position: lastPosition(endpoint.environmentId) })
    .returningAll()
    .executeTakeFirstOrThrow();
  return refuseDuplicate(statement, 'webhook_endpoints_url', 'webhook_known', { field: 'url' });
}

const lastPosition = (environmentId: string) => sql<number>`
  coalesce((select last_position from event_positions where environment_id = ${environmentId}), 0)`;

export async function listWebhookEndpoints(
  tx: Tx,
  tenant: Tenant,
  request: PageRequest,
): Promise<Page<WebhookEndpointRow>> {
  const owned = ofEnvironment('webhookEndpoints', tenant);
  return pageOf(
    tx,
    endpointsOf(tx, tenant),
    { table: 'webhookEndpoints', keys: byCreation('webhookEndpoints'), owned },
    request,
  );
}

/** All of them, the oldest first: a vendor has few. */
export async function listAllWebhookEndpoints(tx: Tx, tenant: Tenant): Promise<WebhookEndpointRow[]> {
  return endpointsOf(tx, tenant).orderBy('createdAt').orderBy('id').execute();
}

export interface DeliveryCounts {
  /** Whatever its age. */
  waiting: number;
  delivered: number;
  failed: number;
}

/** What became of deliveries that ended since an instant, and how many wait, by endpoint. */
export async function countDeliveries(
  tx: Tx,
  tenant: Tenant,
  since: Date,
): Promise<Map<string, DeliveryCounts>> {
  const { rows } = await sql<DeliveryCounts & { endpointId: string }>`
    select endpoint_id, count(*) filter (where state = 'waiting') as waiting,
      count(*) filter (where state = 'delivered') as delivered, count(*) filter (where state = 'failed') as failed
    from webhook_deliveries
    where ${ofEnvironment('webhookDeliveries', tenant)} and (state = 'waiting' or ended_at >= ${since})
    group by endpoint_id
  `.execute(tx);
  return new Map(rows.map(({ endpointId, ...counts }) => [endpointId, counts]));
}

export async function findWebhookEndpoint(
  tx: Tx,
  tenant: Tenant,
  endpointId: string,
): Promise<WebhookEndpointRow | undefined> {
  return endpointsOf(tx, tenant).where('id', '=', endpointId).executeTakeFirst();
}

/** Nobody else changes the endpoint until the transaction ends. Throws `not_found`. */
export async function lockWebhookEndpoint(
  tx: Tx,
  tenant: Tenant,
  endpointId: string,
): Promise<WebhookEndpointRow> {
  const found = await lockWebhookEndpointIfThere(tx, tenant, endpointId);
  if (!found) throw new OnboardingError('not_found', { kind: 'webhook_endpoint' });
  return found;
}

/** The same for one that may have been deleted meanwhile. */
export async function lockWebhookEndpointIfThere(
  tx: Tx,
  tenant: Tenant,
  endpointId: string,
): Promise<WebhookEndpointRow | undefined> {
  return endpointsOf(tx, tenant).where('id', '=', endpointId).forUpdate().executeTakeFirst();
}

/** Throws `webhook_known`. One that is switched on again gets what happens from then on. */
export async function updateWebhookEndpoint(
  tx: Tx,
  endpoint: WebhookEndpointRow,
  changes: Omit<UpdateObject<Database, 'webhookEndpoints'>, 'position'>,
  { fromNowOn = false }: { fromNowOn?: boolean } = {},
): Promise<WebhookEndpointRow> {
  const statement = tx
    .updateTable('webhookEndpoints')
    .set({ ...changes, ...(fromNowOn ? { position: lastPosition(endpoint.environmentId) } : {}) })
    .where('id', '=', endpoint.id)
    .where(ofEnvironment('webhookEndpoints', endpoint))
    .returningAll()
    .executeTakeFirstOrThrow();
  return refuseDuplicate(statement, 'webhook_endpoints_url', 'webhook_known', { field: 'url' });
}

function endpointsOf(tx: Tx, tenant: Tenant) {
  return tx
    .selectFrom('webhookEndpoints')
    .selectAll()
    .where(ofEnvironment('webhookEndpoints', tenant))
    .where('deletedAt', 'is', null);
}

/** A wake that was lost on its way is sent anew after this long. */
const wakeAgainMs = 10 * 60_000;

/**
 * Endpoints that events wait for and that no wake is on its way to; one is from now on. Needs `withSystem`: a sequencer
 * asks after each pass.
 */
export async function takeEndpointsToWake(
  tx: Tx,
  now: Date,
): Promise<Pick<WebhookEndpointRow, 'id' | 'environmentId'>[]> {
  return tx
    .updateTable('webhookEndpoints')
    .from('eventPositions')
    .set({ wokenAt: now })
    .whereRef('eventPositions.environmentId', '=', 'webhookEndpoints.environmentId')
    .where('webhookEndpoints.status', '=', 'enabled')
    .where('webhookEndpoints.deletedAt', 'is', null)
    .whereRef('webhookEndpoints.position', '<', 'eventPositions.lastPosition')
    .where((eb) =>
      eb.or([
        eb('webhookEndpoints.wokenAt', 'is', null),
        eb('webhookEndpoints.wokenAt', '<', new Date(now.getTime() - wakeAgainMs)),
      ]),
    )
    .returning(['webhookEndpoints.id', 'webhookEndpoints.environmentId'])
    .execute();
}

/** One that takes nothing, or was switched off for it, and since when. */
export type EndpointToTell = WebhookEndpointRow & { failingSince: Date };

/** Endpoints of which the vendor may have something to hear; what was switched off before then is no news. Needs `withSystem`. */
export async function listEndpointsToTell(tx: Tx, since: Date): Promise<EndpointToTell[]> {
  const rows = await tx
    .selectFrom('webhookEndpoints')
    .selectAll()
    .where('deletedAt', 'is', null)
    .where('failingSince', 'is not', null)
    .where((eb) => eb.or([eb('status', '=', 'enabled'), eb('updatedAt', '>', since)]))
    .orderBy('id')
    .execute();
  return rows.filter((row): row is EndpointToTell => row.failingSince !== null);
}

/** How often the vendor has been told of this failure; of one that is over, nothing is kept. Needs `withSystem`. */
export async function markEndpointTold(
  tx: Tx,
  { id, failingSince }: EndpointToTell,
  toldFailing: number,
): Promise<void> {
  await tx
    .updateTable('webhookEndpoints')
    .set({ toldFailing })
    .where('id', '=', id)
    .where('failingSince', '=', failingSince)
    .execute();
}

/**
 * Makes deliveries of those among the next events that the endpoint wants, and moves it on behind the last of them.
 */
export async function makeDeliveries(
  tx: Tx,
  endpoint: WebhookEndpointRow,
  events: readonly EventRow[],
  { newId, now }: { newId: () => string; now: Date },
): Promise<void> {
  const last = events.at(-1)?.position;
  if (last === undefined || last === null) return;
  const wanted = events.filter(({ name }) => endpoint.events.includes(name));
  if (wanted.length > 0) {
    await tx
      .insertInto('webhookDeliveries')
      .values(wanted.map((event) => ({ ...deliveryOf(endpoint, event, now), id: newId() })))
      .execute();
  }
  await tx
    .updateTable('webhookEndpoints')
    .set({ position: last })
    .where('id', '=', endpoint.id)
    .where(ofEnvironment('webhookEndpoints', endpoint))
    .execute();
}

/** One delivery of an event that never happened: to this endpoint alone, in no feed, and before whatever waits. */
export async function insertTestDelivery(
  tx: Tx,
  endpoint: WebhookEndpointRow,
  test: { id: string; eventId: string; name: string; data: Record<string, unknown> },
  now: Date,
): Promise<void> {
  const { environmentId, id: endpointId, endpointUrl } = endpoint;
  const { id, eventId, name: eventName, data } = test;
  await tx
    .insertInto('webhookDeliveries')
    .values({
      id,
      environmentId,
      endpointId,
      endpointUrl,
      eventId,
      eventName,
      position: 0,
      objectId: eventId,
      testEvent: toJson(data),
      nextTryAt: now,
      createdAt: now,
    })
    .execute();
}

/**
 * Nothing is sent to the address that it leads to before that instant, what waits and what comes meanwhile. A rest that is
 * longer already stays.
 */
export async function restWebhookEndpoint(tx: Tx, endpoint: WebhookEndpointRow, until: Date): Promise<void> {
  if (endpoint.restsUntil !== null && endpoint.restsUntil >= until) return;
  await updateWebhookEndpoint(tx, endpoint, { restsUntil: until });
  await tx
    .updateTable('webhookDeliveries')
    .set({ nextTryAt: until })
    .where('endpointId', '=', endpoint.id)
    .where('endpointUrl', '=', endpoint.endpointUrl)
    .where('state', '=', 'waiting')
    .where('testEvent', 'is', null)
    .where('nextTryAt', '<', until)
    .where(ofEnvironment('webhookDeliveries', endpoint))
    .execute();
}

/** A delivery yet to be sent, but for its id. */
export function deliveryOf(endpoint: WebhookEndpointRow, event: EventRow, now: Date) {
  const { restsUntil } = endpoint;
  return {
    environmentId: endpoint.environmentId,
    organizationId: event.organizationId,
    endpointId: endpoint.id,
    endpointUrl: endpoint.endpointUrl,
    eventId: event.id,
    eventName: event.name,
    position: event.position ?? 0,
    objectId: objectIdOf(event),
    nextTryAt: restsUntil !== null && restsUntil > now ? restsUntil : now,
    createdAt: now,
  };
}

/** A delivery with what it brings. */
export interface EventDelivery extends WebhookDeliveryRow {
  /** Null once retention has taken the event. */
  event: Pick<EventRow, 'id' | 'name' | 'data' | 'context' | 'createdAt'> | null;
}

/**
 * Deliveries whose time has come and before which nothing about the same object waits, the oldest first. To an endpoint
 * that is off only tests are sent.
 */
export async function listDueDeliveries(
  tx: Tx,
  endpoint: WebhookEndpointRow,
  now: Date,
  limit: number,
): Promise<EventDelivery[]> {
  let query = withEvents(tx, endpoint)
    .where('d.state', '=', 'waiting')
    .where('d.nextTryAt', '<=', now)
    .where(isFirstOfItsObject);
  if (endpoint.status === 'disabled') query = query.where('d.testEvent', 'is not', null);
  const rows = await query.orderBy('d.position').orderBy('d.id').limit(limit).execute();
  return rows.map(eventBeside);
}

/** Throws `not_found`. */
export async function getWebhookDelivery(
  tx: Tx,
  endpoint: WebhookEndpointRow,
  deliveryId: string,
): Promise<EventDelivery> {
  const found = await withEvents(tx, endpoint).where('d.id', '=', deliveryId).executeTakeFirst();
  if (found === undefined) throw new OnboardingError('not_found', { kind: 'webhook_delivery' });
  return eventBeside(found);
}

const withEvents = (tx: Tx, endpoint: WebhookEndpointRow) =>
  tx
    .selectFrom('webhookDeliveries as d')
    .leftJoin('events', 'events.id', 'd.eventId')
    .selectAll('d')
    .select(['events.data', 'events.context', 'events.createdAt as happenedAt'])
    .where(sql<boolean>`d.environment_id = ${endpoint.environmentId}`)
    .where('d.endpointId', '=', endpoint.id);

function eventBeside({
  data,
  context,
  happenedAt,
  ...delivery
}: WebhookDeliveryRow & {
  data: EventRow['data'] | null;
  context: EventRow['context'];
  happenedAt: Date | null;
}): EventDelivery {
  const { eventId: id, eventName: name, testEvent, createdAt } = delivery;
  if (testEvent !== null) {
    return { ...delivery, event: { id, name, data: testEvent, context: { test: true }, createdAt } };
  }
  if (data === null || happenedAt === null) return { ...delivery, event: null };
  return { ...delivery, event: { id, name, data, context, createdAt: happenedAt } };
}

/** Nothing older about the same object waits. */
const isFirstOfItsObject = sql<boolean>`not exists (
  select from webhook_deliveries older
  where older.endpoint_id = d.endpoint_id and older.object_id = d.object_id and older.state = 'waiting'
    and (older.position, older.id) < (d.position, d.id))`;

/** When the next try is due; null when nothing waits. What waits behind something else has no time of its own. */
export async function findNextTry(tx: Tx, endpoint: WebhookEndpointRow): Promise<Date | null> {
  const { next } = await tx
    .selectFrom('webhookDeliveries as d')
    .select((eb) => eb.fn.min('d.nextTryAt').as('next'))
    .where(sql<boolean>`d.environment_id = ${endpoint.environmentId}`)
    .where('d.endpointId', '=', endpoint.id)
    .where('d.state', '=', 'waiting')
    .where(isFirstOfItsObject)
    .executeTakeFirstOrThrow();
  return next;
}

/** What one try came to; only of a delivery that still waits. Whoever looks at deliveries hears of it. */
export async function recordTry(
  tx: Tx,
  delivery: Pick<WebhookDeliveryRow, 'id' | 'environmentId' | 'endpointId'>,
  outcome: Pick<
    WebhookDeliveryRow,
    | 'state'
    | 'nextTryAt'
    | 'lastTriedAt'
    | 'lastStatus'
    | 'lastAnswer'
    | 'lastCause'
    | 'milliseconds'
    | 'endedAt'
  >,
): Promise<void> {
  await tx
    .updateTable('webhookDeliveries')
    .set({ ...outcome, tries: sql<number>`tries + 1` })
    .where('id', '=', delivery.id)
    .where('state', '=', 'waiting')
    .where(ofEnvironment('webhookDeliveries', delivery))
    .execute();
  notifyAfterCommit(tx, {
    channel: `staff:${delivery.environmentId}`,
    payload: `event:${delivery.endpointId}`,
  });
}

/** What waits for a later try is tried at once: the endpoint is said to work again. */
export async function tryWaitingNow(tx: Tx, endpoint: WebhookEndpointRow, now: Date): Promise<void> {
  await tx
    .updateTable('webhookDeliveries')
    .set({ nextTryAt: now })
    .where('endpointId', '=', endpoint.id)
    .where('state', '=', 'waiting')
    .where('nextTryAt', '>', now)
    .where(ofEnvironment('webhookDeliveries', endpoint))
    .execute();
}

/** Nothing more is sent to an endpoint that is gone or deleted, or to one address that it had. */
export async function dropWaiting(
  tx: Tx,
  endpoint: WebhookEndpointRow,
  now: Date,
  formerUrl?: string,
): Promise<void> {
  const waiting = tx
    .updateTable('webhookDeliveries')
    .set({ state: 'dropped', nextTryAt: null, endedAt: now })
    .where('endpointId', '=', endpoint.id)
    .where('state', '=', 'waiting')
    .where(ofEnvironment('webhookDeliveries', endpoint));
  await (formerUrl === undefined ? waiting : waiting.where('endpointUrl', '=', formerUrl)).execute();
}

interface DeliveryFilter {
  endpointId: string;
  state?: WebhookDeliveryRow['state'] | undefined;
  eventId?: string | undefined;
}

export async function listWebhookDeliveries(
  tx: Tx,
  tenant: Tenant,
  { endpointId, state, eventId }: DeliveryFilter,
  request: PageRequest,
): Promise<Page<WebhookDeliveryRow>> {
  const owned = ofEnvironment('webhookDeliveries', tenant);
  let query = tx
    .selectFrom('webhookDeliveries')
    .selectAll()
    .where(owned)
    .where('endpointId', '=', endpointId);
  if (state) query = query.where('state', '=', state);
  if (eventId) query = query.where('eventId', '=', eventId);
  return pageOf(
    tx,
    query,
    { table: 'webhookDeliveries', keys: byCreation('webhookDeliveries'), owned },
    request,
  );
}

/**
 * What became of events at each endpoint that was to get them: of several deliveries one that was taken, else the newest.
 */
export async function listDeliveriesOfEvents(
  tx: Tx,
  tenant: Tenant,
  eventIds: readonly string[],
): Promise<WebhookDeliveryRow[]> {
  return tx
    .selectFrom('webhookDeliveries')
    .selectAll()
    .distinctOn(['eventId', 'endpointId'])
    .where(ofEnvironment('webhookDeliveries', tenant))
    .where('eventId', '=', sql<string>`any(${eventIds}::text[])`)
    .orderBy('eventId')
    .orderBy('endpointId')
    .orderBy(sql`state = 'delivered'`, 'desc')
    .orderBy('createdAt', 'desc')
    .execute();
}
