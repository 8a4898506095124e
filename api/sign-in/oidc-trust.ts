import { connectionSecretAt, revisionSecretAt } from '../../adapters/client-secrets.ts';
import type { ClientProof, OidcTrust } from '../../adapters/oidc/verdict.ts';
import type { SealedAt } from '../../adapters/secrets.ts';
import { listSpKeys, withTenant, type ConnectionRow } from '../../db/index.ts';
import { openIdDemandsOf } from '../../onboarding/providers/sign-in/index.ts';
import type { ApiDeps } from '../deps.ts';
import { tenantOf, type ReadyOidcConnection } from './usable-connection.ts';

type SecretHolder = Pick<ConnectionRow, 'id' | 'organizationId'> & { readonly revisionId?: string | null };

/** Where a client secret is sealed for: the connection's own row, or that of the revision whose values it has. */
export function clientSecretPlace({ id, organizationId, revisionId }: SecretHolder): SealedAt {
  return typeof revisionId === 'string'
    ? revisionSecretAt({ id: revisionId, organizationId })
    : connectionSecretAt({ id, organizationId });
}

/** All that answers of the connection's provider are exchanged and verified with. */
export async function trustOf(
  deps: Pick<ApiDeps, 'db' | 'secrets' | 'environments' | 'settings'>,
  connection: ReadyOidcConnection & SecretHolder,
): Promise<OidcTrust> {
  const { sandboxLoopback } = deps.settings;
  const environment = sandboxLoopback ? await deps.environments.find(connection.environmentId) : undefined;
  return {
    connectionId: connection.id,
    organizationId: connection.organizationId,
    sandboxLoopback: environment?.kind === 'sandbox',
    server: connection.oidcServer,
    clientId: connection.oidcClientId,
    clientAuth: await proofOf(deps, connection),
    tokenAlg: connection.oidcTokenAlg,
    redirectUri: connection.oidcRedirectUri,
    fetchesUserInfo: connection.oidcFetchUserInfo,
  };
}

async function proofOf(
  { db, secrets }: Pick<ApiDeps, 'db' | 'secrets'>,
  connection: ReadyOidcConnection & SecretHolder,
): Promise<ClientProof> {
  const { oidcClientAuth: method, oidcClientSecretSealed: sealed, organizationId } = connection;
  if (method === 'private_key_jwt') {
    const tenant = tenantOf(connection);
    const keys = await withTenant(db, tenant, (tx) => listSpKeys(tx, tenant, connection.id));
    const key = keys.find(({ use }) => use === 'client_assertion');
    if (!key) throw new Error(`connection ${connection.id} proves itself by key and has none`);
    const at = { table: 'sp_keys', column: 'private_key_sealed', organizationId, rowId: key.id };
    const wantsEndpoint = openIdDemandsOf(connection)?.assertionAudience === 'token_endpoint';
    return {
      method,
      privateKeyPem: secrets.open(key.privateKeySealed, at),
      keyId: key.id,
      audience: wantsEndpoint ? connection.oidcServer.tokenEndpoint : undefined,
    };
  }
  if (sealed === null) throw new Error(`connection ${connection.id} proves itself by secret and has none`);
  return { method, secret: secrets.open(sealed, clientSecretPlace(connection)) };
}
