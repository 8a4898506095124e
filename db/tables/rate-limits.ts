import type { Generated } from 'kysely';

/** Counters of rate-limiter-flexible. */
export interface RateLimitsTable {
  key: string;
  points: Generated<number>;
  expire: number | null;
}
