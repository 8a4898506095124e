import { sql, type Kysely } from 'kysely';

/** Every mail we send: one row per effect, so that a retry finds what an earlier try has done [REL-05]. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table mails (
      id text collate "C" primary key,
      environment_id text collate "C" not null references environments,
      organization_id text collate "C" references organizations,
      onboarding_id text collate "C" references onboardings,
      effect_id text collate "C" not null,
      kind text not null,
      recipient text not null,
      contact_id text collate "C",
      link_id text collate "C" references links,
      subject text not null,
      message_id text collate "C" not null unique,
      state text not null check (state in ('queued', 'sending', 'sent', 'delivered', 'bounced', 'refused', 'suppressed')),
      server_answer text,
      created_at timestamptz not null default now(),
      sent_at timestamptz,
      ended_at timestamptz
    );
    create unique index mails_effect on mails (environment_id, effect_id);
    create index mails_onboarding on mails (onboarding_id, created_at desc);
    create index mails_recipient on mails (environment_id, lower(recipient), created_at desc);

    create table mail_suppressions (
      environment_id text collate "C" not null references environments,
      address text not null,
      reason text not null,
      created_at timestamptz not null default now(),
      primary key (environment_id, address)
    );
  `.execute(db);
}
