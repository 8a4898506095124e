import { sql, type Kysely } from 'kysely';

/** "This screen changed" of any guide, not of those for sign-in alone: which kind of guide, and what it sets up. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table guide_reports add column guide text not null default 'sign_in'
      check (guide in ('sign_in', 'directory', 'log_stream', 'dns_host'));
    alter table guide_reports alter column guide drop default;
    -- A connection, a directory, a log stream or a domain; no reference, as for other subjects of several kinds.
    alter table guide_reports drop constraint guide_reports_connection_id_fkey;
    alter table guide_reports rename column connection_id to subject_id;
    -- Guides of different kinds may share their names and steps.
    drop index guide_reports_once;
    create unique index guide_reports_once on guide_reports (session_id, guide, provider_id, step_id, reported_on);
  `.execute(db);
}
