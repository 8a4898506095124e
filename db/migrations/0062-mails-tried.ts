import { sql, type Kysely } from 'kysely';

/** When a mail was last handed to the mail server, so that one that it does not take is told from one nobody sends any more. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table mails add column if not exists tried_at timestamptz;
    create index if not exists mails_sending on mails (tried_at) where state = 'sending';
  `.execute(db);
}
