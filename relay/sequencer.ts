import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import {
  listEnvironmentsToNumber,
  listEnvironmentsToSeal,
  numberEvents,
  rowsASealing,
  insertCommand,
  sealAudit,
  takeEndpointsToWake,
  takeStreamsToWake,
  withSystem,
  type Db,
} from '../db/index.ts';
import { newId } from '../adapters/ids.ts';
import { logStreamRow, webhookRow } from '../onboarding/workflow-names.ts';

/**
 * Gives committed events the next gapless positions and chains committed audit rows, environment by environment. Any
 * number may run: both hold a lock per environment. Woken by a notice, and by a look every second in case one was lost.
 * Between two passes there is a short rest: under load one pass then orders what many requests wrote, where a pass for
 * each would take the database's time from the requests themselves. After a pass the webhook endpoints that events wait
 * for, and the log streams that sealed records wait for, are woken: a second apart at most, because none is woken again
 * before it has looked.
 */

export type SequencerDeps = {
  /** As `vestibule_system`. */
  db: Db;
  now: () => Date;
  log: Logger;
  onNotice: (wake: () => void) => Promise<() => Promise<void>>;
  /** In case a notice was lost. */
  lookEveryMs?: number;
};

const restMs = 200;
const passesAtOnce = 50;

/** Starts the loop; errors of the database are logged and tried again. */
export async function startSequencer(deps: SequencerDeps): Promise<{ stop(): Promise<void> }> {
  const { lookEveryMs = 1_000 } = deps;
  const stopping = new AbortController();
  let woken = new AbortController();
  const stopListening = await deps.onNotice(() => woken.abort());

  async function loop(): Promise<void> {
    while (!stopping.signal.aborted) {
      woken = new AbortController();
      await orderAll(deps).catch((error: unknown) => {
        deps.log.warn({ err: error }, 'events and audit rows could not be ordered; trying again');
      });
      await pauseFor(restMs, stopping.signal);
      await pauseFor(lookEveryMs - restMs, AbortSignal.any([woken.signal, stopping.signal]));
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

/** Ends early, without an error, at the signal. */
const pauseFor = (ms: number, signal: AbortSignal): Promise<void> =>
  pause(ms, undefined, { signal, ref: false }).catch(() => undefined);

async function orderAll({ db, now }: SequencerDeps): Promise<void> {
  for (const environmentId of await withSystem(db, (tx) => listEnvironmentsToNumber(tx))) {
    await withSystem(db, (tx) => numberEvents(tx, environmentId));
  }
  await withSystem(db, async (tx) => {
    const at = now();
    for (const { id: endpointId, environmentId } of await takeEndpointsToWake(tx, at)) {
      await insertCommand(tx, webhookRow({ key: newId('cmd_'), environmentId, endpointId }, at));
    }
  });
  for (const environmentId of await withSystem(db, (tx) => listEnvironmentsToSeal(tx))) {
    await sealAll(db, environmentId);
  }
  await withSystem(db, async (tx) => {
    const at = now();
    for (const { id: streamId, ...whose } of await takeStreamsToWake(tx, at)) {
      await insertCommand(tx, logStreamRow({ key: newId('cmd_'), ...whose, streamId }, at));
    }
  });
}

/** Many events come at once where a vendor sends them: pass after pass, so that the others' turn comes, too. */
async function sealAll(db: Db, environmentId: string): Promise<void> {
  for (let pass = 0; pass < passesAtOnce; pass += 1) {
    const sealed = await withSystem(db, (tx) => sealAudit(tx, environmentId));
    if (sealed < rowsASealing) return;
  }
}
