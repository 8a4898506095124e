import { createApp, effectScope } from 'vue';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createLiveUpdates, liveUpdatesKey, useLiveUpdates, type Hint } from './live-updates.ts';

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

describe('a page with live updates', () => {
  /** How many questions it has asked; each is answered when the test says so. */
  function aPage() {
    const answers: (() => void)[] = [];
    const app = createApp({}).provide(liveUpdatesKey, createLiveUpdates('/live'));
    const scope = effectScope();
    app.runWithContext(() =>
      scope.run(() => useLiveUpdates(() => new Promise<void>((answer) => answers.push(answer)), 'event')),
    );
    onTestFinished(() => scope.stop());
    const hint = (kind: string) =>
      FakeStream.opened[0]?.dispatchEvent(new MessageEvent('message', { data: JSON.stringify({ kind }) }));
    return { answers, hint, leave: () => scope.stop() };
  }

  it('asks once for a burst of hints of its kinds', async () => {
    const { answers, hint } = aPage();

    hint('mail');
    await vi.advanceTimersByTimeAsync(500);
    expect(answers).toHaveLength(0);
    for (let count = 0; count < 5; count++) hint('event');
    await vi.advanceTimersByTimeAsync(500);

    expect(answers).toHaveLength(1);
  });

  it('waits for its answer before it asks again, however many hints come meanwhile', async () => {
    const { answers, hint } = aPage();
    hint('event');
    await vi.advanceTimersByTimeAsync(500);

    for (let count = 0; count < 50; count++) {
      hint('event');
      await vi.advanceTimersByTimeAsync(100);
    }
    expect(answers).toHaveLength(1);
    answers[0]?.();
    await vi.advanceTimersByTimeAsync(500);

    expect(answers).toHaveLength(2);
  });

  it('asks once a second while hints keep coming', async () => {
    const { answers, hint } = aPage();

    for (let count = 0; count < 40; count++) {
      hint('event');
      await vi.advanceTimersByTimeAsync(100);
      answers.at(-1)?.();
    }

    expect(answers).toHaveLength(4);
  });

  it('asks nothing any more once it is left, even when hints came before', async () => {
    const { answers, hint, leave } = aPage();
    hint('event');
    await vi.advanceTimersByTimeAsync(500);
    hint('event');

    leave();
    answers[0]?.();
    await vi.advanceTimersByTimeAsync(5_000);

    expect(answers).toHaveLength(1);
  });
});
