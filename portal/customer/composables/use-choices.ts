import { computed, ref, shallowRef, watch } from 'vue';
import { useRequest } from '../../shared/composables/use-request.ts';
import { whenRested } from '../../shared/composables/when-rested.ts';

/** What can be chosen: in one way, or in several that are asked about first. */
interface Choice {
  id: string;
  name: string;
  ways: readonly { id: string; label: string; gain: string }[];
}

/** Metadata pasted here finds nobody, as no name is so long; it is not to be refused. Half a character ends no address. */
const searchFrom = (text: string): string => text.slice(0, 100).replace(/[\uD800-\uDBFF]$/, '');

/**
 * A list to choose from, found by what is typed into `query`. `load` asks for the rows of one search, '' for all of
 * them; `choose` is told of a choice with one way at once and of the way that was taken in `asking` later.
 */
export function useChoices<Row extends Choice, Answer>(
  load: (search: string, signal: AbortSignal) => Promise<Answer>,
  rowsOf: (answer: Answer) => Row[],
  choose: (id: string) => unknown,
) {
  const query = ref('');
  const asked = ref('');
  whenRested(query, (text) => (asked.value = searchFrom(text)));
  const request = useRequest((signal) => load(asked.value, signal), { watch: asked });
  const known = shallowRef<Answer>();
  const all = shallowRef<Row[]>([]);
  watch(request.data, (answer) => {
    if (answer === undefined) return;
    known.value = answer;
    if (asked.value === '') all.value = rowsOf(answer);
  });

  const asking = shallowRef<Row>();
  const isAsking = ref(false);
  function take(id: string): unknown {
    const row = all.value.find((one) => one.id === id);
    if (row === undefined || row.ways.length === 0) return choose(id);
    asking.value = row;
    return (isAsking.value = true);
  }

  return {
    query,
    /** The search that the rows answer to, or soon will. */
    asked,
    /** For LoadedPart: the list on the page stays until the next one is here. */
    request: { ...request, data: known },
    known,
    rows: computed(() => (known.value === undefined ? [] : rowsOf(known.value))),
    isNone: computed(
      () => known.value !== undefined && rowsOf(known.value).length === 0 && !request.isLoading.value,
    ),
    /** Everybody, from the list without a search. */
    all,
    /** The row whose ways are asked about. */
    asking,
    isAsking,
    take,
  };
}
