import type { Selectable } from 'kysely';

/** A line of a file that could not be taken. */
export interface DirectoryFileLinesTable {
  fileId: string;
  number: number;
  environmentId: string;
  organizationId: string;
  line: number;
  columnName: string | null;
  value: string | null;
  cause: string;
}

export type DirectoryFileLineRow = Selectable<DirectoryFileLinesTable>;
