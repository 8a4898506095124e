import { onScopeDispose, readonly, shallowReadonly, ref, shallowRef, watch } from 'vue';
import { asProblem } from './use-request.ts';
import type { ApiProblem } from '../api-client.ts';
import { useSavedMark } from './use-saved-mark.ts';

/**
 * Keeps what is typed: 800 ms after the last change and on `flush()` (bind it to blur). One save runs at a time; what
 * changes meanwhile goes out afterwards. If saving fails the text stays in the page, the footer says so, the next
 * change tries again, and leaving warns. Never give it secrets.
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
      problem.value = asProblem(error);
      mark.failed();
    }
  }

  function warn(event: BeforeUnloadEvent): void {
    if (isDirty.value) event.preventDefault();
  }
  addEventListener('beforeunload', warn);
  onScopeDispose(() => {
    removeEventListener('beforeunload', warn);
    if (problem.value === undefined) void flush();
  });

  return { isDirty: readonly(isDirty), problem: shallowReadonly(problem), flush };
}
