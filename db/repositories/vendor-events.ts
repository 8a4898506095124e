/** Audit events that the vendor's product sends: the hot path, one statement for any number of them. */
import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import pg from 'pg';
import utils from 'pg/lib/utils.js';
import { personalOf, type VendorEvent } from '../../onboarding/audit-records.ts';
import { OnboardingError } from '../../onboarding/errors.ts';
import { awaitWithCommit, notifyAfterCommit, type Db, type Tx } from '../database.ts';
import { fixedStatement } from '../fixed-statement.ts';
import { gatherWrites, type GatheredWrites } from '../gathered-writes.ts';
import { sqlState } from '../sql-states.ts';

export interface NewVendorEvent {
  id: string;
  organizationId: string;
  event: VendorEvent;
}

// One parameter for all rows: what it takes to write and read a list for each column is more than the rest of the work.
// An organization that is not there, or was deleted, leaves its column empty, which the table refuses.
const insertRows = fixedStatement(`
  with known as (
    select id from organizations where environment_id = :environmentId and id = any(:organizationIds::text[])
      and deleted_at is null
  )
  insert into audit_events (id, environment_id, organization_id, at, occurred_at, origin, actor_type, actor_id, action,
    target_type, target_id, personal, personal_salt, source_address, user_agent, content)
  select sent.id, :environmentId, known.id, :now, occurred_at, 'vendor', actor_type, actor_id, action, target_type,
    target_id, personal, personal_salt, source_address, user_agent, content
  from json_to_recordset(:rows) as sent (id text, organization_id text, occurred_at timestamptz, actor_type text,
    actor_id text, action text, target_type text, target_id text, personal jsonb, personal_salt text,
    source_address text, user_agent text, content jsonb)
  left join known on known.id = sent.organization_id
`);

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
  const organizationIds = [...new Set(events.map((sent) => sent.organizationId))];
  const written = insertRows(tx, { environmentId, now, organizationIds, rows: rowsOf(events) });
  notifyAfterCommit(tx, { channel: 'audit', payload: environmentId });
  notifyAfterCommit(tx, { channel: `staff:${environmentId}`, payload: 'audit:' });
  for (const organizationId of organizationIds)
    notifyAfterCommit(tx, { channel: `portal:${organizationId}`, payload: 'audit:' });
  try {
    await written;
  } catch (error) {
    const { code, constraint } = error instanceof pg.DatabaseError ? error : {};
    const isUnknown = code === sqlState.checkViolation && constraint === 'audit_events_whose';
    throw isUnknown ? new OnboardingError('not_found', { kind: 'organization' }, { cause: error }) : error;
  }
}

/** Records what several requests bring as rows of one statement: for one row alone it costs many times its share. */
export function gatherVendorEvents(parts: {
  db: Db;
  now: () => Date;
}): GatheredWrites<readonly NewVendorEvent[]> {
  return gatherWrites({
    ...parts,
    writeAll: (tx, environmentId, items, now) =>
      awaitWithCommit(tx, insertVendorEvents(tx, environmentId, items.flat(), now)),
  });
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

/** By the names of the statement; what an event has not is left out. */
function rowsOf(events: readonly NewVendorEvent[]): string {
  // One piece of randomness for all: a call for each costs more than the rest of the row.
  const salts = randomBytes(16 * events.length).toString('hex');
  const rows = events.map(({ id, organizationId, event }, index) => {
    const { occurredAt, actor, action, targets, context, version } = event;
    return {
      id,
      organization_id: organizationId,
      // As the driver writes it: before the year 1 and after 9999 Postgres does not read what JSON makes of a date.
      occurred_at: utils.prepareValue(occurredAt),
      actor_type: actor.type,
      actor_id: actor.id,
      action,
      target_type: targets[0]?.type,
      target_id: targets[0]?.id,
      personal: personalOf(event),
      personal_salt: salts.slice(index * 32, index * 32 + 32),
      source_address: context.location,
      user_agent: context.user_agent,
      content: { version, targets: targets.map(({ id, type }) => ({ id, type })) },
    };
  });
  return JSON.stringify(rows);
}
