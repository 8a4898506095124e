import type { Generated, Selectable } from 'kysely';
import type { Json } from './columns.ts';

/** What happened, for machines; readable once the sequencer has given it a position. */
export interface EventsTable {
  id: string;
  environmentId: string;
  organizationId: string | null;
  ordinal: Generated<number>;
  position: number | null;
  name: string;
  data: Json<Record<string, unknown>>;
  context: Json<Record<string, unknown>> | null;
  createdAt: Generated<Date>;
}

export type EventRow = Selectable<EventsTable>;
