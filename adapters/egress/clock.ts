import { EgressFailure } from './failures.ts';

/**
 * A signal that fires when time is up (`too_slow`) or with its parent, for as long as it is not stopped.
 * Explicit timers, because Node 20 may collect `AbortSignal.any` over `AbortSignal.timeout` before it fires.
 */
export function startClock(name: string, ms: number, parent?: AbortSignal) {
  const controller = new AbortController();
  const onParent = () => {
    controller.abort(parent?.reason);
  };
  const timer = setTimeout(() => {
    controller.abort(new EgressFailure('too_slow', `${name} took more than ${ms} ms`));
  }, ms);
  if (parent?.aborted) onParent();
  parent?.addEventListener('abort', onParent, { once: true });
  return {
    signal: controller.signal,
    stop(): void {
      clearTimeout(timer);
      parent?.removeEventListener('abort', onParent);
    },
  };
}

/** Ends with the signal whatever `work` does: resolvers, for one, cannot be told to stop. */
export function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      reject(signal.reason);
    };
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    void work.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', onAbort);
    });
  });
}
