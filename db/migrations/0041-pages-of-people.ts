import { sql, type Kysely } from 'kysely';

/**
 * Counting a directory's people and skipping those before a page asks only once whose directory it is, where the policies
 * ask it of every row: half of what a page costs. So it is a function of the owner, which takes environment and
 * organization from where the policies take theirs, and from nowhere else [IDB-03].
 *
 * Events are found by their age only once they have a position: those that are being written need no entry yet.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    -- $1, $2: directory and generation; $3, $4: how many people, and how many before them. No row: somebody else's.
    create function page_of_source_people(text, integer, bigint, bigint)
      returns table (total bigint, ids text[])
      language sql stable security definer set search_path = pg_catalog, pg_temp
      as $$
        select
          (select count(*) from public.directory_users
            where directory_id = $1 and generation = $2 and removed_at is null),
          array(select id from public.directory_users
            where directory_id = $1 and generation = $2 and removed_at is null
            order by created_at, id limit $3 offset $4)
        from public.directories
        where id = $1 and environment_id = current_setting('app.environment_id', true)
          and coalesce(current_setting('app.organization_id', true), '') in ('', organization_id)
      $$;
    revoke execute on function page_of_source_people(text, integer, bigint, bigint) from public;
    grant execute on function page_of_source_people(text, integer, bigint, bigint) to vestibule_app;

    drop index events_age;
    create index events_age on events (created_at) where position is not null;
  `.execute(db);
}
