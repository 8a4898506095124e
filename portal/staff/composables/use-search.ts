import { onScopeDispose, ref, watch } from 'vue';
import { useFilter } from '../../shared/composables/use-filter.ts';

/** What is typed into a list's search; it reaches the address, and so the server, 250 ms after the last key. */
export function useSearch() {
  const asked = useFilter('search');
  const typed = ref(asked.value);
  let timer: ReturnType<typeof setTimeout> | undefined;
  watch(typed, (now) => {
    clearTimeout(timer);
    timer = setTimeout(() => (asked.value = now.trim()), 250);
  });
  watch(asked, (now) => {
    if (now !== typed.value.trim()) typed.value = now;
  });
  onScopeDispose(() => clearTimeout(timer));
  return { asked, typed };
}
