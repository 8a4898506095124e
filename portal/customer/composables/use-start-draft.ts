import { useRouter } from 'vue-router';
import type { StepResult } from '../../../api/contract/shared.ts';
import { useApi } from '../../shared/api-client.ts';
import { useAct } from '../../shared/composables/use-act.ts';
import { useJourney } from '../journey.ts';
import { useSso } from '../sso.ts';

/** Starts a draft of what is live and goes to the page on which it is changed. */
export function useStartDraft() {
  const api = useApi();
  const router = useRouter();
  const journey = useJourney();
  const sso = useSso();
  return useAct(
    (_: '/sso/draft' | '/sso/provider', options) => api.post<StepResult>('/sso/draft', {}, options),
    async ({ view }, to) => {
      journey.note(view);
      await sso.refresh();
      await router.push(to);
    },
  );
}
