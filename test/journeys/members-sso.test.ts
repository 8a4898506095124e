import type { Browser } from 'playwright-core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { addressesOf } from '../../sandbox/test-idp/state.ts';
import { axeViolations, launchBrowser } from '../support/browser.ts';
import { startTestProduct, type TestProduct } from '../support/product.ts';
import { describeEachWithTemporal } from '../support/temporal.ts';
import { signInByLink } from './staff-pages.ts';

/** The vendor's own people sign in through the product, in a real browser, the provider on another site. */

const journeyMs = 180_000;

await describeEachWithTemporal('members by single sign-on', (temporal) => {
  let product: TestProduct;
  let browser: Browser;
  beforeEach(async () => {
    [product, browser] = await Promise.all([startTestProduct(temporal()), launchBrowser()]);
  });
  afterEach(async () => {
    await browser.close();
    await product.stop();
  });

  it(
    'are let in once an admin has vouched for their own company, and told when they are no members',
    () => leadMembersIn(product, browser),
    journeyMs,
  );
});

async function leadMembersIn(product: TestProduct, browser: Browser): Promise<void> {
  // The vendor itself, set up like any customer.
  const organization = await product.call('POST', '/organizations', {
    name: 'Our own people',
    domain_data: [{ domain: 'vendor.test', state: 'verified' }],
  });
  const { metadataUrl, entityId, ssoUrl } = addressesOf(product.idpUrl);
  const metadata = await (await fetch(metadataUrl)).text();
  const [, certificate = ''] = /X509Certificate>([^<]+)</.exec(metadata) ?? [];
  await product.call('POST', '/connections', {
    organization_id: organization.id,
    name: 'Our Test IdP',
    connection_type: 'GenericSAML',
    saml_options: {
      idp_entity_id: entityId,
      idp_sso_url: ssoUrl,
      idp_signing_certs: [`-----BEGIN CERTIFICATE-----\n${certificate}\n-----END CERTIFICATE-----\n`],
    },
  });

  const admin = await (await browser.newContext()).newPage();
  await signInByLink(admin, product);
  await admin.goto(`${product.url}/dashboard/members`);
  await admin.getByRole('button', { name: 'Invite a member' }).click();
  await admin.getByRole('dialog').getByLabel('E-mail').fill('anna@vendor.test');
  await admin.getByRole('button', { name: 'Add and send invitation' }).click();
  await admin.getByText('The invitation is on its way.').first().waitFor();
  await admin.getByRole('button', { name: 'Set up single sign-on' }).click();
  await admin.getByText('You confirm this as it is set up now.').waitFor();
  expect(await axeViolations(admin)).toEqual([]);
  await admin.getByRole('button', { name: 'Save' }).click();
  await admin.getByText('Single sign-on or a code').first().waitFor();

  const signIn = async (address: string, person: RegExp) => {
    const page = await (await browser.newContext()).newPage();
    await page.goto(`${product.url}/dashboard/members`);
    await page.getByLabel('E-mail').fill(address);
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('button', { name: 'Continue with single sign-on' }).click();
    await page.getByRole('button', { name: person }).first().click();
    return page;
  };
  const anna = await signIn('anna@vendor.test', /anna@vendor\.test/);
  await anna.getByRole('heading', { level: 1, name: 'Members' }).waitFor();
  await anna.getByRole('button', { name: 'Change anna@vendor.test' }).click();
  await anna.getByText('by single sign-on').first().waitFor();

  const malik = await signIn('malik@vendor.test', /malik@vendor\.test/);
  await malik.getByText('You are known to your company, but are no member here.').waitFor();
  expect(await axeViolations(malik)).toEqual([]);
}
