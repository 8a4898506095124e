import { sql, type Kysely } from 'kysely';

/**
 * Whose event it is stands before its time in what the audit log is read by: a page of the product's acts, or of the
 * vendor's, is found among any number of the other's, and a page of both is the two merged. The vendor's events are sought
 * inside their organization, of which each has one. What was done to one thing stands together, in time inside an
 * organization. Only the product's acts are sought by the kind of their actor. Events are sought by their name.
 *
 * The walls around the log let the same through as before, said so that the planner does not take them for a narrow
 * filter: it took one row in 200 to be somebody's, and sorted all of them where it should have read the first fifty.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    drop index audit_events_time, audit_events_organization, audit_events_actor, audit_events_action;
    create index audit_events_time on audit_events (environment_id, origin, occurred_at, id)
      where chain_number is not null;
    create index audit_events_organization on audit_events (environment_id, organization_id, origin, occurred_at, id)
      where chain_number is not null;
    create index audit_events_actor on audit_events (environment_id, actor_id, occurred_at, id)
      where chain_number is not null and origin = 'product';
    create index audit_events_actor_type on audit_events (environment_id, actor_type, occurred_at, id)
      where chain_number is not null and origin = 'product';
    create index audit_events_action on audit_events (environment_id, action, occurred_at, id)
      where chain_number is not null and origin = 'product';
    create index audit_events_vendor_actor on audit_events (environment_id, organization_id, actor_id, occurred_at, id)
      where chain_number is not null and origin = 'vendor';
    create index audit_events_vendor_action on audit_events (environment_id, organization_id, action, occurred_at, id)
      where chain_number is not null and origin = 'vendor';

    alter table audit_targets drop constraint audit_targets_pkey;
    create unique index audit_targets_order
      on audit_targets (environment_id, target_id, organization_id, occurred_at, event_id) nulls not distinct;

    create index events_name on events (environment_id, name, position) where position is not null;
  `.execute(db);
  const isOwn = sql`environment_id = current_setting('app.environment_id', true)
    and case when coalesce(current_setting('app.organization_id', true), '') = '' then true
      else organization_id = current_setting('app.organization_id', true) end`;
  for (const name of ['audit_events', 'audit_targets'])
    await sql`alter policy tenant on ${sql.table(name)} using (${isOwn})`.execute(db);
}
