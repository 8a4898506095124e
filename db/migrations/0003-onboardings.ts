import { sql, type Kysely } from 'kysely';

/** The read model of the journey, its doors, and the commands on their way to the workflow (the outbox). */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table onboardings (
      id text collate "C" primary key,
      environment_id text collate "C" not null references environments,
      organization_id text collate "C" not null references organizations,
      number integer not null,
      origin text not null check (origin in ('invitation', 'portal', 'repair')),
      state text not null check (state in ('invited', 'opened', 'in_progress', 'live', 'closed', 'cancelled')),
      paused boolean not null default false,
      stalled_since timestamptz,
      waiting_for text check (waiting_for in ('customer', 'colleague', 'staff', 'dns', 'provider')),
      waiting_since timestamptz,
      next_due_at timestamptz,
      revision integer not null default 0,
      view jsonb not null,
      steps_done integer not null default 0,
      steps_total integer not null default 0,
      is_open boolean not null default true,
      live_at timestamptz,
      last_act_at timestamptz,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      unique (organization_id, number)
    );
    create unique index onboardings_one_open on onboardings (organization_id) where is_open;
    create index onboardings_environment on onboardings (environment_id, created_at desc, id desc);

    -- One row per awaited portal step: opened and closed by the workflow's activities, read by the portal's doors.
    create table portal_steps (
      onboarding_id text collate "C" not null references onboardings,
      environment_id text collate "C" not null references environments,
      organization_id text collate "C" not null references organizations,
      step text not null,
      round integer not null,
      opened_at timestamptz not null,
      closed_at timestamptz,
      outcome text,
      primary key (onboarding_id, step, round)
    );

    create table timeline_entries (
      onboarding_id text collate "C" not null references onboardings,
      environment_id text collate "C" not null references environments,
      organization_id text collate "C" not null references organizations,
      number integer not null,
      at timestamptz not null,
      kind text not null,
      actor_type text not null,
      actor_id text not null,
      completes boolean not null default false,
      step text,
      facts jsonb not null default '{}',
      primary key (onboarding_id, number)
    );

    create table commands (
      id text collate "C" primary key,
      environment_id text collate "C" not null references environments,
      organization_id text collate "C",
      workflow_id text collate "C" not null,
      delivery text not null check (delivery in ('update', 'signal')),
      message text not null,
      start jsonb,
      body jsonb not null,
      state text not null default 'accepted' check (state in ('accepted', 'applied', 'refused', 'dead')),
      result jsonb,
      refusal text,
      attempts integer not null default 0,
      next_attempt_at timestamptz not null default now(),
      claimed_until timestamptz,
      last_error text,
      created_at timestamptz not null default now(),
      delivered_at timestamptz,
      seq bigint generated always as identity
    );
    create index commands_due on commands (next_attempt_at, seq) where state = 'accepted';
    create index commands_of_workflow on commands (workflow_id, seq) where state = 'accepted';

    create table links (
      id text collate "C" primary key,
      environment_id text collate "C" not null references environments,
      organization_id text collate "C" not null references organizations,
      onboarding_id text collate "C" references onboardings,
      kind text not null check (kind in ('main', 'colleague', 'portal')),
      digest text collate "C" not null unique,
      token_sealed text,
      features text[] not null,
      intent text,
      step text,
      provider_hint text,
      domain_hint text,
      contact_id text collate "C" references it_contacts,
      note text,
      return_url text,
      success_url text,
      delivery text not null check (delivery in ('mail', 'copy', 'redirect')),
      state text not null check (state in ('created', 'sent', 'delivered', 'bounced', 'opened', 'completed', 'expired', 'revoked', 'replaced')),
      opened_times integer not null default 0,
      fetched_times integer not null default 0,
      first_opened_at timestamptz,
      last_opened_at timestamptz,
      created_by_type text not null,
      created_by_id text,
      created_at timestamptz not null default now(),
      expires_at timestamptz not null,
      ended_at timestamptz
    );
    create index links_organization on links (organization_id, created_at desc);
    create index links_due on links (expires_at) where ended_at is null;
    create unique index links_one_main on links (onboarding_id) where kind = 'main' and ended_at is null;

    create table portal_sessions (
      id text collate "C" primary key,
      handle text collate "C" not null unique,
      environment_id text collate "C" not null references environments,
      organization_id text collate "C" not null references organizations,
      link_id text collate "C" not null references links,
      digest text collate "C" not null unique,
      features text[] not null,
      created_at timestamptz not null default now(),
      last_seen_at timestamptz not null default now(),
      idle_expires_at timestamptz not null,
      expires_at timestamptz not null,
      ended_at timestamptz,
      user_agent text,
      source_address text,
      time_zone text,
      locale text,
      previous_visit_at timestamptz
    );
    create index portal_sessions_link on portal_sessions (link_id);

    create table fresh_link_requests (
      id text collate "C" primary key,
      environment_id text collate "C" not null references environments,
      organization_id text collate "C" not null references organizations,
      link_id text collate "C" not null references links,
      outcome text not null check (outcome in ('sent_again', 'replaced', 'withheld', 'too_soon')),
      created_at timestamptz not null default now()
    );
    create index fresh_link_requests_link on fresh_link_requests (link_id, created_at desc);
  `.execute(db);
}
