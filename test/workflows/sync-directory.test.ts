import { setTimeout as pause } from 'node:timers/promises';
import { cancelled, heartbeat } from '@temporalio/activity';
import { expect, it } from 'vitest';
import type { DirectoryLook } from '../../activities/index.ts';
import {
  directoryChanged,
  readDirectory,
  stopDirectory,
  type DirectoryInput,
} from '../../workflows/messages.ts';
import { fakeActivities, type FakeActivities } from '../support/fake-activities.ts';
import { describeWithTemporal } from '../support/temporal.ts';
import { runWorkflow } from '../support/workflow-run.ts';

const minuteMs = 60_000;
const input: DirectoryInput = {
  v: 1,
  environmentId: 'env_1',
  organizationId: 'org_1',
  directoryId: 'directory_1',
};

const due: DirectoryLook = { state: 'due', reads: 'pull' };
const waiting = (ms: number | null): DirectoryLook => ({
  state: 'waiting',
  nextAt: ms === null ? null : new Date(Date.now() + ms).toISOString(),
});

/** Looks answer in this order, the last one again and again. */
function looking(...looks: (() => DirectoryLook)[]): FakeActivities {
  let number = 0;
  return fakeActivities({
    lookAtDirectory: () => Promise.resolve((looks[Math.min(number++, looks.length - 1)] ?? (() => due))()),
  });
}

const times = (activities: FakeActivities, name: 'lookAtDirectory' | 'runDirectory' | 'readDirectoryFiles') =>
  expect.poll(() => activities.named(name).length);

await describeWithTemporal('the workflow that reads a directory', (temporal) => {
  it('[IMP-02] reads files when they have come, and until then waits for the next', async () => {
    const files: DirectoryLook = { state: 'due', reads: 'files' };
    const activities = looking(
      () => waiting(null),
      () => files,
      () => waiting(null),
    );
    await runWorkflow(temporal(), { type: 'syncDirectory', input, activities }, async (handle) => {
      await times(activities, 'lookAtDirectory').toBe(1);
      await handle.signal(readDirectory);
      await times(activities, 'lookAtDirectory').toBe(3);
      await handle.signal(stopDirectory);
      await handle.result();
    });
    expect(activities.named('readDirectoryFiles')).toHaveLength(1);
    expect(activities.named('runDirectory')).toHaveLength(0);
  });

  it('reads every half hour, and goes on in a new run in time', async () => {
    // The server skips the workflow's sleep; what the looks take for now follows it to the instant they named.
    let at = Date.now();
    let hasRead = false;
    const activities = fakeActivities({
      lookAtDirectory: () => {
        if (!hasRead) return Promise.resolve(due);
        hasRead = false;
        at = Math.max(at, Date.now()) + 30 * minuteMs;
        return Promise.resolve({ state: 'waiting', nextAt: new Date(at).toISOString() });
      },
      runDirectory: () => {
        hasRead = true;
        return Promise.resolve({ state: 'done' });
      },
    });
    const sleepsInMinutes = new Set<number>();
    await runWorkflow(
      temporal(),
      { type: 'syncDirectory', input, activities, skipsTime: true },
      async (handle) => {
        const first = (await handle.describe()).runId;
        await expect.poll(async () => (await handle.describe()).runId).not.toBe(first);
        const { events } = await temporal()
          .environment.client.workflow.getHandle(handle.workflowId, first)
          .fetchHistory();
        for (const { timerStartedEventAttributes: timer } of events ?? [])
          if (timer) sleepsInMinutes.add(Math.round(Number(timer.startToFireTimeout?.seconds) / 60));
        await handle.terminate();
      },
    );
    expect([...sleepsInMinutes]).toEqual([30]);
  });

  it('reads at once when somebody asks, and says so to the look', async () => {
    const activities = looking(
      () => waiting(30 * minuteMs),
      () => due,
      () => waiting(30 * minuteMs),
    );
    await runWorkflow(temporal(), { type: 'syncDirectory', input, activities }, async (handle) => {
      await times(activities, 'lookAtDirectory').toBe(1);
      await handle.signal(readDirectory);
      await times(activities, 'lookAtDirectory').toBe(3);
      await handle.signal(stopDirectory);
      await handle.result();
    });
    expect(activities.named('runDirectory')).toHaveLength(1);
    expect(activities.named('lookAtDirectory').map((look) => (look as { asked: boolean }).asked)).toEqual([
      false,
      true,
      false,
    ]);
  });

  it('waits without a clock where only new credentials help, and looks when they are there', async () => {
    const activities = looking(
      () => waiting(null),
      () => due,
      () => waiting(30 * minuteMs),
    );
    await runWorkflow(temporal(), { type: 'syncDirectory', input, activities }, async (handle) => {
      await times(activities, 'lookAtDirectory').toBe(1);
      await handle.signal(directoryChanged);
      await times(activities, 'runDirectory').toBe(1);
      await handle.signal(stopDirectory);
      await handle.result();
    });
  });

  it('never reads twice at once: who asks while it reads is read for afterwards', async () => {
    let running = 0;
    let most = 0;
    const finish: (() => void)[] = [];
    const activities = fakeActivities({
      lookAtDirectory: ({ asked }) => Promise.resolve(asked ? due : waiting(30 * minuteMs)),
      runDirectory: async () => {
        running += 1;
        most = Math.max(most, running);
        await new Promise<void>((resolve) => finish.push(resolve));
        running -= 1;
        return { state: 'done' };
      },
    });
    await runWorkflow(temporal(), { type: 'syncDirectory', input, activities }, async (handle) => {
      await handle.signal(readDirectory);
      await expect.poll(() => finish.length).toBe(1);
      await handle.signal(readDirectory);
      await handle.signal(readDirectory);
      await handle.signal(directoryChanged);
      finish[0]?.();
      await expect.poll(() => finish.length).toBe(2);
      finish[1]?.();
      // The first wake may be there before the first look.
      await times(activities, 'lookAtDirectory').toBeGreaterThanOrEqual(3);
      await handle.signal(stopDirectory);
      await handle.result();
    });
    expect(most).toBe(1);
  });

  it('breaks a reading off when the directory is stopped', async () => {
    let wasBrokenOff = false;
    const activities = fakeActivities({
      lookAtDirectory: () => Promise.resolve(due),
      runDirectory: async () => {
        // Who beats hears that it is over; the engine lets a beat through every 24 seconds.
        const beating = setInterval(heartbeat, 200);
        await cancelled()
          .finally(() => clearInterval(beating))
          .catch((error: unknown) => {
            wasBrokenOff = true;
            throw error;
          });
        return { state: 'done' };
      },
    });
    await runWorkflow(temporal(), { type: 'syncDirectory', input, activities }, async (handle) => {
      await times(activities, 'runDirectory').toBe(1);
      await handle.signal(stopDirectory);
      await handle.result();
    });
    expect(wasBrokenOff).toBe(true);
  });

  it('goes on when the directory is set up anew right after it was stopped', async () => {
    let finish: (() => void) | undefined;
    const activities = fakeActivities({
      lookAtDirectory: () =>
        Promise.resolve(activities.named('runDirectory').length === 0 ? due : waiting(null)),
      runDirectory: async () => {
        await new Promise<void>((resolve) => (finish = resolve));
        return { state: 'stopped' };
      },
    });
    await runWorkflow(temporal(), { type: 'syncDirectory', input, activities }, async (handle) => {
      await expect.poll(() => finish).toBeDefined();
      await handle.signal(stopDirectory);
      await handle.signal(directoryChanged);
      finish?.();
      await times(activities, 'lookAtDirectory').toBe(2);
      await handle.signal(readDirectory);
      await times(activities, 'lookAtDirectory').toBe(3);
      await handle.terminate();
    });
  });

  it('does not read in a circle where the clock of the rows is wrong', async () => {
    const activities = looking(() => due);
    await runWorkflow(temporal(), { type: 'syncDirectory', input, activities }, async (handle) => {
      await times(activities, 'lookAtDirectory').toBe(2);
      await handle.signal(directoryChanged);
      await times(activities, 'lookAtDirectory').toBe(3);
      await handle.terminate();
    });
    expect(activities.named('runDirectory')).toHaveLength(1);
  });

  it('does not look in a circle where the clock of its activities lags', async () => {
    const activities = looking(() => waiting(-1));
    await runWorkflow(temporal(), { type: 'syncDirectory', input, activities }, async (handle) => {
      await pause(1_000);
      await handle.terminate();
    });
    expect(activities.named('lookAtDirectory')).toHaveLength(1);
  });

  it('ends with its directory', async () => {
    const activities = looking(() => ({ state: 'gone' }));
    await runWorkflow(temporal(), { type: 'syncDirectory', input, activities }, async (handle) => {
      await handle.result();
    });
    expect(activities.named('runDirectory')).toHaveLength(0);
  });
});
