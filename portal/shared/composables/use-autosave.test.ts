import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { effectScope, nextTick, ref } from 'vue';
import { ApiProblem } from '../api-client.ts';
import { useAutosave } from './use-autosave.ts';
import { useSavedMark } from './use-saved-mark.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('saving while typing', () => {
  it('waits 800 ms after the last change and sends what stands then', async () => {
    const save = vi.fn<(text: string) => Promise<void>>().mockResolvedValue();
    const text = ref('');
    effectScope().run(() => useAutosave(() => text.value, save));

    text.value = 'a';
    await nextTick();
    await vi.advanceTimersByTimeAsync(700);
    text.value = 'ab';
    await nextTick();
    await vi.advanceTimersByTimeAsync(799);
    expect(save).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);

    expect(save.mock.calls).toEqual([['ab']]);
    expect(useSavedMark().mark.value.state).toBe('saved');
  });

  it('saves at once on leaving the field, and not again when nothing changed', async () => {
    const save = vi.fn<(text: string) => Promise<void>>().mockResolvedValue();
    const text = ref('');
    const saving = effectScope().run(() => useAutosave(() => text.value, save));

    text.value = 'a';
    await nextTick();
    await saving?.flush();
    await saving?.flush();
    await vi.advanceTimersByTimeAsync(2000);

    expect(save).toHaveBeenCalledTimes(1);
  });

  it('keeps what could not be saved, says so, and warns on leaving', async () => {
    const text = ref('');
    const saving = effectScope().run(() =>
      useAutosave(
        () => text.value,
        async () => {
          throw new ApiProblem({ code: 'offline' });
        },
      ),
    );

    text.value = 'a';
    await nextTick();
    await saving?.flush();
    const leaving = new Event('beforeunload', { cancelable: true });
    dispatchEvent(leaving);

    expect(saving?.problem.value?.code).toBe('offline');
    expect(saving?.isDirty.value).toBe(true);
    expect(useSavedMark().mark.value.state).toBe('failed');
    expect(leaving.defaultPrevented).toBe(true);
  });

  it.each([
    ['the line is back', async () => void dispatchEvent(new Event('online'))],
    ['ten seconds have passed', async () => void (await vi.advanceTimersByTimeAsync(10_000))],
  ])('tries again by itself once %s', async (_when, comeBack) => {
    const save = vi
      .fn<(text: string) => Promise<void>>()
      .mockRejectedValueOnce(new ApiProblem({ code: 'offline' }));
    const text = ref('');
    const saving = effectScope().run(() => useAutosave(() => text.value, save));
    text.value = 'a';
    await nextTick();
    await saving?.flush();
    expect(useSavedMark().mark.value.state).toBe('failed');

    await comeBack();
    await vi.advanceTimersByTimeAsync(0);

    expect(save.mock.calls).toEqual([['a'], ['a']]);
    expect(useSavedMark().mark.value.state).toBe('saved');
    expect(saving?.isDirty.value).toBe(false);
  });

  it('does not send again what was refused for good', async () => {
    const refused = new ApiProblem({ code: 'conflict', status: 409 });
    const save = vi.fn<(text: string) => Promise<void>>().mockRejectedValue(refused);
    const text = ref('');
    const saving = effectScope().run(() => useAutosave(() => text.value, save));
    text.value = 'a';
    await nextTick();
    await saving?.flush();

    await vi.advanceTimersByTimeAsync(60_000);

    expect(save).toHaveBeenCalledTimes(1);
  });
});
