import { z } from 'zod';
import {
  boardViews,
  countBoard,
  countStages,
  findOpenOnboarding,
  getOrganization,
  listBoard,
  listTimeline,
  lockShownOnboarding,
  lockOrganization,
  type BoardRow,
} from '../../../db/index.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { acting } from '../../acting.ts';
import { ok } from '../../answers.ts';
import {
  freshLinkBody,
  invitationResult,
  onboardingList,
  type OnboardingList,
} from '../../contract/dashboard.ts';
import { stepResult } from '../../contract/shared.ts';
import { cancelOnboarding, extendMainLink, issueFreshLink, sendCommand } from '../../journey.ts';
import { route } from '../../route.ts';
import { issuedLink } from './invitations.ts';
import { undoableUntil } from './onboarding-facts.ts';
import { pageQuery } from './page-query.ts';
import { settledAnswer } from './settled.ts';
import { providerNameOf } from '../../../onboarding/providers/sign-in/index.ts';

/** S5: all onboardings by whose turn it is, and what staff do about one. */

const list = route({
  method: 'GET',
  path: '/dashboard/api/onboardings',
  who: 'staff',
  role: 'viewer',
  summary: 'Onboardings of a view, our turn first, then the longest wait',
  query: pageQuery.extend({ view: z.enum(boardViews).default('all') }),
  answers: { 200: onboardingList },
  handler: ({ caller, query, read, request }) =>
    read(async (tx) => {
      const tenant = { environmentId: caller.environment.id };
      const { now } = request;
      const { view, limit = 50, after } = query;
      const page = await listBoard(tx, tenant, view, {
        limit,
        now,
        ...(after === undefined ? {} : { after }),
      });
      const body: OnboardingList = {
        onboardings: page.rows.map((row) => rowOf(row)),
        counts: await countBoard(tx, tenant, now),
        stages: await countStages(tx, tenant, now),
        next: page.after,
      };
      return ok(body);
    }),
});

const remind = route({
  method: 'POST',
  path: '/dashboard/api/onboardings/:id/remind',
  who: 'staff',
  role: 'support',
  summary:
    'Reminds the contact now, at most once in ten minutes; the page asks before a second one within a day',
  answers: { 200: stepResult, 202: stepResult },
  handler: ({ deps, caller, params, commit, request }) =>
    commit(async (tx) => {
      const onboarding = await lockShownOnboarding(tx, { environmentId: caller.environment.id }, params.id);
      const recent = await listTimeline(tx, onboarding, onboarding.id, { limit: 20 });
      const since = new Date(request.now.getTime() - remindPauseMs);
      if (recent.some(({ kind, at }) => kind === 'reminder_due' && at > since)) {
        throw new OnboardingError('reminded_recently');
      }
      const queued = await sendCommand(tx, onboarding, { kind: 'remind' }, acting(caller, request));
      return settledAnswer(deps, { onboarding, queued });
    }),
});

const freshLink = route({
  method: 'POST',
  path: '/dashboard/api/onboardings/:id/fresh-link',
  who: 'staff',
  role: 'support',
  summary: 'Replaces the main link; a copied one is told once',
  body: freshLinkBody,
  answers: { 200: invitationResult, 202: invitationResult },
  handler: ({ deps, caller, params, body, commit, request }) =>
    commit(async (tx) => {
      const { environment } = caller;
      const tenant = { environmentId: environment.id };
      const onboarding = await lockShownOnboarding(tx, tenant, params.id);
      const { name } = await getOrganization(tx, tenant, onboarding.organizationId);
      const order = { environment, onboarding, delivery: body.delivery };
      const issued = await issueFreshLink(tx, deps, order, acting(caller, request));
      const names = { productName: environment.productName, organizationName: name };
      return settledAnswer(deps, issued, await issuedLink(tx, { ...issued, ...names }));
    }),
});

const extend = route({
  method: 'POST',
  path: '/dashboard/api/onboardings/:id/extend',
  who: 'staff',
  role: 'support',
  summary: 'Has the main link work longer, for the days that a new one would; nothing is replaced',
  answers: { 200: stepResult, 202: stepResult },
  handler: ({ deps, caller, params, commit, request }) =>
    commit(async (tx) => {
      const { environment } = caller;
      const onboarding = await lockShownOnboarding(tx, { environmentId: environment.id }, params.id);
      const queued = await extendMainLink(tx, { environment, onboarding }, acting(caller, request));
      return settledAnswer(deps, { onboarding, queued });
    }),
});

const cancel = route({
  method: 'POST',
  path: '/dashboard/api/onboardings/:id/cancel',
  who: 'staff',
  role: 'support',
  summary: 'Cancels an onboarding: its link closes, mails stop, nothing is deleted',
  answers: { 200: stepResult, 202: stepResult },
  handler: ({ deps, caller, params, commit, request }) =>
    commit(async (tx) => {
      const onboarding = await lockShownOnboarding(tx, { environmentId: caller.environment.id }, params.id);
      const queued = await cancelOnboarding(tx, onboarding, acting(caller, request));
      return settledAnswer(deps, { onboarding, queued });
    }),
});

const undoCancel = route({
  method: 'POST',
  path: '/dashboard/api/onboardings/:id/undo-cancel',
  who: 'staff',
  role: 'support',
  summary: 'Takes cancelling back, for 7 days and while no other onboarding is open',
  answers: { 200: stepResult, 202: stepResult },
  handler: ({ deps, caller, params, commit, request }) =>
    commit(async (tx) => {
      const tenant = { environmentId: caller.environment.id };
      const onboarding = await lockShownOnboarding(tx, tenant, params.id);
      // Whoever starts another one waits here for us, or we for them.
      await lockOrganization(tx, tenant, onboarding.organizationId);
      const until = undoableUntil(onboarding, await listTimeline(tx, tenant, onboarding.id, { limit: 50 }));
      if (until === null || until <= request.now) throw new OnboardingError('onboarding_ended');
      const open = await findOpenOnboarding(tx, tenant, onboarding.organizationId);
      if (open !== undefined && open.id !== onboarding.id) throw new OnboardingError('onboarding_open');
      const queued = await sendCommand(tx, onboarding, { kind: 'undo_cancel' }, acting(caller, request));
      return settledAnswer(deps, { onboarding, queued });
    }),
});

export const onboardingRoutes = [list, remind, freshLink, extend, cancel, undoCancel];

const remindPauseMs = 10 * 60_000;

function rowOf(row: BoardRow): OnboardingList['onboardings'][number] {
  return {
    id: row.id,
    organizationId: row.organizationId,
    organizationName: row.organizationName,
    number: row.number,
    state: row.state,
    stage: row.stage,
    needsRepair: row.isOpen && row.view.features.some(({ state }) => state === 'repair'),
    waitingFor: row.waitingFor,
    waitingSince: row.waitingSince?.toISOString() ?? null,
    stalledSince: row.stalledSince?.toISOString() ?? null,
    providerName: providerNameOf(row.providerId),
    lastActAt: row.lastActAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    stepsDone: row.stepsDone,
    stepsTotal: row.stepsTotal,
  };
}
