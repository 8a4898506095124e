/** Groups of directories and who is in them, read: by the source and by the vendor. */
import { sql } from 'kysely';
import { OnboardingError } from '../../onboarding/errors.ts';
import type { Tx } from '../database.ts';
import { fixedStatement } from '../fixed-statement.ts';
import { byCreation, pageOf, type Page, type PageRequest } from '../pagination.ts';
import { bareColumns } from '../row-columns.ts';
import { directoryGroupColumns, type DirectoryGroupRow } from '../tables/directory-groups.ts';
import { ownedBy, type Tenant } from '../tenant.ts';
import type { DirectoryScope } from './scope.ts';

const columns = bareColumns(directoryGroupColumns);
const ofSource = `directory_id = :directoryId and environment_id = :environmentId and generation = :generation
    and removed_at is null`;

const bySourceId = fixedStatement<DirectoryGroupRow>(`
  select ${columns} from directory_groups where id = :sourceId and source_id is null and ${ofSource}
  union all
  select ${columns} from directory_groups where source_id = :sourceId and ${ofSource}
`);

/** A group as the source sees it, by the id that the source was given. Undefined for one that it has removed. */
export async function findSourceGroup(
  tx: Tx,
  { directory, generation }: DirectoryScope,
  sourceId: string,
): Promise<DirectoryGroupRow | undefined> {
  const { id: directoryId, environmentId } = directory;
  const [group] = await bySourceId(tx, { directoryId, environmentId, generation, sourceId });
  return group;
}

/** Which of a directory's groups, or of a person's, the vendor asks for. */
export interface DirectoryGroupFilter {
  directoryId?: string;
  userId?: string;
}

/** Groups that the vendor is shown. */
export async function listDirectoryGroups(
  tx: Tx,
  tenant: Tenant,
  { directoryId, userId }: DirectoryGroupFilter,
  request: PageRequest,
): Promise<Page<DirectoryGroupRow>> {
  let query = shown(tx, tenant);
  if (directoryId !== undefined) query = query.where('directoryGroups.directoryId', '=', directoryId);
  if (userId !== undefined) {
    query = query.where((eb) =>
      eb.exists(
        eb
          .selectFrom('directoryMemberships')
          .whereRef('directoryMemberships.groupId', '=', 'directoryGroups.id')
          .where('directoryMemberships.userId', '=', userId)
          .select('directoryMemberships.groupId'),
      ),
    );
  }
  const owned = ownedBy('directoryGroups', tenant);
  return pageOf(tx, query, { table: 'directoryGroups', keys: byCreation('directoryGroups'), owned }, request);
}

/** Undefined for one that the vendor is not shown. */
async function findDirectoryGroup(
  tx: Tx,
  tenant: Tenant,
  groupId: string,
): Promise<DirectoryGroupRow | undefined> {
  return shown(tx, tenant).where('directoryGroups.id', '=', groupId).executeTakeFirst();
}

/** Throws `not_found`. */
export async function getDirectoryGroup(tx: Tx, tenant: Tenant, groupId: string): Promise<DirectoryGroupRow> {
  const group = await findDirectoryGroup(tx, tenant, groupId);
  if (!group) throw new OnboardingError('not_found', { kind: 'directory_group', id: groupId });
  return group;
}

/** The groups of many people at once, by the person's id. */
export async function listGroupsOfPeople(
  tx: Tx,
  tenant: Tenant,
  userIds: readonly string[],
): Promise<ReadonlyMap<string, DirectoryGroupRow[]>> {
  const rows = await shown(tx, tenant)
    .innerJoin('directoryMemberships', 'directoryMemberships.groupId', 'directoryGroups.id')
    .where(sql<boolean>`directory_memberships.user_id = any(${userIds}::text[])`)
    .select('directoryMemberships.userId')
    .orderBy('directoryGroups.createdAt')
    .orderBy('directoryGroups.id')
    .execute();
  const groups = new Map<string, DirectoryGroupRow[]>(userIds.map((id) => [id, []]));
  for (const { userId, ...group } of rows) groups.get(userId)?.push(group);
  return groups;
}

function shown(tx: Tx, tenant: Tenant) {
  return tx
    .selectFrom('directoryGroups')
    .selectAll('directoryGroups')
    .where(ownedBy('directoryGroups', tenant))
    .where('directoryGroups.isPublished', '=', true)
    .where('directoryGroups.deletedAt', 'is', null)
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom('directories')
          .whereRef('directories.id', '=', 'directoryGroups.directoryId')
          .where('directories.deletedAt', 'is', null)
          .select('directories.id'),
      ),
    );
}
