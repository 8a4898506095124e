import type { Generated, Selectable } from 'kysely';
import { columnNames } from '../row-columns.ts';
import type { JsonWithDefault } from './columns.ts';

/** A person as one connection knows them: keyed by connection and `idpId`, never by e-mail [IDB-01]. */
export interface ProfilesTable {
  id: string;
  environmentId: string;
  organizationId: string;
  connectionId: string;
  connectionType: string;
  idpId: string;
  email: string;
  firstName: string | null;
  lastName: string | null;
  name: string | null;
  groups: Generated<string[]>;
  rawAttributes: JsonWithDefault<Record<string, unknown>>;
  customAttributes: JsonWithDefault<Record<string, unknown>>;
  createdAt: Generated<Date>;
  updatedAt: Generated<Date>;
  lastSignInAt: Generated<Date>;
  /** From then on `idpId` is somebody else [IDB-05]. */
  passedOnAt: Date | null;
}

export type ProfileRow = Selectable<ProfilesTable>;

export const profileColumns = columnNames<ProfilesTable>({
  id: true,
  environmentId: true,
  organizationId: true,
  connectionId: true,
  connectionType: true,
  idpId: true,
  email: true,
  firstName: true,
  lastName: true,
  name: true,
  groups: true,
  rawAttributes: true,
  customAttributes: true,
  createdAt: true,
  updatedAt: true,
  lastSignInAt: true,
  passedOnAt: true,
});
