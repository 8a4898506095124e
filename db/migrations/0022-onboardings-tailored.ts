import { sql, type Kysely } from 'kysely';

/**
 * What an onboarding covers unless it is said otherwise, as a setting of its environment; and sessions in which staff
 * look along on the customer's pages, or do the steps that they hold.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table environments add column onboarding_template jsonb not null default
      '{"mode": "self_service", "features": [
        {"feature": "sso", "requirement": "required"},
        {"feature": "domain_verification", "requirement": "optional"}
      ]}';

    alter table portal_sessions add column staff_member_id text collate "C" references members;
    create index portal_sessions_staff on portal_sessions (staff_member_id) where staff_member_id is not null;
  `.execute(db);
}
