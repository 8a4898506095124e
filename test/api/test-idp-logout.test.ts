import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeKeyPair, type KeyPair } from '../../adapters/saml/sp-keys.ts';
import { sealSpKey } from '../../api/sp-keys.ts';
import { insertSpKey, updateConnection, updateConnectionSettings, withTenant } from '../../db/index.ts';
import type { OidcServer } from '../../onboarding/connection-configuration.ts';
import { putSwitches } from '../../sandbox/test-idp/switches.ts';
import { aTestIdpClient } from '../support/openid-customers.ts';
import { codeOf } from '../support/saml-answers.ts';
import {
  aBrowser,
  aSignInCustomer,
  aSignInWorld,
  authorizeUrl,
  signInAt,
  type SignInCustomer,
  type SignInWorld,
  type Visit,
} from '../support/sign-in.ts';

/** Single logout between the product and the Test IdP, both ways, over real HTTP. */

let world: SignInWorld;
let pair: KeyPair;
beforeAll(async () => {
  world = await aSignInWorld();
  const now = world.api.deps.now();
  pair = await makeKeyPair({ commonName: 'ours', validDays: 30, modulusLength: 2048, now });
});
afterAll(() => world.close());

async function aCustomer(isOn = true): Promise<SignInCustomer> {
  const settings = { idpSloUrl: world.idp.sloUrl, idpSloBinding: 'redirect' } as const;
  const customer = await aSignInCustomer(world, { settings });
  const { connection } = customer;
  const { secrets, now } = world.api.deps;
  await withTenant(world.api.db, connection, async (tx) => {
    await updateConnection(tx, connection, connection.id, { singleLogout: isOn }, now());
    const key = sealSpKey(secrets, connection, 'signing', { ...pair, notBefore: now() }, now());
    await insertSpKey(tx, key);
  });
  return customer;
}

/** Signs Anna in; what her session answers with, and whose it is. */
async function signIn({ connection }: SignInCustomer) {
  return exchanged(await signInAt(world, { connection: connection.id }));
}

/** The same by OpenID Connect. */
async function signInByOpenId({ connection }: SignInCustomer) {
  const browser = aBrowser();
  const page = await browser.follow(await browser.get(authorizeUrl(world, { connection: connection.id })));
  const action = /<form[^>]* action="([^"]*)"/.exec(page.text)?.[1] ?? '';
  const person = 'tp-anna-people.test';
  const end = await browser.follow(await browser.post(new URL(action, page.url).href, { person }, false));
  return { browser, ...(await exchanged(end)) };
}

async function exchanged(end: Visit) {
  const response = await fetch(`${world.api.url}/sso/token`, {
    method: 'POST',
    body: new URLSearchParams({
      client_id: world.vendor.environment.clientId,
      client_secret: world.vendor.secret,
      grant_type: 'authorization_code',
      code: codeOf(end) ?? '',
    }),
  });
  const { access_token: token, profile } = await response.json();
  return { token: String(token), profileId: String(profile.id) };
}

async function isRunning({ token }: { token: string }): Promise<boolean> {
  const response = await fetch(`${world.api.url}/sso/profile`, {
    headers: { authorization: `Bearer ${token}` },
  });
  return response.status === 200;
}

const origin = () => new URL(world.idp.entityId).origin;
const signOut = ({ connection }: SignInCustomer) =>
  aBrowser().post(`${origin()}/test-idp/sign-out`, { connection: connection.id }, false);

it('is offered for import in the metadata', async () => {
  const metadata = await (await fetch(world.idp.metadataUrl)).text();

  expect(metadata).toContain(`bindings:HTTP-Redirect" Location="${world.idp.sloUrl}"`);
});

it('started by the product comes back from the Test IdP to a page that says so', async () => {
  const customer = await aCustomer();
  const signedIn = await signIn(customer);
  const { body } = await world.vendor.call('POST', '/sso/logout/authorize', {
    profile_id: signedIn.profileId,
  });
  const browser = aBrowser();

  const there = await browser.get(body.logout_url);
  const back = await browser.get(there.leadsTo?.href ?? '');
  const end = await browser.get(back.leadsTo?.href ?? '');

  expect(there.leadsTo?.href.startsWith(`${world.idp.sloUrl}?SAMLRequest=`)).toBe(true);
  expect(back.leadsTo?.href.startsWith(`${world.api.url}/sso/saml/${customer.connection.id}/slo?`)).toBe(
    true,
  );
  expect([end.status, end.text]).toEqual([200, expect.stringContaining('You are signed out')]);
  expect(await isRunning(signedIn)).toBe(false);
});

it.each(['one_key', 'next_signs'] as const)(
  'started at the Test IdP ends the session at the product, with the signing key of the rollover (%s)',
  async (rollover) => {
    const customer = await aCustomer();
    const signedIn = await signIn(customer);
    const listed = await aBrowser().get(world.idp.startUrl);
    const { db, now } = world.api.deps;
    const tenant = { environmentId: world.vendor.environment.id };
    await withTenant(db, tenant, (tx) => putSwitches(tx, tenant, { rollover }, now()));

    const asked = await signOut(customer);
    await withTenant(db, tenant, (tx) => putSwitches(tx, tenant, { rollover: 'one_key' }, now()));
    const browser = aBrowser();
    const answered = await browser.get(asked.leadsTo?.href ?? '');

    expect(listed.text.slice(listed.text.indexOf('Sign out at the Test IdP'))).toContain(
      customer.connection.id,
    );
    // The connection trusts the first key only.
    const isTrusted = rollover === 'one_key';
    expect(answered.status).toBe(isTrusted ? 303 : 403);
    expect(await isRunning(signedIn)).toBe(!isTrusted);
    if (isTrusted) {
      const end = await browser.get(answered.leadsTo?.href ?? '');
      expect(end.text).toContain('The product has ended the session too.');
    }
  },
);

it('is not offered, and refused, where single logout is off or nobody has signed in', async () => {
  const [off, unused] = [await aCustomer(false), await aCustomer()];
  await signIn(off);

  const list = await aBrowser().get(world.idp.startUrl);
  const refused = [await signOut(off), await signOut(unused)];

  expect(list.text.split('/test-idp/sign-out')[1] ?? '').not.toContain(off.connection.id);
  expect(refused.map(({ status }) => status)).toEqual([400, 400]);
  expect(refused[0]?.text).toContain('signed_out_already');
});

it('takes no message that is unsigned or of somebody unknown', async () => {
  const customer = await aCustomer();
  const signedIn = await signIn(customer);
  const { body } = await world.vendor.call('POST', '/sso/logout/authorize', {
    profile_id: signedIn.profileId,
  });
  const there = await aBrowser().get(body.logout_url);
  const signed = there.leadsTo?.href ?? '';

  const unsigned = await aBrowser().get(signed.replace(/&SigAlg=.*/, ''));
  const nothing = await aBrowser().get(world.idp.sloUrl);

  expect([unsigned.status, unsigned.text]).toEqual([400, expect.stringContaining('signature_missing')]);
  expect(nothing.status).toBe(400);
});

it('of OpenID Connect leads on to the page that the discovery document names, where it is on, and only there', async () => {
  const endSessionEndpoint = `${world.idp.issuer}/session/end`;
  const customer = await aTestIdpClient(world);
  const { connection } = customer;
  const leadsTo = async (change: Partial<OidcServer>, singleLogout: boolean) => {
    const { db, now } = world.api.deps;
    await withTenant(db, connection, async (tx) => {
      const oidcServer = connection.oidcServer && { ...connection.oidcServer, ...change };
      await updateConnectionSettings(tx, connection, connection.id, { oidcServer }, now());
      await updateConnection(tx, connection, connection.id, { singleLogout }, now());
    });
    const { browser, profileId } = await signInByOpenId(customer);
    const { body } = await world.vendor.call('POST', '/sso/logout/authorize', { profile_id: profileId });
    const page = (await browser.get(body.logout_url)).leadsTo?.href;
    return page === undefined ? {} : { page, text: (await browser.get(page)).text };
  };

  expect(await leadsTo({ endSessionEndpoint }, false)).toEqual({});
  expect(await leadsTo({ endSessionEndpoint: null }, true)).toEqual({});
  expect(await leadsTo({ endSessionEndpoint }, true)).toEqual({
    page: `${endSessionEndpoint}?client_id=test-idp-${connection.id}`,
    text: expect.stringContaining('Sign out at the Test IdP?'),
  });
  const stranger = await aBrowser().get(`${endSessionEndpoint}?client_id=test-idp-${connection.id}`);
  expect(stranger.text).toContain('<h1>Signed out</h1>');
  const discovery = await (await fetch(`${world.idp.issuer}/.well-known/openid-configuration`)).json();
  expect(discovery.end_session_endpoint).toBe(endSessionEndpoint);
});
