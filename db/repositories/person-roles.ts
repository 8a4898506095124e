/** Which roles people have, by what stands in the database when it is read: nothing of it is kept with a person. */
import { rolesOf, type RoleMode } from '../../onboarding/roles.ts';
import type { Tx } from '../database.ts';
import { fixedStatement } from '../fixed-statement.ts';
import type { Tenant } from '../tenant.ts';

/** What decides the roles of one person, as the statements below find it. */
interface FoundRoles {
  /** What the groups give, the highest first. */
  readonly givenRoles: readonly string[];
  readonly defaultRole: string | null;
  readonly roleMode: RoleMode;
}

/** `given` selects ids of roles. */
const found = (given: string) => `array(
    select slug from roles where environment_id = :environmentId and id in (${given}) order by rank
  ) as "givenRoles",
  (select slug from roles where environment_id = :environmentId and is_default) as "defaultRole",
  (select role_mode from environments where id = :environmentId) as "roleMode"`;

/** Ids of the roles that the groups of a directory user give, once for each group. */
const givenTo = (userId: string) => `
  select group_roles.role_id from directory_memberships as membership
  join group_roles on group_roles.directory_group_id = membership.group_id
  where membership.user_id = ${userId}`;

const ofDirectoryUsers = fixedStatement<FoundRoles & { id: string }>(
  `select asked.id, ${found(givenTo('asked.id'))} from unnest(:userIds::text[]) as asked (id)`,
);

/**
 * The slugs that each of the directory users has, the highest first, by one statement for any number of them; an empty
 * list for who has none. Groups decide: whether the person is active is nothing to it.
 */
export async function rolesOfDirectoryUsers(
  tx: Tx,
  { environmentId }: Tenant,
  userIds: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  if (userIds.length === 0) return new Map();
  const rows = await ofDirectoryUsers(tx, { environmentId, userIds });
  return new Map(rows.map(({ id, ...row }) => [id, rolesFound(row)]));
}

const givenBefore = fixedStatement<{ id: string; slugs: string[] }>(`
  select asked.id, array_agg(coalesce(given.slug, roles.slug)) as slugs
  from unnest(:userIds::text[]) as asked (id)
  join directory_memberships as membership on membership.user_id = asked.id
  left join jsonb_each_text(:groups::jsonb) as given (group_id, slug) on given.group_id = membership.group_id
  left join group_roles on group_roles.directory_group_id = membership.group_id
  left join roles on roles.id = group_roles.role_id and roles.environment_id = :environmentId
  where coalesce(given.slug, roles.slug) is not null
  group by asked.id
`);

/**
 * The slugs that the groups of each give, whatever the vendor's rules make of them; `groups` are those that gave another
 * role before, with its slug.
 */
export async function rolesGivenBefore(
  tx: Tx,
  { environmentId }: Tenant,
  userIds: readonly string[],
  groups: Readonly<Record<string, string>>,
): Promise<ReadonlyMap<string, readonly string[]>> {
  if (userIds.length === 0) return new Map();
  const rows = await givenBefore(tx, { environmentId, userIds, groups: JSON.stringify(groups) });
  return new Map(rows.map(({ id, slugs }) => [id, slugs]));
}

/**
 * The same as an expression of SQL, for statements that build objects of people without reading them: a jsonb object with
 * `role` and `roles` as the API shows them, empty for who has none. `user` is the alias of a row of `directory_users`.
 * A test compares it with `rolesOfDirectoryUsers`.
 */
export const roleFieldsOfUser = (user: string): string => roleFieldsGiven(user, givenTo(`${user}.id`));

/** The same where other groups give the roles: `given` selects ids of roles. */
export const roleFieldsGiven = (user: string, given: string): string => `(
  select case when held.slug is null then '{}'::jsonb else jsonb_build_object(
    'role', jsonb_build_object('slug', held.slug),
    'roles', case held.mode when 'all' then held.every else jsonb_build_array(jsonb_build_object('slug', held.slug)) end
  ) end
  from (
    select min(environments.role_mode) as mode, (array_agg(roles.slug order by roles.rank))[1] as slug,
      jsonb_agg(jsonb_build_object('slug', roles.slug) order by roles.rank) as every
    from roles join environments on environments.id = roles.environment_id
    where roles.environment_id = ${user}.environment_id and (
      roles.id in (${given}) or (roles.is_default and not exists (${given}))
    )
  ) as held
)`;

/** A directory that speaks for its organization: neither taken out of use nor on its way out. */
export const speakingDirectory = (alias: string) =>
  `${alias}.deleted_at is null and ${alias}.state not in ('unlinked', 'deleting')`;

/**
 * What to select beside a profile, so that `rolesFound` can tell its roles without a round trip of its own: what the
 * groups claim of its last sign-in gives, and the groups of the directory's person who it is. That is who has its id as
 * external id, never merely its address, and who is active there.
 */
export const rolesOfProfile = (profile: string): string =>
  found(`
    select role_id from group_roles
    where connection_id = ${profile}.connection_id and claim_value = any(${profile}.groups)
    union all
    select group_roles.role_id from directory_users as person
    join directories as directory on directory.id = person.directory_id and directory.generation = person.generation
    join directory_memberships as membership on membership.user_id = person.id
    join group_roles on group_roles.directory_group_id = membership.group_id
    where person.organization_id = ${profile}.organization_id and person.environment_id = :environmentId
      and person.external_id = ${profile}.idp_id and person.state = 'active' and person.deleted_at is null
      and ${speakingDirectory('directory')}`);

/** The slugs that a person has, the highest first, of a row that has what `rolesOfProfile` selects. */
export function rolesFound(row: object): string[] {
  const { givenRoles, defaultRole, roleMode } = row as FoundRoles;
  return rolesOf({ mode: roleMode, ranked: givenRoles, defaultRole }, givenRoles);
}
