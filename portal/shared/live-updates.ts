/**
 * News from the server as hints: "this changed, ask again". One stream per visible tab, closed while the page is hidden
 * and asked again on return; a lost stream falls back to asking every ten seconds. Hints carry ids only.
 */
import { inject, onScopeDispose, shallowReadonly, shallowRef, type InjectionKey } from 'vue';

/** What changed: the kind of thing and its id, or `all` when only "something may have" is known. */
export type Hint = { kind: string; id?: string };
type Listener = (hint: Hint) => void;

const fallbackPollMs = 10_000;
/** Hints come in bursts; a page asks once for a burst. */
const gatherMs = 150;
const paceMs = 1_000;
const somethingMayHave: Hint = { kind: 'all' };

export type LiveUpdates = ReturnType<typeof createLiveUpdates>;
export const liveUpdatesKey: InjectionKey<LiveUpdates> = Symbol('live updates');

export function createLiveUpdates(url: string) {
  const listeners = new Set<Listener>();
  const lostSince = shallowRef<Date>();
  let stream: EventSource | undefined;
  let poll: ReturnType<typeof setInterval> | undefined;

  const tell = (hint: Hint) => listeners.forEach((listener) => listener(hint));

  function open(): void {
    if (stream !== undefined || document.hidden || listeners.size === 0) return;
    const mine = new EventSource(url);
    stream = mine;
    mine.addEventListener('open', () => {
      if (lostSince.value !== undefined) tell(somethingMayHave);
      found();
    });
    mine.addEventListener('message', (event: MessageEvent<string>) => tell(JSON.parse(event.data)));
    mine.addEventListener('error', () => {
      lose();
      // The browser reconnects by itself unless the server refused; then a poll tries anew.
      if (mine.readyState === EventSource.CLOSED && stream === mine) stream = undefined;
    });
  }

  function close(): void {
    stream?.close();
    stream = undefined;
    found();
  }

  function lose(): void {
    if (lostSince.value !== undefined) return;
    lostSince.value = new Date();
    poll = setInterval(() => {
      tell(somethingMayHave);
      open();
    }, fallbackPollMs);
  }

  function found(): void {
    lostSince.value = undefined;
    clearInterval(poll);
    poll = undefined;
  }

  document.addEventListener('visibilitychange', () => {
    if (document.hidden) return close();
    open();
    tell(somethingMayHave);
  });

  return {
    /** When the stream was lost; undefined while it stands. */
    lostSince: shallowReadonly(lostSince),
    listen(listener: Listener): () => void {
      listeners.add(listener);
      open();
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) close();
      };
    },
  };
}

/**
 * Calls `refresh` when something of these kinds may have changed (all kinds, when none is named). While hints keep
 * coming, it is called again once the call before has ended, and once a second at most: each call gives up the one
 * before, so a page that was asked for at every hint would show nothing new for as long as they come.
 */
export function useLiveUpdates(refresh: () => unknown, ...kinds: string[]) {
  const updates = inject(liveUpdatesKey, undefined);
  let gathering: ReturnType<typeof setTimeout> | undefined;
  let startedAt = -paceMs;
  let isAsking = false;
  let isDue = false;

  function gather(): void {
    isDue = true;
    if (isAsking || gathering !== undefined) return;
    gathering = setTimeout(() => void ask(), Math.max(gatherMs, startedAt + paceMs - performance.now()));
  }

  async function ask(): Promise<void> {
    gathering = undefined;
    isDue = false;
    isAsking = true;
    startedAt = performance.now();
    try {
      await refresh();
    } finally {
      isAsking = false;
      if (isDue) gather();
    }
  }

  const stop = updates?.listen(({ kind }) => {
    if (kinds.length === 0 || kind === 'all' || kinds.includes(kind)) gather();
  });
  onScopeDispose(() => {
    stop?.();
    clearTimeout(gathering);
    isDue = false;
  });
}

/** For the shell's banner: since when live updates pause, if they do. */
export function useLiveState() {
  const updates = inject(liveUpdatesKey, undefined);
  return { lostSince: updates?.lostSince ?? shallowRef<Date>() };
}
