import { onScopeDispose, watch, type Ref } from 'vue';

const restMs = 250;

/** Tells what was typed, without blanks around it, 250 ms after the last key: searches need not follow each one. */
export function whenRested(typed: Ref<string>, tell: (text: string) => unknown): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  watch(typed, (now) => {
    clearTimeout(timer);
    timer = setTimeout(() => tell(now.trim()), restMs);
  });
  onScopeDispose(() => clearTimeout(timer));
}
