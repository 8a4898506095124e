import { setTimeout as pause } from 'node:timers/promises';
import { ScheduleAlreadyRunning, type Client, type ScheduleHandle } from '@temporalio/client';
import type { Logger } from 'pino';
import { taskQueue, workflowTypes } from '../onboarding/workflow-names.ts';

const everyMs = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;
const tryAgainMs = 5_000;

/**
 * Makes the schedules of the sweeps once the engine answers; ones that are there keep what an operator has made of them. A
 * round that takes longer than its interval is not overlapped, and rounds missed while the engine was away are made up by
 * one: where it is away at the same hour each night, the round of the day would else never come.
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
  const scheduleId = `sweep-${kind}`;
  try {
    await client.schedule.create({
      scheduleId,
      spec: { intervals: [{ every: everyMs[kind] }] },
      policies: { overlap: 'SKIP', catchupWindow: everyMs[kind] },
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
    await makeUpForMissed(client.schedule.getHandle(scheduleId), everyMs[kind]);
  }
}

/** Schedules of older versions made up for what was missed a minute ago only. */
async function makeUpForMissed(schedule: ScheduleHandle, catchupWindow: number): Promise<void> {
  const { policies } = await schedule.describe();
  if (policies.catchupWindow >= catchupWindow) return;
  await schedule.update((known) => ({ ...known, policies: { ...known.policies, catchupWindow } }));
}
