import { randomUUID } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import { pumpQueueOf } from '../../onboarding/workflow-names.ts';
import { fakeActivities, type FakeActivities } from './fake-activities.ts';
import type { TestTemporal } from './temporal.ts';

/** Runs one workflow of the product on workers of its own with fake activities, for as long as `work` takes. */
export async function runWorkflow(
  temporal: TestTemporal,
  run: { type: string; input: unknown; activities?: FakeActivities; skipsTime?: boolean },
  work: (handle: WorkflowHandle) => Promise<void>,
): Promise<FakeActivities> {
  const activities = run.activities ?? fakeActivities();
  const workflowId = `${run.type}/${randomUUID()}`;
  const common = {
    connection: temporal.environment.nativeConnection,
    namespace: temporal.namespace,
    activities,
    maxCachedWorkflows: 0,
  };
  const worker = await Worker.create({
    ...common,
    taskQueue: workflowId,
    workflowBundle: { codePath: temporal.bundlePath },
  });
  const pumps = await Worker.create({ ...common, taskQueue: pumpQueueOf(workflowId) });
  const slowPumps = await Worker.create({ ...common, taskQueue: pumpQueueOf(workflowId, true) });
  const handle = await temporal.environment.client.workflow.start(run.type, {
    workflowId,
    taskQueue: workflowId,
    args: [run.input],
  });
  if (run.skipsTime === true) await temporal.skipTime(workflowId);
  await slowPumps.runUntil(pumps.runUntil(worker.runUntil(work(handle))));
  return activities;
}
