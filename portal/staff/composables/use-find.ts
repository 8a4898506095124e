import { computed, onScopeDispose, readonly, ref, shallowReadonly, shallowRef, watch } from 'vue';
import { useApi, type ApiProblem } from '../../shared/api-client.ts';
import { asProblem } from '../../shared/composables/use-request.ts';
import type { SearchAnswer } from '../answers.ts';
import { groupsOf, type FoundGroup } from '../search-results.ts';

const afterTypingMs = 200;

/** Asks for what is typed, 200 ms after the last key; a late answer never takes the place of a newer one. */
export function useFind() {
  const api = useApi();
  const typed = ref('');
  const groups = shallowRef<FoundGroup[]>();
  const problem = shallowRef<ApiProblem>();
  const asked = computed(() => typed.value.trim());
  let current = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function ask(): Promise<void> {
    clearTimeout(timer);
    current.abort();
    const mine = (current = new AbortController());
    problem.value = undefined;
    if (asked.value === '') {
      groups.value = undefined;
      return;
    }
    try {
      const path = `/search?q=${encodeURIComponent(asked.value.slice(0, 300))}`;
      const { found } = await api.get<SearchAnswer>(path, { signal: mine.signal });
      if (!mine.signal.aborted) groups.value = groupsOf(found);
    } catch (error) {
      if (!mine.signal.aborted) problem.value = asProblem(error);
    }
  }

  watch(asked, () => {
    current.abort();
    groups.value = undefined;
    problem.value = undefined;
    clearTimeout(timer);
    timer = setTimeout(() => void ask(), asked.value === '' ? 0 : afterTypingMs);
  });
  onScopeDispose(() => {
    clearTimeout(timer);
    current.abort();
  });

  return {
    typed,
    asked,
    /** Undefined until there is an answer to what is typed. */
    groups: shallowReadonly(groups),
    problem: shallowReadonly(problem),
    isWaiting: readonly(
      computed(() => asked.value !== '' && groups.value === undefined && problem.value === undefined),
    ),
    ask,
  };
}
