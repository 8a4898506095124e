import { z } from 'zod';
import { listAllRedirectUris, withTenant } from '../../../db/index.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { route } from '../../route.ts';
import { startForApp } from '../../sign-in/start-for-app.ts';
import { findLivingConnection } from '../../sign-in/usable-connection.ts';

/**
 * For tiles and bookmarks at the provider (Core §4): a sign-in of our own making, ending at the app's default address.
 * Where the provider wants people to land (`target_link_uri`) is not read: it would be an open redirect.
 */
export const oidcLogin = route({
  method: 'GET',
  path: '/sso/oidc/:connection/login',
  who: 'public',
  isAct: true,
  summary: 'Starts a sign-in through one connection',
  query: z.object({ login_hint: z.string().max(320).optional() }),
  answers: { 302: 'to the identity provider', 404: 'page: no such connection' },
  async handler({ deps, params, query, request }) {
    const connection = await findLivingConnection(deps, params.connection, 'oidc');
    const environment = connection && (await deps.environments.find(connection.environmentId));
    if (connection === undefined || environment === undefined || connection.state !== 'active') {
      throw new OnboardingError('not_found', { kind: 'connection' });
    }
    await deps.limits.spend('sign_in_starts', connection.id);
    const tenant = { environmentId: environment.id };
    return withTenant(deps.db, tenant, async (tx) => {
      const [standard] = await listAllRedirectUris(tx, tenant);
      if (!standard?.isDefault) throw new OnboardingError('not_found', { kind: 'redirect_uri' });
      return startForApp(tx, deps, connection, request, {
        clientId: environment.clientId,
        way: { redirectUri: standard.uri, state: null },
        codeChallenge: null,
        forceAuthn: false,
        loginHint: query.login_hint,
      });
    });
  },
});
