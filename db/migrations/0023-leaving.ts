import { sql, type Kysely } from 'kysely';

/**
 * Erasing one person on request. The row holds who it is only until the work is done; afterwards it says how much was
 * erased, and no longer of whom.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table erasures (
      id text collate "C" primary key,
      environment_id text collate "C" not null references environments,
      -- Null: wherever the person is known in the environment.
      organization_id text collate "C" references organizations,
      email text,
      idp_id text,
      state text not null default 'waiting' check (state in ('waiting', 'done')),
      erased jsonb not null default '{}',
      created_at timestamptz not null default now(),
      finished_at timestamptz,
      check ((state = 'done') = (email is null and idp_id is null)),
      check ((state = 'done') = (finished_at is not null))
    );
    create index erasures_waiting on erasures (created_at) where state = 'waiting';
    create index erasures_shown on erasures (environment_id, created_at, id);

    grant select, insert on erasures to vestibule_app;
    grant select, insert, update, delete on erasures to vestibule_system;
    alter table erasures enable row level security;
    alter table erasures force row level security;
    create policy tenant on erasures to vestibule_app
      using (environment_id = current_setting('app.environment_id', true)
        and (coalesce(current_setting('app.organization_id', true), '') = ''
          or organization_id = current_setting('app.organization_id', true)));
    create policy system on erasures to vestibule_system using (true);

    -- An event stays a fact with its place in the feed; what it says of people can be erased, as in the audit log.
    grant update (data, context) on events to vestibule_system;
  `.execute(db);
}
