import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

/**
 * A provider of OpenID Connect in the driver's own process, so that only the product's work counts: discovery, keys, and
 * tokens that were signed before they are asked for.
 */
export interface BenchProvider {
  readonly discoveryUrl: string;
  readonly authorizationEndpoint: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Where the provider would lead the browser in answer to a request. */
  answer(asked: URLSearchParams): Promise<string>;
  close(): void;
}

const clientId = 'bench';
const keyId = 'bench-key';

export async function startBenchProvider(): Promise<BenchProvider> {
  const { privateKey, publicKey } = await generateKeyPair('RS256');
  const jwk = { ...(await exportJWK(publicKey)), kid: keyId, alg: 'RS256', use: 'sig' };
  const tokens = new Map<string, string>();
  const server = createServer((request, response) => {
    void answerOf(request).then((body) => {
      response.writeHead(body === undefined ? 404 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body ?? {}));
    });
  });
  server.keepAliveTimeout = 65_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const authorizationEndpoint = `${issuer}/authorize`;

  async function answerOf(request: IncomingMessage): Promise<object | undefined> {
    switch (request.url) {
      case '/.well-known/openid-configuration':
        return {
          issuer,
          authorization_endpoint: authorizationEndpoint,
          token_endpoint: `${issuer}/token`,
          jwks_uri: `${issuer}/keys`,
          response_types_supported: ['code'],
          subject_types_supported: ['public'],
          id_token_signing_alg_values_supported: ['RS256'],
          token_endpoint_auth_methods_supported: ['client_secret_basic'],
          code_challenge_methods_supported: ['S256'],
        };
      case '/keys':
        return { keys: [jwk] };
      case '/token': {
        const code = new URLSearchParams(await text(request)).get('code') ?? '';
        const token = tokens.get(code);
        tokens.delete(code);
        return token === undefined
          ? undefined
          : { access_token: code, token_type: 'Bearer', expires_in: 300, id_token: token };
      }
      default:
        return undefined;
    }
  }

  return {
    authorizationEndpoint,
    clientId,
    clientSecret: randomUUID(),
    discoveryUrl: `${issuer}/.well-known/openid-configuration`,
    async answer(asked) {
      const code = randomUUID();
      const claims = {
        nonce: asked.get('nonce'),
        email: 'anna@people.test',
        given_name: 'Anna',
        family_name: 'Berg',
      };
      const token = await new SignJWT({ ...claims, groups: ['Everyone', 'Admins'] })
        .setProtectedHeader({ alg: 'RS256', kid: keyId })
        .setIssuer(issuer)
        .setAudience(clientId)
        .setSubject('anna')
        .setIssuedAt()
        .setExpirationTime('10m')
        .sign(privateKey);
      tokens.set(code, token);
      const back = new URL(asked.get('redirect_uri') ?? '');
      back.searchParams.set('code', code);
      back.searchParams.set('state', asked.get('state') ?? '');
      return back.href;
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
