import { sql, type Kysely } from 'kysely';

/**
 * What is wrong with something that is live, from when it was seen until it is well again; with the onboarding that was to
 * repair it. A metadata URL that fails says as what. Failed sign-ins are found by their age, without reading the others.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table troubles (
      id text collate "C" primary key,
      environment_id text collate "C" not null references environments,
      organization_id text collate "C" not null references organizations,
      kind text not null check (kind in ('sign_ins_failing', 'metadata_failing', 'record_missing')),
      -- The connection or the domain. No reference: it may be gone before the trouble has ended.
      subject_id text collate "C" not null,
      since timestamptz not null,
      cause text,
      onboarding_id text collate "C" not null references onboardings,
      created_at timestamptz not null default now(),
      ended_at timestamptz
    );
    create unique index troubles_one_open on troubles (kind, subject_id) where ended_at is null;
    create index troubles_organization on troubles (organization_id, ended_at);
    create index troubles_onboarding on troubles (onboarding_id);
    grant select, insert, update on troubles to vestibule_app;
    grant select, insert, update, delete on troubles to vestibule_system;
    alter table troubles enable row level security;
    alter table troubles force row level security;
    create policy tenant on troubles to vestibule_app
      using (environment_id = current_setting('app.environment_id', true)
        and (coalesce(current_setting('app.organization_id', true), '') = ''
          or organization_id = current_setting('app.organization_id', true)));
    create policy system on troubles to vestibule_system using (true);

    alter table connections add column metadata_failing_code text;
    create index connections_metadata_failing on connections (metadata_failing_since)
      where metadata_failing_since is not null;
    create index organization_domains_lapsed on organization_domains (state) where state = 'lapsed';
    create index attempts_failed on attempts (started_at) where state = 'failed';
  `.execute(db);
}
