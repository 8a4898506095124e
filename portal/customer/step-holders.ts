/** Who holds which step, as the person on this page sees it: staff look along, or the customer is here. */
import { computed } from 'vue';
import type { StepName } from '../../onboarding/steps.ts';
import type { OnboardingView, StepView } from '../../onboarding/view.ts';
import { stepOf, useJourney } from './journey.ts';
import { useSetupSession } from './setup-session.ts';

const isToDo = ({ state }: StepView) => state !== 'done' && state !== 'skipped';

/** The steps of a feature that staff hold and have not done. */
export function stepsWithStaff({ steps }: OnboardingView['features'][number]): StepName[] {
  return steps.filter((step) => step.holder === 'staff' && isToDo(step)).map(({ step }) => step);
}

/** The steps that are left to the customer. */
export function stepsWithCustomer({ features }: OnboardingView): StepName[] {
  const steps = features.filter(({ state }) => state !== 'skipped').flatMap((feature) => feature.steps);
  return steps.filter((step) => step.holder !== 'staff' && isToDo(step)).map(({ step }) => step);
}

/** Whether staff hold this step while the customer looks at it. */
export function useHeldByStaff(step: StepName) {
  const { view } = useJourney();
  const { session } = useSetupSession();
  return computed(() => {
    const known = stepOf(view.value, step);
    return session.value?.isStaff !== true && known?.holder === 'staff' && isToDo(known);
  });
}
