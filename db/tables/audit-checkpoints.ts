import type { Generated, Selectable } from 'kysely';
import type { Json } from './columns.ts';

/** Where every chain of an environment ended. */
export interface CheckpointBody {
  environmentId: string;
  at: string;
  heads: { chain: string; number: number; hash: string }[];
}

/** The last row that retention removed from a chain. */
export interface CutBody {
  environmentId: string;
  at: string;
  chain: string;
  number: number;
  hash: string;
}

/** Signed statements over all heads (hourly) and over cuts made by retention. */
export interface AuditCheckpointsTable {
  id: string;
  environmentId: string;
  kind: 'heads' | 'cut';
  at: Generated<Date>;
  body: Json<CheckpointBody | CutBody>;
  signature: Buffer;
  keyId: string;
}

export type AuditCheckpointRow = Selectable<AuditCheckpointsTable>;
