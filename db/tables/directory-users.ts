import type { Generated, Selectable } from 'kysely';
import { columnNames } from '../row-columns.ts';
import type { Json, JsonWithDefault } from './columns.ts';

/** A person of a directory: what the source says beside what the vendor is shown. */
export interface DirectoryUsersTable {
  id: string;
  environmentId: string;
  organizationId: string;
  directoryId: string;
  generation: number;
  /** What the source calls the person by, where that is not the id that the vendor knows. */
  sourceId: string | null;
  externalId: string | null;
  userName: string;
  /** Compared without regard to case, shown as it was sent. */
  userNameKey: string;
  email: string | null;
  emailKey: string | null;
  firstName: string | null;
  lastName: string | null;
  displayName: string | null;
  customAttributes: JsonWithDefault<Record<string, unknown>>;
  raw: Json<Record<string, unknown>>;
  version: Generated<number>;
  /** What the source says. */
  active: boolean;
  leftAt: Date | null;
  removedAt: Date | null;
  /** What the vendor is shown; null while the person is only prepared. */
  state: 'active' | 'inactive' | 'suspended' | null;
  holdId: string | null;
  createdAt: Generated<Date>;
  updatedAt: Generated<Date>;
  deletedAt: Date | null;
}

export type DirectoryUserRow = Selectable<DirectoryUsersTable>;

export const directoryUserColumns = columnNames<DirectoryUsersTable>({
  id: true,
  environmentId: true,
  organizationId: true,
  directoryId: true,
  generation: true,
  sourceId: true,
  externalId: true,
  userName: true,
  userNameKey: true,
  email: true,
  emailKey: true,
  firstName: true,
  lastName: true,
  displayName: true,
  customAttributes: true,
  raw: true,
  version: true,
  active: true,
  leftAt: true,
  removedAt: true,
  state: true,
  holdId: true,
  createdAt: true,
  updatedAt: true,
  deletedAt: true,
});
