/** What our side of OpenID Connect says of one answer after another, of a provider that a test writes down. */
import { exportJWK, generateKeyPair, SignJWT, type JWK } from 'jose';
import type { Egress, EgressRequest } from '../../adapters/egress.ts';
import { createRelyingParty } from '../../adapters/oidc/relying-party.ts';
import type { OidcAnswer, OidcTrust } from '../../adapters/oidc/verdict.ts';
import { oidcChecks } from '../../onboarding/sign-in-checks.ts';

export const issuer = 'https://idp.test';
export const now = new Date('2026-11-25T12:00:00Z');
export const nowS = now.getTime() / 1000;

async function aKey(kid: string) {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk: JWK = { ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' };
  return { privateKey, jwk };
}

export const first = await aKey('first');
export const second = await aKey('second');

export const trust = (
  change: Partial<OidcTrust> = {},
  server: Partial<OidcTrust['server']> = {},
): OidcTrust => ({
  connectionId: 'conn_1',
  organizationId: 'org_1',
  sandboxLoopback: false,
  server: {
    issuer,
    authorizationEndpoint: `${issuer}/authorize`,
    tokenEndpoint: `${issuer}/token`,
    jwksUri: `${issuer}/jwks`,
    userinfoEndpoint: `${issuer}/userinfo`,
    endSessionEndpoint: null,
    tokenAuthMethods: ['client_secret_basic'],
    tokenAlgs: ['ES256'],
    namesItself: false,
    ...server,
  },
  clientId: 'the client',
  clientAuth: { method: 'client_secret_post', secret: 'a secret' },
  tokenAlg: 'ES256',
  redirectUri: 'https://vestibule.test/callback',
  fetchesUserInfo: false,
  ...change,
});

export const answer = (
  parameters: Record<string, string> | [string, string][] = { code: 'the code', state: 'state' },
): OidcAnswer => ({
  parameters: new URLSearchParams(parameters),
  pending: { state: 'state', nonce: 'nonce', verifier: 'v'.repeat(43), challenge: 'challenge' },
  startedAt: now,
  forceAuthn: false,
  provesAuthn: false,
  now,
});

export const claims = {
  iss: issuer,
  aud: 'the client',
  sub: 'anna',
  nonce: 'nonce',
  iat: nowS,
  exp: nowS + 300,
  email: 'anna@acme.test',
};

interface Provider {
  readonly claims?: Record<string, unknown>;
  readonly signsWith?: typeof first;
  readonly kid?: string | undefined;
  /** Published at the first, second … look. */
  readonly keys?: readonly JWK[][];
  readonly tokenStatus?: number;
  readonly tokenBody?: (body: Record<string, unknown>) => unknown;
  readonly userInfo?: unknown;
  readonly userInfoStatus?: number;
  readonly headers?: Record<string, string>;
  readonly fails?: { readonly path: string; readonly error: Error };
}

/** A provider as egress shows it: what it answers at each address, and what it was asked. */
export function aProvider(provider: Provider = {}) {
  const asked: { path: string; request: EgressRequest }[] = [];
  let looks = 0;
  async function bodyAt(path: string): Promise<{ status: number; body: unknown }> {
    if (path === '/jwks') {
      const sets = provider.keys ?? [[first.jwk]];
      const keys = sets[Math.min(looks, sets.length - 1)];
      looks += 1;
      return { status: 200, body: { keys } };
    }
    if (path === '/userinfo') {
      return {
        status: provider.userInfoStatus ?? 200,
        body: provider.userInfo ?? { sub: 'anna', groups: ['a'] },
      };
    }
    const key = provider.signsWith ?? first;
    const idToken = await new SignJWT({ ...claims, ...provider.claims })
      .setProtectedHeader({ alg: 'ES256', kid: provider.kid ?? key.jwk.kid })
      .sign(key.privateKey);
    const body = { access_token: 'an access token', token_type: 'Bearer', id_token: idToken };
    return { status: provider.tokenStatus ?? 200, body: provider.tokenBody?.(body) ?? body };
  }
  const egress: Egress = {
    async fetch(address, request) {
      const path = new URL(address).pathname;
      asked.push({ path, request });
      if (provider.fails?.path === path) throw provider.fails.error;
      const { status, body } = await bodyAt(path);
      return {
        status,
        headers: { 'content-type': 'application/json', ...provider.headers },
        body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
        url: address,
      };
    },
  };
  return { asked, party: createRelyingParty({ egress, now: () => now }) };
}

export const verdictOn = (provider: Provider = {}, given = answer(), trusted = trust()) =>
  aProvider(provider).party.verify(trusted, given);

export const passedUpTo = (failed: string) =>
  oidcChecks
    .slice(0, oidcChecks.indexOf(failed as 'user_info') + 1)
    .map((check) => ({ check, passed: check !== failed }));
export const refused = (check: string, cause: string, facts: object = {}) => ({
  ok: false,
  cause,
  facts,
  checks: passedUpTo(check),
});
