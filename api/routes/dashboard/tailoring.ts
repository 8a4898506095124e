import {
  getOnboarding,
  insertAudit,
  insertLink,
  lockOnboarding,
  lockShownOnboarding,
  noteStep,
  type OnboardingRow,
  type Tx,
} from '../../../db/index.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { canStaffDo } from '../../../onboarding/modes.ts';
import { stepNames, type StepName } from '../../../onboarding/steps.ts';
import { acting, audited } from '../../acting.ts';
import { created, ok } from '../../answers.ts';
import {
  handBackBody,
  lookAlongLink,
  providerChoices,
  tailorBody,
} from '../../contract/dashboard-tailoring.ts';
import { stepResult } from '../../contract/shared.ts';
import { sendCommand } from '../../journey.ts';
import { linkUrl, mintPortalLink } from '../../links.ts';
import { providersToChoose } from '../../provider-choice.ts';
import { route } from '../../route.ts';
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
      const step = stepOf(params.step);
      const onboarding = await lockRunning(tx, caller.environment.id, params.id);
      if (!canStaffDo(step)) throw new OnboardingError('step_held', { step, holder: 'customer' });
      await noteStep(tx, onboarding, step, null);
      const act = { kind: 'take_over_step' as const, step };
      const queued = await sendCommand(tx, onboarding, act, acting(caller, request));
      return settledAnswer(deps, { onboarding, queued });
    }),
});

const handBack = route({
  method: 'POST',
  path: '/dashboard/api/onboardings/:id/steps/:step/hand-back',
  who: 'staff',
  role: 'support',
  summary: 'Hands one step that staff hold to the customer, with a note that they read',
  body: handBackBody,
  answers: { 200: stepResult, 202: stepResult },
  handler: ({ deps, caller, params, body, commit, request }) =>
    commit(async (tx) => {
      const step = stepOf(params.step);
      const onboarding = await lockRunning(tx, caller.environment.id, params.id);
      const { holder } =
        onboarding.view.features.flatMap(({ steps }) => steps).find((one) => one.step === step) ?? {};
      if (holder === 'customer') throw new OnboardingError('step_held', { step, holder });
      await noteStep(tx, onboarding, step, body.note);
      const act = { kind: 'hand_back_step' as const, step };
      const queued = await sendCommand(tx, onboarding, act, acting(caller, request));
      return settledAnswer(deps, { onboarding, queued });
    }),
});

function stepOf(asked: string): StepName {
  const step = stepNames.find((known) => known === asked);
  if (step === undefined) throw new OnboardingError('not_found', { kind: 'step' });
  return step;
}

async function lockRunning(tx: Tx, environmentId: string, onboardingId: string): Promise<OnboardingRow> {
  const onboarding = await lockShownOnboarding(tx, { environmentId }, onboardingId);
  if (!onboarding.isOpen) throw new OnboardingError('onboarding_ended');
  return onboarding;
}

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
        ...{ id, digest, tokenSealed, kind: 'portal', delivery: 'redirect' },
        ...{ environmentId: environment.id, organizationId: onboarding.organizationId },
        onboardingId: onboarding.id,
        features: onboarding.view.features.map(({ feature }) => feature),
        ...{ intent: null, step: null, providerHint: null, domainHint: null, contactId: null, note: null },
        ...{ returnUrl: null, successUrl: null },
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

export const tailoringRoutes = [tailor, takeOver, handBack, lookAlong, providers];
