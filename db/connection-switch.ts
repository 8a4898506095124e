import type { Actor } from '../onboarding/commands.ts';
import { connectionEventObject, type ConnectionFacts } from '../onboarding/wire-objects.ts';
import { certificateRow } from '../onboarding/workflow-names.ts';
import type { Tx } from './database.ts';
import { insertAudit } from './repositories/audit.ts';
import { insertCommand } from './repositories/commands.ts';
import { moveConnection } from './repositories/connections.ts';
import { insertEvent } from './repositories/events.ts';
import { listDomains } from './repositories/organization-domains.ts';
import type { ConnectionRow } from './tables/connections.ts';
import type { Tenant } from './tenant.ts';

type Facts = ConnectionFacts & { environmentId: string };
type Switch = { actor: Actor; now: Date; newId: (prefix: `${string}_`) => string };

/**
 * Lets users sign in through a connection: state, event, audit row and the start of its certificate watch, in the
 * caller's transaction. Undefined when it was live already, so that a repeated call tells nobody twice. Whether it may
 * go live is the caller's to have checked.
 */
export async function switchConnectionOn(
  tx: Tx,
  tenant: Tenant & { organizationId: string },
  connectionId: string,
  by: Switch,
): Promise<ConnectionRow | undefined> {
  const from = ['requires_type', 'draft', 'validating', 'inactive'] as const;
  const connection = await moveConnection(tx, tenant, connectionId, { from, to: 'active', now: by.now });
  if (connection === undefined) return undefined;
  await recordSwitchedOn(tx, connection, await listDomains(tx, tenant), by);
  return connection;
}

/** What a connection that goes live leaves behind besides its state. */
export async function recordSwitchedOn(
  tx: Tx,
  connection: Facts,
  domains: readonly { id: string; domain: string }[],
  by: Switch,
): Promise<void> {
  const { id: connectionId, environmentId, organizationId } = connection;
  const watch = { key: by.newId('cmd_'), environmentId, organizationId, connectionId };
  await Promise.all([
    ...record(tx, connection, domains, 'connection.activated', by),
    insertCommand(tx, certificateRow(watch, 'certificatesChanged', by.now)),
  ]);
}

/** Stops sign-ins through a connection at once; its settings stay. Undefined when it was not live. */
export async function switchConnectionOff(
  tx: Tx,
  tenant: Tenant & { organizationId: string },
  connectionId: string,
  by: Switch,
): Promise<ConnectionRow | undefined> {
  const connection = await moveConnection(tx, tenant, connectionId, {
    from: ['active'] as const,
    to: 'inactive' as const,
    now: by.now,
  });
  if (connection === undefined) return undefined;
  await Promise.all(record(tx, connection, await listDomains(tx, tenant), 'connection.deactivated', by));
  const watch = { key: by.newId('cmd_'), ...tenant, connectionId };
  await insertCommand(tx, certificateRow(watch, 'stopCertificateWatch', by.now));
  return connection;
}

function record(
  tx: Tx,
  connection: Facts,
  domains: readonly { id: string; domain: string }[],
  name: 'connection.activated' | 'connection.deactivated',
  { actor, now, newId }: Switch,
): Promise<void>[] {
  const { environmentId, organizationId } = connection;
  const event = insertEvent(tx, {
    id: newId('event_'),
    environmentId,
    organizationId,
    name,
    createdAt: now,
    data: connectionEventObject(connection, domains),
  });
  const audit = insertAudit(tx, {
    id: newId('audit_'),
    environmentId,
    organizationId,
    actor,
    action: name,
    at: now,
    target: { type: 'connection', id: connection.id },
    after: { state: connection.state },
  });
  return [event, audit];
}
