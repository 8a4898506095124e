import { vi } from 'vitest';
import { comesWithinMs } from './limits.ts';

/** Looks again until `check` throws no more, and gives what it found. For one value, `expect.poll` waits as long. */
export function eventually<T>(
  check: () => T | Promise<T>,
  { everyMs = 50, withinMs = comesWithinMs } = {},
): Promise<T> {
  return vi.waitFor(check, { timeout: withinMs, interval: everyMs });
}
