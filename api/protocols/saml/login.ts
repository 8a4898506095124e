import { listAllRedirectUris, withTenant } from '../../../db/index.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { route } from '../../route.ts';
import { startForApp } from '../../sign-in/start-for-app.ts';
import { findLivingConnection } from '../../sign-in/usable-connection.ts';

/** For tiles and bookmarks at the provider: a sign-in of our own making, ending at the app's default address. */
export const login = route({
  method: 'GET',
  path: '/sso/saml/:connection/login',
  who: 'public',
  summary: 'Starts a sign-in through one connection',
  answers: { 302: 'to the identity provider', 404: 'page: no such connection' },
  async handler({ deps, params, request }) {
    const connection = await findLivingConnection(deps, params.connection, 'saml');
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
      });
    });
  },
});
