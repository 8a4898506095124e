import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createEgress } from '../adapters/egress.ts';
import {
  moveConnection,
  updateConnectionSettings,
  withTenant,
  type ConnectionSettings,
} from '../db/index.ts';
import { aConnection } from '../test/db/builders.ts';
import {
  anInvited,
  asSystem,
  openActivityWorld,
  run,
  type ActivityWorld,
} from '../test/support/activity-builders.ts';
import { aCrookedProvider, aSigningKey, type CrookedProvider } from '../test/support/crooked-provider.ts';
import { serverAt } from '../test/support/openid-customers.ts';

let world: ActivityWorld;
let provider: CrookedProvider;
beforeAll(async () => {
  world = await openActivityWorld();
  provider = await aCrookedProvider(world.deps.now);
});
beforeEach(() => {
  provider.crookedness = {};
  provider.asked.clear();
});
afterAll(async () => {
  provider.close();
  await world.close();
});

/** What a saved provider leaves behind, and what its check is called with. */
async function aSetup(settings: ConnectionSettings = {}) {
  const invited = await anInvited(world);
  const { customer } = invited;
  const { id } = await aConnection(world, customer);
  const connection = await withTenant(world.app, customer, async (tx) => {
    const configured = await updateConnectionSettings(
      tx,
      customer,
      id,
      {
        protocol: 'oidc',
        oidcIssuer: provider.issuer,
        oidcClientId: 'the client',
        oidcDiscoveryUrl: `${provider.issuer}/.well-known/openid-configuration`,
        oidcClientAuth: 'client_secret_basic',
        oidcClientSecretSealed: 'A256GCM.test.a.b',
        oidcServer: serverAt(provider.issuer),
        oidcTokenAlg: 'RS256',
        ...settings,
      },
      world.deps.now(),
    );
    const move = { from: ['draft' as const], to: 'validating' as const, now: world.deps.now() };
    return (await moveConnection(tx, customer, id, move)) ?? configured;
  });
  return { customer, connection, whose: invited.whose };
}
type Setup = Awaited<ReturnType<typeof aSetup>>;

const validate = (
  { whose, connection }: Setup,
  {
    attempt = 3,
    activities = world.activities,
  }: { attempt?: number; activities?: ActivityWorld['activities'] } = {},
) => {
  const { id: connectionId, settingsRevision } = connection;
  return run(activities.validateConnection, { ...whose(), connectionId, settingsRevision }, { attempt });
};
const changed = (change: Record<string, unknown>) => (document: Record<string, unknown>) => ({
  ...document,
  ...change,
});

describe('the check of a provider of OpenID Connect', () => {
  it('asks for its document and its keys, and holds when both do [OIDC-04] [OIDC-06]', async () => {
    expect(await validate(await aSetup())).toMatchObject({ status: 'done' });

    expect([...provider.asked.keys()]).toEqual(['/.well-known/openid-configuration', '/jwks']);
  });

  it.each<[string, CrookedProvider['crookedness'], string]>([
    [
      'names another issuer [OIDC-04]',
      { document: changed({ issuer: 'https://evil.test' }) },
      'discovery_refused',
    ],
    [
      'names its issuer with a slash that was not there [OIDC-04]',
      { document: (document) => ({ ...document, issuer: `${String(document['issuer'])}/` }) },
      'discovery_refused',
    ],
    [
      'has lost its token endpoint',
      { document: changed({ token_endpoint: undefined }) },
      'discovery_refused',
    ],
    [
      'offers no algorithm of ours any more [OIDC-05]',
      { document: changed({ id_token_signing_alg_values_supported: ['HS256'] }) },
      'discovery_refused',
    ],
    ['answers with a page', { rawDocument: { status: 200, body: '<html>Sign in' } }, 'discovery_refused'],
    ['answers that nothing is there', { rawDocument: { status: 404, body: '' } }, 'discovery_refused'],
    ['answers with an error', { rawDocument: { status: 500, body: '' } }, 'discovery_unreachable'],
    ['publishes no key [OIDC-06]', { keys: () => [] }, 'provider_keys_unusable'],
    ['publishes no key set [OIDC-06]', { keys: () => 'none' }, 'provider_keys_unusable'],
  ])('refuses one that %s', async (_what, crookedness, code) => {
    const setup = await aSetup();
    provider.crookedness = crookedness;

    expect(await validate(setup)).toMatchObject({ status: 'refused', code });
  });

  it('refuses one whose keys are of another kind than the algorithm that is pinned [OIDC-05]', async () => {
    const setup = await aSetup();
    const { publicJwk } = await aSigningKey('second', 'ES256');
    provider.crookedness = { keys: () => [publicJwk] };

    expect(await validate(setup)).toMatchObject({ status: 'refused', code: 'provider_keys_unusable' });
  });

  it('refuses one whose keys are gone, at the address that sign-ins use', async () => {
    const setup = await aSetup({
      oidcServer: serverAt(provider.issuer, { jwksUri: `${provider.issuer}/gone` }),
    });

    expect(await validate(setup)).toMatchObject({ status: 'refused', code: 'discovery_unreachable' });
  });

  it('tries again before it calls a provider gone', async () => {
    const setup = await aSetup();
    provider.crookedness = { rawDocument: { status: 503, body: '' } };

    await expect(validate(setup, { attempt: 1 })).rejects.toMatchObject({ code: 'egress_refused' });
    await expect(validate(setup, { attempt: 2 })).rejects.toMatchObject({ code: 'egress_refused' });
    provider.crookedness = {};
    expect(await validate(setup, { attempt: 3 })).toMatchObject({ status: 'done' });
  });

  it('goes through the guard: an address inside is not asked, and looks like one where nobody is [NET-09]', async () => {
    const setup = await aSetup();
    const egress = createEgress({ allow: [], loopback: false, ownAddresses: [], now: world.deps.now });
    const guarded = world.with({ egress });

    expect(await validate(setup, { activities: guarded })).toMatchObject({
      status: 'refused',
      code: 'discovery_unreachable',
    });
    expect(provider.asked.size).toBe(0);
  });

  it('takes loopback in a sandbox only', async () => {
    const setup = await aSetup();
    await asSystem(world, (tx) =>
      tx
        .updateTable('environments')
        .set({ kind: 'production' })
        .where('id', '=', setup.customer.environmentId)
        .execute(),
    );

    expect(await validate(setup)).toMatchObject({ status: 'refused', code: 'discovery_unreachable' });
    expect(provider.asked.size).toBe(0);
  });

  it('does not judge settings that changed while it asked', async () => {
    const setup = await aSetup();
    const { customer, connection } = setup;
    const change = () =>
      withTenant(world.app, customer, (tx) =>
        updateConnectionSettings(tx, customer, connection.id, { oidcClientId: 'other' }, world.deps.now()),
      );
    const egress: ActivityWorld['deps']['egress'] = {
      ...world.deps.egress,
      async fetch(...asked) {
        await change();
        return world.deps.egress.fetch(...asked);
      },
    };
    provider.crookedness = { document: changed({ issuer: 'https://evil.test' }) };

    expect(await validate(setup, { activities: world.with({ egress }) })).toMatchObject({ status: 'done' });
  });

  it('asks nobody for what is not whole', async () => {
    const setup = await aSetup({ oidcClientSecretSealed: null });

    expect(await validate(setup)).toMatchObject({ status: 'refused', code: 'connection_incomplete' });
    expect(provider.asked.size).toBe(0);
  });
});
