import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { effectScope, nextTick, ref } from 'vue';
import { usePace } from './use-pace.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

it('what is left takes as long as the pace that was seen makes it, and nothing is said before one was', async () => {
  const left = ref(200_000);
  const scope = effectScope();
  const remaining = scope.run(() => usePace(() => left.value));
  const after = async (ms: number, value: number) => {
    vi.setSystemTime(Date.now() + ms);
    left.value = value;
    await nextTick();
    return remaining?.value;
  };

  expect(remaining?.value).toBeUndefined();
  expect(await after(1_000, 199_500), 'a second is no pace').toBeUndefined();
  expect(await after(9_000, 195_000)).toBe(390_000);
  expect(await after(10_000, 100_000)).toBe(20_000);
  expect(await after(1_000, 250_000), 'more came than went').toBeUndefined();
  expect(await after(5_000, 0)).toBeUndefined();
  scope.stop();
});
