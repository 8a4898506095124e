import { sql, type Kysely } from 'kysely';
import { protect } from './0010-every-sign-in-provider.ts';

/**
 * The audit log takes the vendor's own events beside ours, and is kept in months.
 *
 * The months lie in a schema of their own, to which nobody has a right: rows are reached through `audit_events` and its
 * policies only. A row costs its writer two index entries; the indexes that readers need hold sealed rows and are the
 * sealing's to fill. What a row was done to is sought in `audit_targets`, because an event may have many.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await makePartitioned(db);
  await createPartitionKeeping(db);
  await createActions(db);
  await createExports(db);
}

async function makePartitioned(db: Kysely<unknown>): Promise<void> {
  await sql`
    create schema audit_months;
    alter table audit_events rename to audit_events_before;
    -- Forced policies hide the rows from the owner, too.
    alter table audit_events_before no force row level security;

    create table audit_events (
      id text collate "C" not null,
      environment_id text collate "C" not null,
      organization_id text collate "C",
      ordinal bigint not null default nextval('audit_order'),
      -- When it was recorded, to the millisecond: what its month and its retention go by.
      at timestamptz not null default date_trunc('milliseconds', clock_timestamp()),
      actor_type text not null,
      actor_id text collate "C",
      session_id text,
      action text collate "C" not null,
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
      hash text,
      origin text not null default 'product' check (origin in ('product', 'vendor')),
      -- When it happened, as the vendor says; of our own acts the same as "at". Readers see rows in this order.
      occurred_at timestamptz not null default date_trunc('milliseconds', clock_timestamp()),
      content jsonb,
      constraint audit_events_whose check (origin = 'product' or organization_id is not null)
    ) partition by range (at);
    create table audit_months.other partition of audit_events default;
  `.execute(db);
  await sql`
    insert into audit_events (id, environment_id, organization_id, ordinal, at, actor_type, actor_id, session_id, action,
      target_type, target_id, before, after, personal, personal_salt, source_address, user_agent, request_id, chain_number,
      previous_hash, hash, occurred_at)
    select id, environment_id, organization_id, ordinal, date_trunc('milliseconds', at), actor_type, actor_id, session_id,
      action, target_type, target_id, before, after, personal, personal_salt, source_address, user_agent, request_id,
      chain_number, previous_hash, hash, date_trunc('milliseconds', at)
    from audit_events_before
  `.execute(db);
  await sql`
    drop table audit_events_before;
    alter table audit_events add primary key (id, at);
    create index audit_events_unsealed on audit_events (environment_id, ordinal) where chain_number is null;
    create index audit_events_chain on audit_events (environment_id, coalesce(organization_id, ''), chain_number)
      where chain_number is not null;
    create index audit_events_time on audit_events (environment_id, occurred_at, id) where chain_number is not null;
    create index audit_events_organization on audit_events (environment_id, organization_id, occurred_at, id)
      where chain_number is not null;
    create index audit_events_actor on audit_events (environment_id, actor_id, occurred_at, id)
      where chain_number is not null;
    create index audit_events_action on audit_events (environment_id, action, occurred_at, id)
      where chain_number is not null;
    create index audit_events_request on audit_events (environment_id, request_id) where request_id is not null;

    create table audit_targets (
      environment_id text collate "C" not null,
      organization_id text collate "C",
      target_id text collate "C" not null,
      occurred_at timestamptz not null,
      event_id text collate "C" not null,
      at timestamptz not null,
      primary key (environment_id, target_id, occurred_at, event_id)
    );
    insert into audit_targets (environment_id, organization_id, target_id, occurred_at, event_id, at)
      select environment_id, organization_id, target_id, occurred_at, id, at
      from audit_events where target_id is not null and chain_number is not null;
  `.execute(db);
  for (const name of ['audit_events', 'audit_targets']) await protect(db, name);
  await sql`
    -- [AUD-02] as before: the programs add and read; sealing, erasure and retention are the system's.
    revoke update on audit_events from vestibule_app, vestibule_system;
    grant update (personal, personal_salt, source_address, user_agent, chain_number, previous_hash, hash)
      on audit_events to vestibule_system;
    -- How long a customer's rows are kept is the vendor's to say; where the chain ends is the system's.
    grant insert (environment_id, chain, last_number, last_hash, cut_hash, kept_days), update (kept_days)
      on audit_heads to vestibule_app;
    create policy begins_empty on audit_heads as restrictive for insert to vestibule_app
      with check (last_number = 0 and cut_number = 0);
    revoke insert, update on audit_targets from vestibule_app;
    revoke update on audit_targets from vestibule_system;
  `.execute(db);
}

/** Months are made and dropped by functions of the owner: the programs own nothing. */
async function createPartitionKeeping(db: Kysely<unknown>): Promise<void> {
  await sql`
    -- Rows whose month was never made lie in "other", which then keeps that month to itself.
    create function make_audit_months(since date, until date) returns integer
      language plpgsql security definer set search_path = pg_catalog, pg_temp
      as $$
        declare
          month date := date_trunc('month', since)::date;
          made integer := 0;
          name text;
        begin
          -- Writers would queue up behind a lock that is waited for.
          perform set_config('lock_timeout', '1s', true);
          perform pg_advisory_xact_lock(hashtextextended('audit_months', 0));
          while month <= until loop
            name := 'of_' || to_char(month, 'YYYY_MM');
            if to_regclass('audit_months.' || name) is null then
              begin
                execute format('create table audit_months.%I (like public.audit_events including defaults including constraints)', name);
                execute format('alter table public.audit_events attach partition audit_months.%I for values from (%L) to (%L)',
                  name, month::timestamp at time zone 'UTC', (month + interval '1 month')::timestamp at time zone 'UTC');
                made := made + 1;
              exception when check_violation or lock_not_available then
                null;
              end;
            end if;
            month := (month + interval '1 month')::date;
          end loop;
          return made;
        end
      $$;

    create function drop_empty_audit_months(before date) returns integer
      language plpgsql security definer set search_path = pg_catalog, pg_temp
      as $$
        declare
          name text;
          is_empty boolean;
          dropped integer := 0;
        begin
          -- Writers would queue up behind a lock that is waited for.
          perform set_config('lock_timeout', '1s', true);
          perform pg_advisory_xact_lock(hashtextextended('audit_months', 0));
          for name in
            select relname from pg_class
            where relnamespace = 'audit_months'::regnamespace and relkind = 'r' and relname ~ '^of_[0-9]{4}_[0-9]{2}$'
              and (to_date(substr(relname, 4), 'YYYY_MM') + interval '1 month')::date <= before
            order by relname
          loop
            execute format('select not exists (select from audit_months.%I)', name) into is_empty;
            continue when not is_empty;
            begin
              execute format('lock table public.audit_events, audit_months.%I in access exclusive mode', name);
              execute format('select not exists (select from audit_months.%I)', name) into is_empty;
              continue when not is_empty;
              execute format('drop table audit_months.%I', name);
              dropped := dropped + 1;
            exception when lock_not_available then
              null;
            end;
          end loop;
          return dropped;
        end
      $$;
    revoke execute on function make_audit_months(date, date), drop_empty_audit_months(date) from public;
    grant execute on function make_audit_months(date, date), drop_empty_audit_months(date) to vestibule_system;
    select make_audit_months(current_date, (current_date + interval '3 months')::date);
  `.execute(db);
}

/** What the vendor's events may be, version by version. A version that was made is never changed. */
async function createActions(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table audit_actions (
      id text collate "C" primary key,
      environment_id text collate "C" not null references environments,
      name text collate "C" not null,
      latest_version integer not null,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      unique (environment_id, name)
    );
    create table audit_schemas (
      id text collate "C" primary key,
      environment_id text collate "C" not null references environments,
      action_id text collate "C" not null references audit_actions,
      version integer not null check (version > 0),
      definition jsonb not null,
      created_at timestamptz not null default now(),
      unique (action_id, version)
    );
  `.execute(db);
  for (const name of ['audit_actions', 'audit_schemas'])
    await sql`
      grant select, insert on ${sql.table(name)} to vestibule_app;
      grant select, insert, update, delete on ${sql.table(name)} to vestibule_system;
      alter table ${sql.table(name)} enable row level security;
      alter table ${sql.table(name)} force row level security;
      create policy tenant on ${sql.table(name)} to vestibule_app
        using (environment_id = current_setting('app.environment_id', true));
      create policy system on ${sql.table(name)} to vestibule_system using (true);
    `.execute(db);
  await sql`grant update (latest_version, updated_at) on audit_actions to vestibule_app`.execute(db);
}

/** Files for whoever asked for them. "cursor" is how far the writing has come. */
async function createExports(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table audit_exports (
      id text collate "C" primary key,
      environment_id text collate "C" not null references environments,
      organization_id text collate "C" not null,
      state text not null default 'pending' check (state in ('pending', 'ready', 'error', 'expired')),
      format text not null check (format in ('csv', 'json')),
      filter jsonb not null,
      range_start timestamptz not null,
      range_end timestamptz not null check (range_end > range_start),
      asked_by_type text not null,
      asked_by_id text,
      cursor jsonb,
      row_count bigint not null default 0,
      byte_count bigint not null default 0,
      chunk_count integer not null default 0,
      error_cause text,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      ready_at timestamptz,
      expires_at timestamptz,
      check ((state = 'error') = (error_cause is not null)),
      check (state <> 'ready' or expires_at is not null)
    );
    create index audit_exports_organization on audit_exports (environment_id, organization_id, created_at desc, id desc);
    create index audit_exports_end on audit_exports (expires_at) where state = 'ready';
    create table audit_export_chunks (
      export_id text collate "C" not null references audit_exports on delete cascade,
      environment_id text collate "C" not null,
      organization_id text collate "C" not null,
      number integer not null,
      content bytea not null,
      primary key (export_id, number)
    );
  `.execute(db);
  for (const name of ['audit_exports', 'audit_export_chunks']) await protect(db, name);
}
