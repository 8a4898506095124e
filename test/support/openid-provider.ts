import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import Provider, { type ClientMetadata, type Configuration } from 'oidc-provider';
import type { OidcServer, OidcTokenAlg } from '../../onboarding/connection-configuration.ts';

/** A certified provider of OpenID Connect on this machine, which signs in Anna without asking. */
export interface OpenIdProvider {
  issuer: string;
  /** Read from its own discovery document. */
  server: () => Promise<OidcServer>;
  close(): void;
}

export interface OpenIdProviderOptions {
  client: Omit<ClientMetadata, 'client_id'> & { client_id: string };
  algs?: readonly OidcTokenAlg[];
}

/** One key for each algorithm that a test may pin. */
async function keysFor(algs: readonly OidcTokenAlg[]): Promise<JWK[]> {
  return Promise.all(
    algs.map(async (alg) => {
      const { privateKey } = await generateKeyPair(alg, { extractable: true });
      return { ...(await exportJWK(privateKey)), alg, use: 'sig', kid: `key ${alg}` };
    }),
  );
}

export async function anOpenIdProvider({
  client,
  algs = ['RS256'],
}: OpenIdProviderOptions): Promise<OpenIdProvider> {
  const server = createServer();
  server.listen(0, 'localhost');
  await once(server, 'listening');
  const issuer = `http://localhost:${(server.address() as AddressInfo).port}`;
  const configuration: Configuration = {
    clients: [{ grant_types: ['authorization_code'], response_types: ['code'], ...client }],
    jwks: { keys: await keysFor(algs) },
    enabledJWA: { idTokenSigningAlgValues: [...algs] },
    features: { devInteractions: { enabled: false } },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['given_name', 'family_name'] },
    pkce: { required: () => true },
    cookies: { keys: ['a key for cookies'] },
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    // Without its dispatcher, which wants a newer runtime than ours.
    fetch: (url) => fetch(url, { headers: { accept: 'application/json' } }),
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt'],
    findAccount: (_context, accountId) => ({
      accountId,
      claims: () => ({
        sub: accountId,
        email: `${accountId}@acme.test`,
        email_verified: true,
        given_name: 'Anna',
        family_name: 'Schmidt',
      }),
    }),
    async loadExistingGrant(context) {
      const { client: asking, session } = context.oidc;
      const grant = new context.oidc.provider.Grant({
        clientId: asking?.clientId ?? '',
        accountId: session?.accountId ?? '',
      });
      grant.addOIDCScope('openid email profile');
      await grant.save();
      return grant;
    },
  };
  const provider = new Provider(issuer, configuration);
  const answer = provider.callback();
  server.on('request', (request, response) => {
    if (!request.url?.startsWith('/interaction/')) {
      void answer(request, response);
      return;
    }
    void provider.interactionFinished(request, response, { login: { accountId: 'anna' } });
  });
  return {
    issuer,
    async server() {
      const document = (await (await fetch(`${issuer}/.well-known/openid-configuration`)).json()) as Record<
        string,
        string
      >;
      return {
        issuer,
        authorizationEndpoint: document['authorization_endpoint'] ?? '',
        tokenEndpoint: document['token_endpoint'] ?? '',
        jwksUri: document['jwks_uri'] ?? '',
        userinfoEndpoint: document['userinfo_endpoint'] ?? null,
        endSessionEndpoint: null,
        tokenAuthMethods: ['client_secret_basic'],
        tokenAlgs: [...algs],
        namesItself: true,
      };
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
