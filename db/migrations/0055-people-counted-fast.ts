import { sql, type Kysely } from 'kysely';

/**
 * People of a directory are counted in an index that has nothing but whose they are: equal keys are kept once, so that it
 * is a fifteenth of the one that puts them in order. And that one leaves out whom the source has removed, and what only
 * the policies looked at, which nobody asks of it since `page_of_source_people`.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create index directory_users_count on directory_users (directory_id, generation) where removed_at is null;
    drop index directory_users_order;
    create index directory_users_order on directory_users (directory_id, generation, created_at, id)
      where removed_at is null;
  `.execute(db);
}
