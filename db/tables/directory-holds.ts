import type { Generated, Selectable } from 'kysely';

/** A change of a directory that waits for a person [SCIM-09]. */
export interface DirectoryHoldsTable {
  id: string;
  environmentId: string;
  organizationId: string;
  directoryId: string;
  reason: 'many_leave' | 'first_file' | 'switch';
  state: Generated<'open' | 'applied' | 'discarded'>;
  activeBefore: number;
  createdAt: Generated<Date>;
  decidedAt: Date | null;
  decidedBy: string | null;
  /** When contacts and staff were told that it waits, and that it was decided. */
  toldAt: Date | null;
  decisionToldAt: Date | null;
}

export type DirectoryHoldRow = Selectable<DirectoryHoldsTable>;
