import { sql, type Kysely } from 'kysely';
import { protect } from './0010-every-sign-in-provider.ts';

/**
 * Log streams: where an organization's audit records go. `position` is the last record that the destination has
 * acknowledged [REL-13]; what it refuses for good is written down, so that nothing vanishes unseen. Streams join what is
 * looked after: their troubles, and their credentials among the things that end.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table log_streams (
      id text collate "C" primary key,
      environment_id text collate "C" not null references environments,
      organization_id text collate "C" not null references organizations,
      name text not null,
      destination text not null,
      -- What is no secret: addresses, regions, names of buckets.
      settings jsonb not null default '{}',
      -- One JSON object of secrets; their last characters are kept apart, to be recognised by [STR-01].
      secret_sealed text,
      secret_hints jsonb not null default '{}',
      secret_set_at timestamptz,
      -- A day of the calendar, 2026-12-24.
      secret_ends_on text collate "C",
      state text not null default 'inactive' check (state in ('inactive', 'active', 'error', 'invalid')),
      guide_progress jsonb not null default '{}',
      proof_code_digest text collate "C",
      proof_label text,
      proof_sent_at timestamptz,
      proof_tries integer not null default 0,
      -- What the destination answered to the test event.
      proof_answer jsonb,
      proven_at timestamptz,
      started_at timestamptz,
      paused_at timestamptz,
      -- The last record that the destination has acknowledged; those of before the start are not sent.
      position bigint not null default 0,
      -- While it is behind the end that there was when it started or came back.
      backfill_until bigint,
      last_sent_at timestamptz,
      last_level text check (last_level in ('accepted', 'acknowledged', 'stored')),
      last_error jsonb,
      failing_since timestamptz,
      -- How often contacts were told of that.
      told_failing integer not null default 0,
      -- How many records came late when it was well again, until contacts are told.
      late_count bigint,
      tries integer not null default 0,
      next_try_at timestamptz,
      -- A wake is on its way to the workflow, or the workflow is at work.
      woken_at timestamptz,
      sent_count bigint not null default 0,
      rejected_count bigint not null default 0,
      consecutive_rejects integer not null default 0,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      deleted_at timestamptz
    );
    create index log_streams_organization on log_streams (organization_id) where deleted_at is null;
    create index log_streams_environment on log_streams (environment_id, created_at desc, id desc)
      where deleted_at is null;
    create index log_streams_failing on log_streams (failing_since) where failing_since is not null;
    create index log_streams_secret_end on log_streams (environment_id, secret_ends_on)
      where secret_ends_on is not null;

    -- Records that the destination refused for good, and those that retention took before they were sent.
    create table log_stream_rejects (
      id text collate "C" primary key,
      environment_id text collate "C" not null,
      organization_id text collate "C" not null,
      stream_id text collate "C" not null references log_streams,
      sequence bigint not null,
      until_sequence bigint not null check (until_sequence >= sequence),
      record_id text collate "C",
      cause text not null,
      status integer,
      answer text,
      created_at timestamptz not null default now()
    );
    create unique index log_stream_rejects_once on log_stream_rejects (stream_id, sequence);
    create index log_stream_rejects_age on log_stream_rejects (created_at);

    alter table troubles drop constraint troubles_kind_check;
    alter table troubles add constraint troubles_kind_check check (kind in (
      'sign_ins_failing', 'metadata_failing', 'record_missing',
      'directory_silent', 'directory_refused', 'directory_held',
      'stream_failing', 'stream_refused'
    ));
    alter table ageing_notices drop constraint ageing_notices_kind_check;
    alter table ageing_notices add constraint ageing_notices_kind_check check (kind in (
      'idp_certificate', 'client_secret', 'signing_key', 'encryption_key', 'scim_token', 'stream_credential'
    ));

    -- A link for one stream: where it leads. No reference: the stream may go first.
    alter table links add column log_stream_id text collate "C";
  `.execute(db);
  for (const name of ['log_streams', 'log_stream_rejects']) await protect(db, name);
}
