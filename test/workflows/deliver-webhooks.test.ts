import { Context } from '@temporalio/activity';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { webhookWoken, type WebhookInput } from '../../workflows/messages.ts';
import { fakeActivities } from '../support/fake-activities.ts';
import { describeWithTemporal } from '../support/temporal.ts';
import { runWorkflow } from '../support/workflow-run.ts';

const input: WebhookInput = { v: 1, environmentId: 'env_1', endpointId: 'we_1' };

await describeWithTemporal('the deliveries to an endpoint', (temporal) => {
  it('pumps at once, then at every wake, and ends with its endpoint', async () => {
    const answers = ['idle', 'idle', 'gone'] as const;
    let pumped = 0;
    const activities = fakeActivities({
      pumpWebhooks: () => {
        const state = answers[pumped++] ?? 'gone';
        return Promise.resolve(state === 'gone' ? { state } : { state, nextTryAt: null });
      },
    });

    await runWorkflow(temporal(), { type: 'deliverWebhooks', input, activities }, async (handle) => {
      for (const times of [1, 2]) {
        await expect.poll(() => activities.named('pumpWebhooks').length).toBe(times);
        await handle.signal(webhookWoken);
      }
      await handle.result();
    });

    expect(activities.named('pumpWebhooks')).toEqual([input, input, input]);
  });

  it('has the pump of what was slow wait among the slow, and among the quick once it is quick again', async () => {
    const wasSlow = [false, true, true, false];
    const queues: string[] = [];
    const activities = fakeActivities({
      pumpWebhooks: () => {
        queues.push(Context.current().info.taskQueue);
        const isSlow = wasSlow[queues.length - 1];
        if (isSlow === undefined) return Promise.resolve({ state: 'gone' });
        return Promise.resolve({ state: 'idle', nextTryAt: new Date().toISOString(), isSlow });
      },
    });

    await runWorkflow(temporal(), { type: 'deliverWebhooks', input, activities }, (handle) =>
      handle.result(),
    );

    const isAmongSlow = queues.map((queue) => queue.endsWith('-slow-pumps'));
    expect(isAmongSlow).toEqual([false, false, true, true, false]);
    expect(activities.named('pumpWebhooks')).toMatchObject([
      {},
      ...wasSlow.map((isSlow) => ({ ...input, isSlow })),
    ]);
  });

  it('is started among the slow where the run before was', async () => {
    const queues: string[] = [];
    const activities = fakeActivities({
      pumpWebhooks: () => {
        queues.push(Context.current().info.taskQueue);
        return Promise.resolve({ state: 'gone' });
      },
    });
    const again = { ...input, isSlow: true };

    await runWorkflow(temporal(), { type: 'deliverWebhooks', input: again, activities }, (handle) =>
      handle.result(),
    );

    expect(queues).toEqual([expect.stringMatching(/-slow-pumps$/)]);
  });

  it('does not pump in a circle where the clock of the pump lags: what was too early waits', async () => {
    const nextTryAt = new Date().toISOString();
    const activities = fakeActivities({
      pumpWebhooks: () => Promise.resolve({ state: 'idle' as const, nextTryAt }),
    });

    await runWorkflow(temporal(), { type: 'deliverWebhooks', input, activities }, async (handle) => {
      await pause(3_000);
      await handle.terminate();
    });

    expect(activities.named('pumpWebhooks').length).toBeLessThanOrEqual(2);
  });

  it('sleeps until the next try, over days', async () => {
    let pumped = 0;
    const activities = fakeActivities({
      pumpWebhooks: () =>
        Promise.resolve(
          ++pumped > 3
            ? { state: 'gone' as const }
            : { state: 'idle' as const, nextTryAt: new Date(Date.now() + pumped * 86_400_000).toISOString() },
        ),
    });

    await runWorkflow(temporal(), { type: 'deliverWebhooks', input, activities, skipsTime: true }, (handle) =>
      handle.result(),
    );

    expect(activities.named('pumpWebhooks')).toHaveLength(4);
  });
});
