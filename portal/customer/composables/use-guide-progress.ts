import { shallowReadonly, shallowRef, watch } from 'vue';
import type { GuideProgress } from '../../../api/contract/shared.ts';
import { useApi } from '../../shared/api-client.ts';
import { useSavedMark } from '../../shared/composables/use-saved-mark.ts';

/**
 * How far this person is in a guide: shown at once, kept at `path` for the next visit. `take` is told of each answer of
 * the server; another path starts anew.
 */
export function useGuideProgress(path: () => string) {
  const api = useApi();
  const saved = useSavedMark();
  const progress = shallowRef<GuideProgress>();
  watch(path, () => (progress.value = undefined));

  /** Ticks of this visit may be on their way still: what the server has not heard of is kept. */
  function take(kept: GuideProgress): void {
    progress.value = { ...kept, copied: { ...kept.copied, ...progress.value?.copied } };
  }

  /** Losing a tick is no reason to stop anybody, so a failure only shows in the footer. */
  async function keep(change: Partial<GuideProgress>): Promise<void> {
    if (progress.value === undefined) return;
    progress.value = { ...progress.value, ...change };
    saved.saving();
    try {
      await api.put(path(), change);
      saved.saved();
    } catch {
      saved.failed();
    }
  }

  return {
    progress: shallowReadonly(progress),
    take,
    keep,
    noteCopied: (key: string) =>
      keep({ copied: { ...progress.value?.copied, [key]: new Date().toISOString() } }),
  };
}
