import { sql, type Kysely } from 'kysely';

/**
 * Readings of directories: what a refusal was about, and when the next one is due. A vendor that has its own client at
 * Google lets admins of its customers consent to it; without one only service accounts are offered.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table directory_runs
      -- Plain values that fill the words of the cause: never names or addresses of people.
      add column facts jsonb not null default '{}',
      add column next_at timestamptz;
    alter table environments
      add column google_client_id text,
      add column google_client_secret_sealed text,
      add constraint environments_google_client
        check ((google_client_id is null) = (google_client_secret_sealed is null));
  `.execute(db);
}
