import type { z } from 'zod';
import { created, ok, type Answer } from '../../answers.ts';
import { acting, doerOf } from '../../acting.ts';
import {
  changeOnboardingBody,
  extendBody,
  freshLinkBody,
  handBackBody,
  listOnboardingsQuery,
  onboarding,
  startedOnboarding,
  startOnboardingBody,
  timelineEntry,
  timelineQuery,
} from '../../contract/developer-onboardings.ts';
import { listOf } from '../../contract/developer-lists.ts';
import type { ApiDeps } from '../../deps.ts';
import {
  cancelOnboarding,
  extendMainLink,
  issueFreshLink,
  sendCommand,
  settle,
  startOnboarding,
} from '../../journey.ts';
import { queueCommands, type QueuedCommand } from '../../onboarding-client.ts';
import {
  commandsBy,
  findOrganization,
  getShownOnboarding,
  listOnboardings,
  listTimeline,
  lockShownOnboarding,
  type EnvironmentRow,
  type OnboardingRow,
  type TimelineEntryRow,
} from '../../../db/index.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { onboardingObject } from '../../../onboarding/journey-events.ts';
import type { SignInGuide } from '../../../onboarding/providers/sign-in/provider.ts';
import type { OnboardingView } from '../../../onboarding/view.ts';
import { InvalidInput } from '../../middleware/handle-errors.ts';
import { preselectAct, requireProvider } from '../../provider-choice.ts';
import { route } from '../../route.ts';
import { handBack, handOver, lockStep } from '../../step-acts.ts';
import { resetStep } from '../../step-resets.ts';
import { tailorOnboarding } from '../../tailoring.ts';
import { listAnswer, pageRequest } from './list-answer.ts';

/** `/onboardings`: the way of a customer from the invitation to live. An act that has to wait is answered with 202. */

const start = route({
  method: 'POST',
  path: '/onboardings',
  who: 'api_key',
  scope: 'onboarding',
  summary: 'Starts the onboarding of an organization, or joins the open one, and issues its link',
  body: startOnboardingBody,
  answers: { 201: startedOnboarding },
  handler: ({ deps, body, caller, commit, request }) =>
    commit(async (tx) => {
      const { environment } = caller;
      const organizationId = body.organization;
      if ((await findOrganization(tx, { environmentId: environment.id }, organizationId)) === undefined) {
        throw new OnboardingError('not_found', { kind: 'organization', id: organizationId });
      }
      const { features, mode, contacts: emails, delivery, note, life_days: lifeDays } = body;
      const provider = providerOf(deps, environment, features);
      const asked = { features, mode, provider, emails, delivery, note, lifeDays };
      const invitation = { environment, organizationId, ...asked };
      const started = await startOnboarding(tx, deps, invitation, acting(caller, request));
      const link = delivery === 'copy' ? { link: started.url } : {};
      return afterDelivery(deps, started, (view) => ({
        ...created({ ...objectOf(started.onboarding, view), ...link }),
        holdsSecret: true,
      }));
    }),
});

const list = route({
  method: 'GET',
  path: '/onboardings',
  who: 'api_key',
  scope: 'onboarding',
  summary: 'Lists onboardings',
  query: listOnboardingsQuery,
  answers: { 200: listOf(onboarding) },
  handler: ({ query, caller, read }) =>
    read(async (tx) => {
      const tenant = { environmentId: caller.environment.id, organizationId: query.organization_id ?? null };
      const filter = query.state === undefined ? {} : { states: query.state };
      const page = await listOnboardings(tx, tenant, filter, pageRequest(query));
      return listAnswer(page, (row) => objectOf(row));
    }),
});

const get = route({
  method: 'GET',
  path: '/onboardings/:id',
  who: 'api_key',
  scope: 'onboarding',
  summary: 'Gets an onboarding',
  answers: { 200: onboarding },
  handler: ({ params, caller, read }) =>
    read(async (tx) =>
      ok(objectOf(await getShownOnboarding(tx, { environmentId: caller.environment.id }, params.id))),
    ),
});

const timeline = route({
  method: 'GET',
  path: '/onboardings/:id/timeline',
  who: 'api_key',
  scope: 'onboarding',
  summary: 'The course of an onboarding, oldest first',
  query: timelineQuery,
  answers: { 200: listOf(timelineEntry) },
  handler: ({ params, query, caller, read }) =>
    read(async (tx) => {
      const tenant = { environmentId: caller.environment.id };
      const { id } = await getShownOnboarding(tx, tenant, params.id);
      const { limit = 100, after = 0 } = query;
      const rows = await listTimeline(tx, tenant, id, { limit, after });
      return listAnswer({ rows, before: null, after: null }, entryObject);
    }),
});

const change = route({
  method: 'PATCH',
  path: '/onboardings/:id',
  who: 'api_key',
  scope: 'onboarding',
  summary: 'Changes what an open onboarding covers, its provider, its order, its mode or its reminders',
  body: changeOnboardingBody,
  answers: { 200: onboarding, 202: onboarding },
  handler: ({ deps, params, body, caller, commit, request }) =>
    commit(async (tx) => {
      const row = await lockShownOnboarding(tx, { environmentId: caller.environment.id }, params.id);
      const by = acting(caller, request);
      const guide = providerOf(deps, caller.environment, body.features);
      const cut = await tailorOnboarding(tx, row, body, by);
      const tenant = { environmentId: row.environmentId, organizationId: row.organizationId };
      const chosen = guide && (await preselectAct(tx, deps, tenant, { guide, open: row }, by));
      const acts = chosen === undefined ? [] : [chosen];
      const queued = await queueCommands(tx, row, commandsBy(doerOf(by), acts), request.now, cut);
      return afterDelivery(deps, { onboarding: row, queued }, (view) => ok(objectOf(row, view)));
    }),
});

const remind = route({
  method: 'POST',
  path: '/onboardings/:id/remind',
  who: 'api_key',
  scope: 'onboarding',
  summary: 'Reminds the contact now, at most once in ten minutes',
  answers: { 200: onboarding, 202: onboarding },
  handler: ({ deps, params, caller, commit, request }) =>
    commit(async (tx) => {
      const tenant = { environmentId: caller.environment.id };
      const row = await lockShownOnboarding(tx, tenant, params.id);
      const recent = await listTimeline(tx, tenant, row.id, { limit: 20 });
      const since = new Date(request.now.getTime() - remindPauseMs);
      if (recent.some(({ kind, at }) => kind === 'reminder_due' && at > since)) {
        throw new OnboardingError('reminded_recently');
      }
      const queued = await sendCommand(tx, row, { kind: 'remind' }, acting(caller, request));
      return afterDelivery(deps, { onboarding: row, queued }, (view) => ok(objectOf(row, view)));
    }),
});

const freshLink = route({
  method: 'POST',
  path: '/onboardings/:id/fresh_link',
  who: 'api_key',
  scope: 'onboarding',
  summary: 'Replaces the main link by a new one',
  body: freshLinkBody,
  answers: { 200: startedOnboarding, 202: startedOnboarding },
  handler: ({ deps, params, body, caller, commit, request }) =>
    commit(async (tx) => {
      const { environment } = caller;
      const row = await lockShownOnboarding(tx, { environmentId: environment.id }, params.id);
      const order = { environment, onboarding: row, delivery: body.delivery };
      const issued = await issueFreshLink(tx, deps, order, acting(caller, request));
      const link = body.delivery === 'copy' ? { link: issued.url } : {};
      return afterDelivery(deps, issued, (view) => ({
        ...ok({ ...objectOf(row, view), ...link }),
        holdsSecret: true,
      }));
    }),
});

const extend = route({
  method: 'POST',
  path: '/onboardings/:id/extend',
  who: 'api_key',
  scope: 'onboarding',
  summary: 'Has the main link work longer; it stays the same link, and an end that is later already stays',
  body: extendBody,
  answers: { 200: onboarding, 202: onboarding },
  handler: ({ deps, params, body, caller, commit, request }) =>
    commit(async (tx) => {
      const { environment } = caller;
      const row = await lockShownOnboarding(tx, { environmentId: environment.id }, params.id);
      const order = { environment, onboarding: row, lifeDays: body.life_days };
      const queued = await extendMainLink(tx, order, acting(caller, request));
      return afterDelivery(deps, { onboarding: row, queued }, (view) => ok(objectOf(row, view)));
    }),
});

const giveOver = route({
  method: 'POST',
  path: '/onboardings/:id/steps/:step/hand_over',
  who: 'api_key',
  scope: 'onboarding',
  summary: 'Hands one step of the customer to your staff; it returns by itself after four idle hours',
  answers: { 200: onboarding, 202: onboarding },
  handler: ({ deps, params, caller, commit, request }) =>
    commit(async (tx) => {
      const act = await lockStep(tx, caller.environment.id, params);
      const queued = await handOver(tx, act, acting(caller, request));
      return afterDelivery(deps, { ...act, queued }, (view) => ok(objectOf(act.onboarding, view)));
    }),
});

const giveBack = route({
  method: 'POST',
  path: '/onboardings/:id/steps/:step/hand_back',
  who: 'api_key',
  scope: 'onboarding',
  summary: 'Hands one step that your staff hold to the customer, with a note that they read',
  body: handBackBody,
  answers: { 200: onboarding, 202: onboarding },
  handler: ({ deps, params, body, caller, commit, request }) =>
    commit(async (tx) => {
      const act = await lockStep(tx, caller.environment.id, params);
      const queued = await handBack(tx, act, body.note, acting(caller, request));
      return afterDelivery(deps, { ...act, queued }, (view) => ok(objectOf(act.onboarding, view)));
    }),
});

const reset = route({
  method: 'POST',
  path: '/onboardings/:id/steps/:step/reset',
  who: 'api_key',
  scope: 'onboarding',
  summary:
    'Has a step and those after it done anew: sign-in stops, what it or a directory was set up with is kept for 30 days, and domains or a log stream are removed',
  answers: { 200: onboarding, 202: onboarding },
  handler: ({ deps, params, caller, commit, request }) =>
    commit(async (tx) => {
      const { environment } = caller;
      const act = await lockStep(tx, environment.id, params);
      const queued = await resetStep(tx, act, { deps, environment }, acting(caller, request));
      return afterDelivery(deps, { ...act, queued }, (view) => ok(objectOf(act.onboarding, view)));
    }),
});

const cancel = route({
  method: 'POST',
  path: '/onboardings/:id/cancel',
  who: 'api_key',
  scope: 'onboarding',
  summary: 'Cancels an onboarding and ends its links',
  answers: { 200: onboarding, 202: onboarding },
  handler: ({ deps, params, caller, commit, request }) =>
    commit(async (tx) => {
      const row = await lockShownOnboarding(tx, { environmentId: caller.environment.id }, params.id);
      const queued = await cancelOnboarding(tx, row, acting(caller, request));
      return afterDelivery(deps, { onboarding: row, queued }, (view) => ok(objectOf(row, view)));
    }),
});

export const onboardingRoutes = [
  start,
  list,
  get,
  timeline,
  change,
  remind,
  freshLink,
  extend,
  cancel,
  giveOver,
  giveBack,
  reset,
];

const remindPauseMs = 10 * 60_000;

type Features = z.infer<typeof startOnboardingBody | typeof changeOnboardingBody>['features'];

/** Only single sign-on has providers that can be known before. */
function providerOf(deps: ApiDeps, environment: EnvironmentRow, features: Features): SignInGuide | undefined {
  for (const [at, { feature, requirement, provider }] of (features ?? []).entries()) {
    if (provider === undefined) continue;
    const field = `features.${at}.provider`;
    if (feature === 'sso' && requirement !== 'off') {
      return requireProvider(deps, environment, provider, field);
    }
    const message = `${field} is for sso, where it is not off`;
    throw new InvalidInput([{ field, code: 'invalid_format', message }]);
  }
  return undefined;
}

/** The answer of the transaction, and the one after the workflow has spoken. An act that waits turns 200 into 202. */
function afterDelivery(
  deps: ApiDeps,
  { onboarding: row, queued }: { onboarding: OnboardingRow; queued: readonly QueuedCommand[] },
  answerWith: (view: OnboardingView) => Answer,
): Answer {
  const answer = (status: 'applied' | 'queued', view: OnboardingView): Answer => {
    const given = answerWith(view);
    return given.status === 200 && status === 'queued' ? { ...given, status: 202 } : given;
  };
  return {
    ...answer('queued', row.view),
    afterCommit: async () => {
      const { status, view } = await settle(deps, row.view, queued);
      return answer(status, view);
    },
  };
}

const objectOf = (row: OnboardingRow, view: OnboardingView = row.view) => onboardingObject(row, view);

function entryObject({ number, at, kind, step, actorType, actorId, facts }: TimelineEntryRow) {
  return {
    object: 'timeline_entry' as const,
    number,
    at: at.toISOString(),
    kind,
    step,
    actor: { type: actorType, id: actorId },
    facts,
  };
}
