import { shallowRef, watch } from 'vue';

/** Before so much time has gone by, what was sent says little of how fast it goes. */
const leastMs = 3_000;

/**
 * How long what is left will take at the pace seen since the page looks: undefined until there is one. What a sender may do
 * at most is no forecast, because the other side decides.
 */
export function usePace(left: () => number) {
  const remainingMs = shallowRef<number>();
  let first: { left: number; at: number } | undefined;
  watch(
    left,
    (now) => {
      const at = Date.now();
      // It began, or more came than went: from here it is measured anew.
      if (first === undefined || now === 0 || now > first.left) {
        first = now === 0 ? undefined : { left: now, at };
        remainingMs.value = undefined;
        return;
      }
      const done = first.left - now;
      const took = at - first.at;
      if (done > 0 && took >= leastMs) remainingMs.value = (now / done) * took;
    },
    { immediate: true },
  );
  return remainingMs;
}
