import { sql, type Kysely } from 'kysely';

/** Whom of the vendor's own users a portal link was made for, by the vendor's id: all of theirs can be revoked at once. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table links add column if not exists external_user_id text;
    create index if not exists links_external_user on links (organization_id, external_user_id)
      where external_user_id is not null;
  `.execute(db);
}
