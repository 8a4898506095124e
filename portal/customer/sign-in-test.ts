/** One test sign-in from the press of *Start* to its end: opened in a tab of its own, watched from here. */
import { computed, ref, shallowRef } from 'vue';
import { useRoute, useRouter } from 'vue-router';
import type { TestStarted } from '../../api/contract/setup-sign-in-tests.ts';
import type { AttemptDetail, AttemptView } from '../../api/contract/shared.ts';
import { useApi } from '../shared/api-client.ts';
import { useRequest } from '../shared/composables/use-request.ts';
import { useLiveUpdates } from '../shared/live-updates.ts';
import { useAct } from '../shared/composables/use-act.ts';

/** Phones keep one tab: people find their way back by the page at the end of the sign-in. */
const isPhone = () => matchMedia('(pointer: coarse) and (width < 720px)').matches;

export function useSignInTest() {
  const api = useApi();
  const route = useRoute();
  const router = useRouter();
  /** The attempt is in the address, so that a reload finds it again. */
  const attemptId = computed(() => {
    const asked = route.query['attempt'];
    return typeof asked === 'string' && asked !== '' ? asked : undefined;
  });
  /** The address to carry elsewhere, and whether the browser refused to open it here. */
  const address = shallowRef<{ url: string; expiresAt: string; isTabBlocked: boolean }>();
  const startedWay = ref<'open' | 'copy'>();

  const attempt = useRequest(
    async (signal): Promise<AttemptDetail | undefined> =>
      attemptId.value === undefined
        ? undefined
        : api.get<AttemptDetail>(`/sso/attempts/${attemptId.value}`, { signal }),
    { watch: attemptId },
  );
  useLiveUpdates(attempt.refresh, 'attempt');

  let tab: Window | null = null;
  const starting = useAct(
    (_: 'open' | 'copy', options) => api.post<TestStarted>('/sso/tests', {}, options),
    async (started, way) => {
      if (way === 'open' && isPhone()) {
        location.assign(started.url);
        return;
      }
      if (tab !== null) tab.location.replace(started.url);
      address.value =
        way === 'copy' || tab === null
          ? { url: started.url, expiresAt: started.expiresAt, isTabBlocked: way === 'open' }
          : undefined;
      await router.replace({ query: { attempt: started.attemptId } });
    },
  );

  async function start(way: 'open' | 'copy'): Promise<void> {
    // The tab is opened within the press itself; afterwards browsers take it for a pop-up.
    tab = way === 'open' && !isPhone() ? open('about:blank', '_blank') : null;
    if (tab !== null) tab.opener = null;
    startedWay.value = way;
    await starting.run(way);
    if (starting.problem.value !== undefined) tab?.close();
  }

  const stopping = useAct(
    (id: string, options) => api.post<AttemptView>(`/sso/attempts/${id}/stop`, {}, options),
    async () => {
      address.value = undefined;
      await router.replace({ query: {} });
    },
  );

  return { attempt, attemptId, address, start, starting, startedWay, stopping };
}
