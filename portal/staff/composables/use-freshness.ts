import { onScopeDispose, shallowRef, type Ref } from 'vue';

/** When the page in view was last told the truth; the top bar says so. */
const shown = shallowRef<Readonly<Ref<Date | undefined>>>();

export function useFreshness(updatedAt: Readonly<Ref<Date | undefined>>): void {
  shown.value = updatedAt;
  onScopeDispose(() => {
    if (shown.value === updatedAt) shown.value = undefined;
  });
}

export function useShownFreshness() {
  return shown;
}
