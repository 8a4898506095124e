import { parentPort } from 'node:worker_threads';
import { readIdpMetadata } from './metadata.ts';
import type { VerifierAnswer, VerifierJob } from './verifier.ts';
import { verifyResponse } from './verify-response.ts';

/** The thread's side of `verifier.ts`: one job in, one answer out. */
parentPort?.on('message', (job: VerifierJob) => {
  parentPort?.postMessage(answer(job));
});

function answer(job: VerifierJob): VerifierAnswer {
  try {
    return job.kind === 'response'
      ? { ok: true, kind: 'response', verdict: verifyResponse(job.input) }
      : { ok: true, kind: 'metadata', reading: readIdpMetadata(job.document, job.options) };
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) };
  }
}

parentPort?.postMessage('ready');
