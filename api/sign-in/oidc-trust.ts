import type { ClientProof, OidcTrust } from '../../adapters/oidc/verdict.ts';
import type { SealedAt } from '../../adapters/secrets.ts';
import { listSpKeys, type ConnectionRow, type Tx } from '../../db/index.ts';
import type { ApiDeps } from '../deps.ts';
import { tenantOf, type ReadyOidcConnection } from './usable-connection.ts';

/**
 * Where a connection's client secret is sealed for: wherever it lies, with the connection, a revision of it or a former
 * configuration, so that it can move between them and to no other connection.
 */
export function clientSecretPlace({
  id,
  organizationId,
}: Pick<ConnectionRow, 'id' | 'organizationId'>): SealedAt {
  return { table: 'connections', column: 'oidc_client_secret_sealed', organizationId, rowId: id };
}

/** All that answers of the connection's provider are exchanged and verified with. */
export async function trustOf(
  tx: Tx,
  deps: Pick<ApiDeps, 'secrets' | 'environments' | 'settings'>,
  connection: ReadyOidcConnection,
): Promise<OidcTrust> {
  const environment = await deps.environments.find(connection.environmentId);
  return {
    connectionId: connection.id,
    organizationId: connection.organizationId,
    sandboxLoopback: deps.settings.sandboxLoopback && environment?.kind === 'sandbox',
    server: connection.oidcServer,
    clientId: connection.oidcClientId,
    clientAuth: await proofOf(tx, deps, connection),
    tokenAlg: connection.oidcTokenAlg,
    redirectUri: connection.oidcRedirectUri,
    fetchesUserInfo: connection.oidcFetchUserInfo,
  };
}

async function proofOf(
  tx: Tx,
  { secrets }: Pick<ApiDeps, 'secrets'>,
  connection: ReadyOidcConnection,
): Promise<ClientProof> {
  const { oidcClientAuth: method, oidcClientSecretSealed: sealed, organizationId } = connection;
  if (method === 'private_key_jwt') {
    const keys = await listSpKeys(tx, tenantOf(connection), connection.id);
    const key = keys.find(({ use }) => use === 'client_assertion');
    if (!key) throw new Error(`connection ${connection.id} proves itself by key and has none`);
    const at = { table: 'sp_keys', column: 'private_key_sealed', organizationId, rowId: key.id };
    return { method, privateKeyPem: secrets.open(key.privateKeySealed, at), keyId: key.id };
  }
  if (sealed === null) throw new Error(`connection ${connection.id} proves itself by secret and has none`);
  return { method, secret: secrets.open(sealed, clientSecretPlace(connection)) };
}
