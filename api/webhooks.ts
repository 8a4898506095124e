import { newId } from '../adapters/ids.ts';
import { mintWebhookSecret, webhookSecretAt } from '../adapters/webhook-signatures.ts';
import {
  dropWaiting,
  insertAudit,
  insertCommand,
  insertTestDelivery,
  insertWebhookEndpoint,
  lockWebhookEndpoint,
  replayDeliveries,
  tryWaitingNow,
  updateWebhookEndpoint,
  type EnvironmentRow,
  type Replay,
  type Replayed,
  type Tx,
  type WebhookEndpointRow,
} from '../db/index.ts';
import type { AuditAction } from '../onboarding/audit-actions.ts';
import { OnboardingError } from '../onboarding/errors.ts';
import { sampleOf } from '../onboarding/webhook-samples.ts';
import { webhookRow } from '../onboarding/workflow-names.ts';
import { audited, type Acting } from './acting.ts';
import type { ApiDeps } from './deps.ts';
import { parseReturnUrl } from './urls.ts';

/** Acts on webhook endpoints, for programs and for the dashboard. */

type Deps = Pick<ApiDeps, 'settings' | 'secrets'>;
type WebhookOrder = { endpointUrl: string; events: readonly string[] };

/** Throws `url_not_allowed` and `webhook_known`. */
export async function addWebhookEndpoint(
  tx: Tx,
  deps: Deps,
  environment: EnvironmentRow,
  order: WebhookOrder,
  by: Acting,
): Promise<WebhookEndpointRow> {
  const { now } = by.request;
  const id = newId('we_');
  const row = await insertWebhookEndpoint(tx, {
    id,
    environmentId: environment.id,
    events: eventsOf(order.events),
    endpointUrl: parseReturnUrl(deps, environment, 'url', order.endpointUrl),
    secretSealed: deps.secrets.seal(mintWebhookSecret(), webhookSecretAt(id)),
    createdAt: now,
    updatedAt: now,
  });
  const after = { url: row.endpointUrl, events: row.events };
  await note(tx, environment, id, by, 'webhook_endpoint.created', { after });
  return row;
}

/**
 * Changes what is given. Another address changes no secret and gets nothing that was on its way to the old one
 * [WHK-05]. Throws `not_found`, `url_not_allowed`, `webhook_known`.
 */
export async function changeWebhookEndpoint(
  tx: Tx,
  deps: Deps,
  environment: EnvironmentRow,
  id: string,
  order: Partial<WebhookOrder> & { status?: 'enabled' | 'disabled' | undefined },
  by: Acting,
): Promise<WebhookEndpointRow> {
  const before = await lockWebhookEndpoint(tx, { environmentId: environment.id }, id);
  const { now } = by.request;
  const { endpointUrl, events, status } = order;
  const isBack = status === 'enabled' && before.status === 'disabled';
  const isOff = status === 'disabled' && before.status === 'enabled';
  const leadsTo =
    endpointUrl === undefined ? before.endpointUrl : parseReturnUrl(deps, environment, 'url', endpointUrl);
  const row = await updateWebhookEndpoint(
    tx,
    before,
    {
      // What is held against it was another address's.
      ...(leadsTo === before.endpointUrl
        ? {}
        : { endpointUrl: leadsTo, failingSince: null, toldFailing: 0, restsUntil: null }),
      ...(events === undefined ? {} : { events: eventsOf(events) }),
      ...(isOff ? { status: 'disabled', disabledReason: 'by_hand' } : {}),
      ...(isBack
        ? { status: 'enabled', disabledReason: null, failingSince: null, toldFailing: 0, restsUntil: null }
        : {}),
      updatedAt: now,
    },
    { fromNowOn: isBack },
  );
  await note(tx, environment, id, by, 'webhook_endpoint.changed', {
    before: { url: before.endpointUrl, events: before.events, status: before.status },
    after: { url: row.endpointUrl, events: row.events, status: row.status },
  });
  if (isBack) {
    await tryWaitingNow(tx, row, now);
    await wake(tx, row, now);
  }
  return row;
}

/** Nothing is sent to it any more. Throws `not_found`. */
export async function removeWebhookEndpoint(
  tx: Tx,
  environment: EnvironmentRow,
  id: string,
  by: Acting,
): Promise<void> {
  const endpoint = await lockWebhookEndpoint(tx, { environmentId: environment.id }, id);
  const { now } = by.request;
  await updateWebhookEndpoint(tx, endpoint, { deletedAt: now, updatedAt: now });
  await dropWaiting(tx, endpoint, now);
  await note(tx, environment, id, by, 'webhook_endpoint.deleted', { before: { url: endpoint.endpointUrl } });
  await wake(tx, endpoint, now);
}

/** A new secret; the old one signs beside it until the overlap ends. Throws `not_found`. */
export async function rotateWebhookSecret(
  tx: Tx,
  deps: Deps,
  environment: EnvironmentRow,
  what: { id: string; overlapMs: number },
  by: Acting,
): Promise<WebhookEndpointRow> {
  const endpoint = await lockWebhookEndpoint(tx, { environmentId: environment.id }, what.id);
  const { now } = by.request;
  const until = what.overlapMs === 0 ? null : new Date(now.getTime() + what.overlapMs);
  const row = await updateWebhookEndpoint(tx, endpoint, {
    secretSealed: deps.secrets.seal(mintWebhookSecret(), webhookSecretAt(endpoint.id)),
    previousSecretSealed:
      until === null
        ? null
        : deps.secrets.seal(
            deps.secrets.open(endpoint.secretSealed, webhookSecretAt(endpoint.id)),
            webhookSecretAt(endpoint.id, 'previous_secret_sealed'),
          ),
    previousSecretUntil: until,
    updatedAt: now,
  });
  await note(tx, environment, endpoint.id, by, 'webhook_endpoint.secret_rotated', {
    after: { previous_secret_until: until?.toISOString() ?? null },
  });
  return row;
}

const replayedAtOnce = 10_000;

/** Sends events again to where the endpoint leads now, so many at a time. Throws `not_found`, and `webhook_off`. */
export async function replayWebhooks(
  tx: Tx,
  environment: EnvironmentRow,
  id: string,
  replay: Replay,
  by: Acting,
): Promise<Replayed> {
  const endpoint = await lockWebhookEndpoint(tx, { environmentId: environment.id }, id);
  if (endpoint.status === 'disabled') throw new OnboardingError('webhook_off');
  const { now } = by.request;
  const { count, after } = await replayDeliveries(tx, endpoint, replay, {
    newId: () => newId('webhook_delivery_'),
    now,
    limit: replayedAtOnce,
  });
  await note(tx, environment, id, by, 'webhook_endpoint.replayed', {
    after: { url: endpoint.endpointUrl, deliveries: count },
  });
  if (count > 0) await wake(tx, endpoint, now);
  return { count, after };
}

/**
 * Sends a sample of an event to this endpoint alone, also to one that is off: nothing has happened, so it is in no feed.
 * Answers the delivery. Throws `not_found`, and `invalid_request` for a name that we never send.
 */
export async function testWebhook(
  tx: Tx,
  environment: EnvironmentRow,
  id: string,
  eventName: string,
  by: Acting,
): Promise<string> {
  const endpoint = await lockWebhookEndpoint(tx, { environmentId: environment.id }, id);
  const { now } = by.request;
  const data = sampleOf(eventName, now);
  if (data === undefined) throw new OnboardingError('invalid_request', { field: 'event' });
  const test = { id: newId('webhook_delivery_'), eventId: newId('event_'), name: eventName, data };
  await insertTestDelivery(tx, endpoint, test, now);
  await note(tx, environment, id, by, 'webhook_endpoint.tested', {
    after: { url: endpoint.endpointUrl, event: eventName },
  });
  await wake(tx, endpoint, now);
  return test.id;
}

const eventsOf = (names: readonly string[]): string[] => [...new Set(names)].sort();

async function wake(tx: Tx, { id, environmentId }: WebhookEndpointRow, now: Date): Promise<void> {
  await insertCommand(tx, webhookRow({ key: newId('cmd_'), environmentId, endpointId: id }, now));
}

async function note(
  tx: Tx,
  { id: environmentId }: EnvironmentRow,
  id: string,
  by: Acting,
  action: AuditAction,
  changes: { before?: object; after?: object },
): Promise<void> {
  const target = { type: 'webhook_endpoint', id };
  await insertAudit(tx, audited(by, { environmentId, organizationId: null }, { action, target, ...changes }));
}
