import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../adapters/ids.ts';
import { addressesOf } from '../../api/connections.ts';
import { makeSpKey } from '../../api/sp-keys.ts';
import { insertSpKey, listAttempts, withSystem, withTenant } from '../../db/index.ts';
import { oidcTokenAlgs, type OidcClientAuth } from '../../onboarding/connection-configuration.ts';
import { anOidcCustomer } from '../support/openid-customers.ts';
import { anOpenIdProvider } from '../support/openid-provider.ts';
import {
  aBrowser,
  aSignInWorld,
  authorizeUrl,
  type SignInCustomer,
  type SignInWorld,
} from '../support/sign-in.ts';

let world: SignInWorld;
beforeAll(async () => {
  world = await aSignInWorld();
});
afterAll(() => world.close());

const secret = 'a secret of 32 characters at least';

async function signIn({ connection }: SignInCustomer) {
  const browser = aBrowser();
  const visit = await browser.follow(await browser.get(authorizeUrl(world, { connection: connection.id })));
  const { rows } = await withSystem(world.api.systemDb, (tx) =>
    listAttempts(
      tx,
      { environmentId: connection.environmentId },
      { connectionId: connection.id },
      { limit: 1, order: 'desc' },
    ),
  );
  return { code: visit.leadsTo?.searchParams.get('code'), attempt: rows[0] };
}

describe('with a certified provider', () => {
  it.each<OidcClientAuth>(['client_secret_basic', 'client_secret_post'])(
    'people sign in, and we prove ourselves by %s [OIDC-08]',
    async (method) => {
      const connectionId = newId('conn_');
      const provider = await anOpenIdProvider({
        client: {
          client_id: 'vestibule',
          client_secret: secret,
          redirect_uris: [addressesOf(world.api.deps.urls, connectionId).oidcRedirectUri],
          token_endpoint_auth_method: method,
        },
      });
      const customer = await anOidcCustomer(
        world,
        { server: await provider.server(), clientId: 'vestibule', clientSecret: secret },
        { connectionId, settings: { oidcClientAuth: method } },
      );
      const { code, attempt } = await signIn(customer);
      provider.close();

      expect(attempt).toMatchObject({ cause: null, state: 'success', idpId: 'anna' });
      expect(attempt).toMatchObject({ email: 'anna@acme.test', profile: { firstName: 'Anna' } });
      expect(code).toBeTruthy();
    },
  );

  it('people sign in, and we prove ourselves by the key that we publish [OIDC-08]', async () => {
    const connectionId = newId('conn_');
    const provider = await anOpenIdProvider({
      client: {
        client_id: 'vestibule',
        redirect_uris: [addressesOf(world.api.deps.urls, connectionId).oidcRedirectUri],
        token_endpoint_auth_method: 'private_key_jwt',
        jwks_uri: `${world.api.url}/sso/oidc/${connectionId}/jwks`,
      },
    });
    const customer = await anOidcCustomer(
      world,
      { server: await provider.server(), clientId: 'vestibule', clientSecret: null },
      { connectionId, settings: { oidcClientAuth: 'private_key_jwt' } },
    );
    const { environmentId, organizationId } = customer.connection;
    const { secrets, now } = world.api.deps;
    const key = await makeSpKey(secrets, customer.connection, 'client_assertion', now());
    await withTenant(world.api.db, { environmentId, organizationId }, (tx) => insertSpKey(tx, key));
    const { code, attempt } = await signIn(customer);
    provider.close();

    expect(attempt).toMatchObject({ cause: null, state: 'success' });
    expect(code).toBeTruthy();
  });

  it('Login.gov gets all that it demands, and people sign in with the key whose certificate it holds [OIDC-08]', async () => {
    const connectionId = newId('conn_');
    const clientId = 'urn:gov:gsa:openidconnect.profiles:sp:sso:agency:app';
    const provider = await anOpenIdProvider({
      asLoginGov: true,
      client: {
        client_id: clientId,
        redirect_uris: [addressesOf(world.api.deps.urls, connectionId).oidcRedirectUri],
        token_endpoint_auth_method: 'private_key_jwt',
        jwks_uri: `${world.api.url}/sso/oidc/${connectionId}/jwks`,
      },
    });
    const customer = await anOidcCustomer(
      world,
      { server: await provider.server(), clientId, clientSecret: null },
      { connectionId, guideId: 'login-gov', settings: { oidcClientAuth: 'private_key_jwt' } },
    );
    const { environmentId, organizationId } = customer.connection;
    const { secrets, now } = world.api.deps;
    const key = await makeSpKey(secrets, customer.connection, 'client_assertion', now());
    await withTenant(world.api.db, { environmentId, organizationId }, (tx) => insertSpKey(tx, key));
    const { code, attempt } = await signIn(customer);
    provider.close();

    expect(attempt).toMatchObject({ cause: null, facts: {}, state: 'success', email: 'anna@acme.test' });
    expect(code).toBeTruthy();
  });

  it.each(oidcTokenAlgs)('an ID token signed with %s is verified [OIDC-05]', async (alg) => {
    const connectionId = newId('conn_');
    const provider = await anOpenIdProvider({
      algs: ['RS256', ...oidcTokenAlgs.filter((one) => one !== 'RS256')],
      client: {
        client_id: 'vestibule',
        client_secret: secret,
        redirect_uris: [addressesOf(world.api.deps.urls, connectionId).oidcRedirectUri],
        id_token_signed_response_alg: alg,
      },
    });
    const customer = await anOidcCustomer(
      world,
      { server: await provider.server(), clientId: 'vestibule', clientSecret: secret },
      { connectionId, settings: { oidcTokenAlg: alg } },
    );
    const { attempt } = await signIn(customer);
    provider.close();

    expect(attempt).toMatchObject({ cause: null, state: 'success', signedBy: `key ${alg}` });
  });
});
