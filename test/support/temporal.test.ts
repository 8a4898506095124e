import { fileURLToPath } from 'node:url';
import { Worker, bundleWorkflowCode } from '@temporalio/worker';
import { expect, test } from 'vitest';
import { describeWithTemporal } from './temporal.ts';

await describeWithTemporal('the Temporal server of the run', (temporal) => {
  test('a year passes in a second for a workflow that may skip time', async () => {
    const { environment, namespace, skipTime } = temporal();
    const workflowsPath = fileURLToPath(new URL('./long-sleep.ts', import.meta.url));
    const worker = await Worker.create({
      connection: environment.nativeConnection,
      namespace,
      taskQueue: 'sleepers',
      workflowBundle: await bundleWorkflowCode({ workflowsPath }),
    });

    const sleeper = await environment.client.workflow.start('sleepLong', {
      taskQueue: 'sleepers',
      workflowId: 'sleeper',
      args: ['365 days'],
    });
    await skipTime('sleeper');

    expect(await worker.runUntil(sleeper.result())).toBe('slept');
  });
});
