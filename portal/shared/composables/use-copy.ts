import { onScopeDispose, readonly, ref } from 'vue';
import { useAnnouncer } from './use-announcer.ts';

/** Copies a value and says so politely. `isCopied` stays true for as long as the page part lives. */
export function useCopy() {
  const { announce } = useAnnouncer();
  const isCopied = ref(false);
  const isFresh = ref(false);
  let timer: ReturnType<typeof setTimeout> | undefined;
  onScopeDispose(() => clearTimeout(timer));

  async function copy(value: string, announcement: string): Promise<boolean> {
    if (!(await write(value))) return false;
    isCopied.value = true;
    isFresh.value = true;
    clearTimeout(timer);
    timer = setTimeout(() => (isFresh.value = false), 2000);
    announce(announcement);
    return true;
  }

  return { copy, isCopied: readonly(isCopied), isFresh: readonly(isFresh) };
}

async function write(value: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(value);
    return true;
  } catch {
    // No clipboard on plain-http hosts or without permission: the old way works on a selection.
    return writeSelection(value);
  }
}

function writeSelection(value: string): boolean {
  const before = document.activeElement;
  const holder = document.createElement('textarea');
  holder.value = value;
  holder.setAttribute('aria-hidden', 'true');
  holder.className = 'fixed opacity-0';
  document.body.append(holder);
  holder.select();
  const isDone = document.execCommand('copy');
  holder.remove();
  if (before instanceof HTMLElement) before.focus();
  return isDone;
}
