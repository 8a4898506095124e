import { afterAll, beforeAll, expect, it } from 'vitest';
import { startExampleApp } from '../../examples/express-app/start.ts';
import { freePort } from '../support/api.ts';
import { givePublicFace } from '../support/sign-in.ts';
import {
  aBrowser,
  aSignInCustomer,
  aSignInWorld,
  chooseAtTestIdp,
  type SignInCustomer,
  type SignInWorld,
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
