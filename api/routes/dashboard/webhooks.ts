import { z } from 'zod';
import { webhookPublicKey, webhookSecretAt } from '../../../adapters/webhook-signatures.ts';
import {
  countDeliveries,
  findWebhookEndpoint,
  getWebhookDelivery,
  insertAudit,
  listAllWebhookEndpoints,
  listWebhookDeliveries,
  type DeliveryCounts,
  type EnvironmentRow,
  type Tx,
  type WebhookDeliveryRow,
  type WebhookEndpointRow,
} from '../../../db/index.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { webhookBody } from '../../../onboarding/webhooks.ts';
import { acting, audited } from '../../acting.ts';
import { created, noContent, ok } from '../../answers.ts';
import {
  changedWebhookBody,
  deliveryDetail,
  deliveryFilter,
  deliveryPage,
  newWebhookBody,
  replayBody,
  replayedView,
  rotateWebhookBody,
  switchWebhookBody,
  testWebhookBody,
  testedWebhook,
  webhookDetail,
  webhookId,
  webhookList,
  type deliveryView,
  type webhookView,
} from '../../contract/dashboard-webhooks.ts';
import { isWebhookEvent, webhookEvents } from '../../contract/event-names.ts';
import type { ApiDeps } from '../../deps.ts';
import { route } from '../../route.ts';
import {
  addWebhookEndpoint,
  changeWebhookEndpoint,
  removeWebhookEndpoint,
  replayWebhooks,
  rotateWebhookSecret,
  testWebhook,
} from '../../webhooks.ts';
import { pageQuery, pageRequest } from './page-query.ts';
import { isNewViewing } from './viewings.ts';

/** S13: webhook endpoints and their deliveries. */

const list = route({
  method: 'GET',
  path: '/dashboard/api/webhooks',
  who: 'staff',
  role: 'viewer',
  summary: 'Webhook endpoints, with what became of a day’s deliveries',
  answers: { 200: webhookList },
  handler: ({ caller, read, request }) =>
    read(async (tx) => {
      const tenant = { environmentId: caller.environment.id };
      const rows = await listAllWebhookEndpoints(tx, tenant);
      const counts = await countDeliveries(tx, tenant, dayBefore(request.now));
      return ok({ endpoints: rows.map((row) => viewOf(row, counts.get(row.id))), names: webhookEvents });
    }),
});

const get = route({
  method: 'GET',
  path: '/dashboard/api/webhooks/:id',
  who: 'staff',
  role: 'viewer',
  summary: 'A webhook endpoint; its secret for those who may make one',
  answers: { 200: webhookDetail },
  handler: ({ deps, caller, params, read, request }) =>
    read(async (tx) => {
      const { environment, member, session } = caller;
      const row = await getEndpoint(tx, environment, params.id);
      const maySee = member.role === 'admin' || member.role === 'developer';
      const viewing = { sessionId: session.id, targetId: row.id, now: request.now };
      if (maySee && isNewViewing(deps, viewing)) {
        const what = {
          action: 'webhook_endpoint.viewed',
          target: { type: 'webhook_endpoint', id: row.id },
        } as const;
        const whose = { environmentId: environment.id, organizationId: null };
        await insertAudit(tx, audited(acting(caller, request), whose, what));
      }
      return ok(await detailOf(tx, deps, environment, row, { maySee, now: request.now }));
    }),
});

const create = route({
  method: 'POST',
  path: '/dashboard/api/webhooks',
  who: 'staff',
  role: 'developer',
  isGrave: true,
  summary: 'Sends events of the names given to a URL, from now on',
  body: newWebhookBody,
  answers: { 201: webhookId },
  handler: ({ deps, caller, body, commit, request }) =>
    commit(async (tx) => {
      refuseUnknown(body.events);
      const order = { endpointUrl: body.url, events: body.events };
      const row = await addWebhookEndpoint(tx, deps, caller.environment, order, acting(caller, request));
      return created({ id: row.id });
    }),
});

const change = route({
  method: 'PUT',
  path: '/dashboard/api/webhooks/:id',
  who: 'staff',
  role: 'developer',
  isGrave: true,
  summary: 'Changes where events are sent, and which',
  body: changedWebhookBody,
  answers: { 200: webhookId },
  handler: ({ deps, caller, params, body, commit, request }) =>
    commit(async (tx) => {
      refuseUnknown(body.events);
      const order = { endpointUrl: body.url, events: body.events };
      const by = acting(caller, request);
      await changeWebhookEndpoint(tx, deps, caller.environment, params.id, order, by);
      return ok({ id: params.id });
    }),
});

const turn = route({
  method: 'POST',
  path: '/dashboard/api/webhooks/:id/switch',
  who: 'staff',
  role: 'developer',
  summary: 'Switches an endpoint off, or on again from now on',
  body: switchWebhookBody,
  answers: { 200: webhookId },
  handler: ({ deps, caller, params, body, commit, request }) =>
    commit(async (tx) => {
      const order = { status: body.on ? ('enabled' as const) : ('disabled' as const) };
      const by = acting(caller, request);
      await changeWebhookEndpoint(tx, deps, caller.environment, params.id, order, by);
      return ok({ id: params.id });
    }),
});

const rotate = route({
  method: 'POST',
  path: '/dashboard/api/webhooks/:id/rotate',
  who: 'staff',
  role: 'developer',
  isGrave: true,
  summary: 'Makes a new secret; deliveries are signed with the old one too until the overlap ends',
  body: rotateWebhookBody,
  answers: { 200: webhookId },
  handler: ({ deps, caller, params, body, commit, request }) =>
    commit(async (tx) => {
      const what = { id: params.id, overlapMs: body.overlapHours * 3_600_000 };
      await rotateWebhookSecret(tx, deps, caller.environment, what, acting(caller, request));
      return ok({ id: params.id });
    }),
});

const remove = route({
  method: 'DELETE',
  path: '/dashboard/api/webhooks/:id',
  who: 'staff',
  role: 'developer',
  isGrave: true,
  summary: 'Sends nothing more to an endpoint',
  answers: { 204: 'nothing' },
  handler: ({ caller, params, commit, request }) =>
    commit(async (tx) => {
      await removeWebhookEndpoint(tx, caller.environment, params.id, acting(caller, request));
      return noContent();
    }),
});

const deliveries = route({
  method: 'GET',
  path: '/dashboard/api/webhooks/:id/deliveries',
  who: 'staff',
  role: 'viewer',
  summary: 'What was sent to an endpoint, newest first',
  query: pageQuery.extend({ state: deliveryFilter.optional(), event: z.string().max(60).optional() }),
  answers: { 200: deliveryPage },
  handler: ({ caller, params, query, read }) =>
    read(async (tx) => {
      const tenant = { environmentId: caller.environment.id };
      await getEndpoint(tx, caller.environment, params.id);
      const filter = { endpointId: params.id, state: query.state, eventId: query.event };
      const page = await listWebhookDeliveries(tx, tenant, filter, pageRequest(query));
      return ok({ deliveries: page.rows.map(deliveryOf), next: page.after });
    }),
});

const delivery = route({
  method: 'GET',
  path: '/dashboard/api/webhooks/:id/deliveries/:delivery',
  who: 'staff',
  role: 'viewer',
  summary: 'One delivery, with the body that is posted',
  answers: { 200: deliveryDetail },
  handler: ({ caller, params, read }) =>
    read(async (tx) => {
      const endpoint = await getEndpoint(tx, caller.environment, params.id);
      const found = await getWebhookDelivery(tx, endpoint, params.delivery);
      const request = found.event === null ? null : webhookBody(found.event);
      return ok({ ...deliveryOf(found), request });
    }),
});

const replay = route({
  method: 'POST',
  path: '/dashboard/api/webhooks/:id/replay',
  who: 'staff',
  role: 'developer',
  summary: 'Sends one delivery, or all of the last hours, again',
  body: replayBody,
  answers: { 200: replayedView },
  handler: ({ caller, params, body, commit, request }) =>
    commit(async (tx) => {
      const what =
        body.what === 'delivery'
          ? { deliveryId: body.deliveryId }
          : {
              from: new Date(request.now.getTime() - body.hours * 3_600_000),
              until: request.now,
              after: body.after,
            };
      return ok(await replayWebhooks(tx, caller.environment, params.id, what, acting(caller, request)));
    }),
});

const test = route({
  method: 'POST',
  path: '/dashboard/api/webhooks/:id/test',
  who: 'staff',
  role: 'developer',
  summary: 'Sends a sample of an event to this endpoint alone, marked as a test, and tries it once',
  body: testWebhookBody,
  answers: { 201: testedWebhook },
  handler: ({ caller, params, body, commit, request }) =>
    commit(async (tx) => {
      const by = acting(caller, request);
      return created({ deliveryId: await testWebhook(tx, caller.environment, params.id, body.event, by) });
    }),
});

export const webhookRoutes = [
  list,
  get,
  create,
  change,
  turn,
  rotate,
  remove,
  deliveries,
  delivery,
  replay,
  test,
];

/** Reads it: whoever looks keeps no delivery waiting. */
async function getEndpoint(
  tx: Tx,
  { id: environmentId }: EnvironmentRow,
  id: string,
): Promise<WebhookEndpointRow> {
  const found = await findWebhookEndpoint(tx, { environmentId }, id);
  if (found === undefined) throw new OnboardingError('not_found', { kind: 'webhook_endpoint' });
  return found;
}

const dayBefore = (now: Date) => new Date(now.getTime() - 86_400_000);

function refuseUnknown(names: readonly string[]): void {
  const unknown = names.find((name) => !isWebhookEvent(name));
  if (unknown !== undefined) throw new OnboardingError('invalid_request', { field: 'events' });
}

function viewOf(row: WebhookEndpointRow, counts?: DeliveryCounts): z.infer<typeof webhookView> {
  return {
    id: row.id,
    url: row.endpointUrl,
    events: row.events,
    chip: row.status === 'disabled' ? 'off' : row.failingSince === null ? 'sending' : 'failing',
    disabledReason: row.disabledReason,
    failingSince: row.failingSince?.toISOString() ?? null,
    waiting: counts?.waiting ?? 0,
    delivered: counts?.delivered ?? 0,
    failed: counts?.failed ?? 0,
    createdAt: row.createdAt.toISOString(),
  };
}

async function detailOf(
  tx: Tx,
  { secrets }: Pick<ApiDeps, 'secrets'>,
  environment: EnvironmentRow,
  row: WebhookEndpointRow,
  { maySee, now }: { maySee: boolean; now: Date },
): Promise<z.infer<typeof webhookDetail>> {
  const counts = await countDeliveries(tx, { environmentId: environment.id }, dayBefore(now));
  const { previousSecretUntil: until } = row;
  const secret = secrets.open(row.secretSealed, webhookSecretAt(row.id));
  return {
    ...viewOf(row, counts.get(row.id)),
    secret: maySee ? secret : null,
    publicKey: webhookPublicKey(secret),
    previousSecretUntil: until === null || until <= now ? null : until.toISOString(),
    names: [...webhookEvents],
  };
}

function deliveryOf(row: WebhookDeliveryRow): z.infer<typeof deliveryView> {
  return {
    id: row.id,
    eventId: row.eventId,
    event: row.eventName,
    url: row.endpointUrl,
    state: row.state,
    isReplay: row.isReplay,
    isTest: row.testEvent !== null,
    tries: row.tries,
    nextTryAt: row.nextTryAt?.toISOString() ?? null,
    lastTriedAt: row.lastTriedAt?.toISOString() ?? null,
    status: row.lastStatus,
    cause: row.lastCause,
    answer: row.lastAnswer,
    milliseconds: row.milliseconds,
    createdAt: row.createdAt.toISOString(),
  };
}
