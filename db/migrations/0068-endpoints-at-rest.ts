import { sql, type Kysely } from 'kysely';

/** Until when a webhook endpoint that asked for it is sent nothing [WHK-03]; null: it has not asked. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table webhook_endpoints add column if not exists rests_until timestamptz`.execute(db);
}
