import { sql, type Kysely } from 'kysely';

/**
 * Writes that every request and sign-in makes cost less.
 *
 * The key to `environments` is given up where all of a vendor's traffic meets: each insert locked that one row (FOR KEY
 * SHARE), and several at once made a multixact of it, for a check that cannot fail. Environments are never deleted,
 * which is made so here, and whose row it is stays the policies' business: `vestibule_app` inserts rows of the
 * environment its transaction is bound to, and of no other.
 *
 * Indexes over what a row gets later (its position, its place in a chain) no longer hold rows that have none yet.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const name of hotTables) {
    const key = `${name}_environment_id_fkey`;
    await sql`alter table ${sql.table(name)} drop constraint ${sql.ref(key)}`.execute(db);
  }
  await sql`
    revoke delete on environments from vestibule_system;

    drop index events_position;
    create unique index events_position on events (environment_id, position) where position is not null;
    drop index events_organization;
    create index events_organization on events (environment_id, organization_id, position) where position is not null;
    drop index audit_events_chain;
    create unique index audit_events_chain on audit_events (environment_id, coalesce(organization_id, ''), chain_number)
      where chain_number is not null;
    drop index organizations_external_id;
    create unique index organizations_external_id on organizations (environment_id, external_id)
      where deleted_at is null and external_id is not null;
  `.execute(db);
}

const hotTables = [
  'organizations',
  'links',
  'events',
  'audit_events',
  'idempotency_keys',
  'attempts',
  'sign_ins',
  'profiles',
];
