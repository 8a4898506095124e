import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '../../adapters/ids.ts';
import { placeConfiguration, withTenant } from '../../db/index.ts';
import {
  configurationOf,
  emptyConfiguration,
  type ConnectionConfiguration,
} from '../../onboarding/connection-configuration.ts';
import { aCrookedProvider, type CrookedProvider } from '../support/crooked-provider.ts';
import { anOidcCustomer, serverAt } from '../support/openid-customers.ts';
import { begin, codeOf, errorOf, newestOf } from '../support/saml-answers.ts';
import {
  aBrowser,
  aSignInCustomer,
  aSignInWorld,
  authorizeUrl,
  type SignInCustomer,
  type SignInWorld,
  type Visit,
} from '../support/sign-in.ts';

/** A connection that is switched to other settings between a sign-in's request and its answer. */

let world: SignInWorld;
let provider: CrookedProvider;
beforeAll(async () => {
  world = await aSignInWorld();
  provider = await aCrookedProvider(world.api.deps.now);
});
afterAll(async () => {
  provider.close();
  await world.close();
});
let customer: SignInCustomer;
beforeEach(async () => {
  customer = await aSignInCustomer(world);
});

/** As the pages do when a tested draft is switched to. */
async function switchTo(
  { connection }: SignInCustomer,
  change: Partial<ConnectionConfiguration>,
): Promise<void> {
  world.api.pass(1000);
  const { environmentId, organizationId } = connection;
  const tenant = { environmentId, organizationId };
  const now = world.api.deps.now();
  await withTenant(world.api.db, tenant, (tx) =>
    placeConfiguration(
      tx,
      tenant,
      connection,
      {
        configuration: { ...configurationOf(connection), ...change },
        certificates: [],
        clientSecretSealed: connection.oidcClientSecretSealed,
        signedFloor: 'one',
        encryptedFloor: false,
        tested: { at: now, email: null },
      },
      {
        formerId: newId('former_'),
        secretSealed: null,
        reason: 'switched',
        now,
        newId,
        actor: { type: 'customer', id: 'anna' },
      },
    ),
  );
  world.api.pass(1000);
}

it('an answer of the provider that a connection was switched from says so, and not that it is a stranger’s', async () => {
  const { browser, acs, fields } = await begin(world, customer);
  await switchTo(customer, { idpEntityId: 'https://new.acme.test/saml' });

  const end = await browser.follow(await browser.post(acs, fields));

  expect(errorOf(end)).toBe('access_denied');
  expect(await newestOf(world, customer)).toMatchObject({
    state: 'failed',
    cause: 'settings_switched',
    facts: { found: 'no_keys' },
  });
});

it('an answer of SAML to a connection that has gone over to OpenID Connect says so', async () => {
  const { browser, acs, fields } = await begin(world, customer);
  await switchTo(customer, {
    ...emptyConfiguration,
    protocol: 'oidc',
    oidcIssuer: provider.issuer,
    oidcClientId: provider.clientId,
    oidcServer: serverAt(provider.issuer),
  });

  const end = await browser.follow(await browser.post(acs, fields));

  expect([errorOf(end), codeOf(end)]).toEqual(['access_denied', null]);
  expect((await newestOf(world, customer)).cause).toBe('settings_switched');
});

it('a good answer of SAML that waited for its browser meanwhile signs nobody in', async () => {
  const { browser, acs, fields } = await begin(world, customer);
  const waits = await browser.post(acs, fields);
  await switchTo(customer, {
    ...emptyConfiguration,
    protocol: 'oidc',
    oidcIssuer: provider.issuer,
    oidcClientId: provider.clientId,
    oidcServer: serverAt(provider.issuer),
  });

  const end = await browser.follow(waits);

  expect([errorOf(end), codeOf(end)]).toEqual(['access_denied', null]);
  expect((await newestOf(world, customer)).cause).toBe('settings_switched');
});

describe('of OpenID Connect', () => {
  let openid: SignInCustomer;
  beforeEach(async () => {
    openid = await anOidcCustomer(world, { ...provider, server: serverAt(provider.issuer) });
  });

  async function answeredAfterTheSwitch(answer: (url: URL) => void = () => undefined): Promise<Visit> {
    const browser = aBrowser();
    const start = await browser.get(authorizeUrl(world, { connection: openid.connection.id }));
    const { leadsTo } = await browser.get(start.leadsTo?.href ?? '');
    await switchTo(openid, { oidcClientId: 'another client' });
    if (leadsTo === undefined) throw new Error('the provider leads nowhere');
    answer(leadsTo);
    return browser.follow(await browser.get(leadsTo.href));
  }

  it('an answer that was asked for before the switch says so', async () => {
    const end = await answeredAfterTheSwitch();

    expect([errorOf(end), codeOf(end)]).toEqual(['access_denied', null]);
    expect((await newestOf(world, openid)).cause).toBe('settings_switched');
  });

  it('an error that the provider answers with stays its own', async () => {
    await answeredAfterTheSwitch(({ searchParams }) => {
      searchParams.delete('code');
      searchParams.set('error', 'access_denied');
    });

    expect((await newestOf(world, openid)).cause).toBe('provider_error');
  });
});

it('a sign-in that began after the switch fails with its own cause', async () => {
  await switchTo(customer, { idpEntityId: 'https://new.acme.test/saml' });
  const { browser, acs, fields } = await begin(world, customer);

  await browser.follow(await browser.post(acs, fields));

  expect((await newestOf(world, customer)).cause).toBe('no_keys');
});
