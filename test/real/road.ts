import type { Browser, Page } from 'playwright-core';
import { heading, mailedLink, openLink } from '../journeys/portal-pages.ts';
import type { TestProduct } from '../support/product.ts';

/** The road from the invitation to a signed-in user, with a provider of somebody else in the middle. */

/** What a provider's guide says to enter there. */
export interface OurSide {
  readonly spEntityId: string;
  readonly acsUrl: string;
  readonly metadataUrl: string;
  readonly redirectUri: string;
}

/** What the portal's form is given, by the label of each field. */
export type TheirSide =
  | { readonly metadataUrl: string }
  | { readonly discoveryUrl: string; readonly clientId: string; readonly clientSecret: string };

export interface RealProvider {
  /** As the portal lists it. */
  readonly name: string;
  /** Where the portal asks which way. */
  readonly way?: 'SAML' | 'OpenID Connect';
  /** Sets the connection up there, by the provider's own means. */
  register(ours: OurSide): Promise<TheirSide>;
  /** From the provider's page to ours. */
  signIn(page: Page): Promise<void>;
}

/** What the example app shows of a profile. */
export interface ShownProfile {
  readonly connectionType: string;
  readonly idpId: string;
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly groups?: readonly string[];
}

export interface Live {
  readonly connectionId: string;
  readonly organizationId: string;
}

/** An IT admin leads the provider to live: guide, values, test sign-in, activation. */
export async function leadToLive(
  product: TestProduct,
  browser: Browser,
  provider: RealProvider,
  customer: string,
): Promise<Live> {
  const address = `it@${customer.toLowerCase()}.test`;
  const { id: organizationId } = await product.call('POST', '/organizations', { name: customer });
  await product.call('POST', '/onboardings', {
    organization: organizationId,
    features: [{ feature: 'sso' }],
    contacts: [address],
  });
  const context = await browser.newContext();
  const page = await context.newPage();
  await openLink(page, await mailedLink(product, address));
  await chooseProvider(page, provider);
  const { data } = await product.call('GET', `/connections?organization_id=${organizationId}`);
  const connectionId = String(data[0].id);
  const theirs = await provider.register(ourSideOf(product, connectionId));

  await page.goto(`${product.url}/setup/sandbox/sso/metadata`);
  await giveBack(page, theirs);
  const [tab] = await Promise.all([
    context.waitForEvent('page'),
    page.getByRole('button', { name: 'Start test' }).click(),
  ]);
  await provider.signIn(tab);
  await tab.getByText('Go back to the set-up tab.').waitFor();
  await heading(page, 'It works').waitFor();
  await page.goto(`${product.url}/setup/sandbox/sso/go-live`);
  await page.getByRole('button', { name: 'Go live' }).click();
  await heading(page, 'Single sign-on is live').waitFor();
  await context.close();
  return { connectionId, organizationId };
}

function ourSideOf({ url }: TestProduct, connectionId: string): OurSide {
  const spEntityId = `${url}/sso/saml/${connectionId}`;
  return {
    spEntityId,
    acsUrl: `${spEntityId}/acs`,
    metadataUrl: `${spEntityId}/metadata`,
    redirectUri: `${url}/sso/oidc/${connectionId}/callback`,
  };
}

async function chooseProvider(page: Page, { name, way }: RealProvider): Promise<void> {
  await page.getByRole('link', { name: 'Continue' }).click();
  await page.getByRole('button', { name }).first().click();
  if (way !== undefined) {
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel(way).check();
    await dialog.getByRole('button', { name: `Use ${way}` }).click();
  }
  await page.getByRole('button', { name: 'Done, next' }).waitFor();
}

async function giveBack(page: Page, theirs: TheirSide): Promise<void> {
  if ('metadataUrl' in theirs) {
    await page.locator('main input[type=url]').first().fill(theirs.metadataUrl);
    await page.getByText(/1 certificate, until/).waitFor();
  } else {
    await page.locator('main input[type=url]').first().fill(theirs.discoveryUrl);
    await page.getByLabel('Client ID').fill(theirs.clientId);
    await page.getByLabel('Client secret', { exact: false }).first().fill(theirs.clientSecret);
  }
  await page.getByRole('button', { name: 'Save and continue' }).click();
  await heading(page, 'Try it once yourself').waitFor();
}

/** A user of the customer signs in from the example app, in a browser of their own. */
export async function signInAsUser(
  product: TestProduct,
  page: Page,
  provider: RealProvider,
  { organizationId }: Live,
): Promise<ShownProfile> {
  const example = `http://127.0.0.1:${Number(new URL(product.url).port) + 5}`;
  await page.goto(`${example}/sign-in?id=${organizationId}`);
  await provider.signIn(page);
  await page.getByText(/prof_/).first().waitFor();
  const shown: ShownProfile = JSON.parse(await page.locator('pre').innerText());
  return shown;
}
