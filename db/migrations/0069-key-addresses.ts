import { sql, type Kysely } from 'kysely';

/** The blocks of addresses from which alone an API key may be used [API-01]; none: from everywhere. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table api_keys add column if not exists addresses text[] not null default '{}'`.execute(db);
}
