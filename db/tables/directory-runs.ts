import type { Generated, Selectable } from 'kysely';
import type { ErrorFacts } from '../../onboarding/errors.ts';
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
  /** What the cause was about: plain values that fill its words. */
  facts: JsonWithDefault<ErrorFacts>;
  counts: JsonWithDefault<Record<string, number>>;
  startedAt: Generated<Date>;
  endedAt: Date | null;
  /** When the directory is read next; null where only new credentials or a person make it be read. */
  nextAt: Date | null;
}

export type DirectoryRunRow = Selectable<DirectoryRunsTable>;
