import { stepNames, type StepName } from '../../onboarding/steps.ts';
import type { Home } from '../../api/contract/setup.ts';
import type { OnboardingView, StepView } from '../../onboarding/view.ts';
import { featureOf } from './journey.ts';
import { pathOfStep } from './step-paths.ts';

/** The page of the next step; a domain that waits for its record has a page of its own. */
export function pathOfNext(step: StepName, domains: Home['domains']): string {
  const pending = domains.find(({ state }) => state !== 'verified');
  return step === 'verify_domain' && pending !== undefined ? `/domains/${pending.id}` : pathOfStep(step);
}

export function asStep(name: string | undefined): StepName | undefined {
  return stepNames.find((known) => known === name);
}

/** Where somebody who opens a feature should land: its first step that is not done. */
export function firstOpenStep(view: OnboardingView | null, own?: readonly StepView[] | undefined): StepName {
  const steps = own ?? featureOf(view, 'sso')?.steps ?? [];
  return steps.find(({ state }) => state !== 'done')?.step ?? 'choose_provider';
}
