import { sql, type Kysely } from 'kysely';

/**
 * What ends and was told of: one row a thing, its end and a threshold, so that nobody is told twice. When the provider
 * first signed with a key is kept, because the key before it goes seven days after that.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table ageing_notices (
      environment_id text collate "C" not null references environments,
      organization_id text collate "C" not null references organizations,
      kind text not null check (kind in ('idp_certificate', 'client_secret', 'signing_key', 'encryption_key')),
      -- The certificate, the key, or the connection whose secret it is.
      subject_id text collate "C" not null,
      -- A day of the calendar, 2026-12-24.
      ends_on text collate "C" not null,
      -- Days before the end; negative after it.
      threshold integer not null,
      told_at timestamptz not null,
      primary key (environment_id, organization_id, kind, subject_id, ends_on, threshold)
    );
    grant select, insert on ageing_notices to vestibule_app;
    grant select, insert, update, delete on ageing_notices to vestibule_system;
    alter table ageing_notices enable row level security;
    alter table ageing_notices force row level security;
    create policy tenant on ageing_notices to vestibule_app
      using (environment_id = current_setting('app.environment_id', true)
        and (coalesce(current_setting('app.organization_id', true), '') = ''
          or organization_id = current_setting('app.organization_id', true)));
    create policy system on ageing_notices to vestibule_system using (true);

    alter table idp_certificates add column first_used_at timestamptz;
    alter table idp_certificates drop constraint idp_certificates_source_check;
    alter table idp_certificates add constraint idp_certificates_source_check
      check (source in ('metadata', 'pasted', 'api', 'refresh', 'test', 'renewal'));
    update idp_certificates set first_used_at = last_used_at where last_used_at is not null;

    -- A link for one connection of several: where it leads. No reference: the connection may go first.
    alter table links add column connection_id text collate "C";

    create index idp_certificates_end on idp_certificates (environment_id, not_after) where retired_at is null;
    create index sp_keys_end on sp_keys (environment_id, not_after) where retired_at is null;
    create index connections_secret_end on connections (environment_id, oidc_secret_ends_on)
      where oidc_secret_ends_on is not null;
  `.execute(db);
}
