/** The vendor's roles. Rank 1 is the top role; whoever changes any of them holds the environment's row (`lockEnvironment`). */
import { sql } from 'kysely';
import type { RoleMode } from '../../onboarding/roles.ts';
import type { Tx } from '../database.ts';
import type { RoleRow } from '../tables/roles.ts';
import { ofEnvironment, type Tenant } from '../tenant.ts';

export interface UsedRole extends RoleRow {
  /** How many groups and values of claims give it, and of how many organizations. */
  readonly groups: number;
  readonly organizations: number;
}

/** All of them, the top one first: few, and pages show them whole. */
export async function listRoles(tx: Tx, tenant: Tenant): Promise<RoleRow[]> {
  return ofVendor(tx, tenant).execute();
}

export async function listUsedRoles(tx: Tx, tenant: Tenant): Promise<UsedRole[]> {
  return ofVendor(tx, tenant)
    .select(({ selectFrom }) => {
      const uses = selectFrom('groupRoles')
        .whereRef('groupRoles.roleId', '=', 'roles.id')
        .where(ofEnvironment('groupRoles', tenant));
      return [
        uses.select(({ fn }) => fn.countAll<number>().as('count')).as('groups'),
        uses.select(sql<number>`count(distinct organization_id)`.as('count')).as('organizations'),
      ];
    })
    .$castTo<UsedRole>()
    .execute();
}

const ofVendor = (tx: Tx, tenant: Tenant) =>
  tx.selectFrom('roles').selectAll().where(ofEnvironment('roles', tenant)).orderBy('rank');

export type NewRole = Pick<RoleRow, 'id' | 'slug' | 'name' | 'description' | 'rank' | 'createdAt'>;

export async function insertRole(tx: Tx, { environmentId }: Tenant, role: NewRole): Promise<void> {
  await tx
    .insertInto('roles')
    .values({ ...role, environmentId, updatedAt: role.createdAt })
    .execute();
}

export async function describeRole(
  tx: Tx,
  tenant: Tenant,
  id: string,
  changes: Pick<RoleRow, 'name' | 'description'> & { updatedAt: Date },
): Promise<void> {
  await tx
    .updateTable('roles')
    .set(changes)
    .where('id', '=', id)
    .where(ofEnvironment('roles', tenant))
    .execute();
}

/** Gives all roles the ranks in which their ids stand. */
export async function rankRoles(tx: Tx, tenant: Tenant, ids: readonly string[], now: Date): Promise<void> {
  await sql`
    update roles set rank = wanted.rank, updated_at = ${now}
    from unnest(${ids}::text[]) with ordinality as wanted (id, rank)
    where roles.id = wanted.id and ${ofEnvironment('roles', tenant)} and roles.rank <> wanted.rank
  `.execute(tx);
}

/** Makes it the one of everybody to whom no group gives a role; null: they have none. */
export async function chooseDefaultRole(tx: Tx, tenant: Tenant, id: string | null, now: Date): Promise<void> {
  const change = tx.updateTable('roles').where(ofEnvironment('roles', tenant));
  await change.set({ isDefault: false, updatedAt: now }).where('isDefault', '=', true).execute();
  if (id === null) return;
  await change.set({ isDefault: true, updatedAt: now }).where('id', '=', id).execute();
}

export async function setRoleMode(
  tx: Tx,
  { environmentId }: Tenant,
  mode: RoleMode,
  now: Date,
): Promise<void> {
  await tx
    .updateTable('environments')
    .set({ roleMode: mode, updatedAt: now })
    .where('id', '=', environmentId)
    .execute();
}

/** Removes a role; the groups that gave it give the other one from now on, or none. */
export async function deleteRole(
  tx: Tx,
  tenant: Tenant,
  { id, replacedBy }: { id: string; replacedBy: string | null },
): Promise<void> {
  if (replacedBy !== null) {
    await tx
      .updateTable('groupRoles')
      .set({ roleId: replacedBy })
      .where('roleId', '=', id)
      .where(ofEnvironment('groupRoles', tenant))
      .execute();
  }
  await tx.deleteFrom('roles').where('id', '=', id).where(ofEnvironment('roles', tenant)).execute();
}
