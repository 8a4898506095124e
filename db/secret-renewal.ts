import type { Tx } from './database.ts';
import { insertEvent } from './repositories/events.ts';
import type { ConnectionRow } from './tables/connections.ts';

/**
 * Tells the vendor that a live connection signs in with a new client secret of the same provider, and when it ends, as
 * far as anybody has said. Nothing is told of one that is brought back.
 */
export async function recordSecretRenewed(
  tx: Tx,
  before: ConnectionRow,
  after: ConnectionRow,
  { now, newId }: { now: Date; newId: (prefix: `${string}_`) => string },
): Promise<void> {
  const isSame = after.oidcIssuer !== null && after.oidcIssuer === before.oidcIssuer;
  const isNewer = after.oidcSecretSetAt !== null && after.oidcSecretSetAt > (before.oidcSecretSetAt ?? '');
  if (after.state !== 'active' || !isSame || !isNewer) return;
  const { id, environmentId, organizationId, oidcSecretEndsOn } = after;
  await insertEvent(tx, {
    id: newId('event_'),
    environmentId,
    organizationId,
    createdAt: now,
    name: 'connection.client_secret_renewed',
    data: {
      connection: { id, organization_id: organizationId },
      client_secret: { expiry_date: oidcSecretEndsOn },
      renewed_at: now.toISOString(),
    },
  });
}
