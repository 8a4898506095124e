import type { Generated } from 'kysely';

/** Who is in which group. */
export interface DirectoryMembershipsTable {
  groupId: string;
  userId: string;
  environmentId: string;
  organizationId: string;
  directoryId: string;
  createdAt: Generated<Date>;
}
