import { sql, type Kysely } from 'kysely';

/** Environments, what identifies a vendor's program to us, and the vendor's own people. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table environments (
      id text collate "C" primary key,
      handle text collate "C" not null unique check (handle ~ '^[a-z0-9-]{3,40}$'),
      name text not null,
      kind text not null check (kind in ('sandbox', 'production')),
      client_id text collate "C" not null unique,
      vendor_name text not null,
      product_name text not null,
      support_email text,
      support_hours text,
      intro text,
      accent text,
      default_return_url text,
      default_success_url text,
      link_days integer not null default 30 check (link_days between 1 and 30),
      link_confirmation text not null default 'none' check (link_confirmation in ('none', 'email_code')),
      domain_policy text not null default 'optional' check (domain_policy in ('none', 'optional', 'required')),
      domain_label text not null default 'vestibule' check (domain_label ~ '^[a-z0-9-]{1,40}$'),
      reminders boolean not null default true,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now()
    );

    -- RS256 keys that sign the access tokens of /sso/token; the public half is served at /sso/jwks/{clientId}.
    create table token_keys (
      id text collate "C" primary key,
      environment_id text collate "C" not null references environments,
      public_jwk jsonb not null,
      private_key_sealed text not null,
      created_at timestamptz not null default now(),
      retired_at timestamptz
    );
    create index token_keys_environment on token_keys (environment_id, created_at desc);

    create table api_keys (
      id text collate "C" primary key,
      environment_id text collate "C" not null references environments,
      name text not null,
      digest text collate "C" not null unique,
      suffix text not null,
      scopes text[] not null default '{}',
      created_at timestamptz not null default now(),
      last_used_at timestamptz,
      expires_at timestamptz,
      revoked_at timestamptz
    );
    create index api_keys_environment on api_keys (environment_id);

    create table redirect_uris (
      id text collate "C" primary key,
      environment_id text collate "C" not null references environments,
      uri text not null,
      is_default boolean not null default false,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      unique (environment_id, uri)
    );
    create unique index redirect_uris_one_default on redirect_uris (environment_id) where is_default;

    create table members (
      id text collate "C" primary key,
      environment_id text collate "C" not null references environments,
      email text not null,
      name text,
      role text not null check (role in ('admin', 'developer', 'support', 'viewer')),
      created_at timestamptz not null default now(),
      last_seen_at timestamptz,
      removed_at timestamptz
    );
    create unique index members_one_per_address on members (environment_id, lower(email)) where removed_at is null;

    -- Six-digit codes (with a pepper) and one-time sign-in links of staff.
    create table staff_sign_ins (
      id text collate "C" primary key,
      environment_id text collate "C" not null references environments,
      member_id text collate "C" not null references members,
      kind text not null check (kind in ('code', 'link')),
      digest text collate "C" not null,
      tries integer not null default 0,
      created_at timestamptz not null default now(),
      expires_at timestamptz not null,
      used_at timestamptz
    );
    create index staff_sign_ins_member on staff_sign_ins (member_id, created_at desc);
    create unique index staff_sign_ins_link on staff_sign_ins (digest) where kind = 'link';

    create table staff_sessions (
      id text collate "C" primary key,
      environment_id text collate "C" not null references environments,
      member_id text collate "C" not null references members,
      digest text collate "C" not null unique,
      created_at timestamptz not null default now(),
      last_seen_at timestamptz not null default now(),
      idle_expires_at timestamptz not null,
      expires_at timestamptz not null,
      ended_at timestamptz,
      user_agent text,
      source_address text
    );
    create index staff_sessions_member on staff_sessions (member_id);
  `.execute(db);
}
