import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { axeViolations, launchBrowser } from '../support/browser.ts';
import { startTestProduct, type TestProduct } from '../support/product.ts';
import { describeWithTemporal } from '../support/temporal.ts';
import { domainOfThisTry, heading, mailedLink, openLink, saveMetadata, testSignIn } from './portal-pages.ts';
import { signInByLink } from './staff-pages.ts';

/**
 * Every way of working together, played in a real browser on the built product: the customer alone, with staff beside
 * who take over on the way, and led by staff from the beginning.
 */

const journeyMs = 180_000;

await describeWithTemporal('an onboarding cut to its customer', (temporal) => {
  let product: TestProduct;
  let browser: Browser;
  let staff: Page;
  beforeAll(async () => {
    [product, browser] = await Promise.all([startTestProduct(temporal()), launchBrowser()]);
    staff = await (await browser.newContext()).newPage();
    await signInByLink(staff, product);
  });
  afterAll(async () => {
    await browser.close();
    await product.stop();
  });

  it(
    'self-service: in its order, with its provider chosen, and without what is optional',
    () => playSelfService(product, browser),
    journeyMs,
  );
  it(
    'guided, and staff-led on the way: staff look along, then do their step',
    () => playGuided(product, browser, staff),
    journeyMs,
  );
  it(
    'staff-led: the customer does only what nobody else can, or takes a step back',
    () => playStaffLed(product, browser, staff),
    journeyMs,
  );
});

const testIdp = [{ feature: 'sso', provider: 'test-idp' }];

async function anInvited(
  product: TestProduct,
  browser: Browser,
  name: string,
  wishes: object,
): Promise<{ page: Page; address: string; id: string }> {
  const address = `it@${domainOfThisTry(name)}`;
  const organization = await product.call('POST', '/organizations', { name });
  const invitation = { organization: organization.id, contacts: [address], ...wishes };
  const { id } = await product.call('POST', '/onboardings', invitation);
  const page = await (await browser.newContext()).newPage();
  await openLink(page, await mailedLink(product, address));
  return { page, address, id };
}

const home = (product: TestProduct, page: Page) => page.goto(`${product.url}/setup/sandbox/home`);

/** From a saved configuration to live. */
async function testAndGoLive(product: TestProduct, page: Page): Promise<void> {
  await page.goto(`${product.url}/setup/sandbox/sso/test`);
  await testSignIn(page.context(), page, /@/);
  await heading(page, 'It works').waitFor();
  await page.goto(`${product.url}/setup/sandbox/sso/go-live`);
  await page.getByRole('button', { name: 'Go live' }).click();
  await heading(page, 'Single sign-on is live').waitFor();
}

async function playSelfService(product: TestProduct, browser: Browser): Promise<void> {
  const features = [{ feature: 'domain_verification', requirement: 'optional' }, ...testIdp];
  const { page, id } = await anInvited(product, browser, 'Acme', { features, mode: 'self_service' });
  const parts = page.getByRole('region', { name: 'What this set-up covers' }).getByRole('link');
  expect(await parts.first().innerText()).toBe('Domains');
  await page.getByText('The provider was chosen by', { exact: false }).waitFor();
  await page.getByRole('button', { name: /^Skip/ }).click();
  await page.getByRole('button', { name: /^Take it back/ }).click();
  await page.getByRole('button', { name: /^Skip/ }).click();
  await page.getByText('Set up your identity provider', { exact: false }).first().waitFor();
  expect(await axeViolations(page)).toEqual([]);

  await page.getByRole('link', { name: 'Continue' }).click();
  await page.getByRole('button', { name: 'Done, next' }).click();
  await saveMetadata(page);
  await testAndGoLive(product, page);
  await expect.poll(async () => (await product.call('GET', `/onboardings/${id}`)).state).toBe('live');
  await page.context().close();
}

/** Opens the customer's pages from the onboarding's page, in a tab of its own. */
async function lookAlong(product: TestProduct, staff: Page, id: string, button: string): Promise<Page> {
  await staff.goto(`${product.url}/dashboard/onboardings/${id}`);
  const [tab] = await Promise.all([
    staff.context().waitForEvent('page'),
    staff.getByRole('button', { name: button }).click(),
  ]);
  await tab.getByText('You look along at the pages of', { exact: false }).waitFor();
  return tab;
}

async function playGuided(product: TestProduct, browser: Browser, staff: Page): Promise<void> {
  const wishes = { features: testIdp, mode: 'guided' };
  const { page, address, id } = await anInvited(product, browser, 'Globex', wishes);
  await page.getByText('goes through this with you', { exact: false }).waitFor();
  const beside = await lookAlong(product, staff, id, 'Look along');
  await page.reload();
  await page.getByText('has been looking at these pages', { exact: false }).waitFor();
  await beside.getByText('It has been Globex’s turn', { exact: false }).waitFor();
  await beside.close();

  await page.getByRole('link', { name: 'Continue' }).click();
  await page.getByRole('button', { name: 'Done, next' }).click();
  await heading(page, 'Paste what the Test IdP gave you').waitFor();
  await staff.bringToFront();
  await staff.getByRole('button', { name: 'Change', exact: true }).click();
  const dialog = staff.getByRole('dialog');
  await dialog.getByLabel('Staff-led').check();
  await dialog.getByRole('button', { name: 'Save changes' }).click();
  await staff.getByText('Who does the steps: Staff-led').waitFor();
  expect(await axeViolations(staff)).toEqual([]);

  await page.reload();
  await page.getByText('does “Give us your side” for you', { exact: false }).waitFor();
  const doing = await lookAlong(product, staff, id, 'Do our steps');
  await doing.getByRole('link', { name: 'Continue' }).click();
  await doing.getByText(/1 certificate, until/).waitFor();
  await doing.getByRole('button', { name: 'Save and continue' }).click();
  await expect.poll(() => subjects(product, address)).toContain('Your turn: test sign-in');
  await doing.close();
  await testAndGoLive(product, page);
  await page.context().close();
}

async function subjects(product: TestProduct, address: string): Promise<string[]> {
  const { mails } = await product.call('GET', `/sandbox/mails?to=${encodeURIComponent(address)}&limit=10`);
  return mails.map(({ subject }: { subject: string }) => subject);
}

async function playStaffLed(product: TestProduct, browser: Browser, staff: Page): Promise<void> {
  const wishes = { features: [{ feature: 'sso' }], mode: 'staff_led' };
  const { page, id } = await anInvited(product, browser, 'Initech', wishes);
  await page.getByText('Nothing for you to do now').waitFor();
  await page.getByText('Left to you: Set up in the console, Test, Go live.', { exact: false }).waitFor();
  expect(await axeViolations(page)).toEqual([]);

  const doing = await lookAlong(product, staff, id, 'Do our steps');
  await doing.getByRole('link', { name: 'Continue' }).click();
  await doing
    .getByRole('button', { name: /Test IdP/ })
    .first()
    .click();
  await doing.getByRole('dialog').getByRole('button', { name: 'Use this way' }).click();
  await page.getByText('Set up your identity provider', { exact: false }).waitFor();
  await page.getByRole('link', { name: 'Continue' }).click();
  await page.getByRole('button', { name: 'Done, next' }).click();
  await page.getByText('does “Give us your side” for you', { exact: false }).waitFor();
  await page.getByRole('button', { name: 'Take it back' }).click();
  await saveMetadata(page);
  await testAndGoLive(product, page);
  const { data } = await product.call('GET', `/onboardings/${id}/timeline`);
  const kinds = data.map(({ kind }: { kind: string }) => kind);
  expect(kinds).toEqual(expect.arrayContaining(['handed_back', 'handed_over', 'step_taken_back', 'live']));
  await home(product, page);
  await page.context().close();
}
