/** Files of audit events: what may be asked for, and how the lines are written. */

export interface AuditExportFilter {
  actions?: string[];
  actorNames?: string[];
  actorIds?: string[];
  /** Types of targets. */
  targetTypes?: string[];
  /** Ids of targets, as the pages filter by. */
  targetIds?: string[];
}

/** The last event that is in the file. */
export interface AuditExportCursor {
  occurredAt: string;
  id: string;
}
