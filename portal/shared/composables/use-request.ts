import { onScopeDispose, readonly, shallowReadonly, ref, shallowRef, watch, type WatchSource } from 'vue';
import { ApiProblem } from '../api-client.ts';

type RequestSettings = {
  /** Ask again when one of these changes, for example a route parameter. */
  watch?: WatchSource | WatchSource[];
};

/**
 * Asks for what a page shows, at once and on `refresh()`. The last good answer stays while a newer one is on its way
 * or has failed. Each ask cancels the one before, so a late answer never overwrites a newer one; leaving cancels.
 */
export function useRequest<Answer>(
  load: (signal: AbortSignal) => Promise<Answer>,
  settings: RequestSettings = {},
) {
  const data = shallowRef<Answer>();
  const problem = shallowRef<ApiProblem>();
  const isLoading = ref(false);
  const updatedAt = shallowRef<Date>();
  let current = new AbortController();

  async function refresh(): Promise<void> {
    current.abort();
    const mine = (current = new AbortController());
    isLoading.value = true;
    try {
      const answer = await load(mine.signal);
      if (mine.signal.aborted) return;
      data.value = answer;
      problem.value = undefined;
      updatedAt.value = new Date();
    } catch (error) {
      if (mine.signal.aborted) return;
      problem.value = asProblem(error);
    } finally {
      if (current === mine) isLoading.value = false;
    }
  }

  if (settings.watch !== undefined) {
    watch(settings.watch, () => {
      data.value = undefined;
      void refresh();
    });
  }
  onScopeDispose(() => current.abort());
  void refresh();

  return {
    data,
    problem: shallowReadonly(problem),
    isLoading: readonly(isLoading),
    updatedAt: shallowReadonly(updatedAt),
    refresh,
  };
}

/** What failed on our side of the wire counts as ours, too. */
export function asProblem(error: unknown): ApiProblem {
  return error instanceof ApiProblem ? error : new ApiProblem({ code: 'unexpected', cause: error });
}
