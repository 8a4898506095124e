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
}

export type AuditEventRow = Selectable<AuditEventsTable>;
