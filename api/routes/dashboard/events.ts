import { z } from 'zod';
import {
  getEvent,
  hasUnnumbered,
  listDeliveriesOfEvents,
  listEvents,
  listNames,
  numberEvents,
  type EventRow,
  type Tx,
  type WebhookDeliveryRow,
} from '../../../db/index.ts';
import { eventObject } from '../../../onboarding/webhooks.ts';
import { ok } from '../../answers.ts';
import { eventDetail, eventFeed } from '../../contract/dashboard-events.ts';
import { ownEvents } from '../../contract/event-names.ts';
import { instant } from '../../contract/shared.ts';
import { route } from '../../route.ts';
import { pageQuery, pageRequest } from './page-query.ts';

/** S13: what happened in the environment, for people: the same rows and order as the Events API. */

const list = route({
  method: 'GET',
  path: '/dashboard/api/events',
  who: 'staff',
  role: 'viewer',
  summary: 'Events, newest first, each with the endpoints it was sent to',
  query: pageQuery.extend({
    type: z
      .string()
      .max(100)
      .regex(/^[a-z_]+(\.[a-z_]+)*$/)
      .optional(),
    organization: z.string().max(60).optional(),
    from: instant.optional(),
    until: instant.optional(),
  }),
  answers: { 200: eventFeed },
  handler: ({ caller, query, read }) =>
    read(async (tx) => {
      const tenant = { environmentId: caller.environment.id };
      if (await hasUnnumbered(tx, tenant)) await numberEvents(tx, tenant.environmentId);
      const { type, organization, from, until } = query;
      const filter = {
        ...(type !== undefined && { names: namesOf(type) }),
        ...(organization !== undefined && { organizationId: organization }),
        ...(from !== undefined && { from: new Date(from) }),
        ...(until !== undefined && { until: new Date(until) }),
      };
      const page = await listEvents(tx, tenant, filter, pageRequest(query));
      const told = await describe(tx, tenant, page.rows);
      return ok({ events: page.rows.map(told.rowOf), next: page.after, names: [...ownEvents] });
    }),
});

const get = route({
  method: 'GET',
  path: '/dashboard/api/events/:id',
  who: 'staff',
  role: 'viewer',
  summary: 'One event as the Events API answers it, and what became of it at each endpoint',
  answers: { 200: eventDetail },
  handler: ({ caller, params, read }) =>
    read(async (tx) => {
      const tenant = { environmentId: caller.environment.id };
      const row = await getEvent(tx, tenant, params.id);
      const told = await describe(tx, tenant, [row]);
      return ok({
        ...told.rowOf(row),
        body: eventObject(row),
        deliveries: told.deliveriesOf(row).map(deliveryOf),
      });
    }),
});

export const eventRoutes = [list, get];

/** A name, or all names of a kind. */
const namesOf = (type: string): string[] =>
  ownEvents.filter((name) => name === type || name.startsWith(`${type}.`));

/** Names and deliveries of a page's events, each asked for once. */
async function describe(tx: Tx, tenant: { environmentId: string }, events: readonly EventRow[]) {
  const organizations = events.flatMap(({ organizationId }) => organizationId ?? []);
  const names = await listNames(tx, tenant, organizations);
  const ids = events.map(({ id }) => id);
  const deliveries = await listDeliveriesOfEvents(tx, tenant, ids);
  const deliveriesOf = ({ id }: EventRow) => deliveries.filter(({ eventId }) => eventId === id);
  const rowOf = (event: EventRow): z.infer<typeof eventFeed>['events'][number] => {
    const { id, name, createdAt, organizationId } = event;
    const ofEvent = deliveriesOf(event);
    const count = (...states: WebhookDeliveryRow['state'][]) =>
      ofEvent.filter(({ state }) => states.includes(state)).length;
    return {
      id,
      name,
      at: createdAt.toISOString(),
      organization:
        organizationId === null ? null : { id: organizationId, name: names.get(organizationId) ?? null },
      sent: {
        endpoints: ofEvent.length,
        delivered: count('delivered'),
        waiting: count('waiting'),
        failed: count('failed', 'dropped'),
      },
    };
  };
  return { rowOf, deliveriesOf };
}

function deliveryOf(row: WebhookDeliveryRow): z.infer<typeof eventDetail>['deliveries'][number] {
  const { id, endpointId, endpointUrl: url, state, lastStatus: status, tries, lastTriedAt, nextTryAt } = row;
  return {
    id,
    endpointId,
    url,
    state,
    status,
    tries,
    lastTriedAt: lastTriedAt?.toISOString() ?? null,
    nextTryAt: nextTryAt?.toISOString() ?? null,
  };
}
