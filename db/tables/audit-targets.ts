import type { AuditEventsTable } from './audit-events.ts';

/** What sealed audit rows were done to: an event may have many. */
export interface AuditTargetsTable {
  environmentId: string;
  organizationId: string | null;
  targetId: string;
  occurredAt: Date;
  eventId: string;
  /** The row's own, by which its month is found. */
  at: Date;
  /** The row's own, too, so that a thing with many acts is narrowed without them. */
  origin: AuditEventsTable['origin'];
  actorType: string;
  actorId: string | null;
  action: string;
}
