import { sql, type Kysely } from 'kysely';

/** Connections, their keys, every attempt to sign in through them, and what a success leaves behind. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table connections (
      id text collate "C" primary key,
      environment_id text collate "C" not null references environments,
      organization_id text collate "C" not null references organizations,
      name text not null,
      external_id text,
      connection_type text not null default 'Pending',
      provider_id text,
      protocol text not null default 'saml' check (protocol in ('saml', 'oidc')),
      state text not null check (state in ('requires_type', 'draft', 'validating', 'active', 'inactive', 'deleting')),
      sp_entity_id text not null,
      acs_url text not null,
      sp_metadata_url text not null,
      idp_entity_id text,
      idp_sso_url text,
      idp_sso_binding text check (idp_sso_binding in ('redirect', 'post')),
      idp_metadata_url text,
      metadata_fetched_at timestamptz,
      metadata_tried_at timestamptz,
      metadata_etag text,
      metadata_failing_since timestamptz,
      sign_requests boolean not null default false,
      attribute_mapping jsonb not null default '{}',
      signed_floor text not null default 'one' check (signed_floor in ('one', 'assertion', 'response', 'both')),
      encrypted_floor boolean not null default false,
      settings_revision integer not null default 0,
      tested_revision integer,
      tested_at timestamptz,
      tested_email text,
      guide_progress jsonb not null default '{}',
      drafts jsonb not null default '{}',
      activated_at timestamptz,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      deleted_at timestamptz
    );
    create index connections_organization on connections (organization_id) where deleted_at is null;
    create index connections_environment on connections (environment_id, created_at desc, id desc) where deleted_at is null;
    create unique index connections_external_id on connections (organization_id, external_id) where deleted_at is null;

    create table idp_certificates (
      id text collate "C" primary key,
      environment_id text collate "C" not null references environments,
      organization_id text collate "C" not null references organizations,
      connection_id text collate "C" not null references connections,
      pem text not null,
      fingerprint text not null,
      spki_fingerprint text not null,
      subject text not null,
      key_bits integer not null,
      not_before timestamptz not null,
      not_after timestamptz not null,
      source text not null check (source in ('metadata', 'pasted', 'api', 'refresh', 'test')),
      absent_since timestamptz,
      last_used_at timestamptz,
      created_at timestamptz not null default now(),
      retired_at timestamptz,
      last_notice text
    );
    create unique index idp_certificates_one_per_key on idp_certificates (connection_id, spki_fingerprint) where retired_at is null;

    create table sp_keys (
      id text collate "C" primary key,
      environment_id text collate "C" not null references environments,
      organization_id text collate "C" not null references organizations,
      connection_id text collate "C" not null references connections,
      use text not null check (use in ('signing', 'encryption')),
      certificate_pem text not null,
      private_key_sealed text not null,
      not_before timestamptz not null,
      not_after timestamptz not null,
      created_at timestamptz not null default now(),
      retired_at timestamptz
    );
    create index sp_keys_connection on sp_keys (connection_id) where retired_at is null;

    -- An attempt is also the pending request: its request id is what InResponseTo must name, once [SAML-17].
    create table attempts (
      id text collate "C" primary key,
      environment_id text collate "C" not null references environments,
      organization_id text collate "C" not null references organizations,
      connection_id text collate "C" not null references connections,
      reference text collate "C" not null,
      origin text not null check (origin in ('app', 'test', 'provider')),
      state text not null check (state in ('in_progress', 'success', 'failed', 'timed_out')),
      settings_revision integer not null,
      request_id text collate "C",
      relay_state_digest text collate "C",
      binding_digest text collate "C",
      test_digest text collate "C",
      client_id text,
      redirect_uri text,
      client_state text,
      code_challenge text,
      force_authn boolean not null default false,
      cause text,
      facts jsonb not null default '{}',
      checks jsonb not null default '[]',
      request_xml text,
      response_xml text,
      email text,
      idp_id text,
      profile jsonb,
      signed_by text,
      signed text,
      pending_outcome jsonb,
      started_at timestamptz not null default now(),
      answered_at timestamptz,
      consumed_at timestamptz,
      ended_at timestamptz
    );
    create unique index attempts_request on attempts (connection_id, request_id);
    create unique index attempts_relay_state on attempts (relay_state_digest);
    create unique index attempts_test on attempts (test_digest);
    create index attempts_connection on attempts (connection_id, started_at desc);
    create index attempts_environment on attempts (environment_id, started_at desc, id desc);
    create index attempts_waiting on attempts (started_at) where state = 'in_progress';
    create index attempts_age on attempts (started_at);
    create index attempts_reference on attempts (environment_id, reference);

    -- [SAML-18] kept until NotOnOrAfter + skew + 1 h.
    create table saml_replays (
      connection_id text collate "C" not null references connections,
      environment_id text collate "C" not null references environments,
      organization_id text collate "C" not null references organizations,
      kind text not null check (kind in ('assertion', 'response')),
      message_id text collate "C" not null,
      expires_at timestamptz not null,
      primary key (connection_id, kind, message_id)
    );
    create index saml_replays_expiry on saml_replays (expires_at);

    create table profiles (
      id text collate "C" primary key,
      environment_id text collate "C" not null references environments,
      organization_id text collate "C" not null references organizations,
      connection_id text collate "C" not null references connections,
      connection_type text not null,
      idp_id text not null,
      email text not null,
      first_name text,
      last_name text,
      groups text[] not null default '{}',
      raw_attributes jsonb not null default '{}',
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      last_sign_in_at timestamptz not null default now(),
      unique (connection_id, idp_id)
    );
    create index profiles_organization on profiles (organization_id, lower(email));

    create table sign_ins (
      id text collate "C" primary key,
      environment_id text collate "C" not null references environments,
      organization_id text collate "C" not null references organizations,
      connection_id text collate "C" not null references connections,
      profile_id text collate "C" not null references profiles,
      attempt_id text collate "C" not null references attempts,
      session_index text,
      is_test boolean not null default false,
      code_digest text collate "C" unique,
      code_expires_at timestamptz,
      code_used_at timestamptz,
      client_id text,
      redirect_uri text,
      code_challenge text,
      access_token_id text collate "C" unique,
      access_token_expires_at timestamptz,
      created_at timestamptz not null default now(),
      expires_at timestamptz
    );
    create index sign_ins_profile on sign_ins (profile_id);
    create index sign_ins_attempt on sign_ins (attempt_id);
  `.execute(db);
}
