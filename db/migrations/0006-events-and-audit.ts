import { sql, type Kysely } from 'kysely';

/** What happened, for machines (events) and for the record (audit); answers kept for repeated requests; counters. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create sequence event_order cache 1;
    create table events (
      id text collate "C" primary key,
      environment_id text collate "C" not null references environments,
      organization_id text collate "C",
      ordinal bigint not null default nextval('event_order'),
      position bigint,
      name text not null,
      data jsonb not null,
      context jsonb,
      created_at timestamptz not null default clock_timestamp()
    );
    create unique index events_position on events (environment_id, position);
    create index events_unnumbered on events (environment_id, ordinal) where position is null;
    create index events_organization on events (environment_id, organization_id, position);
    create index events_age on events (created_at);
    create table event_positions (
      environment_id text collate "C" primary key references environments,
      last_position bigint not null default 0
    );

    create sequence audit_order cache 1;
    create table audit_events (
      id text collate "C" primary key,
      environment_id text collate "C" not null references environments,
      organization_id text collate "C",
      ordinal bigint not null default nextval('audit_order'),
      at timestamptz not null default clock_timestamp(),
      actor_type text not null,
      actor_id text,
      session_id text,
      action text not null,
      target_type text,
      target_id text,
      before jsonb,
      after jsonb,
      personal jsonb not null default '{}',
      personal_salt text,
      source_address text,
      user_agent text,
      request_id text,
      chain_number bigint,
      previous_hash text,
      hash text
    );
    create index audit_events_unsealed on audit_events (environment_id, ordinal) where chain_number is null;
    create unique index audit_events_chain on audit_events (environment_id, coalesce(organization_id, ''), chain_number);
    create index audit_events_organization on audit_events (environment_id, organization_id, at desc);
    create table audit_heads (
      environment_id text collate "C" not null references environments,
      chain text collate "C" not null,
      last_number bigint not null,
      last_hash text not null,
      cut_number bigint not null default 0,
      cut_hash text,
      primary key (environment_id, chain)
    );
    create table audit_checkpoints (
      id text collate "C" primary key,
      environment_id text collate "C" not null references environments,
      kind text not null check (kind in ('heads', 'cut')),
      at timestamptz not null default clock_timestamp(),
      body jsonb not null,
      signature bytea not null,
      key_id text not null
    );
    create index audit_checkpoints_environment on audit_checkpoints (environment_id, at desc);

    create table idempotency_keys (
      environment_id text collate "C" not null references environments,
      scope text not null,
      key text not null,
      body_hash text not null,
      state text not null check (state in ('running', 'done')),
      status integer,
      headers jsonb,
      body text,
      body_sealed boolean not null default false,
      lease_until timestamptz not null,
      created_at timestamptz not null default now(),
      expires_at timestamptz not null,
      primary key (environment_id, scope, key)
    );
    create index idempotency_keys_expiry on idempotency_keys (expires_at);

    create table key_checks (
      key_id text collate "C" primary key,
      value text not null,
      created_at timestamptz not null default now()
    );

    -- The table of rate-limiter-flexible, made here so that the application's role needs no right to create it.
    create table rate_limits (
      key varchar(255) primary key,
      points integer not null default 0,
      expire bigint
    );

    create table sandbox_records (
      id text collate "C" primary key,
      environment_id text collate "C" not null references environments,
      name text not null,
      type text not null,
      value text not null,
      server integer,
      created_at timestamptz not null default now()
    );
    create index sandbox_records_name on sandbox_records (name);
    create table sandbox_state (
      environment_id text collate "C" not null references environments,
      key text not null,
      value jsonb not null,
      updated_at timestamptz not null default now(),
      primary key (environment_id, key)
    );
  `.execute(db);
}
