import type { DataConverter } from '@temporalio/common';
import type { WorkflowBundleOption } from '@temporalio/worker';
import type { Logger } from 'pino';
import { createActivities, type ActivityDeps } from './activities/index.ts';
import type { WorkflowClient } from './adapters/workflow-client.ts';
import type { createListener } from './db/index.ts';
import { startOutboxRelay } from './relay/outbox.ts';
import { keepSchedules } from './relay/schedules.ts';
import { startSequencer } from './relay/sequencer.ts';
import { startTemporalWorker, type TemporalWorker } from './relay/temporal-worker.ts';

/** What the worker program is wired from. */
export type WorkerParts = {
  activities: ActivityDeps;
  temporal: { address: string; namespace: string };
  workflowBundle: WorkflowBundleOption;
  dataConverter: DataConverter;
  /** The client that retries: the relay's and the schedules'. */
  workflows: WorkflowClient;
  listener: Pick<ReturnType<typeof createListener>, 'listen'>;
  log: Logger;
  graceMs?: number;
};

export type WorkerProgram = {
  state: TemporalWorker['state'];
  /** Stops the loops first, then lets running activities end. */
  stop(): Promise<void>;
};

/** The worker program: workflows and activities, the outbox relay, the sequencer, and the schedules of the sweeps. */
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
  const worker = startTemporalWorker({
    ...parts.temporal,
    workflowBundle: parts.workflowBundle,
    activities: createActivities(activities),
    dataConverter: parts.dataConverter,
    log,
    graceMs: parts.graceMs,
  });
  const schedules = keepSchedules({ client: await parts.workflows.client(), log });
  return {
    state: worker.state,
    async stop() {
      await schedules.stop();
      await Promise.all([relay.stop(), sequencer.stop()]);
      await worker.stop();
    },
  };
}
