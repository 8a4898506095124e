import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { startTestProduct, type TestProduct } from '../support/product.ts';
import { describeWithTemporal } from '../support/temporal.ts';
import {
  chooseTestIdp,
  heading,
  mailedCode,
  mailedLink,
  openLink,
  saveMetadata,
  testSignIn,
} from './portal-pages.ts';

/**
 * After going live, in a real browser on the built product: a live SAML connection is replaced by OpenID Connect as a
 * draft, tested beside the live one, switched with a code from the contact's mailbox, and switched back.
 */

const journeyMs = 180_000;

await describeWithTemporal('a live connection', (temporal) => {
  let product: TestProduct;
  let browser: Browser;
  beforeAll(async () => {
    [product, browser] = await Promise.all([startTestProduct(temporal()), launchBrowser()]);
  }, journeyMs);
  afterAll(async () => {
    await browser.close();
    await product.stop();
  });

  it(
    'is replaced as a draft while people sign in, switched with a mailed code, and switched back',
    async () => {
      const { organizationId, page } = await aLiveCustomer(product, browser);
      const before = await connectionOf(product, organizationId);
      expect(await signIn(product, browser, organizationId)).toContain('TestIdp');

      await replaceByOpenId(product, page, before.id);
      await testSignIn(page.context(), page, /@/);
      await heading(page, 'It works').waitFor();
      await signIn(product, browser, organizationId);
      await page.goto(`${product.url}/setup/sandbox/sso/draft`);
      await page.getByRole('button', { name: 'Switch to draft' }).click();
      await confirmByCode(product, page);
      await page.getByRole('button', { name: 'Switch back' }).waitFor();
      await signIn(product, browser, organizationId);

      await page.getByRole('button', { name: 'Switch back' }).click();
      await confirmByCode(product, page);
      await page.getByText('Brought back', { exact: false }).first().waitFor();
      await signIn(product, browser, organizationId);
      expect((await connectionOf(product, organizationId)).id).toBe(before.id);
    },
    journeyMs,
  );
});

async function aLiveCustomer(product: TestProduct, browser: Browser) {
  const organization = await product.call('POST', '/organizations', { name: 'Acme' });
  await product.call('POST', '/onboardings', {
    ...{ organization: organization.id, features: [{ feature: 'sso' }], contacts: ['it@acme.test'] },
  });
  const context = await browser.newContext();
  const page = await context.newPage();
  await openLink(page, await mailedLink(product, 'it@acme.test'));
  await chooseTestIdp(page);
  await saveMetadata(page);
  await testSignIn(context, page, /@/);
  await heading(page, 'It works').waitFor();
  await page.goto(`${product.url}/setup/sandbox/sso/go-live`);
  await page.getByRole('button', { name: 'Go live' }).click();
  await heading(page, 'Single sign-on is live').waitFor();
  return { organizationId: String(organization.id), page };
}

async function replaceByOpenId(product: TestProduct, page: Page, connectionId: string): Promise<void> {
  await page.goto(`${product.url}/setup/sandbox/sso/connection`);
  await page.getByRole('button', { name: 'Replace' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Start a draft' }).click();
  await page
    .getByRole('button', { name: /Test IdP/ })
    .first()
    .click();
  await page.getByRole('dialog').getByLabel('OpenID Connect').check();
  await page.getByRole('dialog').getByRole('button', { name: 'Use OpenID Connect' }).click();
  await page.getByRole('button', { name: 'Done, next' }).click();
  const client = await product.call('POST', '/sandbox/test-idp/clients', { connectionId });
  await page.getByLabel('Client ID').fill(client.clientId);
  await page.getByLabel('Client secret', { exact: true }).fill(client.clientSecret);
  await page.getByRole('button', { name: 'Save and continue' }).click();
  await heading(page, 'Try it once yourself').waitFor();
}

async function confirmByCode(product: TestProduct, page: Page): Promise<void> {
  const dialog = page.getByRole('dialog');
  await dialog.getByText('needs the code we just mailed').waitFor();
  await dialog
    .getByRole('textbox')
    .first()
    .fill(await mailedCode(product, 'it@acme.test'));
  await dialog.getByRole('button', { name: 'Continue' }).click();
  await dialog.waitFor({ state: 'hidden' });
}

const connectionOf = async (product: TestProduct, organizationId: string) =>
  (await product.call('GET', `/connections?organization_id=${organizationId}`)).data[0];

/** A user of the customer's, through the example app. Gives the page's text. */
async function signIn(product: TestProduct, browser: Browser, organizationId: string): Promise<string> {
  const context = await browser.newContext();
  const user = await context.newPage();
  await user.goto(`http://127.0.0.1:${Number(new URL(product.url).port) + 5}/sign-in?id=${organizationId}`);
  await user.getByRole('button', { name: /@/ }).first().click();
  await user.getByText(/prof_/).first().waitFor();
  const text = await user.locator('body').innerText();
  await context.close();
  return text;
}
