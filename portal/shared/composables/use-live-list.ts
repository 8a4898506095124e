import { readonly, ref, shallowReadonly, shallowRef, watch } from 'vue';
import { useApi, type ApiClient, type ApiProblem } from '../api-client.ts';
import { useLiveUpdates } from '../live-updates.ts';
import { keepPages, pagesKept } from './pages-kept.ts';
import { asProblem, useRequest } from './use-request.ts';

export type ListSettings<Answer, Row> = {
  /** Path and filters, without `after`; a change of it starts the list anew. */
  path: () => string;
  rowsOf: (answer: Answer) => Row[];
  /** Kinds of hints that may change a row. */
  kinds: string[];
  /** Whether new rows are shown at once. */
  follows?: () => boolean;
  api?: ApiClient;
};

/** A list that is followed for hours is not to grow for hours: what is older is asked for again by *More*. */
const mostFollowed = 300;

/**
 * A list page by page. News changes rows where they stand; rows that are new wait behind "4 new", so that nothing
 * moves under the pointer, unless whoever looks follows the list. Whoever comes back to it finds as many pages as before.
 */
export function useLiveList<Answer extends { next: string | null }, Row extends { id: string }>({
  path,
  rowsOf,
  kinds,
  follows = () => false,
  api = useApi(),
}: ListSettings<Answer, Row>) {
  const rows = shallowRef<Row[]>([]);
  const waiting = ref(0);
  const next = ref<string | null>(null);
  const isLoadingMore = ref(false);
  const moreProblem = shallowRef<ApiProblem>();
  let isAnew = true;
  /** Nobody has seen anything of it yet, or of what is sought now. */
  let isOpened = true;
  let pages = 1;
  let mostRows = mostFollowed;

  const request = useRequest((signal) => api.get<Answer>(path(), { signal }), { watch: path });
  useLiveUpdates(request.refresh, ...kinds);

  watch(
    request.data,
    (answer) => {
      if (answer === undefined) isAnew = isOpened = true;
      else take(answer);
      if (answer === undefined || !isOpened) return;
      isOpened = false;
      void showPagesAgain();
    },
    { flush: 'sync' },
  );

  function take(answer: Answer): void {
    const first = rowsOf(answer);
    if (isAnew || rows.value.length === 0) {
      isAnew = false;
      pages = 1;
      mostRows = mostFollowed;
      rows.value = first;
      next.value = answer.next;
      waiting.value = 0;
      return;
    }
    const byId = new Map(first.map((row) => [row.id, row]));
    const isWhole = answer.next === null;
    const known = new Set(rows.value.map(({ id }) => id));
    const fresh = first.filter(({ id }) => !known.has(id));
    // More came than a page holds: what lies between is on the pages after it.
    if (follows() && fresh.length === first.length) return showWaiting();
    const kept = rows.value
      .filter(({ id }) => !isWhole || byId.has(id))
      .map((row) => byId.get(row.id) ?? row);
    rows.value = follows() ? [...fresh, ...kept] : kept;
    waiting.value = follows() ? 0 : fresh.length;
    if (follows() && fresh.length > 0) letOldestGo();
  }

  /** A row's id is the cursor behind it. */
  function letOldestGo(): void {
    const last = rows.value[mostRows - 1];
    if (last === undefined || rows.value.length === mostRows) return;
    rows.value = rows.value.slice(0, mostRows);
    next.value = last.id;
  }

  async function showPagesAgain(): Promise<void> {
    const asked = path();
    for (let missing = pagesKept(asked) - 1; missing > 0; missing -= 1) {
      await more();
      if (moreProblem.value !== undefined || asked !== path()) return;
    }
  }

  function showWaiting(): void {
    isAnew = true;
    keepPages(path(), 1);
    if (request.data.value !== undefined) take(request.data.value);
  }

  async function more(): Promise<void> {
    if (next.value === null || isLoadingMore.value) return;
    isLoadingMore.value = true;
    moreProblem.value = undefined;
    const asked = path();
    try {
      const after = encodeURIComponent(next.value);
      const answer = await api.get<Answer>(`${asked}${asked.includes('?') ? '&' : '?'}after=${after}`);
      if (asked !== path()) return;
      const known = new Set(rows.value.map(({ id }) => id));
      rows.value = [...rows.value, ...rowsOf(answer).filter(({ id }) => !known.has(id))];
      next.value = answer.next;
      pages += 1;
      mostRows = Math.max(mostRows, rows.value.length);
      keepPages(asked, pages);
    } catch (error) {
      moreProblem.value = asProblem(error);
    } finally {
      isLoadingMore.value = false;
    }
  }

  /** After an act of one's own: what it made is shown at once. */
  async function restart(): Promise<void> {
    isAnew = true;
    keepPages(path(), 1);
    await request.refresh();
  }

  return {
    request,
    rows: shallowReadonly(rows),
    waiting: readonly(waiting),
    next: readonly(next),
    isLoadingMore: readonly(isLoadingMore),
    moreProblem: shallowReadonly(moreProblem),
    showWaiting,
    more,
    restart,
  };
}

/** `?name=value` of the filters that are set. */
export function queryOf(filters: Record<string, string>): string {
  const set = Object.entries(filters).filter(([, value]) => value !== '');
  return set.length === 0 ? '' : `?${new URLSearchParams(set).toString()}`;
}
