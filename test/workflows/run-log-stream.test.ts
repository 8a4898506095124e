import { Context } from '@temporalio/activity';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { streamWoken, type LogStreamInput } from '../../workflows/messages.ts';
import { fakeActivities } from '../support/fake-activities.ts';
import { describeWithTemporal } from '../support/temporal.ts';
import { runWorkflow } from '../support/workflow-run.ts';

const input: LogStreamInput = { v: 1, environmentId: 'env_1', organizationId: 'org_1', streamId: 'als_1' };

await describeWithTemporal('the sending of a log stream', (temporal) => {
  it('pumps at once, then at every wake, and ends with its stream', async () => {
    const answers = ['idle', 'idle', 'gone'] as const;
    let pumped = 0;
    const activities = fakeActivities({
      pumpLogStream: () => {
        const state = answers[pumped++] ?? 'gone';
        return Promise.resolve(state === 'gone' ? { state } : { state, nextTryAt: null });
      },
    });

    await runWorkflow(temporal(), { type: 'runLogStream', input, activities }, async (handle) => {
      for (const times of [1, 2]) {
        await expect.poll(() => activities.named('pumpLogStream').length).toBe(times);
        await handle.signal(streamWoken);
      }
      await handle.result();
    });

    expect(activities.named('pumpLogStream')).toEqual([input, input, input]);
  });

  it('has the pump of what was slow wait among the slow, and among the quick once it is quick again', async () => {
    const wasSlow = [false, true, true, false];
    const queues: string[] = [];
    const activities = fakeActivities({
      pumpLogStream: () => {
        queues.push(Context.current().info.taskQueue);
        const isSlow = wasSlow[queues.length - 1];
        if (isSlow === undefined) return Promise.resolve({ state: 'gone' });
        return Promise.resolve({ state: 'idle', nextTryAt: new Date().toISOString(), isSlow });
      },
    });

    await runWorkflow(temporal(), { type: 'runLogStream', input, activities }, (handle) => handle.result());

    const isAmongSlow = queues.map((queue) => queue.endsWith('-slow-pumps'));
    expect(isAmongSlow).toEqual([false, false, true, true, false]);
    expect(activities.named('pumpLogStream')).toMatchObject([
      {},
      ...wasSlow.map((isSlow) => ({ ...input, isSlow })),
    ]);
  });

  it('is started among the slow where the run before was', async () => {
    const queues: string[] = [];
    const activities = fakeActivities({
      pumpLogStream: () => {
        queues.push(Context.current().info.taskQueue);
        return Promise.resolve({ state: 'gone' });
      },
    });
    const again = { ...input, isSlow: true };

    await runWorkflow(temporal(), { type: 'runLogStream', input: again, activities }, (handle) =>
      handle.result(),
    );

    expect(queues).toEqual([expect.stringMatching(/-slow-pumps$/)]);
  });

  it('does not pump in a circle where the clock of the pump lags: what was too early waits', async () => {
    const nextTryAt = new Date().toISOString();
    const activities = fakeActivities({
      pumpLogStream: () => Promise.resolve({ state: 'idle' as const, nextTryAt }),
    });

    await runWorkflow(temporal(), { type: 'runLogStream', input, activities }, async (handle) => {
      await pause(3_000);
      await handle.terminate();
    });

    expect(activities.named('pumpLogStream').length).toBeLessThanOrEqual(2);
  });

  it('sleeps until the next try, over days', async () => {
    let pumped = 0;
    const activities = fakeActivities({
      pumpLogStream: () =>
        Promise.resolve(
          ++pumped > 3
            ? { state: 'gone' as const }
            : { state: 'idle' as const, nextTryAt: new Date(Date.now() + pumped * 86_400_000).toISOString() },
        ),
    });

    await runWorkflow(temporal(), { type: 'runLogStream', input, activities, skipsTime: true }, (handle) =>
      handle.result(),
    );

    expect(activities.named('pumpLogStream')).toHaveLength(4);
  });
});
