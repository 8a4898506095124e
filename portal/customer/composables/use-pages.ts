import { computed, ref, shallowRef, watch } from 'vue';
import { useAct } from '../../shared/composables/use-act.ts';
import { useRequest } from '../../shared/composables/use-request.ts';
import { whenRested } from '../../shared/composables/when-rested.ts';

/**
 * A list that is searched while typing and goes on page by page. *More* adds the next one; `refresh` asks for all that are
 * shown anew, so that news takes nothing away from whoever reads far down; a new search, or `restart`, begins at the first.
 */
export function usePages<Row, Answer extends { after: string | null }>(
  load: (asked: { search: string; after: string | null }, signal?: AbortSignal) => Promise<Answer>,
  rowsOf: (answer: Answer) => readonly Row[],
) {
  const typed = ref('');
  const search = ref('');
  whenRested(typed, (text) => (search.value = text));

  let shown = 1;
  const request = useRequest(async (signal) => {
    const first = await load({ search: search.value, after: null }, signal);
    const answers = [first];
    let { after } = first;
    while (after !== null && answers.length < shown) {
      const next = await load({ search: search.value, after }, signal);
      answers.push(next);
      ({ after } = next);
    }
    return { first, answers, after };
  });
  const restart = (): Promise<void> => {
    shown = 1;
    return request.refresh();
  };
  watch(search, () => void restart());
  const rows = shallowRef<readonly Row[]>([]);
  const after = shallowRef<string | null>(null);
  watch(request.data, (answer) => {
    if (answer === undefined) return;
    rows.value = answer.answers.flatMap(rowsOf);
    after.value = answer.after;
  });
  const more = useAct(
    (cursor: string) => load({ search: search.value, after: cursor }),
    (answer) => {
      shown += 1;
      rows.value = [...rows.value, ...rowsOf(answer)];
      after.value = answer.after;
    },
  );
  const data = computed(() => request.data.value?.first);
  return { ...request, data, typed, search, rows, after, more, restart };
}
