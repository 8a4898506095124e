import { getOnboarding, insertAudit, insertLink, lockOnboarding } from '../../../db/index.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { acting, audited } from '../../acting.ts';
import { created, ok } from '../../answers.ts';
import {
  handBackBody,
  lookAlongLink,
  providerChoices,
  tailorBody,
} from '../../contract/dashboard-tailoring.ts';
import { stepResult } from '../../contract/shared.ts';
import { linkUrl, mintPortalLink } from '../../links.ts';
import { providersToChoose } from '../../provider-choice.ts';
import { route } from '../../route.ts';
import { handBack, handOver, lockStep } from '../../step-acts.ts';
import { resetStep } from '../../step-resets.ts';
import { tailorOnboarding } from '../../tailoring.ts';
import { settledAnswer } from './settled.ts';

/** What staff change of a running onboarding, and their own way onto the customer's pages. */

const tailor = route({
  method: 'POST',
  path: '/dashboard/api/onboardings/:id/tailor',
  who: 'staff',
  role: 'support',
  summary: 'Changes what an onboarding covers, its order, its mode or its reminders',
  body: tailorBody,
  answers: { 200: stepResult, 202: stepResult },
  handler: ({ deps, caller, params, body, commit, request }) =>
    commit(async (tx) => {
      const onboarding = await lockOnboarding(tx, { environmentId: caller.environment.id }, params.id);
      const queued = await tailorOnboarding(tx, onboarding, body, acting(caller, request));
      return settledAnswer(deps, { onboarding, queued });
    }),
});

const takeOver = route({
  method: 'POST',
  path: '/dashboard/api/onboardings/:id/steps/:step/take-over',
  who: 'staff',
  role: 'support',
  summary: 'Takes one step over from the customer; it returns by itself after four idle hours',
  answers: { 200: stepResult, 202: stepResult },
  handler: ({ deps, caller, params, commit, request }) =>
    commit(async (tx) => {
      const act = await lockStep(tx, caller.environment.id, params);
      const queued = await handOver(tx, act, acting(caller, request));
      return settledAnswer(deps, { ...act, queued });
    }),
});

const giveBack = route({
  method: 'POST',
  path: '/dashboard/api/onboardings/:id/steps/:step/hand-back',
  who: 'staff',
  role: 'support',
  summary: 'Hands one step that staff hold to the customer, with a note that they read',
  body: handBackBody,
  answers: { 200: stepResult, 202: stepResult },
  handler: ({ deps, caller, params, body, commit, request }) =>
    commit(async (tx) => {
      const act = await lockStep(tx, caller.environment.id, params);
      const queued = await handBack(tx, act, body.note, acting(caller, request));
      return settledAnswer(deps, { ...act, queued });
    }),
});

const reset = route({
  method: 'POST',
  path: '/dashboard/api/onboardings/:id/steps/:step/reset',
  who: 'staff',
  role: 'support',
  isGrave: true,
  summary:
    'Has a step and those after it done anew: what sign-in or a directory was set up with is kept for 30 days, domains and a log stream are removed',
  answers: { 200: stepResult, 202: stepResult },
  handler: ({ deps, caller, params, commit, request }) =>
    commit(async (tx) => {
      const { environment } = caller;
      const act = await lockStep(tx, environment.id, params);
      const queued = await resetStep(tx, act, { deps, environment }, acting(caller, request));
      return settledAnswer(deps, { ...act, queued });
    }),
});

/** As long as a browser takes to follow it. */
const lifeMs = 5 * 60_000;

const lookAlong = route({
  method: 'POST',
  path: '/dashboard/api/onboardings/:id/look-along',
  who: 'staff',
  role: 'support',
  summary: 'A way onto the customer’s pages as oneself: to look along, and to do the steps that staff hold',
  answers: { 201: lookAlongLink },
  handler: ({ deps, caller, params, commit, request }) =>
    commit(async (tx) => {
      const { environment, member } = caller;
      const onboarding = await getOnboarding(tx, { environmentId: environment.id }, params.id);
      if (!onboarding.isOpen) throw new OnboardingError('onboarding_ended');
      const { id, token, digest, tokenSealed } = mintPortalLink();
      await insertLink(tx, {
        id,
        digest,
        tokenSealed,
        kind: 'portal',
        delivery: 'redirect',
        environmentId: environment.id,
        organizationId: onboarding.organizationId,
        onboardingId: onboarding.id,
        features: onboarding.view.features.map(({ feature }) => feature),
        intent: null,
        step: null,
        providerHint: null,
        domainHint: null,
        contactId: null,
        externalUserId: null,
        note: null,
        returnUrl: null,
        successUrl: null,
        createdByType: 'staff',
        createdById: member.id,
        createdAt: request.now,
        expiresAt: new Date(request.now.getTime() + lifeMs),
      });
      const target = { type: 'link', id };
      const record = audited(acting(caller, request), onboarding, { action: 'portal_link.created', target });
      await insertAudit(tx, record);
      return { ...created({ link: linkUrl(deps.urls, environment, token) }), holdsSecret: true };
    }),
});

const providers = route({
  method: 'GET',
  path: '/dashboard/api/providers',
  who: 'staff',
  role: 'viewer',
  summary: 'The providers that can be chosen for a customer',
  answers: { 200: providerChoices },
  handler: ({ deps, caller }) => ok({ providers: providersToChoose(deps, caller.environment) }),
});

export const tailoringRoutes = [tailor, takeOver, giveBack, reset, lookAlong, providers];
