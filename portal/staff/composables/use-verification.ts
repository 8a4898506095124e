import { onScopeDispose, readonly, ref, shallowReadonly, shallowRef } from 'vue';
import { useApi, type ApiProblem } from '../../shared/api-client.ts';
import { asProblem } from '../../shared/composables/use-request.ts';
import type { Verification } from '../answers.ts';

type Verdict = Exclude<Verification, { state: 'running' }>;

/** Verifies the audit log part by part until there is a verdict, it is stopped, or the page is left. */
export function useVerification() {
  const api = useApi();
  const verdict = shallowRef<Verdict>();
  const progress = shallowRef<{ rows: number; total: number }>();
  const problem = shallowRef<ApiProblem>();
  const isRunning = ref(false);
  let current = new AbortController();

  async function run(): Promise<void> {
    current.abort();
    const mine = (current = new AbortController());
    [verdict.value, progress.value, problem.value] = [undefined, undefined, undefined];
    isRunning.value = true;
    try {
      let goOn: string | undefined;
      do {
        const body = goOn === undefined ? {} : { goOn };
        const told = await api.post<Verification>('/audit-log/verify', body, { signal: mine.signal });
        if (mine.signal.aborted) return;
        goOn = told.state === 'running' ? told.goOn : undefined;
        if (told.state === 'running') progress.value = told;
        else verdict.value = told;
      } while (goOn !== undefined);
    } catch (error) {
      if (!mine.signal.aborted) problem.value = asProblem(error);
    } finally {
      if (current === mine) isRunning.value = false;
    }
  }

  function stop(): void {
    current.abort();
    isRunning.value = false;
  }
  onScopeDispose(stop);

  return {
    run,
    stop,
    isRunning: readonly(isRunning),
    /** Of the parts so far; undefined before the first one. */
    progress: shallowReadonly(progress),
    verdict: shallowReadonly(verdict),
    problem: shallowReadonly(problem),
  };
}
