import { onScopeDispose, readonly, ref } from 'vue';

type Act = () => void;

const storageKey = 'vestibule.shortcuts';
/** Later ones win: a dialog's over its page's. */
const registered: Record<string, Act>[] = [];
const isOn = ref(localStorage.getItem(storageKey) !== 'off');
/** The first key of a sequence; what was begun is forgotten soon, and as soon as somebody goes elsewhere. */
let started = '';
let forgetting: ReturnType<typeof setTimeout> | undefined;
const pauseMs = 1_000;

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable]') !== null
  );
}

function forget(): void {
  clearTimeout(forgetting);
  started = '';
}

function hear(event: KeyboardEvent): void {
  const isModified = event.ctrlKey || event.metaKey || event.altKey;
  if (!isOn.value || isModified || event.defaultPrevented || isTyping(event.target)) return;
  if (document.querySelector('[role="dialog"]') !== null) return;
  const keys = started === '' ? event.key : `${started} ${event.key}`;
  forget();
  const act = registered.findLast((acts) => keys in acts)?.[keys];
  if (act !== undefined) {
    event.preventDefault();
    act();
  } else if (registered.some((acts) => Object.keys(acts).some((known) => known.startsWith(`${keys} `)))) {
    started = keys;
    forgetting = setTimeout(forget, pauseMs);
  }
}

/** Single keys and sequences ("g o") of the dashboard. Silent while typing, and they can be switched off. */
export function useShortcuts(acts: Record<string, Act> = {}) {
  if (registered.length === 0) {
    addEventListener('keydown', hear);
    addEventListener('focusin', forget);
  }
  registered.push(acts);
  onScopeDispose(() => {
    registered.splice(registered.indexOf(acts), 1);
    if (registered.length > 0) return;
    removeEventListener('keydown', hear);
    removeEventListener('focusin', forget);
    forget();
  });
  return {
    isOn: readonly(isOn),
    switchTo: (wanted: boolean) => {
      isOn.value = wanted;
      localStorage.setItem(storageKey, wanted ? 'on' : 'off');
    },
  };
}
