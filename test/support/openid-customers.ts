import { newId } from '../../adapters/ids.ts';
import { addressesOf } from '../../api/connections.ts';
import { clientSecretPlace } from '../../api/sign-in/oidc-trust.ts';
import {
  insertConnection,
  insertDomain,
  insertOrganization,
  moveConnection,
  updateConnectionSettings,
  withTenant,
  type ConnectionRow,
  type ConnectionSettings,
} from '../../db/index.ts';
import type { OidcServer } from '../../onboarding/connection-configuration.ts';
import { registerClient } from '../../sandbox/test-idp/oidc/clients.ts';
import type { SignInCustomer, SignInWorld } from './sign-in.ts';

/** A customer whose connection trusts a provider of OpenID Connect, as if an admin had saved it. */
export async function anOidcCustomer(
  { api, vendor }: Pick<SignInWorld, 'api' | 'vendor'>,
  provider: { server: OidcServer; clientId: string; clientSecret: string | null },
  more: {
    state?: ConnectionRow['state'];
    settings?: ConnectionSettings;
    verifiedDomain?: string;
    connectionId?: string;
    guideId?: string;
  } = {},
): Promise<SignInCustomer> {
  const now = api.deps.now();
  const organizationId = newId('org_');
  const whose = { environmentId: vendor.environment.id, organizationId };
  return withTenant(api.db, { environmentId: whose.environmentId }, async (tx) => {
    const organization = await insertOrganization(tx, {
      id: organizationId,
      environmentId: whose.environmentId,
      name: 'Acme',
      externalId: null,
      stripeCustomerId: null,
      createdAt: now,
    });
    const id = more.connectionId ?? newId('conn_');
    await insertConnection(tx, {
      id,
      ...whose,
      name: 'Acme',
      externalId: null,
      connectionType: 'GenericOIDC',
      providerId: more.guideId ?? 'custom-oidc',
      state: 'validating',
      ...addressesOf(api.deps.urls, id),
      createdAt: now,
    });
    if (more.verifiedDomain !== undefined) {
      await insertDomain(tx, {
        id: newId('org_domain_'),
        ...whose,
        domain: more.verifiedDomain,
        state: 'verified',
        strategy: 'dns',
        verifiedAt: now,
        createdAt: now,
      });
    }
    const { server, clientId, clientSecret } = provider;
    const place = clientSecretPlace({ id, organizationId });
    const configured = await updateConnectionSettings(
      tx,
      whose,
      id,
      {
        protocol: 'oidc',
        oidcIssuer: server.issuer,
        oidcDiscoveryUrl: `${server.issuer}/.well-known/openid-configuration`,
        oidcClientId: clientId,
        oidcClientSecretSealed: clientSecret === null ? null : api.deps.secrets.seal(clientSecret, place),
        oidcClientAuth: 'client_secret_basic',
        oidcServer: server,
        oidcTokenAlg: 'RS256',
        ...more.settings,
      },
      now,
    );
    const { state = 'active' } = more;
    const moved =
      state === 'validating'
        ? configured
        : await moveConnection(tx, whose, id, { from: ['validating'], to: state, now });
    return { organization, connection: moved ?? configured };
  });
}

/** What a connection keeps of a provider at `issuer` with the addresses that the test providers have. */
export function serverAt(issuer: string, more: Partial<OidcServer> = {}): OidcServer {
  return {
    issuer,
    authorizationEndpoint: `${issuer}/authorize`,
    tokenEndpoint: `${issuer}/token`,
    jwksUri: `${issuer}/jwks`,
    userinfoEndpoint: null,
    endSessionEndpoint: null,
    tokenAuthMethods: ['client_secret_basic'],
    tokenAlgs: ['RS256'],
    namesItself: false,
    ...more,
  };
}

/** A customer whose connection is a client of the Test IdP. */
export async function aTestIdpClient(
  world: SignInWorld,
  more: Parameters<typeof anOidcCustomer>[2] = {},
): Promise<SignInCustomer> {
  const { db, secrets, now } = world.api.deps;
  const { issuer } = world.idp;
  const server = serverAt(issuer, {
    authorizationEndpoint: `${issuer}/auth`,
    userinfoEndpoint: `${issuer}/me`,
    namesItself: true,
  });
  const connectionId = newId('conn_');
  const unregistered = { server, clientId: `test-idp-${connectionId}`, clientSecret: null };
  const customer = await anOidcCustomer(world, unregistered, { ...more, connectionId });
  const { environmentId, organizationId } = customer.connection;
  const whose = { environmentId, organizationId };
  await withTenant(db, { environmentId }, async (tx) => {
    const client = await registerClient(tx, { environmentId }, connectionId, { secrets, now: now() });
    const sealed = secrets.seal(client?.clientSecret ?? '', clientSecretPlace(customer.connection));
    await updateConnectionSettings(tx, whose, connectionId, { oidcClientSecretSealed: sealed }, now());
  });
  return customer;
}
