import { sql, type Kysely } from 'kysely';

/** Customers, their IT contacts and their domains. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table organizations (
      id text collate "C" primary key,
      environment_id text collate "C" not null references environments,
      name text not null,
      external_id text,
      stripe_customer_id text,
      metadata jsonb not null default '{}',
      allow_profiles_outside_organization boolean not null default false,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      deleted_at timestamptz
    );
    create index organizations_environment on organizations (environment_id, created_at desc, id desc) where deleted_at is null;
    create unique index organizations_external_id on organizations (environment_id, external_id) where deleted_at is null;

    create table it_contacts (
      id text collate "C" primary key,
      environment_id text collate "C" not null references environments,
      organization_id text collate "C" not null references organizations,
      email text not null,
      name text,
      time_zone text,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      removed_at timestamptz
    );
    create unique index it_contacts_one_per_address on it_contacts (organization_id, lower(email)) where removed_at is null;

    create table organization_domains (
      id text collate "C" primary key,
      environment_id text collate "C" not null references environments,
      organization_id text collate "C" not null references organizations,
      domain text not null,
      state text not null check (state in ('pending', 'verified', 'failed', 'lapsed', 'conflict')),
      strategy text not null check (strategy in ('dns', 'manual')),
      legacy boolean not null default false,
      token text,
      prefix text,
      label text,
      host_id text,
      attempt_started_at timestamptz,
      verified_at timestamptz,
      failed_reason text,
      last_looked_at timestamptz,
      next_look_at timestamptz,
      looks integer not null default 0,
      last_verdict jsonb,
      missing_since timestamptz,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      unique (organization_id, domain)
    );
    create index organization_domains_environment on organization_domains (environment_id, domain);
    -- [DOM-04] one verified holder per environment.
    create unique index organization_domains_one_holder on organization_domains (environment_id, domain) where state = 'verified';
  `.execute(db);
}
