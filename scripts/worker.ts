import { fileURLToPath } from 'node:url';
import { activityDepsOf } from '../parts.ts';
import { startWorkerProbe } from '../relay/worker-probe.ts';
import { startWorkerProgram } from '../worker.ts';
import { runProgram } from './program.ts';

/** `npm run worker`: workflows, activities, relay, sequencer and sweeps. Any number may run side by side. */
await runProgram('worker', async (config, parts, log) => {
  const worker = await startWorkerProgram({
    activities: activityDepsOf(parts, config),
    temporal: { ...config.temporal, address: config.temporal.address ?? '' },
    workflowBundle: { codePath: fileURLToPath(new URL('../workflow-bundle.js', import.meta.url)) },
    dataConverter: parts.dataConverter,
    workflows: parts.patientWorkflows,
    listener: parts.listener,
    log,
    metrics: config.workerMetrics,
  });
  const probe = await startWorkerProbe({ ...config.ops, state: worker.state, log });
  return async () => {
    await worker.stop();
    await probe.stop();
  };
});
