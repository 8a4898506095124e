import { sql, type Kysely } from 'kysely';
import { protect } from './0010-every-sign-in-provider.ts';

/**
 * What log streams tell of themselves: who proved that they arrive, which records that were refused are to be sent again,
 * and when a destination took nothing, for how long, and how much came late.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    -- The customer or staff by the code of the test event, or we ourselves by reading it there. Null: not kept then.
    alter table log_streams add column proven_by text check (proven_by in ('customer', 'staff', 'read'));

    -- Somebody wants it sent again; and when it arrived after all.
    alter table log_stream_rejects
      add column resend_asked_at timestamptz,
      add column resent_at timestamptz;
    create index log_stream_rejects_asked on log_stream_rejects (stream_id, sequence)
      where resend_asked_at is not null;

    create table log_stream_outages (
      id text collate "C" primary key,
      environment_id text collate "C" not null,
      organization_id text collate "C" not null,
      stream_id text collate "C" not null references log_streams,
      began_at timestamptz not null,
      -- Null while it goes on.
      ended_at timestamptz,
      -- Of the last try that failed.
      cause text not null,
      status integer,
      tries integer not null default 1,
      -- What waited when it was over, the last of it, and when that had arrived.
      late_count bigint,
      late_until bigint,
      caught_up_at timestamptz,
      created_at timestamptz not null default now()
    );
    create unique index log_stream_outages_going_on on log_stream_outages (stream_id) where ended_at is null;
    create index log_stream_outages_newest on log_stream_outages (stream_id, began_at desc, id desc);
    create index log_stream_outages_age on log_stream_outages (ended_at);
  `.execute(db);
  await protect(db, 'log_stream_outages');
}
