import { toValue, type MaybeRefOrGetter } from 'vue';
import type { OfferedFeature, StepName } from '../../../onboarding/steps.ts';
import type { StepView } from '../../../onboarding/view.ts';
import { useText } from '../../shared/i18n.ts';
import type { RailStep } from '../../shared/steps.ts';
import { featureOf, useJourney } from '../journey.ts';
import { pathOfStep } from '../step-paths.ts';
import { useStepsBeside } from '../steps-beside.ts';

/** The steps of one feature in the rail, each leading to its page; a blocked one says by what. */
export function useFeatureRail(
  feature: MaybeRefOrGetter<OfferedFeature>,
  current: () => StepName | undefined,
  /** Instead of the journey's, for what stands beside it. */
  own: () => readonly StepView[] | undefined = () => undefined,
  pageOf: (step: StepName) => string = pathOfStep,
): void {
  const { t } = useText();
  const { view } = useJourney();

  useStepsBeside(() => {
    const known = own() ?? featureOf(view.value, toValue(feature))?.steps;
    if (known === undefined) return undefined;
    const steps = known.map(({ step, state, cause }): RailStep => {
      const isBlocked = state === 'blocked';
      return {
        id: step,
        label: t(`steps.${step}.name`),
        state,
        ...(isBlocked ? {} : { to: pageOf(step) }),
        ...(isBlocked && cause !== undefined && !known.some((other) => other.step === cause)
          ? { reason: t('steps.blockedBy', { step: t(`steps.${cause}.name`) }) }
          : {}),
      };
    });
    return { title: t(`features.${toValue(feature)}`), steps, currentId: current() };
  });
}
