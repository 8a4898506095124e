import { sql, type Kysely } from 'kysely';

/**
 * A mail over its limit waits, and one that nobody needs any more by then is withdrawn [MAIL-06]. The mail provider of an
 * environment reports bounces with a secret. How long audit rows are kept is a chain's to say: it outlives its customer.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    -- A key is begun and finished in one transaction: nobody sees it in between.
    alter table idempotency_keys drop column state, drop column lease_until;

    alter table environments add column mail_notice_digest text collate "C";

    -- What a side of a contest has yet to be mailed [DOM-05].
    alter table organization_domains add column contest_news text, add column contest_news_at timestamptz;
    create index organization_domains_contest_news on organization_domains (contest_news_at) where contest_news is not null;

    alter table audit_heads add column kept_days integer check (kept_days >= 30);

    alter table mails add column held_until timestamptz;
    alter table mails drop constraint mails_state_check;
    alter table mails add constraint mails_state_check check (
      state in ('queued', 'sending', 'sent', 'delivered', 'bounced', 'refused', 'suppressed', 'withdrawn')
    );
  `.execute(db);
}
