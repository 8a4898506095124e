import { afterAll, beforeAll, expect, it } from 'vitest';
import { startExampleApp } from '../../examples/express-app/start.ts';
import { updateConnection } from '../../db/index.ts';
import { freePort } from '../support/api.ts';
import { asSystem } from '../support/builders.ts';
import { givePublicFace } from '../support/sign-in.ts';
import {
  aBrowser,
  aSignInCustomer,
  aSignInWorld,
  chooseAtTestIdp,
  type SignInCustomer,
  type SignInWorld,
  type Visit,
} from '../support/sign-in.ts';

let world: SignInWorld;
let customer: SignInCustomer;
let example: Awaited<ReturnType<typeof startExampleApp>>;
beforeAll(async () => {
  world = await aSignInWorld();
  customer = await aSignInCustomer(world);
  const { vendor, api } = world;
  const { clientId } = vendor.environment;
  example = await startExampleApp({
    port: await freePort(),
    apiUrl: api.url,
    apiKey: vendor.secret,
    clientId,
  });
  await givePublicFace(api, vendor, `${example.url}/callback`);
});
afterAll(async () => {
  await example.stop();
  await world.close();
});

it('the example app signs somebody in and shows the profile', async () => {
  const browser = aBrowser();
  const start = await browser.get(`${example.url}/sign-in?id=${customer.organization.id}`);
  const { action, fields } = await chooseAtTestIdp(browser, start);

  const end = await browser.follow(await browser.post(action, fields));

  expect(end.status).toBe(200);
  expect(end.text).toContain('Hello Anna');
  expect(end.text).toContain(customer.connection.id);
});

it('the example app says why a sign-in failed, and refuses another browser’s answer', async () => {
  await world.setFault('wrong_audience');
  const browser = aBrowser();
  const start = await browser.get(`${example.url}/sign-in?id=${customer.connection.id}`);
  const { action, fields } = await chooseAtTestIdp(browser, start);
  const end = await browser.follow(await browser.post(action, fields));
  await world.setFault(null);

  expect(end.status).toBe(403);
  expect(end.text).toMatch(/access_denied: The sign-in was refused\. Reference [2-9A-Z]{4}-\d\d/);
  expect((await aBrowser().get(end.url)).status).toBe(400);
});

it('the example app asks for an answer of its own where somebody started at their provider', async () => {
  const { connection } = customer;
  const browser = aBrowser();
  const answer = async (people: Visit) => {
    const { action, fields } = await chooseAtTestIdp(browser, people);
    return browser.follow(await browser.post(action, fields));
  };
  const startThere = () =>
    browser.post(`${world.api.deps.urls.testIdp}/test-idp/start`, { connection: connection.id });
  /** What nobody asked for comes to the vendor's default redirect URI; here that is the app's. */
  const bringToApp = ({ leadsTo }: Visit) => browser.get(`${example.url}/callback${leadsTo?.search}`);

  const refused = await bringToApp(await answer(await startThere()));
  expect(refused.status).toBe(403);
  expect(refused.text).toMatch(/idp_initiated_sso_disabled: .* Reference [2-9A-Z]{4}-\d\d/);

  await asSystem(world.api, (tx) =>
    updateConnection(tx, connection, connection.id, { allowIdpInitiated: true }, world.api.deps.now()),
  );
  const ours = await answer(await startThere());
  const end = await answer(await bringToApp(await answer(ours)));

  expect(end.text).toContain('Hello Anna');
  expect(new URL(end.url).searchParams.has('state')).toBe(true);
});

it('the example app signs out: the sign-in ends at the product, and whoever has none is led home', async () => {
  const browser = aBrowser();
  const start = await browser.get(`${example.url}/sign-in?id=${customer.connection.id}`);
  const { action, fields } = await chooseAtTestIdp(browser, start);
  await browser.follow(await browser.post(action, fields));

  const signOut = () => browser.post(`${example.url}/sign-out`, {}, false);
  const end = await browser.follow(await signOut());
  const again = await signOut();

  expect(end.text).toContain('You are signed out');
  expect(again.leadsTo?.pathname).toBe('/');
});

it('the settings page sends an administrator to the portal at once', async () => {
  const browser = aBrowser();
  const { organization } = customer;

  const sent = await browser.post(`${example.url}/settings/single-sign-on`, {
    organization: organization.id,
  });

  expect(sent.status).toBe(303);
  expect(sent.leadsTo?.href).toMatch(new RegExp(`^${world.api.url}/setup/[^/]+/vb_portal_`));
  expect((await browser.get(`${example.url}/settings?done=1`)).text).toContain('Single sign-on is set up.');
});

it('the example app says what was refused in a sentence, and shows nobody its inside', async () => {
  const browser = aBrowser();
  const portal = await browser.post(`${example.url}/settings/single-sign-on`, { organization: 'bogus' });
  const callback = await browser.get(`${example.url}/callback?code=nope`);

  expect([portal.status, callback.status]).toEqual([400, 400]);
  expect(portal.text).toContain('Could not find an organization with the id, bogus.');
  expect(callback.text).toContain('has expired or is invalid');
  for (const { text } of [portal, callback]) expect(text).not.toMatch(/node_modules|\bat /);
});
