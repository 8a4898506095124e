import { ApplicationFailure } from '@temporalio/common';
import { OnboardingError, type ErrorCode } from '../onboarding/errors.ts';

/**
 * Which errors are tried again. The mapping from our closed list to the engine's retry decision; everything that is not
 * an `OnboardingError` is passing or a bug, and both are retried: an outage ends, and a deploy heals a bug.
 */
const passing: readonly ErrorCode[] = [
  'service_unavailable',
  'too_many_requests',
  'idempotency_in_progress',
  'metadata_unreachable',
  'egress_refused',
];

/** Runs an activity's work and gives its expected errors the type by which workflows decide about retries. */
export async function withFailures<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof OnboardingError && !passing.includes(error.code)) {
      throw ApplicationFailure.create({
        type: 'Permanent',
        nonRetryable: true,
        message: error.code,
        cause: error,
      });
    }
    throw error;
  }
}
