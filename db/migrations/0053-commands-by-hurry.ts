import { sql, type Kysely } from 'kysely';

/**
 * What somebody may wait for stands apart from the rest in what the relay looks for commands by: a move-in leaves ten
 * thousand that nobody waits for, and each look went past all of them. Each kind is read in the order in which it is
 * due, as far as is taken.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table commands add column is_hurried boolean not null default true;
    update commands set is_hurried = false
      where state = 'accepted' and message in ('certificatesChanged', 'stopCertificateWatch', 'ageingChanged');
    drop index commands_due;
    create index commands_due on commands (is_hurried, next_attempt_at, seq) where state = 'accepted';
  `.execute(db);
}
