import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { axeViolations, launchBrowser } from '../support/browser.ts';
import { startTestProduct, type TestProduct } from '../support/product.ts';
import { describeWithTemporal } from '../support/temporal.ts';
import {
  addDomain,
  chooseTestIdp,
  heading,
  mailedLink,
  openLink,
  saveMetadata,
  testSignIn,
} from './portal-pages.ts';

/**
 * The road in a real browser, on the built product: real Postgres, real Temporal server, real SMTP, real DNS packets, a
 * real SAML exchange between two sites (`localhost` and `127.0.0.1`).
 */

const journeyMs = 180_000;

await describeWithTemporal('the road', (temporal) => {
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
    'leads from the invitation mail to a live customer, and a user of theirs signs in',
    async () => {
      await leadToLive(product, browser);
    },
    journeyMs,
  );
});

async function leadToLive(product: TestProduct, browser: Browser): Promise<void> {
  const domain = 'acme.test';
  const organization = await product.call('POST', '/organizations', { name: 'Acme' });
  await product.call('POST', '/onboardings', {
    organization: organization.id,
    features: [{ feature: 'sso' }, { feature: 'domain_verification' }],
    contacts: [`it@${domain}`],
  });
  const context = await browser.newContext();
  const page = await context.newPage();
  await openLink(page, await mailedLink(product, `it@${domain}`));
  expect(await axeViolations(page)).toEqual([]);
  await chooseTestIdp(page);
  await saveMetadata(page);

  await page.goto(`${product.url}/setup/sandbox/domains`);
  const record = await addDomain(page, domain);
  await product.call('POST', '/sandbox/dns/records', { ...record, type: 'TXT' });
  await page.getByText('Verified', { exact: true }).first().waitFor({ timeout: 60_000 });

  await page.goto(`${product.url}/setup/sandbox/sso/test`);
  await testSignIn(context, page, /@acme\.test/);
  await heading(page, 'It works').waitFor();
  expect(await axeViolations(page)).toEqual([]);
  await page
    .getByRole('link', { name: 'Continue' })
    .or(page.getByRole('button', { name: 'Continue' }))
    .first()
    .click();
  await page.getByRole('button', { name: 'Go live' }).click();
  await page.goto(`${product.url}/setup/sandbox/finished`);
  await heading(page, /Acme is connected/).waitFor({ timeout: 30_000 });
  await context.close();

  const user = await (await browser.newContext()).newPage();
  const example = `http://127.0.0.1:${Number(new URL(product.url).port) + 5}`;
  await user.goto(`${example}/sign-in?id=${organization.id}`);
  expect(new URL(user.url()).hostname).toBe('localhost');
  await user
    .getByRole('button', { name: /@acme\.test/ })
    .first()
    .click();
  await user.getByText(/prof_/).first().waitFor();
  expect(user.url()).toContain(`${example}/`);
  await user.context().close();

  const { data } = await product.call(
    'GET',
    `/events?events=onboarding.live&organization_id=${organization.id}`,
  );
  expect(data).toHaveLength(1);
}
