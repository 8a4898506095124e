import { sql, type Kysely } from 'kysely';

/**
 * What lists and pages read stays in proportion to what they show, however many customers an environment has.
 *
 * The planner took the wall between organizations for a narrow filter where no organization is set, as for staff: it
 * joined and sorted whole tables for one page. Said as a choice it is taken for what it is, as for events and the audit log.
 * The indexes are for what was looked for by a column that none began with, or only one with a condition of its own.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    do $$
    declare
      walled record;
    begin
      for walled in
        select tablename, case tablename when 'organizations' then 'id' else 'organization_id' end as organization
        from pg_policies
        where schemaname = 'public' and policyname = 'tenant' and qual like '%app.organization_id%'
          and qual like '% OR %' and qual not like '%SELECT%'
        order by tablename <> 'organizations', tablename
      loop
        execute format(
          'alter policy tenant on %I using (environment_id = current_setting(''app.environment_id'', true)
            and case when coalesce(current_setting(''app.organization_id'', true), '''') = '''' then true
              else %I = current_setting(''app.organization_id'', true) end)',
          walled.tablename, walled.organization);
      end loop;
    end $$;

    -- The last sign-in of an organization, and who signed in through a connection lately.
    create index if not exists sign_ins_connection on sign_ins (connection_id, created_at desc);
    -- Deleted connections had sign-ins, too.
    drop index if exists connections_organization;
    create index connections_organization on connections (organization_id);

    -- People as the vendor is shown them; ended tokens say since when a directory is without one.
    create index if not exists directory_users_shown on directory_users (directory_id, created_at, id)
      where state is not null and deleted_at is null;
    drop index if exists directory_tokens_directory;
    create index directory_tokens_directory on directory_tokens (directory_id);

    create index if not exists mails_organization on mails (organization_id, created_at desc);
    create index if not exists links_contact on links (contact_id) where contact_id is not null;
    create index if not exists portal_sessions_open on portal_sessions (id) where ended_at is null;
    -- The newest tries of an organization. Retention walks environment by environment and needs no index of its own.
    create index if not exists attempts_organization on attempts (organization_id, started_at desc, id desc);
    drop index if exists attempts_age;
    -- Figures count what was given up, among all that was delivered.
    create index if not exists commands_dead on commands (created_at) where state = 'dead';
    -- An old draft goes once no attempt names it.
    create index if not exists attempts_revision on attempts (revision_id) where revision_id is not null;
  `.execute(db);
}
