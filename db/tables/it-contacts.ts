import type { Generated, Selectable } from 'kysely';

/** People at the customer who may receive links and notices. */
export interface ItContactsTable {
  id: string;
  environmentId: string;
  organizationId: string;
  email: string;
  name: string | null;
  timeZone: string | null;
  createdAt: Generated<Date>;
  updatedAt: Generated<Date>;
  removedAt: Date | null;
}

export type ItContactRow = Selectable<ItContactsTable>;
