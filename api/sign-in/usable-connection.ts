import { lookUpConnection, type AttemptRow, type ConnectionRow } from '../../db/index.ts';
import type { ApiDeps } from '../deps.ts';

/** A connection that can send people to its provider. */
export type ReadyConnection = ConnectionRow & {
  idpEntityId: string;
  idpSsoUrl: string;
};

/** By the id in a path; undefined when there is none, it is deleted, or it is no SAML connection. */
export async function findLivingConnection(
  deps: Pick<ApiDeps, 'db'>,
  connectionId: string,
): Promise<ConnectionRow | undefined> {
  const connection = await lookUpConnection(deps.db, connectionId);
  return connection?.deletedAt === null && connection.protocol === 'saml' ? connection : undefined;
}

const testable: readonly ConnectionRow['state'][] = ['draft', 'validating', 'active', 'inactive'];

/**
 * Whether sign-ins of this origin may go through the connection now [SAML-01]. Every way in asks here: authorize,
 * tile, test address, answer, bounce, token and profile. A test may use one that is not live yet; nothing else may.
 * The Test IdP counts in sandboxes only [TIDP-04].
 */
export async function isUsable(
  deps: Pick<ApiDeps, 'environments' | 'urls'>,
  connection: ConnectionRow,
  origin: AttemptRow['origin'],
): Promise<boolean> {
  if (connection.deletedAt !== null) return false;
  const isOpen = origin === 'test' ? testable.includes(connection.state) : connection.state === 'active';
  if (!isOpen || !isReady(connection)) return false;
  if (!connection.idpEntityId.startsWith(`${deps.urls.testIdp}/test-idp`)) return true;
  const environment = await deps.environments.find(connection.environmentId);
  return environment?.kind === 'sandbox';
}

/** Whether the provider's side is known. */
export function isReady(connection: ConnectionRow): connection is ReadyConnection {
  return connection.idpEntityId !== null && connection.idpSsoUrl !== null;
}

export const tenantOf = ({ environmentId, organizationId }: ConnectionRow) => ({
  environmentId,
  organizationId,
});
