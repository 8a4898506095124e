import { sql, type Kysely } from 'kysely';

/**
 * What a provider calls somebody can pass on to somebody else, years after the first has left [IDB-05]. The profile of the
 * first stays, for what was done under it, and no longer has the name.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table profiles add column passed_on_at timestamptz;
    alter table profiles drop constraint profiles_connection_id_idp_id_key;
    create unique index profiles_person on profiles (connection_id, idp_id) where passed_on_at is null;
  `.execute(db);
}
