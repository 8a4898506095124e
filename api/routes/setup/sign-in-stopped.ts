import type { ConnectionRow, Tx } from '../../../db/index.ts';
import { findGuide } from '../../../onboarding/providers/sign-in/index.ts';
import { formerViewsOf } from '../../configuration-views.ts';
import type { Home } from '../../contract/setup.ts';
import { deletedViewsOf } from './draft-views.ts';
import type { Tenant } from './scope.ts';

/** Why nobody signs in where people did: the way it was stopped, and what brings it back. Null while somebody can. */
export async function signInStoppedOf(
  tx: Tx,
  tenant: Tenant,
  {
    connections,
    connection,
  }: { connections: readonly ConnectionRow[]; connection: ConnectionRow | undefined },
  now: Date,
): Promise<Home['signInStopped']> {
  if (connections.some(({ state }) => state === 'active')) return null;
  if (connection?.state === 'inactive') {
    const provider = findGuide(connection.providerId ?? '')?.name ?? connection.name;
    return { how: 'off', provider };
  }
  const [former] = connection === undefined ? [] : await formerViewsOf(tx, tenant, connection, now);
  if (former?.reason === 'reset' && former.wasLive) {
    const { id, providerName: provider, endedAt: at, keptUntil } = former;
    return { how: 'reset', id, provider, at, keptUntil };
  }
  const [deleted] = await deletedViewsOf(tx, tenant, now);
  if (deleted?.wasLive !== true) return null;
  const { id, providerName: provider, deletedAt: at, keptUntil } = deleted;
  return { how: 'deleted', id, provider, at, keptUntil };
}
