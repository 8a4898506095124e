/** Rows of a directory as tests start from them, written past the rules of directories. */
import { sql } from 'kysely';
import { newId } from '../../adapters/ids.ts';
import { replaceGroupRoles, withTenant, type Db } from '../../db/index.ts';

interface Customer {
  environmentId: string;
  organizationId: string;
}

export interface RowsWorld {
  db: Db;
  customer: Customer;
  now: Date;
}

/** A linked directory with these groups and people; its ids by name. */
export async function aDirectoryOfRows(
  { db, customer, now }: RowsWorld,
  { groups, people }: { groups: readonly string[]; people: readonly RowPerson[] },
) {
  const id = newId('directory_');
  const groupIds = new Map(groups.map((name) => [name, newId('directory_group_')]));
  const userIds = new Map(people.map(({ name }) => [name, newId('directory_user_')]));
  const { environmentId, organizationId } = customer;
  await withTenant(db, customer, async (tx) => {
    await sql`
      insert into directories (id, environment_id, organization_id, name, type, road, state, external_key, scim_base_url)
      values (${id}, ${environmentId}, ${organizationId}, 'Okta', 'okta scim v2.0', 'scim', 'linked',
        ${id.slice(10).toLowerCase()}, 'https://api.vendor.test/scim')
    `.execute(tx);
    await sql`
      insert into directory_groups (id, environment_id, organization_id, directory_id, generation, external_id, display_name,
        name_key, raw, is_published)
      select id, ${environmentId}, ${organizationId}, ${id}, 1, null, name, lower(name), '{}', true
      from unnest(${[...groupIds.values()]}::text[], ${[...groupIds.keys()]}::text[]) as one (id, name)
    `.execute(tx);
    await sql`
      insert into directory_users (id, environment_id, organization_id, directory_id, generation, external_id, user_name,
        user_name_key, email, email_key, display_name, raw, active, state, created_at, updated_at)
      select id, ${environmentId}, ${organizationId}, ${id}, 1, external_id, lower(name), lower(name),
        lower(name) || '@acme.test', lower(name) || '@acme.test', name, '{}', active, case when active then 'active' else 'inactive' end, ${now}, ${now}
      from unnest(${[...userIds.values()]}::text[], ${people.map(({ name }) => name)}::text[],
        ${people.map(({ externalId = null }) => externalId)}::text[],
        ${people.map(({ isInactive = false }) => !isInactive)}::boolean[]) as one (id, name, external_id, active)
    `.execute(tx);
    const memberships = people.flatMap(({ name, in: member = [] }) => member.map((group) => [group, name]));
    await sql`
      insert into directory_memberships (group_id, user_id, environment_id, organization_id, directory_id)
      select group_id, user_id, ${environmentId}, ${organizationId}, ${id}
      from unnest(${memberships.map(([group = '']) => groupIds.get(group))}::text[],
        ${memberships.map(([, name = '']) => userIds.get(name))}::text[]) as one (group_id, user_id)
    `.execute(tx);
  });
  const found = (ids: ReadonlyMap<string, string>) => (name: string) => {
    const one = ids.get(name);
    if (one === undefined) throw new Error(`the directory has no ${name}`);
    return one;
  };
  return { id, groupId: found(groupIds), userId: found(userIds) };
}

export interface RowPerson {
  name: string;
  externalId?: string;
  isInactive?: boolean;
  /** Names of groups. */
  in?: readonly string[];
}

/** Ids of the groups and the slugs that they give from now on, in place of all before. */
export const giveRoles = (
  { db, customer, now }: RowsWorld,
  given: readonly (readonly [groupId: string, slug: string])[],
): Promise<void> =>
  withTenant(db, customer, (tx) =>
    replaceGroupRoles(
      tx,
      customer,
      given.map(([id, role]) => ({ id: newId('group_role_'), source: { kind: 'group', id }, role })),
      now,
    ),
  );
