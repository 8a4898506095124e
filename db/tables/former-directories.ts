import type { Generated, Selectable } from 'kysely';
import type { Json } from './columns.ts';
import type { DirectoryRow } from './directories.ts';

/** How a directory was set up before: kept for 30 days, so that one press brings it back. */
export interface FormerDirectoriesTable {
  id: string;
  environmentId: string;
  organizationId: string;
  directoryId: string;
  generation: number;
  name: string;
  type: string;
  providerId: string | null;
  road: DirectoryRow['road'];
  attributeMapping: Json<Record<string, string>>;
  settings: Json<Record<string, unknown>>;
  credentialsSealed: string | null;
  tokenIds: string[];
  reason: 'switched' | 'reset' | 'brought_back';
  createdAt: Generated<Date>;
  keptUntil: Date;
  restoredAt: Date | null;
}

export type FormerDirectoryRow = Selectable<FormerDirectoriesTable>;
