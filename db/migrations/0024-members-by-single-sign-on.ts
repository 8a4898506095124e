import { sql, type Kysely } from 'kysely';

/**
 * Members who sign in through a customer of their own environment: the vendor itself, set up like any other. Two look-ups
 * that nothing has called since codes and tokens are exchanged in one statement go.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table environments
      add column members_sso text not null default 'off' check (members_sso in ('off', 'optional', 'required')),
      -- What an admin vouched for: organization, domains, and each connection as it was set up on that day.
      add column members_trust jsonb,
      add constraint environments_members_trust check ((members_sso = 'off') = (members_trust is null));

    -- Who may sign in is known by the domain of an address, before any environment is.
    create function find_environments_by_members_domain(text) returns setof public.environments
      language sql stable security definer set search_path = pg_catalog, pg_temp
      as $$ select * from public.environments where members_sso <> 'off' and members_trust->'domains' ? $1 $$;
    revoke execute on function find_environments_by_members_domain(text) from public;
    grant execute on function find_environments_by_members_domain(text) to vestibule_app, vestibule_system;

    drop function find_sign_in_by_code(text);
    drop function find_sign_in_by_access_token(text);
  `.execute(db);
}
