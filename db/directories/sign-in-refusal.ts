/**
 * Whom the directories of an organization keep from signing in (design §7): people of a linked directory whom it has
 * deactivated or removed; under `members_only` everybody else who is in none. The match is by the provider's own id, else
 * by e-mail; one active match in any directory outweighs every removed one; a change on hold does not count yet. The
 * match only ever refuses: nobody gets in by it.
 */
import type { Tx } from '../database.ts';
import { fixedStatement } from '../fixed-statement.ts';
import type { Tenant } from '../tenant.ts';

/** Expressions for the organization, the provider's id of the person, and their address. */
type Who = { organizationId: string; idpId: string; email: string };

/** True: active in a linked directory; false: only removed or deactivated ones match; null: nobody does. */
const membership = ({ organizationId, idpId, email }: Who) => `(
    select bool_or(is_in) from (
      select case when bool_or(by_id) then bool_or(by_id and is_active) else bool_or(is_active) end as is_in
      from (
        select directory_users.directory_id, directory_users.external_id is not distinct from ${idpId} as by_id,
          directory_users.state = 'active' and directory_users.deleted_at is null as is_active
        from directory_users
        join directories on directories.id = directory_users.directory_id
        where directory_users.organization_id = ${organizationId} and directory_users.state is not null
          and (directory_users.external_id = ${idpId} or directory_users.email_key = lower(${email}))
          and directories.state = 'linked' and directories.deleted_at is null
      ) as matched group by directory_id
    ) as of_directory
  )`;

/** A client of SCIM never says that it has sent everybody: an hour after its first person it has. */
const hasSynced = ({ organizationId }: Who) => `exists (
    select from directories
    where organization_id = ${organizationId} and state = 'linked' and deleted_at is null
      and coalesce(first_synced_at, case when road = 'scim' then linked_at + interval '1 hour' end) <= :now
  )`;

/** A condition: true for whom the directories keep out. `policy` is the environment's; the statement takes `:now`. */
export const isKeptOut = (policy: string, who: Who) => `case ${policy}
    when 'removed' then coalesce(not ${membership(who)}, false)
    when 'members_only' then coalesce(not ${membership(who)}, ${hasSynced(who)})
    else false end`;

export type SignInRefusal = 'not_allowed' | 'not_in_directory';

const judge = fixedStatement<{ isKeptOut: boolean; isMember: boolean | null }>(`
  select ${isKeptOut('environments.directory_policy', { organizationId: ':organizationId', idpId: ':idpId', email: ':email' })} as "isKeptOut",
    ${membership({ organizationId: ':organizationId', idpId: ':idpId', email: ':email' })} as "isMember"
  from environments where id = :environmentId
`);

/** Why the directories keep a person out, if they do. */
export async function findSignInRefusal(
  tx: Tx,
  { environmentId, organizationId }: Tenant & { organizationId: string },
  { idpId, email }: { idpId: string; email: string },
  now: Date,
): Promise<SignInRefusal | undefined> {
  const [found] = await judge(tx, { environmentId, organizationId, idpId, email, now });
  if (found?.isKeptOut !== true) return undefined;
  return found.isMember === false ? 'not_allowed' : 'not_in_directory';
}

const endRows = fixedStatement(`
  update sign_ins set ended_at = :now, logout_digest = null, logout_expires_at = null
  from profiles, environments
  where sign_ins.profile_id = profiles.id and sign_ins.ended_at is null
    and sign_ins.environment_id = :environmentId and environments.id = :environmentId
    and profiles.id in (
      select id from profiles
      where environment_id = :environmentId and organization_id = :organizationId
        and lower(email) = any(:emailKeys::text[])
      union
      select profiles.id from connections
      join profiles on profiles.connection_id = connections.id and profiles.idp_id = any(:externalIds::text[])
      where connections.environment_id = :environmentId and connections.organization_id = :organizationId
    )
    and ${isKeptOut('environments.directory_policy', { organizationId: ':organizationId', idpId: 'profiles.idp_id', email: 'profiles.email' })}
`);

/**
 * Ends the unspent codes and the access tokens of people who have just left, where that keeps them out [SCIM-10]. Call it
 * after their rows are written.
 */
export async function endSignInsOfPeople(
  tx: Tx,
  { environmentId, organizationId }: Tenant & { organizationId: string },
  people: readonly { externalId: string | null; emailKey: string | null }[],
  now: Date,
): Promise<void> {
  const externalIds = people.flatMap(({ externalId }) => (externalId === null ? [] : [externalId]));
  const emailKeys = people.flatMap(({ emailKey }) => (emailKey === null ? [] : [emailKey]));
  if (externalIds.length + emailKeys.length === 0) return;
  await endRows(tx, { environmentId, organizationId, externalIds, emailKeys, now });
}
