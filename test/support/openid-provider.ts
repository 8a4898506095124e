import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import Provider, { errors, interactionPolicy, type ClientMetadata, type Configuration } from 'oidc-provider';
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
  /** Refuses every request that Login.gov would refuse. */
  asLoginGov?: boolean;
}

/** Login.gov's own rules for a request of a person's sign-in: what of it is wrong. */
function loginGovRefusal(query: URLSearchParams): string | undefined {
  const rules: Readonly<Record<string, boolean>> = {
    acr_values: query.get('acr_values') === 'urn:acr.login.gov:auth-only',
    prompt: query.get('prompt') === 'select_account',
    scope: query.get('scope') === 'openid email',
    state: (query.get('state') ?? '').length >= 22,
    nonce: (query.get('nonce') ?? '').length >= 22,
  };
  return Object.keys(rules).find((name) => rules[name] === false);
}

function chooseAccountPolicy(): interactionPolicy.DefaultPolicy {
  const policy = interactionPolicy.base();
  policy.add(new interactionPolicy.Prompt({ name: 'select_account', requestable: true }), 0);
  return policy;
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
  asLoginGov = false,
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
    interactions: { url: (_context, { uid }) => `/interaction/${uid}`, policy: chooseAccountPolicy() },
    acrValues: ['urn:acr.login.gov:auth-only'],
    assertJwtClientAuthClaimsAndHeader(_context, { aud }) {
      if (asLoginGov && aud !== `${issuer}/token`) throw new errors.InvalidClientAuth('invalid aud');
    },
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
    const asked = new URL(request.url ?? '/', issuer);
    const refused =
      asLoginGov && asked.pathname === '/auth' ? loginGovRefusal(asked.searchParams) : undefined;
    if (refused !== undefined) {
      const back = new URL(asked.searchParams.get('redirect_uri') ?? issuer);
      back.searchParams.set('error', 'invalid_request');
      back.searchParams.set('error_description', `${refused} is refused`);
      back.searchParams.set('state', asked.searchParams.get('state') ?? '');
      back.searchParams.set('iss', issuer);
      response.writeHead(302, { location: back.href }).end();
      return;
    }
    if (!request.url?.startsWith('/interaction/')) {
      void answer(request, response);
      return;
    }
    void provider.interactionFinished(request, response, {
      login: { accountId: 'anna' },
      select_account: {},
    });
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
