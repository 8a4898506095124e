import type { Generated, Selectable } from 'kysely';
import type { Json } from './columns.ts';

/** A group of a directory. */
export interface DirectoryGroupsTable {
  id: string;
  environmentId: string;
  organizationId: string;
  directoryId: string;
  generation: number;
  externalId: string | null;
  displayName: string;
  nameKey: string;
  raw: Json<Record<string, unknown>>;
  version: Generated<number>;
  createdAt: Generated<Date>;
  updatedAt: Generated<Date>;
  removedAt: Date | null;
  /** False while its generation is only prepared. */
  isPublished: boolean;
  deletedAt: Date | null;
}

export type DirectoryGroupRow = Selectable<DirectoryGroupsTable>;
