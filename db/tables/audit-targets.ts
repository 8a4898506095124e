/** What sealed audit rows were done to: an event may have many. */
export interface AuditTargetsTable {
  environmentId: string;
  organizationId: string | null;
  targetId: string;
  occurredAt: Date;
  eventId: string;
  /** The row's own, by which its month is found. */
  at: Date;
}
