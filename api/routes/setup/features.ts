import { findOpenOnboarding } from '../../../db/index.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { isOffered, stepNames, stepRules } from '../../../onboarding/steps.ts';
import type { Answer } from '../../answers.ts';
import { stepResult } from '../../contract/shared.ts';
import { sendCommand } from '../../journey.ts';
import { route } from '../../route.ts';
import { change, type SetupContext } from './scope.ts';

/** Optional parts can be skipped, and taken back. */

const skip = route({
  method: 'POST',
  path: '/setup/:handle/api/features/:feature/skip',
  who: 'portal_session',
  summary: 'Skips an optional part',
  answers: { 200: stepResult, 202: stepResult },
  handler: (context) => send(context, 'skip_feature', context.params.feature),
});

const takeBack = route({
  method: 'POST',
  path: '/setup/:handle/api/features/:feature/take-back',
  who: 'portal_session',
  summary: 'Takes a skipped part back',
  answers: { 200: stepResult, 202: stepResult },
  handler: (context) => send(context, 'take_back_skip', context.params.feature),
});

const takeStep = route({
  method: 'POST',
  path: '/setup/:handle/api/steps/:step/take-back',
  who: 'portal_session',
  summary: 'Takes a step back from staff',
  answers: { 200: stepResult, 202: stepResult },
  handler: (context) => {
    const step = stepNames.find((known) => known === context.params.step);
    if (step === undefined) throw new OnboardingError('not_found', { kind: 'step' });
    const { feature } = stepRules[step];
    return change(context, feature, async ({ tx, tenant, by }) => {
      if (by.actor.type === 'staff') throw new OnboardingError('forbidden', { reason: 'staff' });
      const onboarding = await findOpenOnboarding(tx, tenant, tenant.organizationId);
      if (onboarding === undefined) throw new OnboardingError('feature_off', { feature });
      return { onboarding, queued: await sendCommand(tx, onboarding, { kind: 'take_back_step', step }, by) };
    });
  },
});

export const featureRoutes = [skip, takeBack, takeStep];

function send(
  context: SetupContext,
  kind: 'skip_feature' | 'take_back_skip',
  feature: string,
): Promise<Answer> {
  if (!isOffered(feature)) throw new OnboardingError('not_found', { kind: 'feature' });
  return change(context, feature, async ({ tx, tenant, by }) => {
    const onboarding = await findOpenOnboarding(tx, tenant, tenant.organizationId);
    if (onboarding === undefined) throw new OnboardingError('feature_off', { feature });
    return { onboarding, queued: await sendCommand(tx, onboarding, { kind, feature }, by) };
  });
}
