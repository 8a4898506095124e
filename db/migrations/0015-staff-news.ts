import { sql, type Kysely } from 'kysely';

/**
 * What staff have yet to be mailed about onboardings: a row goes once they are told. A code that opens a link belongs to
 * no session: there is none before it. A contest over a domain that time has ended is told once. Mails and ended sessions are found by their age when their time is over.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table staff_news (
      id text collate "C" primary key,
      environment_id text collate "C" not null references environments,
      organization_id text collate "C" not null references organizations,
      onboarding_id text collate "C" not null references onboardings,
      kind text not null check (kind in ('stalled', 'bounced', 'live')),
      -- The mail that bounced. No reference: mails have a retention of their own.
      mail_id text collate "C",
      created_at timestamptz not null default now()
    );
    create index staff_news_age on staff_news (created_at);
    grant select, insert on staff_news to vestibule_app;
    grant select, insert, update, delete on staff_news to vestibule_system;
    alter table staff_news enable row level security;
    alter table staff_news force row level security;
    create policy tenant on staff_news to vestibule_app
      using (environment_id = current_setting('app.environment_id', true)
        and (coalesce(current_setting('app.organization_id', true), '') = ''
          or organization_id = current_setting('app.organization_id', true)));
    create policy system on staff_news to vestibule_system using (true);

    alter table act_codes alter column session_id drop not null;
    create index act_codes_of_links on act_codes (act, created_at desc) where session_id is null;

    -- The former holder was told that its domain has gone to the other side for good [DOM-05].
    alter table organization_domains add column contest_ended_at timestamptz;
    create index organization_domains_contest_lost on organization_domains (lost_contest_at)
      where lost_contest_at is not null;

    create index mails_age on mails (created_at);
    create index portal_sessions_end on portal_sessions (ended_at) where ended_at is not null;
    create index staff_sessions_end on staff_sessions (ended_at) where ended_at is not null;
    create index connection_revisions_end on connection_revisions (ended_at) where ended_at is not null;
  `.execute(db);
}
