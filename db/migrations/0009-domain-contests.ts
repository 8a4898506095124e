import { sql, type Kysely } from 'kysely';

/**
 * [DOM-05] When a domain was lost to another organization's proof. Whoever proves it next has to wait for a day, in
 * transactions that may not see other organizations: hence a function, which tells that date and nothing else.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table organization_domains add column lost_contest_at timestamptz;

    create policy owner_looks_up on organization_domains for select to current_user using (true);

    create function find_contest_lost_at(of_environment text, of_domain text, but_organization text) returns timestamptz
      language sql stable security definer set search_path = pg_catalog, pg_temp
      as $$
        select max(lost_contest_at) from public.organization_domains
        where environment_id = of_environment and domain = of_domain and organization_id <> but_organization
      $$;
    revoke execute on function find_contest_lost_at(text, text, text) from public;
    grant execute on function find_contest_lost_at(text, text, text) to vestibule_app, vestibule_system;
  `.execute(db);
}
