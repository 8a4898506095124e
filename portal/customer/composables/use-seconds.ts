import { onScopeDispose, readonly, ref } from 'vue';

/** The current moment, renewed every second: for countdowns that people watch. */
export function useSeconds() {
  const now = ref(new Date());
  const timer = setInterval(() => (now.value = new Date()), 1000);
  onScopeDispose(() => clearInterval(timer));
  return readonly(now);
}
