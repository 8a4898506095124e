import { sql, type Kysely } from 'kysely';

/**
 * [DOM-07] Whether the nearest verified name above a domain is another organization's. Asked in transactions that may not
 * see other organizations: hence a function, which tells that and nothing else.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function is_below_another(of_environment text, names_above text[], of_organization text) returns boolean
      language sql stable security definer set search_path = pg_catalog, pg_temp
      as $$
        select coalesce(
          (
            select organization_id <> of_organization from public.organization_domains
            where environment_id = of_environment and domain = any(names_above) and state = 'verified'
            order by length(domain) desc limit 1
          ),
          false
        )
      $$;
    revoke execute on function is_below_another(text, text[], text) from public;
    grant execute on function is_below_another(text, text[], text) to vestibule_app, vestibule_system;
  `.execute(db);
}
