import { sql, type Kysely } from 'kysely';

/**
 * The search of the dashboard finds directories by the words of their names, and people who came from them by the
 * beginning of their address.
 *
 * People have no index by environment, which every call of a client would have to keep: the index by organization is asked
 * once for each organization that has a directory.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create index directories_words on directories using gin (words_of(name)) where deleted_at is null;
    create policy owner_looks_up on directory_users for select to current_user using (true);

    -- $1: words as to_tsquery takes them, each a prefix; $2: what an address begins with; $3: how many of a kind.
    create function find_in_directories(text, text, integer)
      returns table (kind text, id text, organization_id text, title text, detail text)
      language sql stable security definer set search_path = pg_catalog, pg_temp
      as $$
        with here as (
          select current_setting('app.environment_id', true) as environment
          where coalesce(current_setting('app.organization_id', true), '') = ''
        )
        (select 'directory', d.id, d.organization_id, d.name, o.name
          from here join public.directories d on d.environment_id = here.environment
          join public.organizations o on o.id = d.organization_id and o.deleted_at is null
          where d.deleted_at is null and public.words_of(d.name) @@ to_tsquery('simple', $1)
          order by length(d.name), d.name, d.id limit $3)
        union all
        (select 'directory_person', u.id, d.organization_id, u.email, o.name
          from here join public.directories d on d.environment_id = here.environment
          join public.organizations o on o.id = d.organization_id and o.deleted_at is null
          cross join lateral (
            select id, email, email_key from public.directory_users
            where organization_id = d.organization_id and directory_id = d.id
              and email_key >= $2 and email_key < ($2 || chr(1114111)) collate "C"
              and state is not null and deleted_at is null
            order by email_key, id limit $3
          ) u
          where d.deleted_at is null
          order by u.email_key, u.id limit $3)
      $$;
    revoke execute on function find_in_directories(text, text, integer) from public;
    grant execute on function find_in_directories(text, text, integer) to vestibule_app;
  `.execute(db);
}
