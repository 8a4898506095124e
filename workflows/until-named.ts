/**
 * For how long a workflow sleeps until an instant that an activity has named. The activity reads the clock of its own
 * machine, the workflow that of the engine: an activity whose clock lags finds nothing due at the wake, and is asked again
 * after `leastMs`, not in a circle.
 */
export function untilNamed(at: string | number, leastMs: number): number {
  return Math.max(leastMs, new Date(at).getTime() - Date.now());
}

/** A try that was too early by the clock of its activity is made again after so long. */
export const tooEarlyMs = 5_000;
