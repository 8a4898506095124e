/**
 * Which groups of an organization give which role, and what that comes to for its people. Nothing here takes more
 * statements for more people or groups.
 */
import { sql, type RawBuilder } from 'kysely';
import { leftOutSigns } from '../../onboarding/attributes.ts';
import type { Crowd } from '../../onboarding/roles.ts';
import type { Tx } from '../database.ts';
import { groupNameApart, ownNameKey } from '../directories/group-names.ts';
import { ownedBy } from '../tenant.ts';
import { speakingDirectory } from './person-roles.ts';

export interface OfOrganization {
  environmentId: string;
  organizationId: string;
}

/** A group of a directory, or a value that the groups claim of a connection brings. */
export type RoleSource =
  | { readonly kind: 'group'; readonly id: string }
  | { readonly kind: 'claim'; readonly connectionId: string; readonly value: string };

export interface ShownSource {
  readonly kind: RoleSource['kind'];
  readonly groupId: string | null;
  readonly connectionId: string | null;
  /** By which the list is sorted; of a claim, what it brings. */
  readonly label: string;
  /** The same, told apart from others that are called so. */
  readonly name: string;
  /** Where it comes from: the name of its directory or connection. */
  readonly origin: string;
  /** Who is in it now; of a claim: whose last sign-in brought it. */
  readonly people: number;
  /** It comes with the switch that is prepared, and has no namesake among the groups shown. */
  readonly isPrepared: boolean;
  /** Slug of the role that it gives. */
  readonly role: string | null;
  readonly key: string;
}

/** Names a source within its organization. */
export const keyOf = (source: RoleSource): string =>
  source.kind === 'group' ? source.id : `${source.connectionId} ${source.value}`;

export interface MappedSource {
  readonly source: RoleSource;
  readonly role: string;
}

/** What gives a role today, in no order that means anything. */
export async function listGroupRoles(tx: Tx, tenant: OfOrganization): Promise<MappedSource[]> {
  const rows = await tx
    .selectFrom('groupRoles')
    .innerJoin('roles', 'roles.id', 'groupRoles.roleId')
    .select(['directoryGroupId', 'connectionId', 'claimValue', 'roles.slug as role'])
    .where(ownedBy('groupRoles', tenant))
    .orderBy('groupRoles.id')
    .execute();
  return rows.map(({ directoryGroupId, connectionId, claimValue, role }) => ({
    source:
      directoryGroupId === null
        ? { kind: 'claim', connectionId: connectionId ?? '', value: claimValue ?? '' }
        : { kind: 'group', id: directoryGroupId },
    role,
  }));
}

/**
 * Puts this in the place of all that gave a role before. What is no group or connection of the organization, or no role
 * of the vendor, is left out.
 */
export async function replaceGroupRoles(
  tx: Tx,
  tenant: OfOrganization,
  mapping: readonly (MappedSource & { readonly id: string })[],
  now: Date,
): Promise<void> {
  await tx.deleteFrom('groupRoles').where(ownedBy('groupRoles', tenant)).execute();
  if (mapping.length === 0) return;
  await sql`
    insert into group_roles (id, environment_id, organization_id, role_id, directory_group_id, connection_id, claim_value, created_at)
    select wanted.id, roles.environment_id, ${tenant.organizationId}, roles.id, wanted.group_id, wanted.connection_id,
      wanted.claim_value, ${now}
    from unnest(${mapping.map(({ id }) => id)}::text[], ${mapping.map(({ role }) => role)}::text[],
      ${columnsOf(mapping.map(({ source }) => source))}) as wanted (id, role, group_id, connection_id, claim_value)
    join roles on roles.slug = wanted.role and roles.environment_id = ${tenant.environmentId}
    where exists (select from directory_groups where id = wanted.group_id and ${ownedBy('directoryGroups', tenant)})
      or exists (select from connections where id = wanted.connection_id and ${ownedBy('connections', tenant)})
  `.execute(tx);
}

/** The three columns that name sources, as arrays side by side. */
function columnsOf(sources: readonly RoleSource[]): RawBuilder<unknown> {
  const groups = sources.map((source) => (source.kind === 'group' ? source.id : null));
  const connections = sources.map((source) => (source.kind === 'claim' ? source.connectionId : null));
  const values = sources.map((source) => (source.kind === 'claim' ? source.value : null));
  return sql`${groups}::text[], ${connections}::text[], ${values}::text[]`;
}

/** A place in a list that is sorted by names: what comes next is behind both. */
export interface NamedPlace {
  readonly name: string;
  readonly id: string;
}

/** Profiles that still have their names: what the one before brought says nothing of whoever has the name now [IDB-05]. */
const named = (tenant: OfOrganization) =>
  sql`${ownedBy('profiles', tenant)} and profiles.passed_on_at is null`;

/** Groups of `directory` that are shown, and of a switch that is prepared those that no group shown will be. */
const offered = sql`
  (directory_groups.generation = directory.generation and is_published and directory_groups.deleted_at is null)
  or (directory_groups.generation = directory.next_generation and directory_groups.removed_at is null and not exists (
    select from directory_groups as shown where shown.directory_id = directory.id and shown.generation = directory.generation
      and shown.is_published and shown.deleted_at is null and shown.name_key = directory_groups.name_key
  ))`;

/** While a switch is prepared the directory is called by the source to come: those shown are of the one before. */
const originOfShown = `coalesce((
  select former.name from former_directories as former
  where directory.next_generation is not null and former.directory_id = directory.id and former.restored_at is null
  order by former.created_at desc, former.id desc limit 1
), directory.name)`;

/**
 * Groups of the organization's directories and the values of its groups claims, by name; those that give a role are a
 * list of their own. A value counts while a profile has it, and as long as it gives a role.
 */
export async function listRoleSources(
  tx: Tx,
  tenant: OfOrganization,
  wanted: { givesRole: boolean; search?: string | undefined; after?: NamedPlace | undefined; limit: number },
): Promise<ShownSource[]> {
  const { givesRole, search = '', after, limit } = wanted;
  const { rows } = await sql<ShownSource>`
    with claims as (
      select connection_id, value, max(people) as people from (
        select connection_id, claim.value, count(*) as people
        from profiles cross join unnest(groups) as claim (value)
        where ${named(tenant)} group by 1, 2
        union all
        select connection_id, claim_value, 0 from group_roles
        where ${ownedBy('groupRoles', tenant)} and connection_id is not null
      ) as seen group by 1, 2
    ), sources as (
      select 'group' as kind, directory_groups.id as group_id, null as connection_id, display_name as label,
        ${sql.raw(ownNameKey('directory_groups'))} as own_name,
        case when is_prepared then directory.name else ${sql.raw(originOfShown)} end as origin,
        directory_groups.id as key, null::bigint as people, is_prepared
      from directory_groups
      join directories as directory on directory.id = directory_id
      cross join lateral (select directory_groups.generation <> directory.generation as is_prepared) as which
      where ${ownedBy('directoryGroups', tenant)} and (${offered}) and ${sql.raw(speakingDirectory('directory'))}
      union all
      select 'claim', null, connections.id, value, null, connections.name, connections.id || ' ' || value, people, false
      from claims join connections on connections.id = connection_id
      where ${ownedBy('connections', tenant)} and connections.deleted_at is null
    ), page as (
      select sources.*, roles.slug as role
      from sources
      left join group_roles on group_roles.directory_group_id = sources.group_id
        or (group_roles.connection_id = sources.connection_id and group_roles.claim_value = sources.label)
      left join roles on roles.id = group_roles.role_id
      where (roles.id is not null) = ${givesRole}
        and (position(lower(${search}) in lower(label)) > 0 or lower(${search}) = own_name)
        and (${after?.id ?? null}::text is null
          or (lower(label) collate "C", key collate "C") > (lower(${after?.name ?? ''}), ${after?.id ?? ''}))
      order by lower(label) collate "C", key collate "C" limit ${limit}
    )
    select kind, group_id, connection_id, label, origin, key, role, is_prepared,
      coalesce((
        select ${sql.raw(groupNameApart('named'))} from directory_groups as named where named.id = page.group_id
      ), label) as name,
      coalesce(people, (
        select count(*) from directory_memberships as membership
        join directory_users as person on person.id = membership.user_id
        where membership.group_id = page.group_id and case when is_prepared
          then person.active and person.removed_at is null
          else person.state = 'active' and person.deleted_at is null end
      )) as people
    from page order by lower(label) collate "C", key collate "C"
  `.execute(tx);
  return rows;
}

/**
 * By connection, of how many people the provider left the groups out at their last sign-in, because they are in more than it
 * sends. What tells so is the rule of `leftGroupsOut`; a test compares the two.
 */
export async function countGroupsLeftOut(
  tx: Tx,
  tenant: OfOrganization,
): Promise<{ origin: string; people: number }[]> {
  const { rows } = await sql<{ origin: string; people: number }>`
    select connections.name as origin, count(*) as people
    from profiles join connections on connections.id = profiles.connection_id
    where ${named(tenant)} and connections.deleted_at is null and (
      raw_attributes ? ${leftOutSigns.link} or raw_attributes ->> ${leftOutSigns.flag} = 'true'
      or position('"groups"' in raw_attributes ->> ${leftOutSigns.names}) > 0
    )
    group by connections.id order by connections.name, connections.id
  `.execute(tx);
  return rows;
}

/** How many there are of each kind, whether they give a role or not. */
export async function countRoleSources(
  tx: Tx,
  tenant: OfOrganization,
): Promise<{ groups: number; claims: number }> {
  const { rows } = await sql<{ groups: number; claims: number }>`
    select (
      select count(*) from directory_groups
      join directories as directory on directory.id = directory_id
      where ${ownedBy('directoryGroups', tenant)} and (${offered}) and ${sql.raw(speakingDirectory('directory'))}
    ) as groups, (
      select count(distinct (connection_id, claim.value)) from profiles cross join unnest(groups) as claim (value)
      where ${named(tenant)}
    ) as claims
  `.execute(tx);
  return rows[0] ?? { groups: 0, claims: 0 };
}

/** A generation of a directory that is to take the place of the one shown, and which of its groups will be which. */
export interface GenerationShownInstead {
  readonly directoryId: string;
  readonly generation: number;
  readonly groups: readonly { readonly oldId: string; readonly newId: string }[];
}

/** What would be otherwise: another generation of a directory, or a connection that nobody signs in through any more. */
export interface OtherWorld {
  readonly instead?: GenerationShownInstead;
  readonly withoutConnection?: string;
}

/**
 * Everybody who counts, with the numbers (from 1) of the sources that they are in: active people of the directories, with
 * what their own sign-ins brought, and people whom only a sign-in has shown. Somebody whom a directory has removed is
 * nobody here, whatever their last sign-in said; what came through a connection that is not active gives nothing.
 */
const signed = (
  tenant: OfOrganization,
  sources: readonly RoleSource[],
  { instead, withoutConnection }: OtherWorld = {},
): RawBuilder<unknown> => sql`
  with asked as (
    select * from unnest(${columnsOf(sources)}) with ordinality as asked (group_id, connection_id, claim_value, number)
  ), mapped as (
    select * from asked
    union all
    select pair.new_id, null, null, number from asked
    join unnest(${instead?.groups.map(({ oldId }) => oldId) ?? []}::text[], ${instead?.groups.map(({ newId }) => newId) ?? []}::text[])
      as pair (old_id, new_id) on pair.old_id = asked.group_id
  ), known as (
    select person.*, case directory.id when ${instead?.directoryId ?? null}
      then person.active and person.removed_at is null
      else person.state = 'active' and person.deleted_at is null end as counts
    from directory_users as person
    join directories as directory on directory.id = person.directory_id and person.generation =
      case directory.id when ${instead?.directoryId ?? null} then ${instead?.generation ?? null}::integer else directory.generation end
    where ${sql.raw(speakingDirectory('directory'))}
      and person.environment_id = ${tenant.environmentId} and person.organization_id = ${tenant.organizationId}
  ), signing as (
    select profiles.* from profiles join connections on connections.id = profiles.connection_id
    where ${named(tenant)} and connections.deleted_at is null and connections.state = 'active'
      and connections.id is distinct from ${withoutConnection ?? null}
  ), people as (
    select id, coalesce(nullif(display_name, ''), nullif(concat_ws(' ', first_name, last_name), ''), user_name) as name, email
    from known where counts
    union all
    select id, coalesce(nullif(name, ''), nullif(concat_ws(' ', first_name, last_name), ''), email), email
    from signing where not exists (select from known where known.external_id = signing.idp_id)
  ), given as (
    select user_id as person_id, number from mapped join directory_memberships as membership
      on membership.group_id = mapped.group_id
    union
    select coalesce(known.id, signing.id), number
    from signing cross join unnest(signing.groups) as claim (value)
    join mapped on mapped.connection_id = signing.connection_id and mapped.claim_value = claim.value
    left join known on known.external_id = signing.idp_id and known.counts
  ), signed as (
    select people.id, people.name, people.email, coalesce(string_agg(number::text, ',' order by number), '') as signature
    from people left join given on given.person_id = people.id group by 1, 2, 3
  )`;

/** People counted by which of the sources they are in; the groups of a crowd are keys of sources. */
export async function countCrowds(
  tx: Tx,
  tenant: OfOrganization,
  sources: readonly RoleSource[],
  other?: OtherWorld,
): Promise<Crowd[]> {
  const { rows } = await sql<{ signature: string; people: number }>`
    ${signed(tenant, sources, other)} select signature, count(*) as people from signed group by signature
  `.execute(tx);
  return rows.map(({ signature, people }) => ({ groups: groupsOf(signature, sources), people }));
}

export interface CrowdMember {
  readonly id: string;
  readonly name: string;
  readonly email: string | null;
  /** Keys of the sources that the person is in. */
  readonly groups: readonly string[];
}

/** People of some of these crowds by name, a page at a time. */
export async function listCrowdMembers(
  tx: Tx,
  tenant: OfOrganization,
  sources: readonly RoleSource[],
  page: { crowds: readonly Crowd[]; after?: NamedPlace | undefined; limit: number },
): Promise<CrowdMember[]> {
  const numbers = new Map(sources.map((source, at) => [keyOf(source), at + 1]));
  const signatures = page.crowds.map(({ groups }) => groups.map((group) => numbers.get(group)).join());
  const { rows } = await sql<Omit<CrowdMember, 'groups'> & { signature: string }>`
    ${signed(tenant, sources)}
    select id, name, email, signature from signed
    where signature = any(${signatures}::text[])
      and (${page.after?.id ?? null}::text is null
        or (lower(name) collate "C", id collate "C") > (lower(${page.after?.name ?? ''}), ${page.after?.id ?? ''}))
    order by lower(name) collate "C", id collate "C" limit ${page.limit}
  `.execute(tx);
  return rows.map(({ signature, ...member }) => ({ ...member, groups: groupsOf(signature, sources) }));
}

function groupsOf(signature: string, sources: readonly RoleSource[]): string[] {
  return signature
    .split(',')
    .filter((number) => number !== '')
    .flatMap((number) => sources[Number(number) - 1] ?? [])
    .map(keyOf);
}

/** What sources are called, by their keys, so that each is told from the others; those that are gone are left out. */
export async function nameSources(
  tx: Tx,
  tenant: OfOrganization,
  sources: readonly RoleSource[],
): Promise<ReadonlyMap<string, string>> {
  const ids = sources.flatMap((source) => (source.kind === 'group' ? [source.id] : []));
  const groups = await tx
    .selectFrom('directoryGroups')
    .select(['id', sql<string>`${sql.raw(groupNameApart('directory_groups'))}`.as('name')])
    .where(ownedBy('directoryGroups', tenant))
    .where(sql<boolean>`id = any(${ids}::text[])`)
    .execute();
  const claims = sources.flatMap((source) =>
    source.kind === 'claim' ? [[keyOf(source), source.value] as const] : [],
  );
  return new Map([...groups.map(({ id, name }) => [id, name] as const), ...claims]);
}

/** The directory that the set-up is about: the organization's newest. */
export async function findNewestDirectory(
  tx: Tx,
  tenant: OfOrganization,
): Promise<{ id: string; name: string } | undefined> {
  return tx
    .selectFrom('directories')
    .select(['id', 'name'])
    .where(ownedBy('directories', tenant))
    .where('deletedAt', 'is', null)
    .where('state', '<>', 'deleting')
    .orderBy('createdAt', 'desc')
    .orderBy('id', 'desc')
    .executeTakeFirst();
}
