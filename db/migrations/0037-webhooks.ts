import { sql, type Kysely } from 'kysely';
import { protect } from './0010-every-sign-in-provider.ts';

/**
 * Webhooks: where events are sent, and every delivery. `position` is how far an endpoint has come in the feed: events up
 * to it have their deliveries. A delivery keeps the address it was made for [WHK-05].
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table webhook_endpoints (
      id text collate "C" primary key,
      environment_id text collate "C" not null references environments,
      endpoint_url text not null,
      events text[] not null check (cardinality(events) > 0),
      status text not null default 'enabled' check (status in ('enabled', 'disabled')),
      disabled_reason text check (disabled_reason in ('by_hand', 'failing', 'gone')),
      secret_sealed text not null,
      -- While a secret follows another, deliveries are signed with both.
      previous_secret_sealed text,
      previous_secret_until timestamptz,
      position bigint not null,
      -- A wake is on its way to the workflow.
      woken_at timestamptz,
      -- Nothing has been taken since.
      failing_since timestamptz,
      -- How often the vendor was told of that.
      told_failing integer not null default 0,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      deleted_at timestamptz,
      check ((status = 'disabled') = (disabled_reason is not null))
    );
    create unique index webhook_endpoints_url on webhook_endpoints (environment_id, endpoint_url) where deleted_at is null;

    create table webhook_deliveries (
      id text collate "C" primary key,
      environment_id text collate "C" not null,
      organization_id text collate "C",
      endpoint_id text collate "C" not null references webhook_endpoints,
      endpoint_url text not null,
      event_id text collate "C" not null,
      event_name text not null,
      position bigint not null,
      -- Deliveries about one object are sent one after another.
      object_id text collate "C" not null,
      state text not null default 'waiting' check (state in ('waiting', 'delivered', 'failed', 'dropped')),
      is_replay boolean not null default false,
      tries integer not null default 0,
      next_try_at timestamptz,
      last_tried_at timestamptz,
      last_status integer,
      last_answer text,
      last_cause text,
      milliseconds integer,
      created_at timestamptz not null default now(),
      ended_at timestamptz,
      check ((state = 'waiting') = (next_try_at is not null))
    );
    create index webhook_deliveries_due on webhook_deliveries (endpoint_id, next_try_at) where state = 'waiting';
    create index webhook_deliveries_object on webhook_deliveries (endpoint_id, object_id, position, id)
      where state = 'waiting';
    create index webhook_deliveries_order on webhook_deliveries (endpoint_id, created_at desc, id desc);
    create index webhook_deliveries_age on webhook_deliveries (created_at);
  `.execute(db);
  await sql`
    grant select, insert, update on webhook_endpoints to vestibule_app;
    grant select, insert, update, delete on webhook_endpoints to vestibule_system;
    alter table webhook_endpoints enable row level security;
    alter table webhook_endpoints force row level security;
    -- The vendor's own: nothing that works for one customer alone sees them.
    create policy tenant on webhook_endpoints to vestibule_app
      using (environment_id = current_setting('app.environment_id', true)
        and coalesce(current_setting('app.organization_id', true), '') = '');
    create policy system on webhook_endpoints to vestibule_system using (true);
  `.execute(db);
  await protect(db, 'webhook_deliveries');
}
