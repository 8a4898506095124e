import type { Generated, Selectable } from 'kysely';
import type { JsonWithDefault } from './columns.ts';

/** A file that a customer sent, and what became of it. */
export interface DirectoryFilesTable {
  id: string;
  environmentId: string;
  organizationId: string;
  directoryId: string;
  name: string;
  size: Generated<number>;
  sha256: string | null;
  state: 'receiving' | 'received' | 'applied' | 'refused' | 'held' | 'unchanged' | 'superseded';
  cause: string | null;
  rows: number | null;
  /** What it changed, or would. */
  counts: JsonWithDefault<Record<string, number>>;
  refusedLines: Generated<number>;
  runId: string | null;
  receivedAt: Generated<Date>;
  appliedAt: Date | null;
  /** Of the people that it was applied to; null before. */
  generation: number | null;
  /** Its chunks are gone from then on. */
  expiresAt: Date;
}

export type DirectoryFileRow = Selectable<DirectoryFilesTable>;
