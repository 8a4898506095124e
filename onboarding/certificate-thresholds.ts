/**
 * When the end of a certificate is announced: 90, 60, 30, 14, 7, 1 and 0 days before it, then weekly
 * (`design.md` §4). A threshold is named by its days; what lies after the end is negative (-7, -14, …).
 */
const beforeEnd = [90, 60, 30, 14, 7, 1, 0] as const;
const dayMs = 86_400_000;

/**
 * The threshold that applies now, or undefined while the end is more than 90 days away. After an outage the latest
 * one applies, so that nobody gets three notices at once.
 */
export function thresholdAt(endsAtMs: number, nowMs: number): number | undefined {
  const daysLeft = (endsAtMs - nowMs) / dayMs;
  if (daysLeft <= -7) return -7 * Math.floor(-daysLeft / 7);
  return beforeEnd.filter((days) => daysLeft <= days).at(-1);
}

/** The next instant (ms) at which another threshold begins to apply. */
export function nextThresholdAt(endsAtMs: number, nowMs: number): number {
  const upcoming = beforeEnd.map((days) => endsAtMs - days * dayMs).filter((at) => at > nowMs);
  const first = upcoming[0];
  if (first !== undefined) return Math.min(...upcoming);
  return endsAtMs + 7 * dayMs * (Math.floor((nowMs - endsAtMs) / (7 * dayMs)) + 1);
}
