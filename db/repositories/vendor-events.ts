/** Audit events that the vendor's product sends: the hot path, one statement for any number of them. */
import { randomBytes } from 'node:crypto';
import { personalOf, type VendorEvent } from '../../onboarding/audit-records.ts';
import type { Tx } from '../database.ts';
import { fixedStatement } from '../fixed-statement.ts';

export interface NewVendorEvent {
  id: string;
  organizationId: string;
  event: VendorEvent;
}

// An organization that is not there, or was deleted, leaves its rows out: the count tells.
const insertRows = fixedStatement<{ organizationId: string }>(`
  with sent as (
    select * from unnest(:ids::text[], :organizationIds::text[], :occurredAts::timestamptz[], :actorTypes::text[],
      :actorIds::text[], :actions::text[], :targetTypes::text[], :targetIds::text[], :personals::jsonb[], :salts::text[],
      :locations::text[], :userAgents::text[], :contents::jsonb[])
      as sent (id, organization_id, occurred_at, actor_type, actor_id, action, target_type, target_id, personal, salt,
        location, user_agent, content)
  ), known as (
    select id from organizations where environment_id = :environmentId and id = any(:organizationIds::text[])
      and deleted_at is null
  ), written as (
    insert into audit_events (id, environment_id, organization_id, at, occurred_at, origin, actor_type, actor_id, action,
      target_type, target_id, personal, personal_salt, source_address, user_agent, content)
    select sent.id, :environmentId, organization_id, :now, occurred_at, 'vendor', actor_type, actor_id, action, target_type,
      target_id, personal, salt, location, user_agent, content
    from sent join known on known.id = sent.organization_id
  )
  select organization_id as "organizationId" from sent
  where not exists (select from known where known.id = sent.organization_id) limit 1
`);

/**
 * Records them, all or none: gives the id of an organization that there is not, with which the transaction has to be
 * given up.
 */
export async function insertVendorEvents(
  tx: Tx,
  environmentId: string,
  events: readonly NewVendorEvent[],
  now: Date,
): Promise<string | undefined> {
  const of = <T>(value: (event: VendorEvent, sent: NewVendorEvent) => T) =>
    events.map((sent) => value(sent.event, sent));
  // One packet of randomness for all: a call for each costs more than the rest of the row.
  const salts = randomBytes(16 * events.length).toString('hex');
  const [unknown] = await insertRows(tx, {
    ...{ environmentId, now },
    ids: of((_, { id }) => id),
    organizationIds: of((_, { organizationId }) => organizationId),
    occurredAts: of(({ occurredAt }) => occurredAt),
    actorTypes: of(({ actor }) => actor.type),
    actorIds: of(({ actor }) => actor.id),
    actions: of(({ action }) => action),
    targetTypes: of(({ targets }) => targets[0]?.type ?? null),
    targetIds: of(({ targets }) => targets[0]?.id ?? null),
    personals: of((event) => JSON.stringify(personalOf(event))),
    salts: events.map((_, index) => salts.slice(index * 32, index * 32 + 32)),
    locations: of(({ context }) => context.location),
    userAgents: of(({ context }) => context.user_agent ?? null),
    contents: of(({ version, targets }) =>
      JSON.stringify({ version, targets: targets.map(({ id, type }) => ({ id, type })) }),
    ),
  });
  return unknown?.organizationId;
}
