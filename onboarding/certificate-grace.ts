/**
 * How long a provider's signing certificate that has ended is still taken, while everybody is told about it [MD-05]: nobody
 * is locked out by a date that was overlooked.
 */
export const expiryGraceMs = 30 * 86_400_000;

/** Until when it is taken. */
export const takenUntil = (endsAt: Date): Date => new Date(endsAt.getTime() + expiryGraceMs);
