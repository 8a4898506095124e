import { sql, type Kysely } from 'kysely';

/**
 * Sign-in with every provider: OpenID Connect beside SAML, options per connection, revisions of a live connection,
 * configurations kept for bringing back, custom attributes, codes for dangerous acts, and words about guides.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table connections
      add column oidc_redirect_uri text not null default '',
      add column idp_slo_url text,
      add column idp_slo_binding text check (idp_slo_binding in ('redirect', 'post')),
      add column encrypt_assertions boolean not null default false,
      add column force_authn boolean not null default false,
      add column allow_idp_initiated boolean not null default false,
      add column single_logout boolean not null default false,
      add column oidc_issuer text,
      add column oidc_discovery_url text,
      add column oidc_client_id text,
      add column oidc_client_secret_sealed text,
      add column oidc_client_auth text
        check (oidc_client_auth in ('client_secret_basic', 'client_secret_post', 'private_key_jwt')),
      add column oidc_server jsonb,
      add column oidc_token_alg text check (oidc_token_alg in ('RS256', 'PS256', 'ES256', 'EdDSA')),
      add column oidc_scopes text not null default 'openid email profile',
      add column oidc_fetch_user_info boolean not null default false,
      add column oidc_secret_ends_on text;
    update connections set oidc_redirect_uri = regexp_replace(acs_url, '/sso/saml/([^/]+)/acs$', '/sso/oidc/\\1/callback');
    alter table connections alter column oidc_redirect_uri drop default;

    -- An answer may come to an address that was brought along from elsewhere: on our host, or by a proxy of the vendor's.
    create index connections_acs_path on connections (regexp_replace(acs_url, '^https?://[^/]+', ''))
      where deleted_at is null;
    create function find_connections_by_acs_path(text) returns setof public.connections
      language sql stable security definer set search_path = pg_catalog, pg_temp
      as $$ select * from public.connections
        where regexp_replace(acs_url, '^https?://[^/]+', '') = $1 and deleted_at is null $$;
    revoke execute on function find_connections_by_acs_path(text) from public;
    grant execute on function find_connections_by_acs_path(text) to vestibule_app, vestibule_system;

    -- For private_key_jwt [OIDC-08]: a key of its own, never one that signs or decrypts SAML.
    alter table sp_keys drop constraint sp_keys_use_check;
    alter table sp_keys add constraint sp_keys_use_check check (use in ('signing', 'encryption', 'client_assertion'));

    create table connection_revisions (
      id text collate "C" primary key,
      environment_id text collate "C" not null references environments,
      organization_id text collate "C" not null references organizations,
      connection_id text collate "C" not null references connections,
      configuration jsonb not null,
      certificates jsonb not null default '[]',
      client_secret_sealed text,
      drafts jsonb not null default '{}',
      guide_progress jsonb not null default '{}',
      settings_revision integer not null default 0,
      tested_revision integer,
      tested_at timestamptz,
      tested_email text,
      tested_signed text check (tested_signed in ('one', 'assertion', 'response', 'both')),
      tested_encrypted boolean,
      held_by text,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      ended_at timestamptz,
      ended_as text check (ended_as in ('switched', 'discarded'))
    );
    create unique index connection_revisions_one_open on connection_revisions (connection_id) where ended_at is null;

    create table former_configurations (
      id text collate "C" primary key,
      environment_id text collate "C" not null references environments,
      organization_id text collate "C" not null references organizations,
      connection_id text collate "C" not null references connections,
      configuration jsonb not null,
      certificates jsonb not null default '[]',
      client_secret_sealed text,
      signed_floor text not null default 'one' check (signed_floor in ('one', 'assertion', 'response', 'both')),
      encrypted_floor boolean not null default false,
      was_live boolean not null,
      reason text not null check (reason in ('switched', 'reset', 'brought_back')),
      created_at timestamptz not null default now(),
      kept_until timestamptz not null,
      restored_at timestamptz
    );
    create index former_configurations_connection on former_configurations (connection_id, created_at desc);
    create index former_configurations_end on former_configurations (kept_until);

    alter table attempts
      add column protocol text not null default 'saml' check (protocol in ('saml', 'oidc')),
      add column revision_id text collate "C" references connection_revisions,
      add column trail jsonb not null default '[]';

    alter table profiles
      add column name text,
      add column custom_attributes jsonb not null default '{}';
    alter table sign_ins
      add column name_id jsonb,
      add column ended_at timestamptz,
      add column logout_digest text collate "C" unique,
      add column logout_expires_at timestamptz;
    create function find_sign_in_by_logout_digest(text) returns setof public.sign_ins
      language sql stable security definer set search_path = pg_catalog, pg_temp
      as $$ select * from public.sign_ins where logout_digest = $1 $$;
    revoke execute on function find_sign_in_by_logout_digest(text) from public;
    grant execute on function find_sign_in_by_logout_digest(text) to vestibule_app, vestibule_system;

    -- A logout request is taken once [SLO-02].
    alter table saml_replays drop constraint saml_replays_kind_check;
    alter table saml_replays add constraint saml_replays_kind_check check (kind in ('assertion', 'response', 'logout'));

    -- What the vendor wants to know of people beyond the standard fields: a short list, mapped per connection.
    alter table environments add column custom_attributes jsonb not null default '[]';

    -- "This screen changed": an admin's word that a guide is out of date.
    create table guide_reports (
      id text collate "C" primary key,
      environment_id text collate "C" not null references environments,
      organization_id text collate "C" not null references organizations,
      connection_id text collate "C" not null references connections,
      provider_id text not null,
      step_id text not null,
      checked_on text not null,
      note text not null default '',
      -- No reference: sessions are swept long before a report is old.
      session_id text collate "C" not null,
      reported_on text collate "C" not null,
      created_at timestamptz not null default now(),
      seen_at timestamptz
    );
    create unique index guide_reports_once on guide_reports (session_id, provider_id, step_id, reported_on);
    create index guide_reports_environment on guide_reports (environment_id, created_at desc, id desc);

    -- [LNK-10] one code for one act of one portal session.
    create table act_codes (
      id text collate "C" primary key,
      environment_id text collate "C" not null references environments,
      organization_id text collate "C" not null references organizations,
      session_id text collate "C" not null references portal_sessions,
      contact_id text collate "C" not null references it_contacts,
      act text not null,
      code_digest text collate "C" not null,
      tries integer not null default 0,
      created_at timestamptz not null default now(),
      expires_at timestamptz not null,
      used_at timestamptz
    );
    create index act_codes_session on act_codes (session_id, created_at desc);
    create index act_codes_end on act_codes (expires_at);
  `.execute(db);
  const ofOrganization = ['connection_revisions', 'former_configurations', 'guide_reports', 'act_codes'];
  for (const name of ofOrganization) await protect(db, name);
}

/** The walls of migration 0007, for tables that came later. */
export async function protect(db: Kysely<unknown>, name: string): Promise<void> {
  const table = sql.table(name);
  await sql`
    grant select, insert, update on ${table} to vestibule_app;
    grant select, insert, update, delete on ${table} to vestibule_system;
    alter table ${table} enable row level security;
    alter table ${table} force row level security;
    create policy tenant on ${table} to vestibule_app
      using (environment_id = current_setting('app.environment_id', true)
        and (coalesce(current_setting('app.organization_id', true), '') = ''
          or organization_id = current_setting('app.organization_id', true)));
    create policy system on ${table} to vestibule_system using (true);
  `.execute(db);
}
