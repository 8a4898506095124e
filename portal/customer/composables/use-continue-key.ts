import { onScopeDispose } from 'vue';

/** `Ctrl` or `⌘` with `Enter` does what the page's primary button does, from inside a field too. */
export function useContinueKey(act: () => unknown): void {
  function hear(event: KeyboardEvent): void {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || event.defaultPrevented) return;
    if (document.querySelector('[role="dialog"]') !== null) return;
    event.preventDefault();
    act();
  }
  addEventListener('keydown', hear);
  onScopeDispose(() => removeEventListener('keydown', hear));
}
