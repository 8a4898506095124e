import { createHash, randomUUID } from 'node:crypto';
import { z } from 'zod';
import { accessTokenLifeS } from '../../../adapters/access-tokens.ts';
import { digestToken, looksLikeOurToken, tokensMatch } from '../../../adapters/tokens.ts';
import {
  findProfile,
  listTokenKeys,
  lookUpApiKey,
  lookUpConnection,
  lookUpEnvironmentByClientId,
  lookUpSignInByCode,
  takeSignInCode,
  withTenant,
  type EnvironmentRow,
  type SignInRow,
} from '../../../db/index.ts';
import { mayUse } from '../../../onboarding/api-scopes.ts';
import { InsteadAnswer, ok } from '../../answers.ts';
import type { ApiDeps } from '../../deps.ts';
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
  answers: { 200: 'token and profile', 400: 'OAuth error' },
  async handler({ deps, body, query, request }) {
    const source = sourceKey(request.address);
    await deps.limits.refuseSpent('token_failures', source);
    try {
      return await exchange(deps, { ...query, ...body }, request);
    } catch (error) {
      // Guesses are counted, whatever they are told.
      if (error instanceof InsteadAnswer) await deps.limits.spend('token_failures', source);
      throw error;
    }
  },
});

async function exchange(deps: ApiDeps, given: Fields, { now }: RequestFacts) {
  const { code, client_id: clientId, grant_type: grantType } = given;
  if (grantType === undefined || clientId === undefined || code === undefined) {
    throw refuseWith('invalid_request', 'client_id, grant_type and code are required.');
  }
  if (grantType !== 'authorization_code') {
    throw refuseWith('unsupported_grant_type', 'The grant_type must be authorization_code.');
  }
  const environment = await lookUpEnvironmentByClientId(deps.db, clientId);
  if (environment === undefined) throw refuseWith('invalid_client', 'Invalid client ID.');
  const { client_secret: secret, code_verifier: verifier } = given;
  if (secret !== undefined) await proveClient(deps, environment, secret, now);
  else if (verifier === undefined) throw refuseWith('invalid_request', 'client_secret is required.');

  const signIn = await findSignIn(deps, environment, code);
  if (secret === undefined && signIn.codeChallenge === null) {
    throw refuseWith('unauthorized_client', 'A code asked for without PKCE needs the client_secret.');
  }
  if (!isVerified(signIn, verifier)) throw refuseWith('invalid_grant', 'The code verifier does not fit.');
  return redeem(deps, environment, signIn, code, now);
}

async function proveClient(
  deps: ApiDeps,
  environment: EnvironmentRow,
  secret: string,
  now: Date,
): Promise<void> {
  const isShaped = looksLikeOurToken(secret, 'sk_test_') || looksLikeOurToken(secret, 'sk_live_');
  const key = isShaped ? await lookUpApiKey(deps.db, digestToken(secret).toString('hex')) : undefined;
  const isGood =
    key?.environmentId === environment.id &&
    key.revokedAt === null &&
    (key.expiresAt === null || key.expiresAt > now);
  if (!isGood) throw refuseWith('invalid_client', 'Invalid client secret.');
  if (!mayUse(key.scopes, { scope: 'sign_in', isRead: false })) {
    throw refuseWith('unauthorized_client', 'This key is not for signing in: it needs the scope sign_in.');
  }
}

const badCode = (code: string) =>
  refuseWith('invalid_grant', `The code '${code.slice(0, 100)}' has expired or is invalid.`);

/** A live sign-in of this client through a connection that still counts; a test never has a code [IDB-06]. */
async function findSignIn(deps: ApiDeps, environment: EnvironmentRow, code: string): Promise<SignInRow> {
  const signIn = looksLikeOurToken(code, 'vb_code_')
    ? await lookUpSignInByCode(deps.db, digestToken(code).toString('hex'))
    : undefined;
  if (signIn?.environmentId !== environment.id || signIn.clientId !== environment.clientId)
    throw badCode(code);
  const connection = await lookUpConnection(deps.db, signIn.connectionId);
  if (connection === undefined || !(await isUsable(deps, connection, 'app'))) throw badCode(code);
  return signIn;
}

/** A challenge needs its verifier; a verifier without a challenge is a downgrade (RFC 9700 §2.1.1). */
function isVerified({ codeChallenge }: SignInRow, verifier: string | undefined): boolean {
  if (codeChallenge === null || verifier === undefined)
    return codeChallenge === null && verifier === undefined;
  const isShaped = /^[A-Za-z0-9._~-]{43,128}$/.test(verifier);
  return isShaped && tokensMatch(createHash('sha256').update(verifier).digest('base64url'), codeChallenge);
}

/** Of any number of simultaneous exchanges one gets the token. */
async function redeem(
  deps: ApiDeps,
  environment: EnvironmentRow,
  signIn: SignInRow,
  code: string,
  now: Date,
) {
  const tenant = { environmentId: environment.id };
  const accessTokenId = randomUUID();
  const accessTokenExpiresAt = new Date(now.getTime() + accessTokenLifeS * 1000);
  const { profile, key } = await withTenant(deps.db, tenant, async (tx) => {
    const taken = await takeSignInCode(tx, tenant, signIn.id, { accessTokenId, accessTokenExpiresAt, now });
    if (taken === undefined) throw badCode(code);
    const [found, keys] = [await findProfile(tx, tenant, taken.profileId), await listTokenKeys(tx, tenant)];
    return { profile: found, key: keys[0] };
  });
  if (profile === undefined) throw badCode(code);
  if (key === undefined) throw new Error(`environment ${environment.id} has no key to sign tokens with`);
  const { id: profileId, organizationId, connectionId } = profile;
  const claims = { profileId, organizationId, connectionId, clientId: environment.clientId };
  const accessToken = await deps.accessTokens.sign(
    key,
    { ...claims, id: accessTokenId, issuer: deps.urls.api },
    now,
  );
  const body = {
    token_type: 'Bearer',
    access_token: accessToken,
    expires_in: accessTokenLifeS,
    profile: profileObject(profile),
  };
  return { ...ok(body), headers: { 'Cache-Control': 'no-store', Pragma: 'no-cache' } };
}
