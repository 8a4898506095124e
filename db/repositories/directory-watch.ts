/** What the journey and the watches read of directories; people and groups are written elsewhere. */
import type { Tx } from '../database.ts';
import type { DirectoryRow } from '../tables/directories.ts';
import { ofEnvironment, ownedBy, type Tenant } from '../tenant.ts';

/** An organization's directories, oldest first. */
export async function listDirectoriesOf(
  tx: Tx,
  tenant: Tenant,
  organizationId: string,
): Promise<DirectoryRow[]> {
  return tx
    .selectFrom('directories')
    .selectAll()
    .where('organizationId', '=', organizationId)
    .where('deletedAt', 'is', null)
    .where(ownedBy('directories', tenant))
    .orderBy('createdAt')
    .orderBy('id')
    .execute();
}

/** Which of the organization's directories have a change on hold. */
export async function listHeldDirectories(tx: Tx, tenant: Tenant): Promise<string[]> {
  const rows = await tx
    .selectFrom('directoryHolds')
    .select('directoryId')
    .where('state', '=', 'open')
    .where(ownedBy('directoryHolds', tenant))
    .execute();
  return rows.map(({ directoryId }) => directoryId);
}

/** Whether there is nothing to assign: the environment has no roles, or the organization's groups have theirs. */
export async function areRolesAssigned(tx: Tx, tenant: Tenant): Promise<boolean> {
  if (!(await hasRoles(tx, tenant))) return true;
  const assigned = await tx
    .selectFrom('groupRoles')
    .select('id')
    .where('directoryGroupId', 'is not', null)
    .where(ownedBy('groupRoles', tenant))
    .limit(1)
    .executeTakeFirst();
  return assigned !== undefined;
}

/** Whether the environment has roles that groups can give. */
export async function hasRoles(tx: Tx, tenant: Tenant): Promise<boolean> {
  const role = await tx
    .selectFrom('roles')
    .select('id')
    .where(ofEnvironment('roles', tenant))
    .limit(1)
    .executeTakeFirst();
  return role !== undefined;
}
