import { sql, type Kysely } from 'kysely';

/**
 * A domain whose record has gone is not proved any more, but the people who sign in with its addresses go on for the days
 * that the environment gives [DOM-06].
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table environments add column if not exists domain_grace_days integer not null default 30
      check (domain_grace_days between 0 and 365);
    alter table organization_domains add column if not exists works_until timestamptz;
    update organization_domains set works_until = updated_at + interval '30 days'
      where state = 'lapsed' and failed_reason = 'record_missing' and works_until is null;
  `.execute(db);
}
