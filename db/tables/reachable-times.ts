import type { Selectable } from 'kysely';

/** Since when some api could be called without a gap, and until when it was told last. One row. */
export interface ReachableTimesTable {
  id: 'api';
  since: Date;
  until: Date;
}

export type ReachableTimeRow = Selectable<ReachableTimesTable>;
