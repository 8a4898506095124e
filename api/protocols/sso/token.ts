import { createHash, randomUUID } from 'node:crypto';
import { z } from 'zod';
import { accessTokenLifeS } from '../../../adapters/access-tokens.ts';
import { plainAddress } from '../../../adapters/address-blocks.ts';
import { apiKeyDigest } from '../../../adapters/api-keys.ts';
import { digestToken, looksLikeOurToken } from '../../../adapters/tokens.ts';
import { exchangeCode, type CodeExchange, type ProfileRow, type TokenKeyRow } from '../../../db/index.ts';
import { keyScopes, mayUse } from '../../../onboarding/api-scopes.ts';
import { InsteadAnswer, ok } from '../../answers.ts';
import type { ApiDeps } from '../../deps.ts';
import { oauthRefusal, tokenAnswer } from '../../contract/sign-in.ts';
import { sourceKey } from '../../middleware/limit-rates.ts';
import { route, type RequestFacts } from '../../route.ts';
import { isUsable } from '../../sign-in/usable-connection.ts';
import { refuseWith } from './oauth-errors.ts';
import { profileObject } from './profile-object.ts';

/** Some SDKs send a form, some JSON, old ones the query: each field counts wherever it is. */
const fields = z.object({
  client_id: z.string().max(200).optional(),
  client_secret: z.string().max(200).optional(),
  grant_type: z.string().max(100).optional(),
  code: z.string().max(500).optional(),
  code_verifier: z.string().max(200).optional(),
});
type Fields = z.infer<typeof fields>;

/** Exchanges a code for an access token and the profile (RFC 6749 §4.1.3, RFC 7636 §4.5). */
export const token = route({
  method: 'POST',
  path: '/sso/token',
  who: 'client_secret',
  scope: 'sign_in',
  summary: 'Exchanges a code for a profile and a token',
  body: fields,
  query: fields,
  answers: { 200: tokenAnswer, 400: oauthRefusal },
  async handler({ deps, body, query, request }) {
    const source = sourceKey(request.address);
    try {
      return await exchange(deps, { ...query, ...body }, source, request);
    } catch (error) {
      // Guesses are counted, whatever they are told.
      if (error instanceof InsteadAnswer) await deps.limits.spend('token_failures', source);
      throw error;
    }
  },
});

async function exchange(deps: ApiDeps, given: Fields, source: string, { now, address }: RequestFacts) {
  const { code, client_id: clientId, grant_type: grantType } = given;
  if (grantType === undefined || clientId === undefined || code === undefined) {
    throw refuseWith('invalid_request', 'client_id, grant_type and code are required.');
  }
  if (grantType !== 'authorization_code') {
    throw refuseWith('unsupported_grant_type', 'The grant_type must be authorization_code.');
  }
  const tenant = await deps.tenants.ofClient(clientId);
  if (tenant === undefined) throw refuseWith('invalid_client', 'Invalid client ID.');
  const { client_secret: secret, code_verifier: verifier } = given;
  if (secret === undefined && verifier === undefined) {
    throw refuseWith('invalid_request', 'client_secret is required.');
  }
  const accessTokenId = randomUUID();
  const exchanged = await exchangeCode(deps.db, tenant, {
    clientId,
    accessTokenId,
    now,
    address: plainAddress(address) ?? null,
    isBySecret: secret !== undefined,
    codeDigest: looksLikeOurToken(code, 'vb_code_') ? digestToken(code).toString('hex') : '',
    apiKeyDigest: secret === undefined ? null : (apiKeyDigest(secret) ?? null),
    apiKeyScopes: keyScopes.filter((scope) => maySignIn([scope])),
    challenge: challengeOf(verifier),
    accessTokenExpiresAt: new Date(now.getTime() + accessTokenLifeS * 1000),
    failures: deps.limits.counterOf('token_failures', source),
  });
  if (exchanged.isBarred) await deps.limits.refuseSpent('token_failures', source);
  const { profile, roles, key } = await accepted(deps, given, code, exchanged);
  return answerWith(deps, { id: accessTokenId, clientId, profile, roles, key }, now);
}

const maySignIn = (scopes: readonly string[]) => mayUse(scopes, { scope: 'sign_in', isRead: false });

/** What a verifier must have been announced by (RFC 7636 §4.6); one of another shape was never announced. */
function challengeOf(verifier: string | undefined): string | null {
  if (verifier === undefined) return null;
  const isShaped = /^[A-Za-z0-9._~-]{43,128}$/.test(verifier);
  return isShaped ? createHash('sha256').update(verifier).digest('base64url') : '';
}

interface Granted {
  readonly profile: ProfileRow;
  readonly roles: readonly string[];
  readonly key: TokenKeyRow;
}

/**
 * What the code was exchanged for, or why it was not. A live sign-in of this client through a connection that still
 * counts; a test never has a code [IDB-06]. A challenge needs its verifier, and a verifier without a challenge is a
 * downgrade (RFC 9700 §2.1.1).
 */
async function accepted(
  deps: ApiDeps,
  { client_secret: secret, code_verifier: verifier }: Fields,
  code: string,
  { keyScopes: scopes, isFromThere, isKeptOut, isSpent, signIn, key }: CodeExchange,
): Promise<Granted> {
  const badCode = () =>
    refuseWith('invalid_grant', `The code '${code.slice(0, 100)}' has expired or is invalid.`);
  if (secret !== undefined && scopes === undefined)
    throw refuseWith('invalid_client', 'Invalid client secret.');
  if (scopes !== undefined && !isFromThere)
    throw refuseWith('invalid_client', 'This key may not be used from this address.');
  if (scopes !== undefined && !maySignIn(scopes)) {
    throw refuseWith('unauthorized_client', 'This key is not for signing in: it needs the scope sign_in.');
  }
  if (signIn === undefined || !(await isUsable(deps, signIn.connection, 'app'))) throw badCode();
  if (secret === undefined && signIn.codeChallenge === null) {
    throw refuseWith('unauthorized_client', 'A code asked for without PKCE needs the client_secret.');
  }
  if (signIn.codeChallenge !== challengeOf(verifier)) {
    throw refuseWith('invalid_grant', 'The code verifier does not fit.');
  }
  if (isKeptOut)
    throw refuseWith('access_denied', 'The directory of the organization has removed this person.');
  if (!isSpent) throw badCode();
  if (key === undefined)
    throw new Error(`the environment of ${signIn.connection.id} has no key to sign tokens with`);
  return { profile: signIn.profile, roles: signIn.roles, key };
}

async function answerWith(
  deps: ApiDeps,
  { id, clientId, profile, roles, key }: Granted & { id: string; clientId: string },
  now: Date,
) {
  const { organizationId, connectionId } = profile;
  const claims = { id, clientId, profileId: profile.id, organizationId, connectionId };
  const accessToken = await deps.accessTokens.sign(key, { ...claims, issuer: deps.urls.api }, now);
  const body = {
    token_type: 'Bearer',
    access_token: accessToken,
    expires_in: accessTokenLifeS,
    profile: profileObject(profile, roles),
  };
  return { ...ok(body), headers: { 'Cache-Control': 'no-store', Pragma: 'no-cache' } };
}
