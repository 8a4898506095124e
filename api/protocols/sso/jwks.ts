import { listTokenKeys, lookUpEnvironmentByClientId, withTenant } from '../../../db/index.ts';
import { InsteadAnswer, ok } from '../../answers.ts';
import { jwksAnswer, messageAnswer } from '../../contract/sign-in.ts';
import { route } from '../../route.ts';

/** The keys that verify a client's access tokens (RFC 7517). */
export const jwks = route({
  method: 'GET',
  path: '/sso/jwks/:clientId',
  who: 'public',
  summary: 'Gets the keys that access tokens are verified with',
  answers: { 200: jwksAnswer, 404: messageAnswer },
  async handler({ deps, params }) {
    const environment = await lookUpEnvironmentByClientId(deps.db, params.clientId);
    if (environment === undefined) {
      throw new InsteadAnswer({ status: 404, body: { message: `Client not found: '${params.clientId}'.` } });
    }
    const tenant = { environmentId: environment.id };
    const rows = await withTenant(deps.db, tenant, (tx) => listTokenKeys(tx, tenant));
    const keys = await Promise.all(rows.map((row) => deps.accessTokens.publish(row)));
    return { ...ok({ keys }), headers: { 'Cache-Control': 'public, max-age=300' } };
  },
});
