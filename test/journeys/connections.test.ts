import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { startTestProduct, type TestProduct } from '../support/product.ts';
import { describeWithTemporal } from '../support/temporal.ts';
import { aLiveCustomer, heading, setUpOpenId, signIn, testSignIn } from './portal-pages.ts';

/** One organization with two identity providers, in a real browser on the built product. */

await describeWithTemporal('an organization with a live connection', (temporal) => {
  let product: TestProduct;
  let browser: Browser;
  beforeAll(async () => {
    [product, browser] = await Promise.all([startTestProduct(temporal()), launchBrowser()]);
  });
  afterAll(async () => {
    await browser.close();
    await product.stop();
  });

  it('adds a second one; both are live, and each signs its people in by its own id', async () => {
    const { organizationId, page } = await aLiveCustomer(product, browser);
    const connections = async () =>
      (await product.call('GET', `/connections?organization_id=${organizationId}`)).data;
    const [first] = await connections();

    await page.goto(`${product.url}/setup/sandbox/home`);
    await page.getByRole('button', { name: 'Add another identity provider' }).click();
    await page
      .getByRole('button', { name: /Test IdP/ })
      .first()
      .waitFor();
    const second = (await connections()).find(({ id }: { id: string }) => id !== first.id);
    await setUpOpenId(product, page, second.id);
    await testSignIn(page.context(), page, /@/);
    await heading(page, 'It works').waitFor();
    await page.goto(`${product.url}/setup/sandbox/sso/go-live`);
    await page.getByRole('button', { name: 'Go live' }).click();
    await heading(page, 'Single sign-on is live').waitFor();
    await page.goto(`${product.url}/setup/sandbox/home`);
    const listed = page.getByRole('list', { name: 'Identity providers' }).getByRole('listitem');
    await listed.nth(1).waitFor();
    expect(await listed.count()).toBe(2);
    for (const text of await listed.allInnerTexts()) expect(text).toContain('Live');

    expect(await signIn(product, browser, first.id)).toContain(first.id);
    expect(await signIn(product, browser, second.id)).toContain(second.id);
    const user = await (await browser.newContext()).newPage();
    await user.goto(`${exampleOf(product)}/sign-in?id=${organizationId}`);
    expect(new URL(user.url()).searchParams.get('error')).toBe('ambiguous_connection_selector');
    await user.context().close();
  });
});

/** The example app runs beside the product. */
const exampleOf = ({ url }: TestProduct) => `http://127.0.0.1:${Number(new URL(url).port) + 5}`;
