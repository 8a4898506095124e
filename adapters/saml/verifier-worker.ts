import { parentPort } from 'node:worker_threads';
import { OnboardingError } from '../../onboarding/errors.ts';
import { readLogout } from './logout-messages.ts';
import { readIdpMetadata } from './metadata.ts';
import type { VerifierAnswer, VerifierJob } from './verifier.ts';
import { verifyResponse } from './verify-response.ts';

/** The thread's side of `verifier.ts`: one job in, one answer out. */
parentPort?.on('message', (job: VerifierJob) => {
  parentPort?.postMessage(answer(job));
});

function answer(job: VerifierJob): VerifierAnswer {
  try {
    if (job.kind === 'logout') return { ok: true, kind: 'logout', message: believe(job) };
    return job.kind === 'response'
      ? { ok: true, kind: 'response', verdict: verifyResponse(job.input) }
      : { ok: true, kind: 'metadata', reading: readIdpMetadata(job.document, job.options) };
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) };
  }
}

function believe({ arrived, trust }: Extract<VerifierJob, { kind: 'logout' }>) {
  try {
    return readLogout(arrived, trust);
  } catch (error) {
    if (error instanceof OnboardingError) return undefined;
    throw error;
  }
}

parentPort?.postMessage('ready');
