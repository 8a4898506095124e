import type { Generated } from 'kysely';

/** The last position given in an environment. */
export interface EventPositionsTable {
  environmentId: string;
  lastPosition: Generated<number>;
}
