import { findOpenOnboarding } from '../../../db/index.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { isOffered } from '../../../onboarding/steps.ts';
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

export const featureRoutes = [skip, takeBack];

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
