import { ref, watch } from 'vue';
import { useFilter } from '../../shared/composables/use-filter.ts';
import { whenRested } from '../../shared/composables/when-rested.ts';

/** What is typed into a list's search; it reaches the address, and so the server, 250 ms after the last key. */
export function useSearch() {
  const asked = useFilter('search');
  const typed = ref(asked.value);
  whenRested(typed, (text) => (asked.value = text));
  watch(asked, (now) => {
    if (now !== typed.value.trim()) typed.value = now;
  });
  return { asked, typed };
}
