import type { Generated, Selectable } from 'kysely';
import type { JsonWithDefault } from './columns.ts';

/** One reading of a directory. */
export interface DirectoryRunsTable {
  id: string;
  environmentId: string;
  organizationId: string;
  directoryId: string;
  kind: 'pull' | 'files';
  state: Generated<'running' | 'done' | 'failed' | 'held' | 'unchanged'>;
  cause: string | null;
  counts: JsonWithDefault<Record<string, number>>;
  startedAt: Generated<Date>;
  endedAt: Date | null;
}

export type DirectoryRunRow = Selectable<DirectoryRunsTable>;
