import type { Generated } from 'kysely';

/** The last position given in an environment, and how far its events ever lagged behind those before them. */
export interface EventPositionsTable {
  environmentId: string;
  lastPosition: Generated<number>;
  /** The latest `created_at` that has a position. */
  newest: Date | null;
  /** No event is created longer than this before one with a lower position. */
  lagMs: Generated<number>;
}
