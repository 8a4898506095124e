import { X509Certificate } from 'node:crypto';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { expect, it } from 'vitest';
import { createAccessTokens, type TokenKey } from './access-tokens.ts';
import { createSecrets } from './secrets.ts';
import { makeTokenKeyPair } from './token-keys.ts';
import { randomBytes } from 'node:crypto';

const secrets = createSecrets([{ id: 'test', bytes: randomBytes(32) }]);
const now = new Date('2026-11-25T12:00:00.000Z');

async function aKey(id: string): Promise<TokenKey> {
  const pair = await makeTokenKeyPair(id);
  const at = { table: 'token_keys', column: 'private_key_sealed', organizationId: null, rowId: id };
  const privateKeySealed = secrets.seal(pair.privateKeyPem, at);
  return { id, publicJwk: { ...pair.publicJwk }, privateKeySealed, createdAt: now };
}

const [key, other] = await Promise.all([aKey('token_key_1'), aKey('token_key_2')]);
const claims = {
  id: 'jti-1',
  issuer: 'https://api.test',
  clientId: 'client_1',
  profileId: 'prof_1',
  organizationId: 'org_1',
  connectionId: 'conn_1',
};
const expected = { issuer: claims.issuer, clientId: claims.clientId, now };
const later = (seconds: number) => new Date(now.getTime() + seconds * 1000);

it('a token is verified by the published key set alone', async () => {
  const tokens = createAccessTokens({ secrets });
  const jwks = createLocalJWKSet({ keys: [await tokens.publish(other), await tokens.publish(key)] });

  const { payload, protectedHeader } = await jwtVerify(await tokens.sign(key, claims, now), jwks, {
    currentDate: now,
  });

  expect(protectedHeader).toMatchObject({ alg: 'RS256', kid: key.id });
  expect(payload).toMatchObject({ sub: 'prof_1', aud: 'client_1', jti: 'jti-1', org_id: 'org_1' });
  expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(600);
});

it('the published certificate holds the key, and is the same after a restart', async () => {
  const first = await createAccessTokens({ secrets }).publish(key);
  const second = await createAccessTokens({ secrets }).publish(key);

  expect(first).toEqual(second);
  const certificate = new X509Certificate(Buffer.from(first.x5c[0] ?? '', 'base64'));
  expect(certificate.publicKey.export({ format: 'jwk' })).toMatchObject({ n: first.n, e: first.e });
  expect(first).toMatchObject({ alg: 'RS256', kty: 'RSA', use: 'sig', kid: key.id });
});

it('a token counts for its client, its issuer, its key and its ten minutes only', async () => {
  const tokens = createAccessTokens({ secrets });
  const token = await tokens.sign(key, claims, now);

  expect(tokens.peek(token)).toEqual({ id: 'jti-1', clientId: 'client_1', keyId: key.id });
  expect(await tokens.verify([other, key], token, expected)).toBe(true);
  expect(await tokens.verify([other], token, expected)).toBe(false);
  expect(await tokens.verify([key], token, { ...expected, clientId: 'client_2' })).toBe(false);
  expect(await tokens.verify([key], token, { ...expected, issuer: 'https://other.test' })).toBe(false);
  expect(await tokens.verify([key], token, { ...expected, now: later(601) })).toBe(false);
});

it('a token that was changed or signed by nobody is refused [OIDC-05]', async () => {
  const tokens = createAccessTokens({ secrets });
  const [header = '', body = '', signature = ''] = (await tokens.sign(key, claims, now)).split('.');
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const unsigned = `${encode({ alg: 'none', kid: key.id })}.${body}.`;
  const changed = `${header}.${encode({ ...JSON.parse(Buffer.from(body, 'base64url').toString()), sub: 'prof_2' })}.${signature}`;

  expect(await tokens.verify([key], unsigned, expected)).toBe(false);
  expect(await tokens.verify([key], changed, expected)).toBe(false);
  expect(tokens.peek('not a token')).toBeUndefined();
  expect(
    tokens.peek(`${encode({ kid: key.id })}.${encode({ jti: 'a\0', aud: 'client_1' })}.x`),
  ).toBeUndefined();
});
