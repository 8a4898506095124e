import { sql, type Kysely } from 'kysely';

/**
 * Keys with scopes that are turned over with overlap, environments that an admin makes beside their own, and the days
 * of reminders and of the audit log as settings of an environment.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    update api_keys set scopes = '{full}' where scopes = '{}';
    alter table api_keys alter column scopes set default '{full}';
    alter table api_keys add constraint api_keys_some_scope check (cardinality(scopes) > 0);
    -- The key that took over; this one ends after the overlap.
    alter table api_keys add column replaced_by text collate "C" references api_keys;

    alter table environments
      add column reminder_days jsonb not null
        default '{"notOpened": [3, 7], "halfDone": [2, 5], "domainUnseen": 2, "linkEnds": 5}',
      add column audit_days integer check (audit_days >= 30);

    -- An admin of one environment makes another: only the one that the transaction names, as the policy says.
    grant insert on environments to vestibule_app;

    -- Who was let in by another's word (single sign-on) stays where that word counts [IDB-04].
    alter table staff_sessions add column proved_by text not null default 'code'
      check (proved_by in ('code', 'link', 'sso'));
  `.execute(db);
}
