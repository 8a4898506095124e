import { onScopeDispose, readonly, ref } from 'vue';
import { currentTime } from '../../shared/clock.ts';

/** The current moment, renewed every second: for countdowns that people watch. */
export function useSeconds() {
  const now = ref(currentTime());
  const timer = setInterval(() => (now.value = currentTime()), 1000);
  onScopeDispose(() => clearInterval(timer));
  return readonly(now);
}
