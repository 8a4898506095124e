import {
  findProfile,
  listTokenKeys,
  lookUpConnection,
  lookUpSignInByAccessToken,
  withTenant,
} from '../../../db/index.ts';
import { InsteadAnswer, ok } from '../../answers.ts';
import type { ApiDeps } from '../../deps.ts';
import { route, type RequestFacts } from '../../route.ts';
import { isUsable } from '../../sign-in/usable-connection.ts';
import { profileObject } from './profile-object.ts';

const unauthorized = () => new InsteadAnswer({ status: 401, body: { error: 'Unauthorized' } });

/** The profile that an access token was given out for, as it is now. */
export const profile = route({
  method: 'GET',
  path: '/sso/profile',
  who: 'sso_token',
  summary: 'Gets the profile of an access token',
  answers: { 200: 'profile', 401: 'error' },
  async handler({ deps, request }) {
    const { token, id } = ourToken(deps, request);
    const signIn = await lookUpSignInByAccessToken(deps.db, id);
    const environment = signIn && (await deps.environments.find(signIn.environmentId));
    const ends = signIn?.accessTokenExpiresAt ?? null;
    // The provider's own end of the session counts, where it named one [SAML-15].
    const sessionEnds = signIn?.expiresAt ?? ends;
    const hasEnded = (end: Date | null) => end === null || end <= request.now;
    const isOver = hasEnded(ends) || hasEnded(sessionEnds) || signIn?.endedAt !== null;
    if (signIn === undefined || environment === undefined || isOver) {
      throw unauthorized();
    }
    const tenant = { environmentId: environment.id };
    const { found, keys } = await withTenant(deps.db, tenant, async (tx) => ({
      keys: await listTokenKeys(tx, tenant),
      found: await findProfile(tx, tenant, signIn.profileId),
    }));
    const expected = { issuer: deps.urls.api, clientId: environment.clientId, now: request.now };
    if (!(await deps.accessTokens.verify(keys, token, expected))) throw unauthorized();
    const connection = await lookUpConnection(deps.db, signIn.connectionId);
    if (connection === undefined || !(await isUsable(deps, connection, 'app'))) throw unauthorized();
    if (found === undefined)
      throw new InsteadAnswer({ status: 404, body: { message: 'Profile not found.' } });
    return { ...ok(profileObject(found)), headers: { 'Cache-Control': 'no-store' } };
  },
});

/** Go's SDK sends the API key and the token: whichever value is one of our tokens counts. */
function ourToken(
  { accessTokens }: ApiDeps,
  { authorizations }: RequestFacts,
): { token: string; id: string } {
  for (const value of authorizations) {
    const [, token = ''] = /^Bearer +(\S+)$/i.exec(value) ?? [];
    const id = accessTokens.peekId(token);
    if (id !== undefined) return { token, id };
  }
  throw unauthorized();
}
