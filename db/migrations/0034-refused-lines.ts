import { sql, type Kysely } from 'kysely';

/** A file that is read again has its refused lines written anew. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`grant delete on directory_file_lines to vestibule_app`.execute(db);
}
