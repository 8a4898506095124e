import { z } from 'zod';
import { listOf, pageQuery, timestamps } from './developer-lists.ts';

/** Webhook endpoints (`workos-api` contract §13.1), and what is ours beside them: deliveries, replay, a new secret. */

export const webhookEndpoint = z
  .object({
    object: z.literal('webhook_endpoint'),
    id: z.string(),
    endpoint_url: z.string(),
    secret: z.string().meta({ description: 'Deliveries are signed with it' }),
    public_key: z.string().meta({
      description:
        'Verifies the `v1a` signatures (Ed25519) of `webhook-signature`, and makes none; changes with the secret',
    }),
    status: z.enum(['enabled', 'disabled']),
    disabled_reason: z
      .enum(['by_hand', 'failing', 'gone'])
      .nullable()
      .meta({ description: '`failing`: nothing was taken for five days; `gone`: it answered 410' }),
    events: z.array(z.string()),
    previous_secret_until: z.iso
      .datetime()
      .nullable()
      .meta({ description: 'Until then deliveries are signed with the secret before, too' }),
    ...timestamps,
  })
  .meta({ id: 'WebhookEndpoint' });

export const webhookEndpointList = listOf(webhookEndpoint);
export { pageQuery as listWebhookEndpointsQuery };

const events = z.array(z.string().max(100)).min(1).max(200);
const url = z.string().max(2000);

export const createWebhookEndpointBody = z.object({ endpoint_url: url, events });
export const changeWebhookEndpointBody = z.object({
  endpoint_url: url.optional(),
  status: z.enum(['enabled', 'disabled']).optional(),
  events: events.optional(),
});
export const rotateWebhookSecretBody = z.object({
  overlap_hours: z
    .int()
    .min(0)
    .max(168)
    .default(24)
    .meta({ description: 'How long deliveries are signed with the old secret too: at most seven days' }),
});

export const webhookDelivery = z
  .object({
    object: z.literal('webhook_delivery'),
    id: z.string(),
    webhook_endpoint_id: z.string(),
    endpoint_url: z.string(),
    event_id: z.string(),
    event: z.string(),
    state: z.enum(['waiting', 'delivered', 'failed', 'dropped']),
    is_replay: z.boolean(),
    is_test: z.boolean().meta({ description: 'Sent from the dashboard to try the endpoint; tried once' }),
    tries: z.int(),
    next_try_at: z.iso.datetime().nullable(),
    last_tried_at: z.iso.datetime().nullable(),
    last_status: z.int().nullable(),
    last_cause: z.string().nullable().meta({ description: 'Why there was no answer' }),
    last_answer: z.string().nullable().meta({ description: 'The beginning of the answer, as text' }),
    milliseconds: z.int().nullable(),
    created_at: z.iso.datetime(),
  })
  .meta({ id: 'WebhookDelivery' });

export const webhookDeliveryList = listOf(webhookDelivery);
export const listWebhookDeliveriesQuery = pageQuery.extend({
  state: z.enum(['waiting', 'delivered', 'failed', 'dropped']).optional(),
});

const instant = z.iso.datetime({ offset: true });
export const replayWebhooksBody = z.object({
  delivery_id: z.string().optional(),
  range_start: instant.optional(),
  range_end: instant.optional(),
  after: z
    .string()
    .optional()
    .meta({ description: 'Id of an event of the range: what came behind it is sent again' }),
});
export const replayed = z.object({
  object: z.literal('webhook_replay'),
  webhook_endpoint_id: z.string(),
  deliveries: z.int().meta({ description: 'How many events are sent again; at most 10,000 at a time' }),
  after: z.string().nullable().meta({
    description: 'The range holds more: ask again with the same range and this `after`. Null at the end',
  }),
});
