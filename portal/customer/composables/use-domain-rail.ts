import type { StepName } from '../../../onboarding/steps.ts';
import type { Home } from '../../../api/contract/setup.ts';
import { useApi } from '../../shared/api-client.ts';
import { useLiveUpdates } from '../../shared/live-updates.ts';
import { useJourney } from '../journey.ts';
import { useFeatureRail } from './use-feature-rail.ts';

/**
 * The rail of the domain pages. Their answers hold no journey, so it is asked for when nobody has told it yet, and again
 * on news of it: what DNS has proved moves the steps without an act on the page.
 */
export function useDomainRail(current: () => StepName): void {
  const api = useApi();
  const journey = useJourney();
  useFeatureRail('domain_verification', current);
  if (journey.view.value === null) ask();
  useLiveUpdates(ask, 'onboarding');

  // A page without its rail still works, so a refusal here says nothing.
  function ask(): void {
    api.get<Home>('/home').then(
      ({ view }) => journey.note(view),
      () => undefined,
    );
  }
}
