import { randomBytes } from 'node:crypto';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { expect } from 'vitest';
import type { TestProduct } from '../support/product.ts';

/** What people do on the portal's pages, in their words. Every function leaves the page where its person would be. */

/** CI tries a test once more on the same product: mails and domains that the first try left are those of another. */
export const domainOfThisTry = (name: string) =>
  `${name.toLowerCase()}-${randomBytes(3).toString('hex')}.test`;

/** The newest link of the portal that was mailed to the address. */
export async function mailedLink(product: TestProduct, to: string): Promise<string> {
  let link: string | undefined;
  await expect
    .poll(async () => {
      const { mails } = await product.call('GET', `/sandbox/mails?to=${encodeURIComponent(to)}&limit=5`);
      const newest = mails[0] && (await product.call('GET', `/sandbox/mails/${mails[0].id}`));
      link = newest?.links.find((found: string) => /\/setup\/[^/]+\/vb_/.test(found));
      return link;
    })
    .toBeDefined();
  return link ?? '';
}

/** The six digits of the newest mail to the address. Every code is mailed anew, so the last one is taken once. */
export async function mailedCode(product: TestProduct, to: string): Promise<string> {
  let code: string | undefined;
  await expect
    .poll(async () => {
      const { mails } = await product.call('GET', `/sandbox/mails?to=${encodeURIComponent(to)}&limit=1`);
      const newest = mails[0] && (await product.call('GET', `/sandbox/mails/${mails[0].id}`));
      code = /\b(\d{6})\b/.exec(String(newest?.text ?? ''))?.[1];
      const isTaken = code !== undefined && takenCodes.has(code);
      return code !== undefined && !isTaken;
    })
    .toBe(true);
  takenCodes.add(code ?? '');
  return code ?? '';
}
const takenCodes = new Set<string>();

export async function openLink(page: Page, link: string): Promise<void> {
  await page.goto(link);
  await page.getByRole('button', { name: /Start set-up|Continue/ }).click();
  await page.getByRole('heading', { level: 1 }).waitFor();
}

export async function chooseTestIdp(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Continue' }).click();
  await page
    .getByRole('button', { name: /Test IdP/ })
    .first()
    .click();
  await page.getByRole('dialog').getByRole('button', { name: 'Use this way' }).click();
  await page.getByRole('button', { name: 'Done, next' }).click();
  await heading(page, 'Paste what the Test IdP gave you').waitFor();
}

export async function saveMetadata(page: Page): Promise<void> {
  await page.getByText(/1 certificate, until/).waitFor();
  await page.getByRole('button', { name: 'Save and continue' }).click();
  await heading(page, 'Try it once yourself').waitFor();
}

/** Starts a test and signs in at the Test IdP, in the tab that opens for it. */
export async function testSignIn(context: BrowserContext, page: Page, email: RegExp): Promise<void> {
  const [tab] = await Promise.all([
    context.waitForEvent('page'),
    page.getByRole('button', { name: /Start test|Test again/ }).click(),
  ]);
  await tab.getByRole('button', { name: email }).first().click();
  await tab.getByText('Go back to the set-up tab.').waitFor();
  await tab.close();
}

/** An organization whose first connection is live, by SAML through the Test IdP, and its admin's page. */
export async function aLiveCustomer(product: TestProduct, browser: Browser) {
  const organization = await product.call('POST', '/organizations', { name: 'Acme' });
  const contact = `it@${domainOfThisTry('acme')}`;
  await product.call('POST', '/onboardings', {
    organization: organization.id,
    features: [{ feature: 'sso' }],
    contacts: [contact],
  });
  const context = await browser.newContext();
  const page = await context.newPage();
  await openLink(page, await mailedLink(product, contact));
  await chooseTestIdp(page);
  await saveMetadata(page);
  await testSignIn(context, page, /@/);
  await heading(page, 'It works').waitFor();
  await page.goto(`${product.url}/setup/sandbox/sso/go-live`);
  await page.getByRole('button', { name: 'Go live' }).click();
  await heading(page, 'Single sign-on is live').waitFor();
  return { organizationId: String(organization.id), contact, page };
}

/** From the choice of a provider to the saved settings of a client of the Test IdP. */
export async function setUpOpenId(product: TestProduct, page: Page, connectionId: string): Promise<void> {
  await page
    .getByRole('button', { name: /Test IdP/ })
    .first()
    .click();
  await page.getByRole('dialog').getByLabel('OpenID Connect').check();
  await page.getByRole('dialog').getByRole('button', { name: 'Use this way' }).click();
  await page.getByRole('button', { name: 'Done, next' }).click();
  const client = await product.call('POST', '/sandbox/test-idp/clients', { connectionId });
  await page.getByLabel('Client ID').fill(client.clientId);
  await page.getByLabel('Client secret', { exact: true }).fill(client.clientSecret);
  await page.getByRole('button', { name: 'Save and continue' }).click();
  await heading(page, 'Try it once yourself').waitFor();
}

/** A user of the customer's, through the example app, by an organization or a connection. Gives the page's text. */
export async function signIn(product: TestProduct, browser: Browser, id: string): Promise<string> {
  const context = await browser.newContext();
  const user = await context.newPage();
  await user.goto(`http://127.0.0.1:${Number(new URL(product.url).port) + 5}/sign-in?id=${id}`);
  await user.getByRole('button', { name: /@/ }).first().click();
  await user.getByText(/prof_/).first().waitFor();
  const text = await user.locator('body').innerText();
  await context.close();
  return text;
}

export async function addDomain(page: Page, domain: string): Promise<{ name: string; value: string }> {
  await page.getByLabel('Domain').fill(domain);
  await page.getByRole('button', { name: 'Add a domain' }).click();
  await heading(page, `Prove that ${domain} is yours`).waitFor();
  const record = /(_\S+-challenge)[\s\S]*?(\S+-verify=\S+)/.exec(await page.locator('main').innerText());
  return { name: `${record?.[1] ?? ''}.${domain}`, value: record?.[2] ?? '' };
}

export function heading(page: Page, name: string | RegExp) {
  return page.getByRole('heading', { level: 1, name });
}
