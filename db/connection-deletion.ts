import type { Actor } from '../onboarding/commands.ts';
import { deletedConnectionObject } from '../onboarding/wire-objects.ts';
import { certificateRow } from '../onboarding/workflow-names.ts';
import { recordSwitchedOn } from './connection-switch.ts';
import type { Tx } from './database.ts';
import { insertAudit } from './repositories/audit.ts';
import { insertCommand } from './repositories/commands.ts';
import { deleteConnection, restoreConnection } from './repositories/connections.ts';
import { insertEvent } from './repositories/events.ts';
import { listDomains } from './repositories/organization-domains.ts';
import type { ConnectionRow } from './tables/connections.ts';
import type { Tenant } from './tenant.ts';

type Deleting = {
  actor: Actor;
  now: Date;
  newId: (prefix: `${string}_`) => string;
  /** Until when it can be brought back; null: it cannot. */
  restorableUntil: Date | null;
};

/**
 * Deletes a connection and tells it: event, audit row and the end of its certificate watch, in the caller's transaction.
 * From the commit on nobody signs in through it. Undefined when there was none.
 */
export async function dropConnection(
  tx: Tx,
  tenant: Tenant,
  connectionId: string,
  { actor, now, newId, restorableUntil }: Deleting,
): Promise<ConnectionRow | undefined> {
  const row = await deleteConnection(tx, tenant, connectionId, now, restorableUntil);
  if (row === undefined) return undefined;
  const whose = { environmentId: row.environmentId, organizationId: row.organizationId };
  const data = deletedConnectionObject(row);
  await insertEvent(tx, { id: newId('event_'), ...whose, name: 'connection.deleted', data, createdAt: now });
  await insertAudit(tx, {
    id: newId('audit_'),
    ...whose,
    actor,
    at: now,
    action: 'connection.deleted',
    target: { type: 'connection', id: row.id },
    before: { state: row.state },
    ...(restorableUntil === null ? {} : { after: { restorable_until: restorableUntil.toISOString() } }),
  });
  const watch = { key: newId('cmd_'), ...whose, connectionId: row.id };
  await insertCommand(tx, certificateRow(watch, 'stopCertificateWatch', now));
  return row;
}

/**
 * Brings a deleted connection back as it was, live if it was live, and tells it. Throws `former_ended` where it cannot be
 * brought back, or not any more.
 */
export async function pickUpConnection(
  tx: Tx,
  tenant: Tenant,
  connectionId: string,
  { actor, now, newId }: Omit<Deleting, 'restorableUntil'>,
): Promise<ConnectionRow> {
  const row = await restoreConnection(tx, tenant, connectionId, now);
  const whose = { environmentId: row.environmentId, organizationId: row.organizationId };
  await insertAudit(tx, {
    id: newId('audit_'),
    ...whose,
    actor,
    at: now,
    action: 'connection.restored',
    target: { type: 'connection', id: row.id },
    after: { state: row.state },
  });
  if (row.state === 'active') {
    await recordSwitchedOn(tx, row, await listDomains(tx, whose), { actor, now, newId });
  }
  return row;
}
