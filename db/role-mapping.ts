/**
 * Saving which groups give which role: the mapping, and the news of everybody in a directory whose role it changes. The
 * number of statements grows with neither people nor groups.
 */
import { sql } from 'kysely';
import { directoryUserObject, previousAttributes } from '../onboarding/directory-objects.ts';
import { notifyAfterCommit, type Tx } from './database.ts';
import {
  keyOf,
  listGroupRoles,
  replaceGroupRoles,
  type MappedSource,
  type OfOrganization,
} from './repositories/group-roles.ts';
import { rolesOfDirectoryUsers, speakingDirectory } from './repositories/person-roles.ts';
import { toJson } from './tables/columns.ts';
import type { DirectoryUserRow } from './tables/directory-users.ts';

interface How {
  readonly now: Date;
  readonly newId: (prefix: `${string}_`) => string;
}

/** Puts the mapping in the place of the one before, with `dsync.user.updated` for each person whose roles it changes. */
export async function saveRoleMapping(
  tx: Tx,
  tenant: OfOrganization,
  mapping: readonly MappedSource[],
  { now, newId }: How,
): Promise<void> {
  const before = await listGroupRoles(tx, tenant);
  const groups = changedGroups(before, mapping);
  const people = await lockMembers(tx, tenant, groups);
  const ids = people.map(({ id }) => id);
  const had = await rolesOfDirectoryUsers(tx, tenant, ids);
  await replaceGroupRoles(
    tx,
    tenant,
    mapping.map((one) => ({ ...one, id: newId('group_role_') })),
    now,
  );
  const have = await rolesOfDirectoryUsers(tx, tenant, ids);
  const news = people.flatMap((person) => {
    const object = (roles: readonly string[] = []) =>
      directoryUserObject(person, roles.length === 0 ? {} : { role: roles[0] ?? '', roles });
    const [was, is] = [object(had.get(person.id)), object(have.get(person.id))];
    const previous = previousAttributes(was, is);
    return previous === undefined ? [] : [{ ...is, previous_attributes: previous }];
  });
  await recordUpdates(tx, tenant, news, { now, newId });
}

/** Ids of the groups that will give another role than before, or none, or one for the first time. */
function changedGroups(before: readonly MappedSource[], after: readonly MappedSource[]): string[] {
  const lines = (mapping: readonly MappedSource[]) =>
    new Map(mapping.map(({ source, role }) => [`${keyOf(source)} ${role}`, source]));
  const [was, is] = [lines(before), lines(after)];
  const changed = [...was, ...is].filter(([line]) => !(was.has(line) && is.has(line)));
  return [...new Set(changed.flatMap(([, source]) => (source.kind === 'group' ? [source.id] : [])))];
}

/** Everybody in these groups whom the vendor is shown, held so that their news come one after the other. */
async function lockMembers(
  tx: Tx,
  { environmentId, organizationId }: OfOrganization,
  groups: readonly string[],
): Promise<DirectoryUserRow[]> {
  if (groups.length === 0) return [];
  // Who comes into one of them meanwhile is told of by what the mapping is then.
  await tx
    .selectFrom('directoryGroups')
    .select('id')
    .where(sql<boolean>`id = any(${groups}::text[])`)
    .orderBy('id')
    .forNoKeyUpdate()
    .execute();
  return tx
    .selectFrom('directoryUsers as person')
    .innerJoin('directories as directory', (join) =>
      join
        .onRef('directory.id', '=', 'person.directoryId')
        .onRef('directory.generation', '=', 'person.generation'),
    )
    .selectAll('person')
    .where('person.environmentId', '=', environmentId)
    .where('person.organizationId', '=', organizationId)
    .where('person.state', 'is not', null)
    .where('person.deletedAt', 'is', null)
    .where(sql<boolean>`${sql.raw(speakingDirectory('directory'))}`)
    .where(
      sql<boolean>`person.id in (select user_id from directory_memberships where group_id = any(${groups}::text[]))`,
    )
    .orderBy('person.id')
    .forNoKeyUpdate('person')
    .execute();
}

async function recordUpdates(
  tx: Tx,
  { environmentId, organizationId }: OfOrganization,
  news: readonly object[],
  { now, newId }: How,
): Promise<void> {
  if (news.length === 0) return;
  await sql`
    insert into events (id, environment_id, organization_id, name, data, created_at)
    select id, ${environmentId}, ${organizationId}, 'dsync.user.updated', data::jsonb, ${now}
    from unnest(${news.map(() => newId('event_'))}::text[], ${news.map(toJson)}::text[]) with ordinality
      as event (id, data, place)
    order by place
  `.execute(tx);
  notifyAfterCommit(tx, { channel: 'events', payload: environmentId });
}
