import { exportJWK, generateKeyPair, SignJWT, type JWK } from 'jose';
import { describe, expect, it } from 'vitest';
import { fitOf } from './token-signature.ts';
import type { OidcAnswer, OidcTrust } from './verdict.ts';

const now = new Date('2026-11-25T12:00:00Z');
const nowS = now.getTime() / 1000;

async function aKey(kid: string, alg = 'ES256') {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const jwk: JWK = { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' };
  return { privateKey, jwk };
}

const first = await aKey('first');
const second = await aKey('second');

const trust = {
  server: { issuer: 'https://idp.test' },
  clientId: 'the client',
  tokenAlg: 'ES256',
} as OidcTrust;
const answer = { now } as OidcAnswer;

const good = {
  iss: 'https://idp.test',
  aud: 'the client',
  sub: 'anna',
  nonce: 'n',
  iat: nowS,
  exp: nowS + 300,
};

const named = (kid: string): { kid?: string } => ({ kid });

async function fit(
  claims: Record<string, unknown> = {},
  { key = first, header = named('first'), keys = [first.jwk], trusted = trust } = {},
) {
  const token = await new SignJWT({ ...good, ...claims })
    .setProtectedHeader({ alg: 'ES256', ...header })
    .sign(key.privateKey);
  return fitOf(token, { keys, fetchedAt: now }, trusted, answer);
}

describe('an ID token beside a set of keys [OIDC-06]', () => {
  it('fits the key that signed it, by its name or as the only one', async () => {
    expect(await fit()).toBe('fits');
    expect(await fit({}, { keys: [second.jwk, first.jwk] })).toBe('fits');
    expect(await fit({}, { header: {} })).toBe('fits');
  });

  it('finds no key by a name that nobody publishes, or where several could be meant', async () => {
    expect(await fit({}, { header: named('third') })).toBe('no_key');
    expect(await fit({}, { keys: [] })).toBe('no_key');
    expect(await fit({}, { header: {}, keys: [first.jwk, second.jwk] })).toBe('no_key');
  });

  it('does not fit a key of that name which did not sign it', async () => {
    expect(await fit({}, { key: second })).toBe('no_fit');
  });

  it('does not fit by another algorithm than the pinned one', async () => {
    expect(await fit({}, { trusted: { ...trust, tokenAlg: 'RS256' } })).toBe('no_fit');
  });

  it.each([
    ['another issuer', { iss: 'https://evil.test' }],
    ['another audience', { aud: 'other' }],
    ['no subject', { sub: undefined }],
    ['no beginning', { iat: undefined }],
    ['no end', { exp: undefined }],
    ['no nonce', { nonce: undefined }],
    ['an end that is past', { exp: nowS - 60 }],
    ['a beginning that is ahead', { nbf: nowS + 61 }],
  ])('does not fit with %s', async (_name, claims) => {
    expect(await fit(claims)).toBe('no_fit');
  });

  it('fits within a minute of its times', async () => {
    expect(await fit({ exp: nowS - 59 })).toBe('fits');
    expect(await fit({ nbf: nowS + 60 })).toBe('fits');
  });
});
