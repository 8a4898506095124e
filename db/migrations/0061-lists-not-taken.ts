import { sql, type Kysely } from 'kysely';

/** A directory whose lists of people are refused, one after another, joins what is looked after. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table troubles drop constraint troubles_kind_check;
    alter table troubles add constraint troubles_kind_check check (kind in (
      'sign_ins_failing', 'metadata_failing', 'record_missing',
      'directory_silent', 'directory_refused', 'directory_held', 'directory_token_ended', 'directory_list_refused',
      'stream_failing', 'stream_refused'
    ));
  `.execute(db);
}
