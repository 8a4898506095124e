import { sql, type Kysely } from 'kysely';

/**
 * What lists of the audit log and of events read stays in proportion to what they show.
 *
 * What was done to a thing carries by whom and how, so that a thing with many acts is narrowed in the index alone. No
 * program may change these values of a row, here or there. The product's acts of one organization are found by the kind of
 * their actor, whoever acts elsewhere.
 *
 * Positions follow commits and not clocks, so a span of time is a span of positions only as far as events lag behind
 * those before them: `lag_ms` is the longest that one of the environment ever did. It is kept as they are numbered.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await carryActs(db);
  await sql`
    create index audit_events_organization_actor_type
      on audit_events (environment_id, organization_id, actor_type, occurred_at, id)
      where chain_number is not null and origin = 'product'
  `.execute(db);
  await keepLag(db);
}

async function carryActs(db: Kysely<unknown>): Promise<void> {
  await sql`
    -- Forced policies hide the rows from the owner, too.
    alter table audit_events no force row level security;
    alter table audit_targets no force row level security;
    drop index audit_targets_order;
    alter table audit_targets
      add column origin text, add column actor_type text, add column actor_id text collate "C",
      add column action text collate "C";
    update audit_targets set (origin, actor_type, actor_id, action)
        = (audit_events.origin, audit_events.actor_type, audit_events.actor_id, audit_events.action)
      from audit_events where audit_events.id = event_id and audit_events.at = audit_targets.at;
    alter table audit_targets
      alter column origin set not null, alter column actor_type set not null, alter column action set not null;
    create unique index audit_targets_order
      on audit_targets (environment_id, target_id, organization_id, occurred_at, event_id)
      include (at, origin, actor_type, actor_id, action) nulls not distinct;
    alter table audit_events force row level security;
    alter table audit_targets force row level security;
  `.execute(db);
}

async function keepLag(db: Kysely<unknown>): Promise<void> {
  await sql`
    -- As for the audit log: said so that the planner does not take it for a narrow filter.
    alter policy tenant on events using (environment_id = current_setting('app.environment_id', true)
      and case when coalesce(current_setting('app.organization_id', true), '') = '' then true
        else organization_id = current_setting('app.organization_id', true) end);
    drop index events_age;
    create index events_age on events (environment_id, created_at) where position is not null;

    alter table event_positions add column newest timestamptz, add column lag_ms bigint not null default 0;
    alter table events no force row level security;
    alter table event_positions no force row level security;
    update event_positions set newest = known.newest, lag_ms = known.lag_ms
    from (
      select environment_id, max(created_at) as newest,
        ceil(1000 * extract(epoch from max(newest_yet - created_at))) as lag_ms
      from (
        select environment_id, created_at,
          max(created_at) over (partition by environment_id order by position) as newest_yet
        from events where position is not null
      ) as in_order
      group by environment_id
    ) as known
    where known.environment_id = event_positions.environment_id;
    alter table events force row level security;
    alter table event_positions force row level security;

    create or replace function number_events(environment text) returns integer
      language plpgsql set search_path = pg_catalog, pg_temp
    as $$
    declare
      numbered integer;
    begin
      if coalesce(current_setting('app.organization_id', true), '') <> '' then
        raise exception 'events are numbered for a whole environment, not for one organization';
      end if;
      if current_setting('transaction_isolation') <> 'read committed' then
        raise exception 'events are numbered under READ COMMITTED only';
      end if;
      perform pg_advisory_xact_lock(hashtextextended('number_events:' || environment, 0));
      insert into public.event_positions (environment_id) values (environment) on conflict do nothing;
      with waiting as (
        select id, row_number() over (order by ordinal) as place
        from public.events
        where environment_id = environment and position is null
      )
      update public.events
      set position = last_position + place
      from waiting, public.event_positions
      where events.id = waiting.id and event_positions.environment_id = environment;
      get diagnostics numbered = row_count;
      if numbered = 0 then
        return 0;
      end if;
      update public.event_positions
      set last_position = last_position + numbered, newest = greatest(event_positions.newest, given.newest),
        lag_ms = greatest(lag_ms,
          ceil(1000 * extract(epoch from greatest(given.lag, event_positions.newest - given.oldest))))
      from (
        select max(created_at) as newest, min(created_at) as oldest, max(newest_yet - created_at) as lag
        from (
          select created_at, max(created_at) over (order by position) as newest_yet
          from public.events join public.event_positions using (environment_id)
          where environment_id = environment and position > last_position
        ) as in_order
      ) as given
      where environment_id = environment;
      return numbered;
    end $$;
  `.execute(db);
}
