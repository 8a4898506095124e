import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createLiveUpdates, type Hint } from './live-updates.ts';

/** A stream the test speaks through. */
class FakeStream extends EventTarget {
  static readonly CLOSED = 2;
  static opened: FakeStream[] = [];
  readyState = 1;
  constructor() {
    super();
    FakeStream.opened.push(this);
  }
  close(): void {
    this.readyState = FakeStream.CLOSED;
  }
}

let isHidden = false;
function show(visible: boolean): void {
  isHidden = !visible;
  document.dispatchEvent(new Event('visibilitychange'));
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('EventSource', FakeStream);
  vi.spyOn(document, 'hidden', 'get').mockImplementation(() => isHidden);
  FakeStream.opened = [];
  isHidden = false;
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

function listening() {
  const heard: Hint[] = [];
  const updates = createLiveUpdates('/live');
  const stop = updates.listen((hint) => heard.push(hint));
  onTestFinished(stop);
  return { updates, heard, stop };
}

describe('live updates', () => {
  it('pass a hint on to who listens', () => {
    const { heard } = listening();

    FakeStream.opened[0]?.dispatchEvent(
      new MessageEvent('message', { data: JSON.stringify({ kind: 'domain', id: 'dom_1' }) }),
    );

    expect(heard).toEqual([{ kind: 'domain', id: 'dom_1' }]);
  });

  it('keep one stream however many listen, and none when nobody does', () => {
    const { updates, stop } = listening();
    const stopSecond = updates.listen(() => undefined);
    expect(FakeStream.opened).toHaveLength(1);

    stop();
    stopSecond();

    expect(FakeStream.opened[0]?.readyState).toBe(FakeStream.CLOSED);
  });

  it('are closed while the page is hidden, and everything is asked again on return', () => {
    const { heard } = listening();

    show(false);
    expect(FakeStream.opened[0]?.readyState).toBe(FakeStream.CLOSED);
    show(true);

    expect(FakeStream.opened).toHaveLength(2);
    expect(heard).toEqual([{ kind: 'all' }]);
  });

  it('fall back to asking every ten seconds while the stream is lost, and say since when', async () => {
    const { updates, heard } = listening();

    FakeStream.opened[0]?.dispatchEvent(new Event('error'));
    expect(updates.lostSince.value).toBeInstanceOf(Date);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(heard).toHaveLength(2);

    FakeStream.opened[0]?.dispatchEvent(new Event('open'));
    await vi.advanceTimersByTimeAsync(20_000);

    expect(updates.lostSince.value).toBeUndefined();
    expect(heard).toHaveLength(3);
  });
});
