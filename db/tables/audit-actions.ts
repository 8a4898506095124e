import type { Generated, Selectable } from 'kysely';

/** An action that the vendor's audit events may have. */
export interface AuditActionsTable {
  id: string;
  environmentId: string;
  name: string;
  latestVersion: number;
  createdAt: Generated<Date>;
  updatedAt: Generated<Date>;
}

export type AuditActionRow = Selectable<AuditActionsTable>;
