/** People of directories, read: by the source, which sees its own value, and by the vendor, who sees what is published. */
import { sql } from 'kysely';
import { OnboardingError } from '../../onboarding/errors.ts';
import type { Tx } from '../database.ts';
import { fixedStatement } from '../fixed-statement.ts';
import { byCreation, pageOf, type Page, type PageRequest } from '../pagination.ts';
import { groupsOfPerson } from '../repositories/directory-reads.ts';
import { bareColumns } from '../row-columns.ts';
import { directoryUserColumns, type DirectoryUserRow } from '../tables/directory-users.ts';
import { ownedBy, type Tenant } from '../tenant.ts';
import { keyOf } from './name-key.ts';
import type { DirectoryScope } from './scope.ts';

const columns = bareColumns(directoryUserColumns);
const ofSource = `directory_id = :directoryId and environment_id = :environmentId and generation = :generation
    and removed_at is null`;

/** `more` is what is read of the person besides. */
const bySourceId = <Row extends DirectoryUserRow>(more: string) =>
  fixedStatement<Row>(`
    select ${columns}${more} from directory_users as person
    where id = :sourceId and source_id is null and ${ofSource}
    union all
    select ${columns}${more} from directory_users as person where source_id = :sourceId and ${ofSource}
  `);
const alone = bySourceId<DirectoryUserRow>('');
const withGroups = bySourceId<DirectoryUserRow & { groups: string | null }>(`, ${groupsOfPerson} as groups`);
const byUserName = fixedStatement<DirectoryUserRow>(`
  select ${columns} from directory_users where user_name_key = :userNameKey and ${ofSource}
`);

const valuesOf = ({ directory, generation }: DirectoryScope) => ({
  directoryId: directory.id,
  environmentId: directory.environmentId,
  generation,
});

/** A person as the source sees them, by the id that the source was given. Undefined for one that it has removed. */
export async function findSourcePerson(
  tx: Tx,
  scope: DirectoryScope,
  sourceId: string,
): Promise<DirectoryUserRow | undefined> {
  const [person] = await alone(tx, { ...valuesOf(scope), sourceId });
  return person;
}

/** The same with the groups that they are in, as JSON; null for none. */
export async function findSourcePersonWithGroups(
  tx: Tx,
  scope: DirectoryScope,
  sourceId: string,
): Promise<{ person: DirectoryUserRow; groups: string | null } | undefined> {
  const [found] = await withGroups(tx, { ...valuesOf(scope), sourceId });
  if (found === undefined) return undefined;
  const { groups, ...person } = found;
  return { person, groups };
}

/** The same by the name, without regard to case. */
export async function findSourcePersonByName(
  tx: Tx,
  scope: DirectoryScope,
  userName: string,
): Promise<DirectoryUserRow | undefined> {
  const [person] = await byUserName(tx, { ...valuesOf(scope), userNameKey: keyOf(userName) });
  return person;
}

/** Which of a directory's people, or of a group's, the vendor asks for. */
export interface DirectoryUserFilter {
  directoryId?: string;
  groupId?: string;
  idpId?: string;
  email?: string;
}

/** People whom the vendor is shown. */
export async function listDirectoryUsers(
  tx: Tx,
  tenant: Tenant,
  { directoryId, groupId, idpId, email }: DirectoryUserFilter,
  request: PageRequest,
): Promise<Page<DirectoryUserRow>> {
  let query = shown(tx, tenant);
  if (directoryId !== undefined) query = query.where('directoryUsers.directoryId', '=', directoryId);
  if (idpId !== undefined)
    query = query.where(sql<boolean>`coalesce(external_id, directory_users.id) = ${idpId}`);
  if (email !== undefined)
    query = query.where(sql<boolean>`email_key = ${keyOf(email)} and email is not null`);
  if (groupId !== undefined) {
    query = query.where((eb) =>
      eb.exists(
        eb
          .selectFrom('directoryMemberships')
          .whereRef('directoryMemberships.userId', '=', 'directoryUsers.id')
          .where('directoryMemberships.groupId', '=', groupId)
          .select('directoryMemberships.userId'),
      ),
    );
  }
  const owned = ownedBy('directoryUsers', tenant);
  return pageOf(tx, query, { table: 'directoryUsers', keys: byCreation('directoryUsers'), owned }, request);
}

/** Undefined for one whom the vendor is not shown. */
export async function findDirectoryUser(
  tx: Tx,
  tenant: Tenant,
  userId: string,
): Promise<DirectoryUserRow | undefined> {
  return shown(tx, tenant).where('directoryUsers.id', '=', userId).executeTakeFirst();
}

/** Throws `not_found`. */
export async function getDirectoryUser(tx: Tx, tenant: Tenant, userId: string): Promise<DirectoryUserRow> {
  const person = await findDirectoryUser(tx, tenant, userId);
  if (!person) throw new OnboardingError('not_found', { kind: 'directory_user', id: userId });
  return person;
}

/** Those whose leaving is on hold: some, and how many they are. */
export async function listHeldPeople(
  tx: Tx,
  tenant: Tenant,
  holdId: string,
  limit: number,
): Promise<{ people: DirectoryUserRow[]; count: number }> {
  const held = () => shown(tx, tenant).where('directoryUsers.holdId', '=', holdId);
  const people = await held().orderBy('directoryUsers.userNameKey').limit(limit).execute();
  const { count } = await held()
    .clearSelect()
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return { people, count };
}

/** How many each of the holds keeps, open or discarded; one that keeps nobody is left out. */
export async function countHeldPeople(
  tx: Tx,
  tenant: Tenant,
  holdIds: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const rows = await shown(tx, tenant)
    .clearSelect()
    .select(({ fn }) => ['directoryUsers.holdId', fn.countAll<number>().as('count')])
    .where(sql<boolean>`directory_users.hold_id = any(${holdIds}::text[])`)
    .groupBy('directoryUsers.holdId')
    .execute();
  return new Map(rows.map(({ holdId, count }) => [holdId ?? '', count]));
}

function shown(tx: Tx, tenant: Tenant) {
  return tx
    .selectFrom('directoryUsers')
    .selectAll('directoryUsers')
    .where(ownedBy('directoryUsers', tenant))
    .where('directoryUsers.state', 'is not', null)
    .where('directoryUsers.deletedAt', 'is', null)
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom('directories')
          .whereRef('directories.id', '=', 'directoryUsers.directoryId')
          .where('directories.deletedAt', 'is', null)
          .select('directories.id'),
      ),
    );
}
