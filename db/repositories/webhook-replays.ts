/** Events that are sent to a webhook endpoint again. */
import { sql } from 'kysely';
import { OnboardingError } from '../../onboarding/errors.ts';
import type { Tx } from '../database.ts';
import { pageOf, type Page } from '../pagination.ts';
import type { EventRow } from '../tables/events.ts';
import type { WebhookEndpointRow } from '../tables/webhook-endpoints.ts';
import { ofEnvironment } from '../tenant.ts';
import { eventsOf } from './events.ts';
import { deliveryOf } from './webhooks.ts';

/** What is sent again: one delivery's event, or all events between two instants, from behind an event on where one is told. */
export type Replay = { deliveryId: string } | { from: Date; until: Date; after?: string | undefined };

/** How many were sent again, and behind which event to go on; null where that was all. */
export interface Replayed {
  count: number;
  after: string | null;
}

/**
 * Sends events again, to where the endpoint leads now [WHK-05], the oldest first and at most `limit` of them. Each event
 * once, however often it was tried; those that are still to be sent are left to their own tries. Of a span, all that it
 * asks for and that happened since it was made, also while it was off. Throws `invalid_request` for an `after` that is no
 * event of the environment, and `not_found` for a delivery that has not been sent or whose event is not kept any more.
 */
export async function replayDeliveries(
  tx: Tx,
  endpoint: WebhookEndpointRow,
  replay: Replay,
  { newId, now, limit }: { newId: () => string; now: Date; limit: number },
): Promise<Replayed> {
  const send = async (events: readonly EventRow[]) => {
    if (events.length === 0) return;
    const rows = events.map((event) => ({
      ...deliveryOf(endpoint, event, now),
      id: newId(),
      isReplay: true,
    }));
    await tx.insertInto('webhookDeliveries').values(rows).execute();
  };
  if ('deliveryId' in replay) {
    const event = await eventOfDelivery(tx, endpoint, replay).executeTakeFirst();
    if (event === undefined) throw new OnboardingError('not_found', { kind: 'webhook_delivery' });
    const events = (await listWaitedFor(tx, endpoint, [event])).has(event.id) ? [] : [event];
    await send(events);
    return { count: events.length, after: null };
  }
  const query = eventsOfSpan(tx, endpoint, replay);
  const owned = ofEnvironment('events', endpoint);
  const paged = { table: 'events', keys: [sql.ref('events.position')], owned } as const;
  let count = 0;
  let after: string | null | undefined = replay.after;
  do {
    const request = { limit: Math.min(eventsAtOnce, limit - count), order: 'asc', after } as const;
    const page: Page<EventRow> = await pageOf(tx, query, paged, request);
    const waitedFor = await listWaitedFor(tx, endpoint, page.rows);
    const events = page.rows.filter(({ id }) => !waitedFor.has(id));
    await send(events);
    count += events.length;
    after = page.after;
  } while (after !== null && count < limit);
  return { count, after };
}

/** A statement holds 65,535 values, and a delivery has a dozen. */
const eventsAtOnce = 1_000;

function eventOfDelivery(tx: Tx, endpoint: WebhookEndpointRow, { deliveryId }: { deliveryId: string }) {
  return tx
    .selectFrom('events')
    .selectAll()
    .where(ofEnvironment('events', endpoint))
    .where('id', '=', (eb) =>
      eb
        .selectFrom('webhookDeliveries')
        .select('eventId')
        .where(ofEnvironment('webhookDeliveries', endpoint))
        .where('endpointId', '=', endpoint.id)
        .where('webhookDeliveries.id', '=', deliveryId)
        .where('state', '<>', 'waiting'),
    );
}

function eventsOfSpan(tx: Tx, endpoint: WebhookEndpointRow, { from, until }: { from: Date; until: Date }) {
  const { environmentId, createdAt } = endpoint;
  const filter = { names: endpoint.events, from: from < createdAt ? createdAt : from, until };
  // What it has not come to yet is sent without asking.
  return eventsOf(tx, { environmentId }, filter).where('position', '<=', endpoint.position);
}

/** Those that are still to be sent. Asked of one page: as a part of its query, Postgres may look through all that wait for each. */
async function listWaitedFor(
  tx: Tx,
  endpoint: WebhookEndpointRow,
  events: readonly EventRow[],
): Promise<ReadonlySet<string>> {
  const rows = await tx
    .selectFrom('webhookDeliveries')
    .select('eventId')
    .where(ofEnvironment('webhookDeliveries', endpoint))
    .where('endpointId', '=', endpoint.id)
    .where('state', '=', 'waiting')
    .where('eventId', '=', sql<string>`any(${events.map(({ id }) => id)}::text[])`)
    .execute();
  return new Set(rows.map(({ eventId }) => eventId));
}
