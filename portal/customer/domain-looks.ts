/** Looking at DNS while the page is open: at most every ten seconds a domain for all pages together, the server says when. */
import { computed, onScopeDispose, watch } from 'vue';
import type { z } from 'zod';
import type { DomainDetail, domainResult } from '../../api/contract/setup-domains.ts';
import { useApi } from '../shared/api-client.ts';
import { useAct } from '../shared/composables/use-act.ts';
import { useSeconds } from './composables/use-seconds.ts';

type Detail = () => DomainDetail | undefined;

export function useDomainLooks(detail: Detail, refresh: () => Promise<void>, isWanted: () => boolean) {
  const api = useApi();
  const now = useSeconds();
  const pressed = useAct(
    (id: string, options) => api.post<z.infer<typeof domainResult>>(`/domains/${id}/check`, {}, options),
    refresh,
  );
  const byItself = useAct(
    (id: string, options) => api.post<z.infer<typeof domainResult>>(`/domains/${id}/check`, {}, options),
    refresh,
  );

  const secondsUntil = (at: string | null | undefined) =>
    at == null ? 0 : Math.max(0, Math.ceil((Date.parse(at) - now.value.getTime()) / 1000));
  const wait = computed(() => secondsUntil(detail()?.mayCheckAt));

  // The page's own looks are quiet: what they find arrives as an answer, what refuses them is no news.
  const stop = watch(now, () => {
    const found = detail();
    if (found === undefined || document.hidden || !isWanted() || wait.value > 0) return;
    if (!pressed.isRunning.value && byItself.problem.value === undefined) void byItself.run(found.domain.id);
  });
  onScopeDispose(stop);

  return {
    isLooking: computed(() => pressed.isRunning.value || byItself.isRunning.value),
    problem: pressed.problem,
    /** Whole seconds until *Check now* may be pressed again. */
    wait,
    secondsUntil,
    secondsSince: (at: string) => Math.max(0, Math.floor((now.value.getTime() - Date.parse(at)) / 1000)),
    look: () => {
      const id = detail()?.domain.id;
      if (id !== undefined && wait.value === 0) void pressed.run(id);
    },
  };
}
