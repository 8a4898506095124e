import { shallowReadonly, shallowRef } from 'vue';

/** News that is not about this page's main act: undo, a job that is ready, a copy from a menu. */
export type Toast = { text: string; act?: { label: string; run: () => void } };

const shown = shallowRef<Toast>();

/** One at a time; a newer one takes the place of the last. */
export function useToasts() {
  return {
    shown: shallowReadonly(shown),
    toast: (news: Toast) => (shown.value = news),
    dismiss: () => (shown.value = undefined),
  };
}
