import { createLocalJWKSet, errors, jwtVerify } from 'jose';
import type { KeySet, OidcAnswer, OidcTrust } from './verdict.ts';

/** Verifies a kept ID token against a set of keys, all over again and with the pinned algorithm only [OIDC-06]. */
export async function fitOf(
  idToken: string,
  { keys }: KeySet,
  { server, clientId, tokenAlg }: OidcTrust,
  { now }: OidcAnswer,
): Promise<'fits' | 'no_key' | 'no_fit'> {
  try {
    await jwtVerify(idToken, createLocalJWKSet({ keys: [...keys] }), {
      algorithms: [tokenAlg],
      issuer: server.issuer,
      audience: clientId,
      clockTolerance: 60,
      currentDate: now,
      requiredClaims: ['sub', 'iat', 'exp', 'nonce'],
    });
    return 'fits';
  } catch (error) {
    const isNoKey =
      error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys;
    return isNoKey ? 'no_key' : 'no_fit';
  }
}
