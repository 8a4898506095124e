import type { DataConverter } from '@temporalio/common';
import type { WorkflowBundleOption } from '@temporalio/worker';
import type { Logger } from 'pino';
import { createActivities, type ActivityDeps } from './activities/index.ts';
import type { WorkflowClient } from './adapters/workflow-client.ts';
import type { createListener } from './db/index.ts';
import { pumpQueueOf, taskQueue } from './onboarding/workflow-names.ts';
import { startOutboxRelay } from './relay/outbox.ts';
import { keepSchedules } from './relay/schedules.ts';
import { startSequencer } from './relay/sequencer.ts';
import {
  startTemporalWorker,
  type TemporalWorker,
  type TemporalWorkerOptions,
} from './relay/temporal-worker.ts';

/** What the worker program is wired from. */
export type WorkerParts = {
  activities: ActivityDeps;
  temporal: Pick<TemporalWorkerOptions, 'address' | 'tls' | 'apiKey' | 'namespace'>;
  workflowBundle: WorkflowBundleOption;
  dataConverter: DataConverter;
  /** The client that retries: the relay's and the schedules'. */
  workflows: WorkflowClient;
  listener: Pick<ReturnType<typeof createListener>, 'listen'>;
  log: Logger;
  /** Where the process shows how its tasks do. */
  metrics?: { host: string; port: number } | null;
  /** How many activities run at once, how many pumps beside them, and how many of destinations that are slow. */
  slots?: number;
  graceMs?: number;
};

export type WorkerProgram = {
  state: TemporalWorker['state'];
  /** Stops the loops first, then lets running activities end. */
  stop(): Promise<void>;
};

/**
 * The worker program: workflows and activities, the pumps of log streams and webhooks on two queues of their own, the
 * outbox relay, the sequencer, and the schedules of the sweeps.
 */
export async function startWorkerProgram(parts: WorkerParts): Promise<WorkerProgram> {
  const { activities, listener, log } = parts;
  const on = (channel: 'outbox' | 'events' | 'audit') => (wake: () => void) => listener.listen(channel, wake);
  const relay = await startOutboxRelay({
    db: activities.systemDb,
    workflows: parts.workflows,
    now: activities.now,
    log,
    onNotice: on('outbox'),
  });
  const sequencer = await startSequencer({
    db: activities.systemDb,
    now: activities.now,
    log,
    onNotice: async (wake) => {
      const stops = await Promise.all([on('events')(wake), on('audit')(wake)]);
      return async () => void (await Promise.all(stops.map((stop) => stop())));
    },
  });
  const { temporal, workflowBundle, dataConverter, metrics, slots, graceMs } = parts;
  const common = {
    ...temporal,
    activities: createActivities(activities),
    dataConverter,
    log,
    metrics,
    slots,
    graceMs,
  };
  const workers = [
    // Pumps too: those of runs that began before the pumps had their queue.
    startTemporalWorker({ ...common, taskQueue, workflowBundle }),
    startTemporalWorker({ ...common, taskQueue: pumpQueueOf(taskQueue) }),
    startTemporalWorker({ ...common, taskQueue: pumpQueueOf(taskQueue, true) }),
  ];
  const schedules = keepSchedules({ client: await parts.workflows.client(), log });
  return {
    state: () => leastOf(workers.map(({ state }) => state())),
    async stop() {
      await schedules.stop();
      await Promise.all([relay.stop(), sequencer.stop()]);
      await Promise.all(workers.map((worker) => worker.stop()));
    },
  };
}

/** All of them poll, or the program is not ready. */
function leastOf(
  states: readonly ReturnType<TemporalWorker['state']>[],
): ReturnType<TemporalWorker['state']> {
  return states.find((state) => state !== 'running') ?? 'running';
}
