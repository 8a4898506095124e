import { onScopeDispose, watch } from 'vue';
import type { useRequest } from '../../shared/composables/use-request.ts';

type Watched<Answer> = Pick<ReturnType<typeof useRequest<Answer>>, 'data' | 'problem' | 'refresh'>;

/** Asks again a second after each answer, as long as the last good one says that something is going on. */
export function useWatching<Answer>(
  { data, problem, refresh }: Watched<Answer>,
  isGoingOn: (answer: Answer) => boolean,
): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  watch([data, problem], () => {
    clearTimeout(timer);
    if (data.value !== undefined && isGoingOn(data.value)) timer = setTimeout(() => void refresh(), 1_000);
  });
  onScopeDispose(() => clearTimeout(timer));
}
