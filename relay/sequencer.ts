import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import {
  listEnvironmentsToNumber,
  listEnvironmentsToSeal,
  numberEvents,
  sealAudit,
  withSystem,
  type Db,
} from '../db/index.ts';

/**
 * Gives committed events the next gapless positions and chains committed audit rows, environment by environment. Any
 * number may run: both hold a lock per environment. Woken by a notice, and by a look every second in case one was lost.
 */

export type SequencerDeps = {
  /** As `vestibule_system`. */
  db: Db;
  log: Logger;
  onNotice: (wake: () => void) => Promise<() => Promise<void>>;
};

const lookEveryMs = 1_000;

/** Starts the loop; errors of the database are logged and tried again. */
export async function startSequencer(deps: SequencerDeps): Promise<{ stop(): Promise<void> }> {
  const stopping = new AbortController();
  let woken = new AbortController();
  const stopListening = await deps.onNotice(() => woken.abort());

  async function loop(): Promise<void> {
    while (!stopping.signal.aborted) {
      woken = new AbortController();
      await orderAll(deps.db).catch((error: unknown) => {
        deps.log.warn({ err: error }, 'events and audit rows could not be ordered; trying again');
      });
      const signal = AbortSignal.any([woken.signal, stopping.signal]);
      await pause(lookEveryMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  const finished = loop();
  return {
    async stop() {
      stopping.abort();
      await stopListening();
      await finished;
    },
  };
}

async function orderAll(db: Db): Promise<void> {
  for (const environmentId of await withSystem(db, (tx) => listEnvironmentsToNumber(tx))) {
    await withSystem(db, (tx) => numberEvents(tx, environmentId));
  }
  for (const environmentId of await withSystem(db, (tx) => listEnvironmentsToSeal(tx))) {
    await withSystem(db, (tx) => sealAudit(tx, environmentId));
  }
}
