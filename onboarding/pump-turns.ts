/**
 * How long a pump has its place, and when it has to take one among the slow. A destination that is away costs the others
 * one wait: the one in which that is found out.
 */

/** What took longer than this holds places up. One that is away takes the time-out of a request, which is longer still. */
export const slowAfterMs = 3_000;

export const wasSlow = (milliseconds: number): boolean => milliseconds > slowAfterMs;

/** A pump gives its workflow the turn after this long, however much waits; the slow have fewer places than there are of them. */
export const turnMs = (isSlow: boolean): number => (isSlow ? 20_000 : 5 * 60_000);
