import type { Generated } from 'kysely';

/** A group of a directory, or a value of a groups claim, that gives a role. */
export interface GroupRolesTable {
  id: string;
  environmentId: string;
  organizationId: string;
  roleId: string;
  directoryGroupId: string | null;
  connectionId: string | null;
  claimValue: string | null;
  createdAt: Generated<Date>;
}
