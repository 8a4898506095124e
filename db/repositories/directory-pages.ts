/** People and groups of a directory as its admin looks through them: by name, a page at a time. */
import { sql } from 'kysely';
import type { Tx } from '../database.ts';
import { groupNameApart, ownNameKey } from '../directories/group-names.ts';
import { pageOf, type Page, type PageRequest } from '../pagination.ts';
import type { DirectoryGroupRow } from '../tables/directory-groups.ts';
import type { DirectoryUserRow } from '../tables/directory-users.ts';
import { ownedBy, type Tenant } from '../tenant.ts';

interface Sought {
  directoryId: string;
  /** Part of the name or the address; empty for everybody. */
  search: string;
}

/** People whom the vendor is shown, by their user name. */
export async function searchDirectoryPeople(
  tx: Tx,
  tenant: Tenant,
  { directoryId, search }: Sought,
  request: Omit<PageRequest, 'order'>,
): Promise<Page<DirectoryUserRow>> {
  const owned = ownedBy('directoryUsers', tenant);
  let query = tx
    .selectFrom('directoryUsers')
    .selectAll('directoryUsers')
    .where(owned)
    .where('directoryUsers.directoryId', '=', directoryId)
    .where('directoryUsers.state', 'is not', null)
    .where('directoryUsers.deletedAt', 'is', null);
  if (search !== '') {
    query = query.where(
      sql<boolean>`position(lower(${search}) in lower(concat_ws(' ', display_name, first_name, last_name, user_name, email))) > 0`,
    );
  }
  const keys = [sql.ref('directoryUsers.userNameKey'), sql.ref('directoryUsers.id')];
  return pageOf(tx, query, { table: 'directoryUsers', keys, owned }, { ...request, order: 'asc' });
}

/** Those whose leaving is on hold, by their user name. */
export async function listPeopleOnHold(
  tx: Tx,
  tenant: Tenant,
  holdId: string,
  request: Omit<PageRequest, 'order'>,
): Promise<Page<DirectoryUserRow>> {
  const owned = ownedBy('directoryUsers', tenant);
  const query = tx
    .selectFrom('directoryUsers')
    .selectAll('directoryUsers')
    .where(owned)
    .where('directoryUsers.holdId', '=', holdId)
    .where('directoryUsers.deletedAt', 'is', null);
  const keys = [sql.ref('directoryUsers.userNameKey'), sql.ref('directoryUsers.id')];
  return pageOf(tx, query, { table: 'directoryUsers', keys, owned }, { ...request, order: 'asc' });
}

/** Groups that the vendor is shown, by name, with how many people are in each. */
export async function searchDirectoryGroups(
  tx: Tx,
  tenant: Tenant,
  { directoryId, search }: Sought,
  request: Omit<PageRequest, 'order'>,
): Promise<Page<DirectoryGroupRow & { members: number; name: string }>> {
  const owned = ownedBy('directoryGroups', tenant);
  let query = tx
    .selectFrom('directoryGroups')
    .selectAll('directoryGroups')
    .select(sql<string>`${sql.raw(groupNameApart('directory_groups'))}`.as('name'))
    .select((eb) =>
      eb
        .selectFrom('directoryMemberships')
        .whereRef('directoryMemberships.groupId', '=', 'directoryGroups.id')
        .select((count) => count.fn.countAll<number>().as('members'))
        .$asScalar()
        .$notNull()
        .as('members'),
    )
    .where(owned)
    .where('directoryGroups.directoryId', '=', directoryId)
    .where('directoryGroups.isPublished', '=', true)
    .where('directoryGroups.deletedAt', 'is', null);
  if (search !== '')
    query = query.where(
      sql<boolean>`(position(lower(${search}) in directory_groups.name_key) > 0
        or lower(${search}) = ${sql.raw(ownNameKey('directory_groups'))})`,
    );
  const keys = [sql.ref('directoryGroups.nameKey'), sql.ref('directoryGroups.id')];
  return pageOf(tx, query, { table: 'directoryGroups', keys, owned }, { ...request, order: 'asc' });
}
