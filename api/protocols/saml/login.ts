import { z } from 'zod';
import { digestToken } from '../../../adapters/tokens.ts';
import { countUnanswered, listAllRedirectUris, withTenant } from '../../../db/index.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { cookieName } from '../../middleware/cookies.ts';
import { route } from '../../route.ts';
import { keepRefused } from '../../sign-in/record-outcome.ts';
import { refusedPage } from '../../sign-in/return-to-app.ts';
import { startForApp } from '../../sign-in/start-for-app.ts';
import { findLivingConnection } from '../../sign-in/usable-connection.ts';

/** A provider that forgets what it was asked would send the browser round and round. */
const roundsAMinute = 3;

/** For tiles and bookmarks at the provider: a sign-in of our own making, ending at the app's default address. */
export const login = route({
  method: 'GET',
  path: '/sso/saml/:connection/login',
  who: 'public',
  isAct: true,
  summary: 'Starts a sign-in through one connection',
  query: z.object({ from: z.string().max(20).optional() }),
  answers: {
    302: 'to the identity provider',
    403: 'page: the provider answers what nobody asked',
    404: 'page: no such connection',
  },
  async handler({ deps, params, query, request }) {
    const connection = await findLivingConnection(deps, params.connection, 'saml');
    const environment = connection && (await deps.environments.find(connection.environmentId));
    if (connection === undefined || environment === undefined || connection.state !== 'active') {
      throw new OnboardingError('not_found', { kind: 'connection' });
    }
    await deps.limits.spend('sign_in_starts', connection.id);
    const { now } = request;
    const tenant = { environmentId: environment.id };
    const origin = query.from === 'provider' ? 'provider' : 'app';
    const browser = request.cookies[cookieName('signin', deps.urls)];
    return withTenant(deps.db, tenant, async (tx) => {
      if (origin === 'provider' && browser !== undefined) {
        const bindingDigest = digestToken(browser).toString('hex');
        const since = new Date(now.getTime() - 60_000);
        const rounds = await countUnanswered(tx, tenant, {
          connectionId: connection.id,
          bindingDigest,
          since,
        });
        if (rounds >= roundsAMinute) {
          const failure = { origin, cause: 'unsolicited', facts: { rounds }, now } as const;
          return refusedPage(environment, await keepRefused(tx, connection, failure));
        }
      }
      const [standard] = await listAllRedirectUris(tx, tenant);
      if (!standard?.isDefault) throw new OnboardingError('not_found', { kind: 'redirect_uri' });
      return startForApp(tx, deps, connection, request, {
        clientId: environment.clientId,
        way: { redirectUri: standard.uri, state: null },
        codeChallenge: null,
        forceAuthn: false,
        origin,
      });
    });
  },
});
