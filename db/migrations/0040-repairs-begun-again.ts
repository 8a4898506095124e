import { sql, type Kysely } from 'kysely';

/**
 * A trouble that lasts longer than the run that was to repair it gets further ones, so their number is kept. Staff are
 * mailed of a trouble as of other news of an onboarding.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table troubles add column runs integer not null default 1;

    alter table staff_news drop constraint staff_news_kind_check;
    alter table staff_news add constraint staff_news_kind_check
      check (kind in ('stalled', 'bounced', 'live', 'trouble'));
    -- What needs repair. No reference: it goes with its organization, like the news.
    alter table staff_news add column trouble_id text collate "C";
  `.execute(db);
}
