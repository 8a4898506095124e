/** Directories whose people have other roles because the vendor has changed its own rules, and are yet to be told of. */
import { sql } from 'kysely';
import { directoryUserObject } from '../../onboarding/directory-objects.ts';
import { rolesOf, type RoleRules } from '../../onboarding/roles.ts';
import type { Tx } from '../database.ts';
import { recordRoleDifferences } from '../directories/role-news.ts';
import { fixedStatement } from '../fixed-statement.ts';
import { bareColumns } from '../row-columns.ts';
import { toJson } from '../tables/columns.ts';
import type { DirectoryRow } from '../tables/directories.ts';
import { directoryUserColumns, type DirectoryUserRow } from '../tables/directory-users.ts';
import type { RoleRow } from '../tables/roles.ts';
import { ofEnvironment, ownedBy, type Tenant } from '../tenant.ts';
import { rolesGivenBefore } from './person-roles.ts';

/**
 * Has everybody told of before long whose roles the change makes others, in the transaction that makes it. Of several
 * changes in a row the rules before the first count: people are told of once.
 */
export async function markRolesDue(tx: Tx, tenant: Tenant, before: RoleRules): Promise<void> {
  await tx
    .updateTable('directories')
    .set({ rolesBefore: sql`coalesce(roles_before, ${toJson(before)}::jsonb)` })
    .where('deletedAt', 'is', null)
    .where('linkedAt', 'is not', null)
    .where(ofEnvironment('directories', tenant))
    .execute();
}

/**
 * The same of a role that is about to go, for the directories whose groups give it: what they gave is kept with the rules,
 * since it cannot be read any more.
 */
export async function markRoleGoing(
  tx: Tx,
  tenant: Tenant,
  { id, slug }: Pick<RoleRow, 'id' | 'slug'>,
  before: RoleRules,
): Promise<void> {
  await sql`
    with given as (
      select directory_groups.directory_id, jsonb_object_agg(directory_groups.id, ${slug}::text) as groups
      from group_roles join directory_groups on directory_groups.id = group_roles.directory_group_id
      where group_roles.role_id = ${id} and ${ofEnvironment('groupRoles', tenant)}
      group by directory_groups.directory_id
    )
    update directories set roles_before = coalesce(roles_before, ${toJson(before)}::jsonb)
      || jsonb_build_object('groups', given.groups || coalesce(roles_before -> 'groups', '{}'))
    from given
    where directories.id = given.directory_id and deleted_at is null and linked_at is not null
      and ${ofEnvironment('directories', tenant)}
  `.execute(tx);
}

/** Needs `withSystem`. */
export async function listRolesDue(tx: Tx, limit: number): Promise<DirectoryRow[]> {
  return tx
    .selectFrom('directories')
    .selectAll()
    .where('rolesBefore', 'is not', null)
    .where('deletedAt', 'is', null)
    .orderBy('id')
    .limit(limit)
    .execute();
}

const atOnce = 1_000;

const listSome = fixedStatement<DirectoryUserRow>(`
  select ${bareColumns(directoryUserColumns)} from directory_users
  where directory_id = :directoryId and environment_id = :environmentId and generation = :generation
    and state is not null and deleted_at is null and id > :after
  order by id limit :limit
  for no key update
`);

/**
 * Records `dsync.user.updated` for each person of the directory who has other roles than by the rules before, a thousand
 * people at a time. Lock the directory first. Answers how many people were looked at.
 */
export async function tellRoleChanges(tx: Tx, directory: DirectoryRow, now: Date): Promise<number> {
  const { id: directoryId, environmentId, generation, rolesBefore } = directory;
  if (rolesBefore === null) return 0;
  const scope = { directory, generation, now };
  let seen = 0;
  let after = '';
  for (;;) {
    const rows = await listSome(tx, { directoryId, environmentId, generation, after, limit: atOnce });
    const ids = rows.map(({ id }) => id);
    const given = await rolesGivenBefore(tx, directory, ids, rolesBefore.groups ?? {});
    const had = new Map(ids.map((id) => [id, rolesOf(rolesBefore, given.get(id) ?? [])]));
    const people = rows.map((row) => ({ id: row.id, object: directoryUserObject(row) }));
    await recordRoleDifferences(tx, scope, people, had);
    seen += rows.length;
    const last = rows.at(-1);
    if (last === undefined || rows.length < atOnce) break;
    after = last.id;
  }
  await tx
    .updateTable('directories')
    .set({ rolesBefore: null })
    .where('id', '=', directoryId)
    .where(ownedBy('directories', directory))
    .execute();
  return seen;
}
