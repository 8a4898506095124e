import { findTokenHolder } from '../../../db/index.ts';
import { InsteadAnswer, ok } from '../../answers.ts';
import { oauthRefusal, profileAnswer } from '../../contract/sign-in.ts';
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
  answers: { 200: profileAnswer, 401: oauthRefusal },
  async handler({ deps, request }) {
    const { token, peeked } = ourToken(deps, request);
    const { id: accessTokenId, keyId, clientId } = peeked;
    const tenant = await deps.tenants.ofClient(clientId);
    const { now } = request;
    const holder = tenant && (await findTokenHolder(deps.db, tenant, { accessTokenId, keyId, now }));
    if (holder === undefined) throw unauthorized();
    const expected = { issuer: deps.urls.api, clientId, now };
    if (!(await deps.accessTokens.verify([holder.key], token, expected))) throw unauthorized();
    if (!(await isUsable(deps, holder.connection, 'app'))) throw unauthorized();
    return { ...ok(profileObject(holder.profile, holder.roles)), headers: { 'Cache-Control': 'no-store' } };
  },
});

/** Go's SDK sends the API key and the token: whichever value is one of our tokens counts. */
function ourToken({ accessTokens }: ApiDeps, { authorizations }: RequestFacts) {
  for (const value of authorizations) {
    const [, token = ''] = /^Bearer +(\S+)$/i.exec(value) ?? [];
    const peeked = accessTokens.peek(token);
    if (peeked !== undefined) return { token, peeked };
  }
  throw unauthorized();
}
