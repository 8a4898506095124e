import { sql, type Kysely } from 'kysely';

/** How long a provider says that its metadata may be kept: it is not fetched again before [MD-08]. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table connections add column metadata_cache_seconds integer`.execute(db);
}
