import { digestToken, looksLikeOurToken } from '../../../adapters/tokens.ts';
import { lookUpAttemptByTestDigest, takeTestAddress, withTenant } from '../../../db/index.ts';
import { route } from '../../route.ts';
import { departToProvider } from '../../sign-in/begin-sign-in.ts';
import { connectionSeenBy, unusable } from '../../sign-in/effective-connection.ts';
import { failAttempt } from '../../sign-in/record-outcome.ts';
import { draftOverPage, overPage } from '../../sign-in/return-to-app.ts';
import { findLivingConnection, isReady, isUsable, tenantOf } from '../../sign-in/usable-connection.ts';

/**
 * The address of a test sign-in, good once for 15 minutes. It shows nothing and leads to the provider: a scanner that
 * opens it has started a sign-in that it cannot end. A fresh log-in is not asked for: the admin's own session is fine.
 */
export const testAddress = route({
  method: 'GET',
  path: '/sso/test/:token',
  who: 'public',
  isAct: true,
  summary: 'Starts a test sign-in',
  answers: { 302: 'to the identity provider', 410: 'page: the address was used, or its draft is over' },
  async handler({ deps, params, request }) {
    const attempt = looksLikeOurToken(params.token, 'vb_test_')
      ? await lookUpAttemptByTestDigest(deps.db, digestToken(params.token).toString('hex'))
      : undefined;
    const living = attempt && (await findLivingConnection(deps, attempt.connectionId));
    if (attempt === undefined || living === undefined) return overPage(undefined, 'test');
    const environment = await deps.environments.find(living.environmentId);
    await deps.limits.spend('sign_in_starts', living.id);
    const tenant = tenantOf(living);
    return withTenant(deps.db, tenant, async (tx) => {
      const connection = await connectionSeenBy(tx, living, attempt);
      if (connection === undefined) {
        await failAttempt(tx, living, attempt, { ...unusable(connection, living), now: request.now });
        return draftOverPage(deps, environment);
      }
      // What another protocol was chosen for since the test was made is no longer what it would try.
      const isSame = connection.protocol === attempt.protocol;
      if (!isSame || !isReady(connection) || !(await isUsable(deps, connection, 'test'))) {
        return overPage(environment, 'test');
      }
      const { sent, answer } = await departToProvider(tx, deps, connection, request, { forceAuthn: false });
      const { settingsRevision } = connection;
      const taken = { ...sent, settingsRevision, now: request.now };
      const isTaken = (await takeTestAddress(tx, tenant, attempt.id, taken)) !== undefined;
      return isTaken ? answer : overPage(environment, 'test');
    });
  },
});
