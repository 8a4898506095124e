import { sql, type Kysely } from 'kysely';

/** What staff say to the customer when they hand a step back: by step, kept with the onboarding. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table onboardings add column step_notes jsonb not null default '{}'`.execute(db);
}
