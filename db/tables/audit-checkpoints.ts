import type { Generated, Selectable } from 'kysely';
import type { Json } from './columns.ts';

/** Signed statements over all heads (hourly) and over cuts made by retention. */
export interface AuditCheckpointsTable {
  id: string;
  environmentId: string;
  kind: 'heads' | 'cut';
  at: Generated<Date>;
  body: Json<Record<string, unknown>>;
  signature: Buffer;
  keyId: string;
}

export type AuditCheckpointRow = Selectable<AuditCheckpointsTable>;
