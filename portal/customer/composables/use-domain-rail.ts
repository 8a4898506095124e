import type { StepName } from '../../../onboarding/steps.ts';
import type { Home } from '../../../api/contract/setup.ts';
import { useApi } from '../../shared/api-client.ts';
import { useJourney } from '../journey.ts';
import { useFeatureRail } from './use-feature-rail.ts';

/** The rail of the domain pages. Their answers hold no journey, so it is asked for once when nobody has told it yet. */
export function useDomainRail(current: () => StepName): void {
  const api = useApi();
  const journey = useJourney();
  useFeatureRail('domain_verification', current);
  if (journey.view.value !== null) return;
  // A page without its rail still works, so a refusal here says nothing.
  api.get<Home>('/home').then(
    ({ view }) => journey.note(view),
    () => undefined,
  );
}
