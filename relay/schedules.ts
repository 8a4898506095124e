import { setTimeout as pause } from 'node:timers/promises';
import { ScheduleAlreadyRunning, type Client } from '@temporalio/client';
import type { Logger } from 'pino';
import { taskQueue, workflowTypes } from '../onboarding/workflow-names.ts';

const everyMs = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;
const tryAgainMs = 5_000;

/**
 * Makes the schedules of the sweeps once the engine answers; ones that are there stay as they are. A round that takes
 * longer than its interval is not overlapped, and rounds missed while the engine was away are made up by one.
 */
export function keepSchedules({ client, log }: { client: Client; log: Logger }): { stop(): Promise<void> } {
  const stopping = new AbortController();

  async function ensure(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        for (const kind of ['minute', 'hour', 'day'] as const) await createSchedule(client, kind);
        return;
      } catch (error) {
        log.debug({ err: error }, 'the schedules could not be made yet');
        await pause(tryAgainMs, undefined, { signal: stopping.signal, ref: false }).catch(() => undefined);
      }
    }
  }

  const finished = ensure();
  return {
    async stop() {
      stopping.abort();
      await finished;
    },
  };
}

async function createSchedule(client: Client, kind: keyof typeof everyMs): Promise<void> {
  try {
    await client.schedule.create({
      scheduleId: `sweep-${kind}`,
      spec: { intervals: [{ every: everyMs[kind] }] },
      policies: { overlap: 'SKIP', catchupWindow: '1m' },
      // An engine that knows of no schedule may have lost more: what is missing is not to wait for the hour.
      state: { triggerImmediately: kind === 'hour' },
      action: {
        type: 'startWorkflow',
        workflowType: workflowTypes.sweep,
        taskQueue,
        args: [{ kind }],
        workflowId: `sweep/${kind}`,
      },
    });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
  }
}
