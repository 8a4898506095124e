import { sql, type Kysely } from 'kysely';

/**
 * The walls around people, groups and memberships read whose transaction it is once for each statement, not once for each
 * row: pages and counts of directories go over thousands of rows. What they let through is the same.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const isOwn = sql`environment_id = (select current_setting('app.environment_id', true))
    and ((select coalesce(current_setting('app.organization_id', true), '')) = ''
      or organization_id = (select current_setting('app.organization_id', true)))`;
  for (const name of ['directory_users', 'directory_groups', 'directory_memberships']) {
    await sql`alter policy tenant on ${sql.table(name)} using (${isOwn})`.execute(db);
  }
}
