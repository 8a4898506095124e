/**
 * What people read a group by. Sources that have an id of their own for each may bring several of one name: those are told
 * apart by their address, as at Google, or else by that id, which their console shows, too.
 */
const ownName = (group: string) => `coalesce(nullif(${group}.raw->>'email', ''), ${group}.external_id)`;

/** An expression of SQL: the name of a row of `directory_groups`, of which `group` is the alias. */
export const groupNameApart = (group: string): string => `(
  ${group}.display_name || coalesce(' (' || case when exists (
    select from directory_groups as namesake
    where namesake.directory_id = ${group}.directory_id and namesake.generation = ${group}.generation
      and namesake.name_key = ${group}.name_key and namesake.id <> ${group}.id and namesake.removed_at is null
  ) then ${ownName(group)} end || ')', '')
)`;

/** What somebody types who looks for a group by that. */
export const ownNameKey = (group: string): string => `lower(${ownName(group)})`;
