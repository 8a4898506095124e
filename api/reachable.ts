import { noteReachable } from '../db/index.ts';
import { unreachableAfterMs } from '../onboarding/directory-rhythm.ts';
import type { ApiDeps } from './deps.ts';

const everyMs = 60_000;

/** Says each minute that this api can be called, so that silence while none could is nobody's. The answer stops it. */
export function sayReachable({ db, now, logger }: Pick<ApiDeps, 'db' | 'now' | 'logger'>): () => void {
  function say(): void {
    noteReachable(db, now(), unreachableAfterMs).catch((err: unknown) =>
      logger.error({ err }, 'that we can be called could not be kept'),
    );
  }
  say();
  const timer = setInterval(say, everyMs);
  timer.unref();
  return () => clearInterval(timer);
}
