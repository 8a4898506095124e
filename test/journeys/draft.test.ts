import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { startTestProduct, type TestProduct } from '../support/product.ts';
import { describeWithTemporal } from '../support/temporal.ts';
import { aLiveCustomer, heading, mailedCode, setUpOpenId, signIn, testSignIn } from './portal-pages.ts';

/**
 * After going live, in a real browser on the built product: a live SAML connection is replaced by OpenID Connect as a
 * draft, tested beside the live one, switched with a code from the contact's mailbox, and switched back.
 */

await describeWithTemporal('a live connection', (temporal) => {
  let product: TestProduct;
  let browser: Browser;
  beforeAll(async () => {
    [product, browser] = await Promise.all([startTestProduct(temporal()), launchBrowser()]);
  });
  afterAll(async () => {
    await browser.close();
    await product.stop();
  });

  it('is replaced as a draft while people sign in, switched with a mailed code, and switched back', async () => {
    const { organizationId, contact, page } = await aLiveCustomer(product, browser);
    const before = await connectionOf(product, organizationId);
    expect(await signIn(product, browser, organizationId)).toContain('TestIdp');

    await replaceByOpenId(product, page, before.id);
    await testSignIn(page.context(), page, /@/);
    await heading(page, 'It works').waitFor();
    await signIn(product, browser, organizationId);
    await page.goto(`${product.url}/setup/sandbox/sso/draft`);
    await page.getByRole('button', { name: 'Switch to draft' }).click();
    await confirmByCode(product, page, contact);
    await page.getByRole('button', { name: 'Switch back' }).waitFor();
    await signIn(product, browser, organizationId);

    await page.getByRole('button', { name: 'Switch back' }).click();
    await confirmByCode(product, page, contact);
    await page.getByText('Brought back', { exact: false }).first().waitFor();
    await signIn(product, browser, organizationId);
    expect((await connectionOf(product, organizationId)).id).toBe(before.id);
  });
});

async function replaceByOpenId(product: TestProduct, page: Page, connectionId: string): Promise<void> {
  await page.goto(`${product.url}/setup/sandbox/sso/connection`);
  await page.getByRole('button', { name: 'Replace' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Start a draft' }).click();
  await setUpOpenId(product, page, connectionId);
}

async function confirmByCode(product: TestProduct, page: Page, contact: string): Promise<void> {
  const dialog = page.getByRole('dialog');
  await dialog.getByText('needs the code we just mailed').waitFor();
  await dialog
    .getByRole('textbox')
    .first()
    .fill(await mailedCode(product, contact));
  await dialog.getByRole('button', { name: 'Continue' }).click();
  await dialog.waitFor({ state: 'hidden' });
}

const connectionOf = async (product: TestProduct, organizationId: string) =>
  (await product.call('GET', `/connections?organization_id=${organizationId}`)).data[0];
