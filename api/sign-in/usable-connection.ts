import { lookUpConnection, type AttemptRow, type ConnectionRow } from '../../db/index.ts';
import type { OidcClientAuth, OidcServer, OidcTokenAlg } from '../../onboarding/connection-configuration.ts';
import type { ApiDeps } from '../deps.ts';

export type Protocol = ConnectionRow['protocol'];

export type ReadySamlConnection = ConnectionRow & {
  protocol: 'saml';
  idpEntityId: string;
  idpSsoUrl: string;
};

export type ReadyOidcConnection = ConnectionRow & {
  protocol: 'oidc';
  oidcIssuer: string;
  oidcClientId: string;
  oidcClientAuth: OidcClientAuth;
  oidcServer: OidcServer;
  oidcTokenAlg: OidcTokenAlg;
};

/** A connection that can send people to its provider. */
export type ReadyConnection = ReadySamlConnection | ReadyOidcConnection;

/**
 * By the id in a path; undefined when there is none, it is deleted, or it speaks another protocol than the one named. A
 * path that answers come to names none: a test of a revision may speak another than the live connection, and what the
 * attempt sees is asked for its protocol then.
 */
export async function findLivingConnection(
  deps: Pick<ApiDeps, 'db'>,
  connectionId: string,
  protocol?: Protocol,
): Promise<ConnectionRow | undefined> {
  const connection = await lookUpConnection(deps.db, connectionId);
  const speaks = protocol === undefined || connection?.protocol === protocol;
  return connection?.deletedAt === null && speaks ? connection : undefined;
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
  const provider = connection.protocol === 'saml' ? connection.idpEntityId : connection.oidcIssuer;
  if (!provider.startsWith(`${deps.urls.testIdp}/test-idp`)) return true;
  const environment = await deps.environments.find(connection.environmentId);
  return environment?.kind === 'sandbox';
}

/** Whether the provider's side is known, in the connection's own protocol. */
export function isReady(connection: ConnectionRow): connection is ReadyConnection {
  if (connection.protocol === 'saml') return connection.idpEntityId !== null && connection.idpSsoUrl !== null;
  const { oidcIssuer, oidcClientId, oidcClientAuth, oidcServer, oidcTokenAlg } = connection;
  const isKnown = [oidcIssuer, oidcClientId, oidcClientAuth, oidcServer, oidcTokenAlg].every(
    (value) => value !== null,
  );
  return isKnown && (oidcClientAuth === 'private_key_jwt' || connection.oidcClientSecretSealed !== null);
}

export const tenantOf = ({ environmentId, organizationId }: ConnectionRow) => ({
  environmentId,
  organizationId,
});
