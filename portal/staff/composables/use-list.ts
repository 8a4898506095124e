import { useLiveList, type ListSettings } from '../../shared/composables/use-live-list.ts';
import { useFreshness } from './use-freshness.ts';

export { queryOf } from '../../shared/composables/use-live-list.ts';

/** A list of the dashboard; the top bar says how fresh it is. */
export function useList<Answer extends { next: string | null }, Row extends { id: string }>(
  settings: ListSettings<Answer, Row>,
) {
  const list = useLiveList(settings);
  useFreshness(list.request.updatedAt);
  return list;
}
