import type { Generated, Selectable } from 'kysely';

/** Where each chain ends, and where retention has cut its old end. `chain` is an organization id, or '' for the environment's own. */
export interface AuditHeadsTable {
  environmentId: string;
  chain: string;
  lastNumber: number;
  lastHash: string;
  cutNumber: Generated<number>;
  cutHash: string | null;
  /** Days that its rows are kept; null: as long as the setting says. */
  keptDays: number | null;
}

export type AuditHeadRow = Selectable<AuditHeadsTable>;
