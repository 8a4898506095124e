import { sql, type Kysely } from 'kysely';

/** What the product did in one organization is found by what was done, however often others have it done. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create index audit_events_organization_action
      on audit_events (environment_id, organization_id, action, occurred_at, id)
      where chain_number is not null and origin = 'product'
  `.execute(db);
}
