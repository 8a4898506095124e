import type { Generated, Selectable } from 'kysely';
import type { Json, JsonWithDefault } from './columns.ts';

/** Who did what, written in the transaction of the change [AUD-01]; chained later by the sealing. */
export interface AuditEventsTable {
  id: string;
  environmentId: string;
  organizationId: string | null;
  ordinal: Generated<number>;
  at: Generated<Date>;
  actorType: string;
  actorId: string | null;
  sessionId: string | null;
  action: string;
  targetType: string | null;
  targetId: string | null;
  before: Json<Record<string, unknown>> | null;
  after: Json<Record<string, unknown>> | null;
  /** A field that was erased keeps the salted digest that went into the hash. */
  personal: JsonWithDefault<Record<string, string | { erased: string }>>;
  personalSalt: string | null;
  sourceAddress: string | null;
  userAgent: string | null;
  requestId: string | null;
  chainNumber: number | null;
  previousHash: string | null;
  hash: string | null;
  origin: Generated<'product' | 'vendor'>;
  /** When it happened, as the vendor says; of our own acts the same as `at`. */
  occurredAt: Generated<Date>;
  /** What a vendor's event has besides; its free texts are in `personal`. */
  content: Json<AuditContent> | null;
}

/** The parts of a vendor's event that stay when people are erased from it. */
export interface AuditContent {
  version: number;
  targets: { id: string; type: string }[];
}

export type AuditEventRow = Selectable<AuditEventsTable>;
