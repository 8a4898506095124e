import { shallowReadonly, shallowRef } from 'vue';

type SavedMark = { state: 'nothing' | 'saving' | 'failed' } | { state: 'saved'; at: Date };

/** One mark a page: the footer shows what the last save on it came to. */
const mark = shallowRef<SavedMark>({ state: 'nothing' });

export function useSavedMark() {
  return {
    mark: shallowReadonly(mark),
    saving: () => (mark.value = { state: 'saving' }),
    failed: () => (mark.value = { state: 'failed' }),
    saved: () => (mark.value = { state: 'saved', at: new Date() }),
  };
}
