import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { startClock, untilAborted } from './clock.ts';

const anHour = 3_600_000;
const reasonOf = (signal: AbortSignal): unknown => (signal.aborted ? signal.reason : 'runs');

describe('a clock [NET-07]', () => {
  it('fires when time is up, and says what took too long', async () => {
    const clock = startClock('the answer', 1);
    await new Promise((resolve) => clock.signal.addEventListener('abort', resolve));

    expect(reasonOf(clock.signal)).toMatchObject({
      reason: 'too_slow',
      message: 'too_slow: the answer took more than 1 ms',
    });
  });

  it('that is stopped in time does not fire, parent or not', async () => {
    const stopped = startClock('one', 1);
    stopped.stop();
    const later = startClock('two', 20);
    await new Promise((resolve) => later.signal.addEventListener('abort', resolve));
    expect(reasonOf(stopped.signal)).toBe('runs');
  });

  it('fires with its parent, before and after it was started, for its reason', () => {
    const parent = new AbortController();
    const before = startClock('one', anHour, parent.signal);
    parent.abort('the caller left');
    const after = startClock('two', anHour, parent.signal);

    expect([before, after].map(({ signal }) => reasonOf(signal))).toEqual([
      'the caller left',
      'the caller left',
    ]);
    before.stop();
    after.stop();
  });

  it('that is stopped hears no more of its parent', () => {
    const parent = new AbortController();
    const clock = startClock('one', anHour, parent.signal);
    clock.stop();
    parent.abort();

    expect(reasonOf(clock.signal)).toBe('runs');
  });
});

describe('work with a signal', () => {
  const forever = new Promise<never>(() => undefined);

  it('ends with it, whenever it fires', async () => {
    const later = new AbortController();
    const ended = untilAborted(forever, later.signal);
    later.abort(new Error('left later'));

    await expect(ended).rejects.toThrow('left later');
    await expect(untilAborted(forever, AbortSignal.abort(new Error('had left')))).rejects.toThrow('had left');
  });

  it('gives its own end when it comes first, and leaves nothing with the signal, which lives on', async () => {
    const { signal } = new AbortController();

    expect(await untilAborted(Promise.resolve('done'), signal)).toBe('done');
    await expect(untilAborted(Promise.reject(new Error('broken')), signal)).rejects.toThrow('broken');
    await expect.poll(() => getEventListeners(signal, 'abort')).toEqual([]);
  });
});
