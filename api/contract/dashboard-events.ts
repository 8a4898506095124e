import { z } from 'zod';
import { instant } from './shared.ts';

/** S13: what happened, as the Events API tells it, and where it was sent. Paths are below `/dashboard/api`. */

/** GET events?type=&organization=&from=&until=&after=, newest first. `type`: a name, or what stands before its dot. */
const feedRow = z.strictObject({
  id: z.string(),
  name: z.string(),
  at: instant,
  organization: z.strictObject({ id: z.string(), name: z.string().nullable() }).nullable(),
  /** Endpoints that were to get it, and how far it has come to them. */
  sent: z.strictObject({ endpoints: z.int(), delivered: z.int(), waiting: z.int(), failed: z.int() }),
});
export const eventFeed = z.strictObject({
  events: z.array(feedRow),
  next: z.string().nullable(),
  /** Every name that we send. */
  names: z.array(z.string()),
});

/** GET events/:id. `body` is what the Events API answers. */
export const eventDetail = feedRow.extend({
  body: z.record(z.string(), z.unknown()),
  deliveries: z.array(
    z.strictObject({
      id: z.string(),
      endpointId: z.string(),
      url: z.string(),
      state: z.enum(['waiting', 'delivered', 'failed', 'dropped']),
      status: z.int().nullable(),
      tries: z.int(),
      lastTriedAt: instant.nullable(),
      nextTryAt: instant.nullable(),
    }),
  ),
});
