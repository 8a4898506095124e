import { z } from 'zod';
import { instant } from './shared.ts';

/** S13: webhook endpoints, their deliveries, and what is done with them. */

const deliveryState = z.enum(['waiting', 'delivered', 'failed', 'dropped']);

export const webhookView = z.strictObject({
  id: z.string(),
  url: z.string(),
  events: z.array(z.string()),
  /** `failing`: on, and nothing has been taken since `failingSince`. */
  chip: z.enum(['sending', 'failing', 'off']),
  disabledReason: z.enum(['by_hand', 'failing', 'gone']).nullable(),
  failingSince: instant.nullable(),
  /** Deliveries that wait for a try, and those that ended within a day. */
  waiting: z.int(),
  delivered: z.int(),
  failed: z.int(),
  createdAt: instant,
});
export const webhookList = z.strictObject({
  endpoints: z.array(webhookView),
  /** Every name that can be asked for. */
  names: z.array(z.string()),
});

export const webhookDetail = webhookView.extend({
  /** Null for whoever may not see secrets. */
  secret: z.string().nullable(),
  /** Verifies deliveries, and signs none. */
  publicKey: z.string(),
  previousSecretUntil: instant.nullable(),
  names: z.array(z.string()),
});

const url = z.string().trim().min(1).max(2000);
const events = z.array(z.string().max(100)).min(1).max(200);
export const newWebhookBody = z.strictObject({ url, events });
export const changedWebhookBody = z.strictObject({ url, events });
export const switchWebhookBody = z.strictObject({ on: z.boolean() });
export const rotateWebhookBody = z.strictObject({ overlapHours: z.int().min(0).max(168) });
export const webhookId = z.strictObject({ id: z.string() });

export const deliveryView = z.strictObject({
  id: z.string(),
  eventId: z.string(),
  event: z.string(),
  url: z.string(),
  state: deliveryState,
  isReplay: z.boolean(),
  /** A sample that somebody has sent to try the endpoint: it is in no feed, and is tried once. */
  isTest: z.boolean(),
  tries: z.int(),
  nextTryAt: instant.nullable(),
  lastTriedAt: instant.nullable(),
  status: z.int().nullable(),
  cause: z.string().nullable(),
  answer: z.string().nullable(),
  milliseconds: z.int().nullable(),
  createdAt: instant,
});
export const deliveryPage = z.strictObject({
  deliveries: z.array(deliveryView),
  next: z.string().nullable(),
});
export const deliveryDetail = deliveryView.extend({
  /** The body that is posted; null once its event is no longer kept. */
  request: z.string().nullable(),
});
export const deliveryFilter = deliveryState;

/**
 * One delivery, or the events of the last hours, up to the moment at which the server is asked; `after` is an event to go
 * on behind.
 */
export const replayBody = z.discriminatedUnion('what', [
  z.strictObject({ what: z.literal('delivery'), deliveryId: z.string() }),
  z.strictObject({
    what: z.literal('hours'),
    hours: z.int().min(1).max(720),
    after: z.string().max(60).optional(),
  }),
]);
export const replayedView = z.strictObject({
  count: z.int(),
  /** There are more: the event to go on behind. */
  after: z.string().nullable(),
});

/** One of the names that we send. */
export const testWebhookBody = z.strictObject({ event: z.string().max(100) });
export const testedWebhook = z.strictObject({ deliveryId: z.string() });
