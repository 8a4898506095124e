/** Where the onboarding stands, as last heard from any page: the rail and the ledger draw it. */
import { shallowReadonly, shallowRef } from 'vue';
import type { OnboardingView, FeatureView, StepView } from '../../onboarding/view.ts';
import type { OfferedFeature, StepName } from '../../onboarding/steps.ts';

const known = shallowRef<OnboardingView | null>(null);

export function useJourney() {
  return {
    view: shallowReadonly(known),
    /** Takes the newer of two views: answers may arrive out of order. */
    note: (view: OnboardingView | null) => {
      if (view && (!known.value || isNewer(view, known.value))) known.value = view;
    },
  };
}

/** A run that begins after the last has ended counts its revisions anew; its steps are younger than all of that one's. */
function isNewer(view: OnboardingView, than: OnboardingView): boolean {
  return view.revision >= than.revision || lastMoveOf(view) > lastMoveOf(than);
}

const lastMoveOf = ({ features }: OnboardingView): string =>
  features
    .flatMap(({ steps }) => steps.map(({ since }) => since))
    .toSorted()
    .at(-1) ?? '';

/** Tests begin with a journey nobody has told of yet. */
export function forgetJourney(): void {
  known.value = null;
}

export function featureOf(view: OnboardingView | null, feature: OfferedFeature): FeatureView | undefined {
  return view?.features.find((one) => one.feature === feature);
}

export function stepOf(view: OnboardingView | null, step: StepName): StepView | undefined {
  return view?.features.flatMap(({ steps }) => steps).find((one) => one.step === step);
}
