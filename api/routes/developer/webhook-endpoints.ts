import { webhookPublicKey, webhookSecretAt } from '../../../adapters/webhook-signatures.ts';
import {
  findWebhookEndpoint,
  listWebhookDeliveries,
  listWebhookEndpoints,
  type WebhookDeliveryRow,
  type WebhookEndpointRow,
} from '../../../db/index.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { acting } from '../../acting.ts';
import { created, InsteadAnswer, noContent, ok, type Answer } from '../../answers.ts';
import {
  changeWebhookEndpointBody,
  createWebhookEndpointBody,
  listWebhookDeliveriesQuery,
  listWebhookEndpointsQuery,
  replayed,
  replayWebhooksBody,
  rotateWebhookSecretBody,
  webhookDeliveryList,
  webhookEndpoint,
  webhookEndpointList,
} from '../../contract/developer-webhooks.ts';
import { isWebhookEvent } from '../../contract/event-names.ts';
import type { ApiDeps } from '../../deps.ts';
import { InvalidInput } from '../../middleware/handle-errors.ts';
import { route } from '../../route.ts';
import {
  addWebhookEndpoint,
  changeWebhookEndpoint,
  removeWebhookEndpoint,
  replayWebhooks,
  rotateWebhookSecret,
} from '../../webhooks.ts';
import { listAnswer, pageRequest } from './list-answer.ts';

/** `/webhook_endpoints`: where events are sent. Deliveries, replay and new secrets are ours, in the same style. */

const list = route({
  method: 'GET',
  path: '/webhook_endpoints',
  who: 'api_key',
  scope: 'events',
  summary: 'Lists webhook endpoints',
  query: listWebhookEndpointsQuery,
  answers: { 200: webhookEndpointList },
  handler: ({ deps, query, caller, read }) =>
    read(async (tx) => {
      const page = await listWebhookEndpoints(
        tx,
        { environmentId: caller.environment.id },
        pageRequest(query),
      );
      return listAnswer(page, (row) => endpointObject(deps, row));
    }),
});

const create = route({
  method: 'POST',
  path: '/webhook_endpoints',
  who: 'api_key',
  scope: 'events',
  summary: 'Sends events of the names given to a URL, from now on',
  body: createWebhookEndpointBody,
  answers: { 201: webhookEndpoint },
  handler: ({ deps, body, caller, commit, request }) =>
    commit(async (tx) => {
      refuseUnknown(body.events);
      const order = { endpointUrl: body.endpoint_url, events: body.events };
      const row = await inWords(
        '',
        addWebhookEndpoint(tx, deps, caller.environment, order, acting(caller, request)),
      );
      return { ...created(endpointObject(deps, row)), holdsSecret: true };
    }),
});

const change = route({
  method: 'PATCH',
  path: '/webhook_endpoints/:id',
  who: 'api_key',
  scope: 'events',
  summary: 'Changes a webhook endpoint; what is on its way still goes to the URL it was made for',
  body: changeWebhookEndpointBody,
  answers: { 200: webhookEndpoint },
  handler: ({ deps, params, body, caller, commit, request }) =>
    commit(async (tx) => {
      const { endpoint_url: endpointUrl, events, status } = body;
      if (events !== undefined) refuseUnknown(events);
      const order = {
        ...(endpointUrl === undefined ? {} : { endpointUrl }),
        ...(events === undefined ? {} : { events }),
        status,
      };
      const by = acting(caller, request);
      const row = await inWords(
        params.id,
        changeWebhookEndpoint(tx, deps, caller.environment, params.id, order, by),
      );
      return { ...ok(endpointObject(deps, row)), holdsSecret: true };
    }),
});

const remove = route({
  method: 'DELETE',
  path: '/webhook_endpoints/:id',
  who: 'api_key',
  scope: 'events',
  summary: 'Sends nothing more to a webhook endpoint',
  answers: { 204: 'nothing' },
  handler: ({ params, caller, commit, request }) =>
    commit(async (tx) => {
      await inWords(
        params.id,
        removeWebhookEndpoint(tx, caller.environment, params.id, acting(caller, request)),
      );
      return noContent();
    }),
});

const rotate = route({
  method: 'POST',
  path: '/webhook_endpoints/:id/rotate_secret',
  who: 'api_key',
  scope: 'events',
  summary: 'Makes a new secret; deliveries are signed with the old one too until the overlap ends',
  body: rotateWebhookSecretBody,
  answers: { 200: webhookEndpoint },
  handler: ({ deps, params, body, caller, commit, request }) =>
    commit(async (tx) => {
      const what = { id: params.id, overlapMs: body.overlap_hours * 3_600_000 };
      const row = await inWords(
        params.id,
        rotateWebhookSecret(tx, deps, caller.environment, what, acting(caller, request)),
      );
      return { ...ok(endpointObject(deps, row)), holdsSecret: true };
    }),
});

const deliveries = route({
  method: 'GET',
  path: '/webhook_endpoints/:id/deliveries',
  who: 'api_key',
  scope: 'events',
  summary: 'Lists what was sent to a webhook endpoint, with its answers and next tries',
  query: listWebhookDeliveriesQuery,
  answers: { 200: webhookDeliveryList },
  handler: ({ params, query, caller, read }) =>
    read(async (tx) => {
      const tenant = { environmentId: caller.environment.id };
      if ((await findWebhookEndpoint(tx, tenant, params.id)) === undefined) throw missing(params.id);
      const filter = { endpointId: params.id, state: query.state };
      return listAnswer(await listWebhookDeliveries(tx, tenant, filter, pageRequest(query)), deliveryObject);
    }),
});

const replay = route({
  method: 'POST',
  path: '/webhook_endpoints/:id/replay',
  who: 'api_key',
  scope: 'events',
  summary: 'Sends one delivery, or all of a span of time, again',
  body: replayWebhooksBody,
  answers: { 200: replayed },
  handler: ({ params, body, caller, commit, request }) =>
    commit(async (tx) => {
      const tenant = { environmentId: caller.environment.id };
      if ((await findWebhookEndpoint(tx, tenant, params.id)) === undefined) throw missing(params.id);
      const { delivery_id: deliveryId, range_start: from, range_end: until, after } = body;
      if ((deliveryId === undefined) === (from === undefined)) {
        const message = 'Give either delivery_id or range_start.';
        throw new InvalidInput([{ field: 'delivery_id', code: 'required', message }]);
      }
      const what = deliveryId === undefined ? { ...spanOf(from, until, request.now), after } : { deliveryId };
      const by = acting(caller, request);
      const replay = await inWords(params.id, replayWebhooks(tx, caller.environment, params.id, what, by));
      return ok({
        object: 'webhook_replay' as const,
        webhook_endpoint_id: params.id,
        deliveries: replay.count,
        after: replay.after,
      });
    }),
});

export const webhookEndpointRoutes = [list, create, change, remove, rotate, deliveries, replay];

/** Until now where no end is given. Throws where the end comes before the start. */
function spanOf(start: string | undefined, end: string | undefined, now: Date): { from: Date; until: Date } {
  const span = { from: new Date(start ?? now), until: new Date(end ?? now) };
  if (span.from <= span.until) return span;
  const [field, message] =
    end === undefined
      ? ['range_start', 'range_start must not be in the future.']
      : ['range_end', 'range_end must not be before range_start.'];
  throw new InvalidInput([{ field, code: 'reversed', message }]);
}

function endpointObject({ secrets }: Pick<ApiDeps, 'secrets'>, row: WebhookEndpointRow) {
  const secret = secrets.open(row.secretSealed, webhookSecretAt(row.id));
  return {
    object: 'webhook_endpoint' as const,
    id: row.id,
    endpoint_url: row.endpointUrl,
    secret,
    public_key: webhookPublicKey(secret),
    status: row.status,
    disabled_reason: row.disabledReason,
    events: row.events,
    previous_secret_until: row.previousSecretUntil?.toISOString() ?? null,
    created_at: row.createdAt.toISOString(),
    updated_at: row.updatedAt.toISOString(),
  };
}

function deliveryObject(row: WebhookDeliveryRow) {
  return {
    object: 'webhook_delivery' as const,
    id: row.id,
    webhook_endpoint_id: row.endpointId,
    endpoint_url: row.endpointUrl,
    event_id: row.eventId,
    event: row.eventName,
    state: row.state,
    is_replay: row.isReplay,
    is_test: row.testEvent !== null,
    tries: row.tries,
    next_try_at: row.nextTryAt?.toISOString() ?? null,
    last_tried_at: row.lastTriedAt?.toISOString() ?? null,
    last_status: row.lastStatus,
    last_cause: row.lastCause,
    last_answer: row.lastAnswer,
    milliseconds: row.milliseconds,
    created_at: row.createdAt.toISOString(),
  };
}

function refuseUnknown(names: readonly string[]): void {
  const unknown = names.find((name) => !isWebhookEvent(name));
  if (unknown === undefined) return;
  const message = `There is no event "${unknown}" to subscribe to.`;
  const errors = [{ code: 'unknown_event_type', message }];
  throw refusal({ code: 'invalid_request_parameters', message, errors });
}

/** The contract's own refusals of this object. */
async function inWords<T>(id: string, act: Promise<T>): Promise<T> {
  return act.catch((error: unknown) => {
    if (!(error instanceof OnboardingError)) throw error;
    if (error.code === 'url_not_allowed') {
      throw refusal({
        code: 'invalid_url',
        message: 'endpoint_url must be an https URL without credentials.',
      });
    }
    if (error.code === 'not_found' && error.facts['kind'] === 'webhook_endpoint') throw missing(id);
    throw error;
  });
}

const refusal = (body: object): InsteadAnswer => new InsteadAnswer({ status: 422, body });

function missing(id: string): InsteadAnswer {
  const answer: Answer = {
    status: 404,
    body: { message: `Webhook Endpoint not found: '${id}'.`, code: 'entity_not_found', entity_id: id },
  };
  return new InsteadAnswer(answer);
}
