import type { Generated, Selectable } from 'kysely';
import { columnNames } from '../row-columns.ts';
import type { Json } from './columns.ts';

/** A group of a directory. */
export interface DirectoryGroupsTable {
  id: string;
  environmentId: string;
  organizationId: string;
  directoryId: string;
  generation: number;
  /** What the source calls the group by, where that is not the id that the vendor knows. */
  sourceId: string | null;
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

export const directoryGroupColumns = columnNames<DirectoryGroupsTable>({
  id: true,
  environmentId: true,
  organizationId: true,
  directoryId: true,
  generation: true,
  sourceId: true,
  externalId: true,
  displayName: true,
  nameKey: true,
  raw: true,
  version: true,
  createdAt: true,
  updatedAt: true,
  removedAt: true,
  isPublished: true,
  deletedAt: true,
});
