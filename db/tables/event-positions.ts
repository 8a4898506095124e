import type { Generated, Selectable } from 'kysely';

/** The last position given in an environment. */
export interface EventPositionsTable {
  environmentId: string;
  lastPosition: Generated<number>;
}

export type EventPositionRow = Selectable<EventPositionsTable>;
