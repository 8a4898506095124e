import type { Generated, Selectable } from 'kysely';

/** Counters of rate-limiter-flexible. */
export interface RateLimitsTable {
  key: string;
  points: Generated<number>;
  expire: number | null;
}

export type RateLimitRow = Selectable<RateLimitsTable>;
