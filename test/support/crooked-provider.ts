import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT, type JWK } from 'jose';

/** One thing after the other that this provider says, each open to a change. */
export interface Crookedness {
  /** Parameters of the redirect back. */
  answer?: (parameters: Record<string, string>) => Record<string, string>;
  claims?: (claims: Record<string, unknown>) => Record<string, unknown>;
  header?: (header: { alg: string; kid?: string }) => { alg: string; kid?: string };
  /** Signs with another key than the published one. */
  key?: SigningKey;
  /** The whole ID token, made by the test. */
  token?: (claims: Record<string, unknown>) => Promise<string>;
  tokenStatus?: number;
  tokenBody?: (body: Record<string, unknown>) => unknown;
  /** The published keys. */
  keys?: (keys: JWK[]) => unknown;
  userInfo?: (claims: Record<string, unknown>) => unknown;
  document?: (document: Record<string, unknown>) => unknown;
  /** Instead of the document, as it is. */
  rawDocument?: { status: number; headers?: Record<string, string>; body: string };
}

export interface SigningKey {
  privateKey: CryptoKey;
  publicJwk: JWK;
}

export async function aSigningKey(kid: string | undefined, alg = 'RS256'): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const jwk = await exportJWK(publicKey);
  return { privateKey, publicJwk: { ...jwk, alg, use: 'sig', ...(kid === undefined ? {} : { kid }) } };
}

/** A provider of OpenID Connect that signs in everybody at once, rightly or as a test wants it wrong. */
export interface CrookedProvider {
  issuer: string;
  key: SigningKey;
  clientId: string;
  clientSecret: string;
  /** What it does differently from now on; the empty object is good behaviour. */
  crookedness: Crookedness;
  /** How often each path was asked for. */
  asked: Map<string, number>;
  /** Bodies that came to the token endpoint. */
  redeemed: URLSearchParams[];
  close(): void;
}

export async function aCrookedProvider(now: () => Date): Promise<CrookedProvider> {
  const server = createServer((request, response) => {
    void answerTo(request).then(
      ({ status = 200, headers = {}, body }) => {
        const type = typeof body === 'string' ? 'text/plain' : 'application/json';
        response.writeHead(status, { 'content-type': type, ...headers });
        response.end(typeof body === 'string' ? body : JSON.stringify(body));
      },
      (error: unknown) => {
        response.writeHead(500).end(String(error));
      },
    );
  });
  server.listen(0, 'localhost');
  await once(server, 'listening');
  const issuer = `http://localhost:${(server.address() as AddressInfo).port}`;
  const nonces = new Map<string, string>();
  const provider: CrookedProvider = {
    issuer,
    key: await aSigningKey('first'),
    clientId: 'the client',
    clientSecret: 'a secret of the client',
    crookedness: {},
    asked: new Map(),
    redeemed: [],
    close() {
      server.closeAllConnections();
      server.close();
    },
  };

  interface Reply {
    status?: number;
    headers?: Record<string, string>;
    body: unknown;
  }

  async function answerTo(request: IncomingMessage): Promise<Reply> {
    const url = new URL(request.url ?? '/', issuer);
    provider.asked.set(url.pathname, (provider.asked.get(url.pathname) ?? 0) + 1);
    switch (url.pathname) {
      case '/.well-known/openid-configuration':
        return discovery();
      case '/authorize':
        return authorize(url.searchParams);
      case '/token':
        return token(new URLSearchParams(await text(request)));
      case '/jwks': {
        const { keys } = provider.crookedness;
        const published = [provider.key.publicJwk];
        return { body: { keys: keys ? keys(published) : published } };
      }
      case '/userinfo': {
        const claims = { sub: 'anna', email: 'anna@acme.test', groups: ['from user info'] };
        return { body: provider.crookedness.userInfo?.(claims) ?? claims };
      }
      default:
        return { status: 404, body: 'nothing here' };
    }
  }

  function discovery(): Reply {
    const { document, rawDocument } = provider.crookedness;
    if (rawDocument) return rawDocument;
    const good = {
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/jwks`,
      userinfo_endpoint: `${issuer}/userinfo`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
    };
    return { body: document ? document(good) : good };
  }

  function authorize(asked: URLSearchParams): Reply {
    const code = `code-${nonces.size}`;
    nonces.set(code, asked.get('nonce') ?? '');
    const good = { code, state: asked.get('state') ?? '' };
    const back = new URL(asked.get('redirect_uri') ?? '');
    const parameters = provider.crookedness.answer?.(good) ?? good;
    for (const [name, value] of Object.entries(parameters)) back.searchParams.append(name, value);
    return { status: 302, headers: { location: back.href }, body: '' };
  }

  async function token(form: URLSearchParams): Promise<Reply> {
    provider.redeemed.push(form);
    const { crookedness } = provider;
    const nonce = nonces.get(form.get('code') ?? '');
    const good: Record<string, unknown> = {
      access_token: 'an access token',
      token_type: 'Bearer',
      expires_in: 60,
      id_token: await idToken(nonce, crookedness),
    };
    const body = crookedness.tokenBody?.(good) ?? good;
    return { status: crookedness.tokenStatus ?? 200, body };
  }

  async function idToken(nonce: string | undefined, crookedness: Crookedness): Promise<string> {
    const seconds = Math.floor(now().getTime() / 1000);
    const good: Record<string, unknown> = {
      iss: issuer,
      aud: provider.clientId,
      sub: 'anna',
      nonce,
      iat: seconds,
      exp: seconds + 300,
      email: 'anna@acme.test',
      given_name: 'Anna',
      family_name: 'Schmidt',
    };
    const claims = crookedness.claims?.(good) ?? good;
    if (crookedness.token) return crookedness.token(claims);
    const key = crookedness.key ?? provider.key;
    const header = { alg: key.publicJwk.alg ?? 'RS256', kid: key.publicJwk.kid };
    return new SignJWT(claims)
      .setProtectedHeader((crookedness.header ?? ((same) => same))(header))
      .sign(key.privateKey);
  }

  return provider;
}

/** A token that nobody signed. */
export function unsigned(claims: Record<string, unknown>): string {
  return new UnsecuredJWT(claims).encode();
}

/** A token signed with a shared secret. */
export function signedWithSecret(claims: Record<string, unknown>, secret: string): Promise<string> {
  const key = new TextEncoder().encode(secret.padEnd(32, ' '));
  return new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(key);
}
