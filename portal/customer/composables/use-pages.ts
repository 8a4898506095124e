import { ref, shallowRef, watch } from 'vue';
import { useAct } from '../../shared/composables/use-act.ts';
import { useRequest } from '../../shared/composables/use-request.ts';
import { whenRested } from '../../shared/composables/when-rested.ts';

/**
 * A list that is searched while typing and goes on page by page: the first page is asked anew when the search changes or
 * `refresh` is called, *more* adds the next one.
 */
export function usePages<Row, Answer extends { after: string | null }>(
  load: (asked: { search: string; after: string | null }, signal?: AbortSignal) => Promise<Answer>,
  rowsOf: (answer: Answer) => readonly Row[],
) {
  const typed = ref('');
  const search = ref('');
  whenRested(typed, (text) => (search.value = text));

  const request = useRequest((signal) => load({ search: search.value, after: null }, signal));
  watch(search, () => void request.refresh());
  const rows = shallowRef<readonly Row[]>([]);
  const after = shallowRef<string | null>(null);
  watch(request.data, (answer) => {
    if (answer === undefined) return;
    rows.value = rowsOf(answer);
    after.value = answer.after;
  });
  const more = useAct(
    (cursor: string) => load({ search: search.value, after: cursor }),
    (answer) => {
      rows.value = [...rows.value, ...rowsOf(answer)];
      after.value = answer.after;
    },
  );
  return { ...request, typed, search, rows, after, more };
}
