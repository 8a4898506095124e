import { sql, type Kysely } from 'kysely';

/**
 * What lets a checkpoint be checked whose key is no longer there: the public half of that key, signed by one that is. Null
 * for a key that is there.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table key_checks add column voucher jsonb`.execute(db);
}
