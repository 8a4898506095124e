import { setTimeout as pause } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import type { Egress } from '../adapters/egress.ts';
import { newId } from '../adapters/ids.ts';
import type { Secrets } from '../adapters/secrets.ts';
import { webhookHeaders, webhookSecretAt } from '../adapters/webhook-signatures.ts';
import {
  dropWaiting,
  findNextTry,
  findWebhookEndpoint,
  getEnvironment,
  listDueDeliveries,
  listEventsAfter,
  lockWebhookEndpointIfThere,
  makeDeliveries,
  recordTry,
  restWebhookEndpoint,
  updateWebhookEndpoint,
  withTenant,
  type Db,
  type EventDelivery,
  type EnvironmentRow,
  type WebhookEndpointRow,
} from '../db/index.ts';
import { OnboardingError } from '../onboarding/errors.ts';
import { turnMs, wasSlow } from '../onboarding/pump-turns.ts';
import {
  afterTest,
  afterTry,
  isGivenUp,
  isProbed,
  locationLine,
  readRetryAfter,
  restAfter,
  type WebhookAnswer,
  webhookBody,
} from '../onboarding/webhooks.ts';
import type { Activities, OfWebhook } from './index.ts';

export interface WebhookDeps {
  db: Db;
  egress: Egress;
  secrets: Secrets;
  now: () => Date;
}

const eventsAtOnce = 500;
const sentAtOnce = 8;
/** Our own limits hold posts back for so long at a time: that is no try, and not the endpoint's failure. */
const heldBackMs = 1_000;
/** Between two posts to an endpoint that takes nothing. */
const probeMs = 1_000;

/**
 * Sends what is due to one endpoint: makes deliveries of new events, posts them a few at a time, and goes on until
 * nothing is due. Each try is recorded in its own transaction, so a pump that dies repeats at most the posts it was in the
 * middle of: receivers know them by their id.
 */
export function webhookActivities(deps: WebhookDeps): Pick<Activities, 'pumpWebhooks'> {
  return {
    async pumpWebhooks(of) {
      const startedMs = performance.now();
      const hasSlowPlace = of.isSlow === true;
      // One that posted nothing knows nothing new: it stays among the slow, or among the quick.
      let isSlow: boolean | undefined;
      let hasProbed = false;
      for (;;) {
        Context.current().heartbeat();
        const round = await beginRound(deps, of);
        if (round === undefined) return { state: 'gone' };
        const { endpoint, environment, due, hasMore, nextTryAt, isProbe } = round;
        if (due.length === 0 && hasMore) continue;
        if (due.length === 0) {
          return {
            state: 'idle',
            nextTryAt: nextTryAt?.toISOString() ?? null,
            isSlow: isSlow ?? hasSlowPlace,
          };
        }
        if (isSlow === true && !hasSlowPlace)
          return { state: 'idle', nextTryAt: deps.now().toISOString(), isSlow };
        if (isProbe && hasProbed) await rest(probeMs);
        hasProbed = isProbe;
        const postedAt = deps.now();
        const taken = await Promise.all(
          due.map((delivery) => sendOne(deps, environment, endpoint, delivery)),
        );
        const isStillFailing = isProbe && !taken.some(({ what }) => what === 'delivered');
        isSlow = isSlow === true || isStillFailing || wasSlow(deps.now().getTime() - postedAt.getTime());
        if (taken.some(({ what }) => what === 'held_back')) await rest(heldBackMs);
        // A test says something about the endpoint to who sent it, and to nobody else.
        const told = taken.filter((one): one is Told => one.what !== 'held_back' && !one.isTest);
        if (told.length > 0) await noteHealth(deps, environment, endpoint, told);
        if (performance.now() - startedMs > turnMs(hasSlowPlace))
          return { state: 'idle', nextTryAt: deps.now().toISOString(), isSlow };
      }
    },
  };
}

const rest = (ms: number): Promise<void> =>
  pause(ms, undefined, { signal: Context.current().cancellationSignal });

/**
 * New events become deliveries, and the first of those that are due are taken. Undefined: the endpoint is gone, or off
 * with no test to send.
 */
async function beginRound({ db, now }: WebhookDeps, { environmentId, endpointId }: OfWebhook) {
  const tenant = { environmentId };
  return withTenant(db, tenant, async (tx) => {
    const found = await findWebhookEndpoint(tx, tenant, endpointId);
    if (found === undefined) return undefined;
    const endpoint = await updateWebhookEndpoint(tx, found, { wokenAt: null });
    const environment = await getEnvironment(tx, environmentId);
    if (endpoint.status === 'disabled') {
      const due = await listDueDeliveries(tx, endpoint, now(), sentAtOnce);
      const alone = { hasMore: false, nextTryAt: null, isProbe: false };
      return due.length === 0 ? undefined : { endpoint, environment, due, ...alone };
    }
    const events = await listEventsAfter(tx, tenant, endpoint.position, eventsAtOnce);
    await makeDeliveries(tx, endpoint, events, { newId: () => newId('webhook_delivery_'), now: now() });
    const isProbe = isProbed(endpoint.failingSince, now());
    const due = await listDueDeliveries(tx, endpoint, now(), isProbe ? 1 : sentAtOnce);
    return {
      endpoint,
      environment,
      due,
      isProbe,
      hasMore: events.length === eventsAtOnce,
      nextTryAt: due.length > 0 ? null : await findNextTry(tx, endpoint),
    };
  });
}

/** What became of a post, and where it went: perhaps to where the endpoint no longer leads. */
interface Taken {
  what: 'delivered' | 'refused' | 'gone' | 'held_back';
  endpointUrl: string;
  isTest: boolean;
  /** How long nothing is to be sent there, as it asks. */
  restMs: number;
}
type Told = Taken & { what: Exclude<Taken['what'], 'held_back'> };

async function sendOne(
  deps: WebhookDeps,
  environment: EnvironmentRow,
  endpoint: WebhookEndpointRow,
  delivery: EventDelivery,
): Promise<Taken> {
  const triedAt = deps.now();
  const startedMs = performance.now();
  const of = { endpointUrl: delivery.endpointUrl, isTest: delivery.testEvent !== null };
  const sent = await post(deps, environment, endpoint, delivery, triedAt);
  if (sent === 'held_back') return { ...of, what: sent, restMs: 0 };
  const after =
    delivery.event === null
      ? { state: 'failed' as const }
      : delivery.testEvent === null
        ? afterTry(sent.answer, delivery.tries + 1, Math.random())
        : afterTest(sent.answer);
  const outcome = {
    state: after.state === 'gone' ? ('failed' as const) : after.state,
    nextTryAt: after.state === 'waiting' ? new Date(triedAt.getTime() + after.waitMs) : null,
    lastTriedAt: triedAt,
    lastStatus: sent.answer.kind === 'answered' ? sent.answer.status : null,
    lastCause: sent.answer.kind === 'unanswered' ? sent.answer.cause : null,
    lastAnswer: sent.text,
    milliseconds: Math.round(performance.now() - startedMs),
    endedAt: after.state === 'waiting' ? null : deps.now(),
  };
  await withTenant(deps.db, endpoint, (tx) => recordTry(tx, delivery, outcome));
  const what = after.state === 'delivered' || after.state === 'gone' ? after.state : 'refused';
  return { ...of, what, restMs: restAfter(sent.answer) };
}

/**
 * One post of the exact bytes that were signed [WHK-01]; whatever happens is an answer or a cause, unless nobody was asked,
 * because we have asked the host enough for now [NET-11].
 */
async function post(
  { egress, secrets }: WebhookDeps,
  environment: EnvironmentRow,
  endpoint: WebhookEndpointRow,
  { event, endpointUrl }: EventDelivery,
  now: Date,
): Promise<{ answer: WebhookAnswer; text: string | null } | 'held_back'> {
  if (event === null) return { answer: { kind: 'unanswered', cause: 'event_gone' }, text: null };
  const body = webhookBody(event);
  try {
    const {
      status,
      headers,
      body: bytes,
    } = await egress.fetch(endpointUrl, {
      feature: 'webhook',
      organizationId: environment.id,
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'user-agent': 'Vestibule-Webhooks/1',
        ...webhookHeaders({ id: event.id, body }, secretsOf(secrets, endpoint, now), now),
      },
      body,
      sandboxLoopback: environment.kind === 'sandbox',
    });
    const retryAfterMs = readRetryAfter(headers['retry-after'], now);
    const elsewhere = locationLine({ status, headers });
    const said = elsewhere === undefined ? bytes : Buffer.concat([Buffer.from(`${elsewhere}\n`), bytes]);
    return { answer: { kind: 'answered', status, retryAfterMs }, text: textOf(said) };
  } catch (error) {
    if (!(error instanceof OnboardingError)) throw error;
    if (error.code === 'too_many_requests') return 'held_back';
    const { reason } = error.facts;
    return {
      answer: { kind: 'unanswered', cause: typeof reason === 'string' ? reason : error.code },
      text: null,
    };
  }
}

function secretsOf(secrets: Secrets, endpoint: WebhookEndpointRow, now: Date): [string, ...string[]] {
  const { id, secretSealed, previousSecretSealed, previousSecretUntil } = endpoint;
  const newest = secrets.open(secretSealed, webhookSecretAt(id));
  if (previousSecretSealed === null || previousSecretUntil === null || previousSecretUntil <= now)
    return [newest];
  return [newest, secrets.open(previousSecretSealed, webhookSecretAt(id, 'previous_secret_sealed'))];
}

/** The beginning of an answer as text that a page can show [NET-09]. */
function textOf(bytes: Buffer): string {
  return bytes
    .subarray(0, 1024)
    .toString('utf8')
    .replaceAll(/[\0-\x08\x0b-\x1f\x7f]/g, '');
}

/**
 * An endpoint that takes something is well. One that takes nothing is switched off after five days, or at once where it
 * says that it is gone [REL-11]; the vendor hears of it by `mailWebhookNews`. What an address says that it no longer leads to
 * counts for that address alone [WHK-05].
 */
async function noteHealth(
  deps: WebhookDeps,
  environment: EnvironmentRow,
  endpoint: WebhookEndpointRow,
  told: readonly Told[],
): Promise<void> {
  const now = deps.now();
  if (endpoint.failingSince === null && told.every(({ what }) => what === 'delivered')) return;
  await withTenant(deps.db, { environmentId: environment.id }, async (tx) => {
    const tenant = { environmentId: environment.id };
    // It may have been deleted while it took its time to answer.
    const current = await lockWebhookEndpointIfThere(tx, tenant, endpoint.id);
    if (current === undefined || current.status === 'disabled') return;
    for (const { what, endpointUrl } of told) {
      if (what === 'gone' && endpointUrl !== current.endpointUrl)
        await dropWaiting(tx, current, now, endpointUrl);
    }
    const heard = told.filter(({ endpointUrl }) => endpointUrl === current.endpointUrl);
    const taken = heard.map(({ what }) => what);
    if (taken.length === 0) return;
    const restMs = Math.max(...heard.map((one) => one.restMs));
    if (restMs > 0) await restWebhookEndpoint(tx, current, new Date(now.getTime() + restMs));
    const failingSince = current.failingSince ?? now;
    const off = { status: 'disabled', updatedAt: now } as const;
    if (taken.includes('gone')) {
      await dropWaiting(tx, current, now);
      await updateWebhookEndpoint(tx, current, { ...off, disabledReason: 'gone', failingSince });
    } else if (taken.includes('delivered')) {
      if (current.failingSince !== null)
        await updateWebhookEndpoint(tx, current, { failingSince: null, toldFailing: 0 });
    } else {
      const given = isGivenUp(failingSince, now) ? { ...off, disabledReason: 'failing' as const } : {};
      await updateWebhookEndpoint(tx, current, { ...given, failingSince });
    }
  });
}
