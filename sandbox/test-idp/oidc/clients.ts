import { createPublicKey, randomBytes, X509Certificate } from 'node:crypto';
import type { AdapterPayload } from 'oidc-provider';
import { z } from 'zod';
import {
  findConnection,
  listSpKeys,
  withTenant,
  type ConnectionRow,
  type Db,
  type Tenant,
  type Tx,
} from '../../../db/index.ts';
import { findSandboxConnection, tenantOf } from '../connections.ts';
import { putSealed, readSealed, type Hands } from '../sealed-state.ts';

/**
 * The clients of the Test IdP's OpenID provider: one for each connection that was registered, with the connection's
 * own redirect URI and no other [TIDP-03]. The secret is kept sealed, so that a restart keeps it.
 */
export interface RegisteredClient {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly redirectUri: string;
}

const prefix = 'test-idp-';
const stored = z.object({ clientSecret: z.string() });
const keyOf = (connectionId: string) => `test_idp_client:${connectionId}`;

/** Registers a connection; one that is registered already gets what it has. Undefined when there is no such connection. */
export async function registerClient(
  tx: Tx,
  tenant: Tenant,
  connectionId: string,
  hands: Hands,
): Promise<RegisteredClient | undefined> {
  const connection = await findConnection(tx, tenant, connectionId);
  if (connection === undefined) return undefined;
  const found = await readSealed(tx, tenant, keyOf(connectionId), stored, hands);
  const clientSecret = found?.clientSecret ?? randomBytes(32).toString('base64url');
  if (found === undefined) await putSealed(tx, tenant, keyOf(connectionId), { clientSecret }, hands);
  return { clientId: `${prefix}${connectionId}`, clientSecret, redirectUri: connection.oidcRedirectUri };
}

/** The sandbox connection that a redirect URI of ours belongs to. */
export async function findConnectionOfRedirectUri(
  db: Db,
  redirectUri: string,
): Promise<ConnectionRow | undefined> {
  const [, id] = /\/sso\/oidc\/(conn_[0-9A-Z]{26})\/callback$/.exec(redirectUri) ?? [];
  const connection = id === undefined ? undefined : await findSandboxConnection(db, id);
  return connection?.oidcRedirectUri === redirectUri ? connection : undefined;
}

/** The connection behind a client id, if it is a sandbox's [TIDP-04]. */
export async function findConnectionOfClient(db: Db, clientId: string): Promise<ConnectionRow | undefined> {
  return clientId.startsWith(prefix) ? findSandboxConnection(db, clientId.slice(prefix.length)) : undefined;
}

/** A client as the library reads it, made anew from the connection each time it is asked for. */
export async function findClient(
  db: Db,
  clientId: string,
  hands: Pick<Hands, 'secrets'>,
): Promise<AdapterPayload | undefined> {
  const connection = await findConnectionOfClient(db, clientId);
  if (connection === undefined) return undefined;
  const tenant = tenantOf(connection);
  return withTenant(db, tenant, async (tx) => {
    const found = await readSealed(tx, tenant, keyOf(connection.id), stored, hands);
    if (found === undefined) return undefined;
    const method = connection.oidcClientAuth ?? 'client_secret_basic';
    return {
      client_id: clientId,
      client_secret: found.clientSecret,
      redirect_uris: [connection.oidcRedirectUri],
      grant_types: ['authorization_code'],
      response_types: ['code'],
      token_endpoint_auth_method: method,
      ...(method === 'private_key_jwt' && {
        jwks: { keys: await assertionKeys(tx, connection) },
        token_endpoint_auth_signing_alg: 'RS256',
      }),
    };
  });
}

/** The keys with which the connection proves itself, as its key set publishes them. */
async function assertionKeys(tx: Tx, connection: ConnectionRow) {
  const keys = await listSpKeys(tx, tenantOf(connection), connection.id);
  return keys
    .filter(({ use }) => use === 'client_assertion')
    .map(({ id, certificatePem }) => {
      const { publicKey } = new X509Certificate(certificatePem);
      return {
        ...createPublicKey(publicKey.export({ type: 'spki', format: 'pem' })).export({ format: 'jwk' }),
        kid: id,
      };
    });
}
