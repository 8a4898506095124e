/** Audit events that the vendor's product sends: the hot path, one statement for any number of them. */
import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import pg from 'pg';
import { personalOf, type VendorEvent } from '../../onboarding/audit-records.ts';
import { OnboardingError } from '../../onboarding/errors.ts';
import { notifyAfterCommit, type Tx } from '../database.ts';
import { fixedStatement } from '../fixed-statement.ts';

export interface NewVendorEvent {
  id: string;
  organizationId: string;
  event: VendorEvent;
}

// An organization that is not there, or was deleted, leaves its column empty, which the table refuses.
const insertRows = fixedStatement(`
  with known as (
    select id from organizations where environment_id = :environmentId and id = any(:organizationIds::text[])
      and deleted_at is null
  )
  insert into audit_events (id, environment_id, organization_id, at, occurred_at, origin, actor_type, actor_id, action,
    target_type, target_id, personal, personal_salt, source_address, user_agent, content)
  select sent.id, :environmentId, known.id, :now, occurred_at, 'vendor', actor_type, actor_id, action, target_type,
    target_id, personal, salt, location, user_agent, content
  from unnest(:ids::text[], :organizationIds::text[], :occurredAts::timestamptz[], :actorTypes::text[],
    :actorIds::text[], :actions::text[], :targetTypes::text[], :targetIds::text[], :personals::jsonb[], :salts::text[],
    :locations::text[], :userAgents::text[], :contents::jsonb[])
    as sent (id, organization_id, occurred_at, actor_type, actor_id, action, target_type, target_id, personal, salt,
      location, user_agent, content)
  left join known on known.id = sent.organization_id
`);

const refusedByCheck = '23514';

/**
 * Records them, all or none. Throws `not_found` of the kind `organization` when one of them belongs to an organization
 * that there is not. Tells who looks at the log, and who seals it.
 */
export async function insertVendorEvents(
  tx: Tx,
  environmentId: string,
  events: readonly NewVendorEvent[],
  now: Date,
): Promise<void> {
  const written = insertRows(tx, { environmentId, now, ...valuesOf(events) });
  notifyAfterCommit(tx, { channel: 'audit', payload: environmentId });
  for (const organizationId of new Set(events.map((sent) => sent.organizationId)))
    notifyAfterCommit(tx, { channel: `portal:${organizationId}`, payload: 'audit:' });
  try {
    await written;
  } catch (error) {
    const { code, constraint } = error instanceof pg.DatabaseError ? error : {};
    const isUnknown = code === refusedByCheck && constraint === 'audit_events_whose';
    throw isUnknown ? new OnboardingError('not_found', { kind: 'organization' }, { cause: error }) : error;
  }
}

/** Ids among these of which there is no organization. */
export async function listUnknownOrganizations(
  tx: Tx,
  environmentId: string,
  ids: readonly string[],
): Promise<string[]> {
  const found = await tx
    .selectFrom('organizations')
    .select('id')
    .where('environmentId', '=', environmentId)
    .where(sql<boolean>`id = any(${ids}::text[])`)
    .where('deletedAt', 'is', null)
    .execute();
  const known = new Set(found.map(({ id }) => id));
  return ids.filter((id) => !known.has(id));
}

function valuesOf(events: readonly NewVendorEvent[]) {
  const of = <T>(value: (event: VendorEvent) => T) => events.map(({ event }) => value(event));
  // One piece of randomness for all: a call for each costs more than the rest of the row.
  const salts = randomBytes(16 * events.length).toString('hex');
  return {
    ids: events.map(({ id }) => id),
    organizationIds: events.map(({ organizationId }) => organizationId),
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
  };
}
