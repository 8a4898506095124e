/** What both shells know: the boot data, whether the page's session has ended, and whether a command is queued. */
import { inject, readonly, shallowReadonly, ref, shallowRef, type InjectionKey } from 'vue';
import type { ApiProblem } from './api-client.ts';
import type { Boot } from './boot.ts';

export const bootKey: InjectionKey<Boot> = Symbol('boot');

export function useBoot(): Boot {
  const boot = inject(bootKey);
  if (boot === undefined) throw new Error('No boot data was provided to this app.');
  return boot;
}

const comesBack = ['unauthorized', 'session_ended', 'session_differs'];
const endedBy = shallowRef<ApiProblem>();
const isQueued = ref(false);

export function useSessionState() {
  return {
    endedBy: shallowReadonly(endedBy),
    isQueued: readonly(isQueued),
    noteSessionProblem: (problem: ApiProblem) => (endedBy.value = problem),
    /** Who signed in, or opened their link, again in another tab is in again here, too. */
    noteAnswered: () => {
      if (endedBy.value !== undefined && comesBack.includes(endedBy.value.code)) endedBy.value = undefined;
    },
    noteQueued: (queued: boolean) => (isQueued.value = queued),
  };
}
