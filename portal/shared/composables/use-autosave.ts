import { onScopeDispose, readonly, shallowReadonly, ref, shallowRef, watch } from 'vue';
import { asProblem } from './use-request.ts';
import type { ApiProblem } from '../api-client.ts';
import { useSavedMark } from './use-saved-mark.ts';

const retryMs = 10_000;

/** The line, our side, or a session that may be opened again: not the text itself. */
const mayPass = ({ status, code }: ApiProblem) =>
  status === 0 || status >= 500 || status === 429 || code.startsWith('session_');

/**
 * Keeps what is typed: 800 ms after the last change and on `flush()` (bind it to blur). One save runs at a time; what
 * changes meanwhile goes out afterwards. If saving fails the text stays in the page, the footer says so, and leaving
 * warns; it is tried again with the next change, when the line is back, and every ten seconds, but for what the server
 * has refused for good. Never give it secrets.
 */
export function useAutosave<Value>(
  read: () => Value,
  save: (value: Value) => Promise<unknown>,
  { delayMs = 800 }: { delayMs?: number } = {},
) {
  const mark = useSavedMark();
  const isDirty = ref(false);
  const problem = shallowRef<ApiProblem>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let running: Promise<void> | undefined;

  watch(
    read,
    () => {
      isDirty.value = true;
      clearTimeout(timer);
      timer = setTimeout(() => void flush(), delayMs);
    },
    { deep: true },
  );

  async function flush(): Promise<void> {
    clearTimeout(timer);
    clearTimeout(retry);
    await running;
    if (!isDirty.value) return;
    isDirty.value = false;
    running = saveOnce();
    await running;
    running = undefined;
  }

  async function saveOnce(): Promise<void> {
    mark.saving();
    try {
      await save(read());
      problem.value = undefined;
      mark.saved();
    } catch (error) {
      isDirty.value = true;
      const failed = asProblem(error);
      problem.value = failed;
      mark.failed();
      if (mayPass(failed)) retry = setTimeout(() => void flush(), retryMs);
    }
  }

  const retryNow = () => void flush();
  addEventListener('online', retryNow);

  function warn(event: BeforeUnloadEvent): void {
    if (isDirty.value) event.preventDefault();
  }
  addEventListener('beforeunload', warn);
  onScopeDispose(() => {
    removeEventListener('beforeunload', warn);
    removeEventListener('online', retryNow);
    clearTimeout(retry);
    if (problem.value === undefined) void flush();
  });

  return { isDirty: readonly(isDirty), problem: shallowReadonly(problem), flush };
}
