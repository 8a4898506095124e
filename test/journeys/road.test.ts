import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { axeViolations, launchBrowser } from '../support/browser.ts';
import { startTestProduct, type TestProduct } from '../support/product.ts';
import { describeWithTemporal, type TestTemporal } from '../support/temporal.ts';
import {
  addDomain,
  chooseTestIdp,
  domainOfThisTry,
  heading,
  mailedLink,
  openLink,
  saveMetadata,
  testSignIn,
} from './portal-pages.ts';
import { newOrganization, signInByLink } from './staff-pages.ts';
import { comesWithinMs } from '../support/limits.ts';

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
  });
  afterAll(async () => {
    await browser.close();
    await product.stop();
  });

  it('leads from the invitation mail to a live customer, and a user of theirs signs in', async () => {
    await leadToLive(product, browser);
  });

  it(
    'begins on an empty dashboard: an organization, an invitation by mail, and one to copy, both opened',
    () => inviteFromDashboard(product, browser),
    journeyMs,
  );

  it(
    'goes on after kill -9 in the middle: nothing that was entered is lost',
    () => surviveCrash(product, browser),
    journeyMs,
  );

  it(
    '[REL-07] keeps what the admin does while Temporal is away, and applies it when it is back',
    () => surviveOutage(product, browser),
    journeyMs,
  );

  it(
    'goes on where the engine has lost every workflow that it ran',
    () => surviveLoss(product, browser, temporal()),
    journeyMs,
  );

  it('[SEC-04] [LNK-07] leaves no link, key or cookie in its log', () => {
    const said = product.output().replaceAll(/\/dashboard\/sign-in\/\S+|API key\s+\S+/g, '');
    expect(said).not.toMatch(/(vb_(setup|session|staff|code|access|test|state)_|sk_test_)[A-Za-z0-9_-]{16,}/);
  });
});

async function leadToLive(product: TestProduct, browser: Browser): Promise<void> {
  const domain = domainOfThisTry('Acme');
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
  await page.getByText('Verified', { exact: true }).first().waitFor({ timeout: comesWithinMs });

  await page.goto(`${product.url}/setup/sandbox/sso/test`);
  await testSignIn(context, page, new RegExp(`@${domain}`));
  await heading(page, 'It works').waitFor();
  expect(await axeViolations(page)).toEqual([]);
  await page
    .getByRole('link', { name: 'Continue' })
    .or(page.getByRole('button', { name: 'Continue' }))
    .first()
    .click();
  await page.getByRole('button', { name: 'Go live' }).click();
  await heading(page, 'Single sign-on is live').waitFor();
  await page.goto(`${product.url}/setup/sandbox/finished`);
  await heading(page, /Acme is connected/).waitFor();
  await context.close();

  const user = await (await browser.newContext()).newPage();
  const example = `http://127.0.0.1:${Number(new URL(product.url).port) + 5}`;
  await user.goto(`${example}/sign-in?id=${organization.id}`);
  expect(new URL(user.url()).hostname).toBe('localhost');
  await user
    .getByRole('button', { name: new RegExp(`@${domain}`) })
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

async function inviteFromDashboard(product: TestProduct, browser: Browser): Promise<void> {
  const staff = await (await browser.newContext()).newPage();
  await signInByLink(staff, product);
  await newOrganization(staff, 'Globex');
  const address = `it@${domainOfThisTry('Globex')}`;
  const dialog = staff.getByRole('dialog');
  await dialog.getByLabel('Address', { exact: true }).fill(address);
  await dialog.getByRole('button', { name: 'Send invitation' }).click();
  await dialog.getByText(`The invitation is on its way to ${address}.`).waitFor();
  const admin = await (await browser.newContext()).newPage();
  await openLink(admin, await mailedLink(product, address));
  await heading(admin, /Globex/).waitFor();

  await staff.keyboard.press('Escape');
  await staff.getByRole('button', { name: 'Invite an IT admin' }).first().click();
  await dialog.getByLabel('Make a link to copy').check();
  await dialog.getByRole('button', { name: 'Make link' }).click();
  await dialog.getByText('Shown once.', { exact: false }).waitFor();
  const ready = await dialog.getByLabel('Ready text to pass on').inputValue();
  const [link = ''] = /http\S+\/setup\/[\w/-]+/.exec(ready) ?? [];
  const other = await (await browser.newContext()).newPage();
  await openLink(other, link);
  await heading(other, /Globex/).waitFor();

  await staff.goto(`${product.url}/dashboard/onboardings`);
  await staff.getByRole('link', { name: 'Globex' }).first().click();
  await staff
    .getByText(/Waiting for the customer/)
    .first()
    .waitFor();
  expect(await axeViolations(staff)).toEqual([]);
  await staff.getByRole('tab', { name: 'Workflow' }).click();
  await staff.getByText('Sent the invitation').first().waitFor();
  for (const page of [staff, admin, other]) await page.context().close();
}

/** An admin in the middle of single sign-on, with the metadata still to save. */
async function anAdminAtMetadata(product: TestProduct, browser: Browser, name: string): Promise<Page> {
  const address = `it@${domainOfThisTry(name)}`;
  const organization = await product.call('POST', '/organizations', { name });
  await product.call('POST', '/onboardings', {
    organization: organization.id,
    features: [{ feature: 'sso' }],
    contacts: [address],
  });
  const page = await (await browser.newContext()).newPage();
  await openLink(page, await mailedLink(product, address));
  await chooseTestIdp(page);
  return page;
}

async function surviveCrash(product: TestProduct, browser: Browser): Promise<void> {
  const page = await anAdminAtMetadata(product, browser, 'Initech');
  await product.crash();

  await page.reload();
  await saveMetadata(page);
  await testSignIn(page.context(), page, /@/);
  await heading(page, 'It works').waitFor();
  await page.context().close();
}

async function surviveOutage(product: TestProduct, browser: Browser): Promise<void> {
  const page = await anAdminAtMetadata(product, browser, 'Umbrella');
  const { data } = await product.call('GET', '/onboardings?limit=1');
  product.cutTemporal();
  try {
    await saveMetadata(page);
    await testSignIn(page.context(), page, /@/);
    await heading(page, 'It works').waitFor();
    const { features } = await product.call('GET', `/onboardings/${data[0].id}`);
    expect(features[0].steps.find((step: { step: string }) => step.step === 'test_sign_in').state).not.toBe(
      'done',
    );
  } finally {
    await product.restoreTemporal();
  }
  await expect
    .poll(async () => {
      const { features } = await product.call('GET', `/onboardings/${data[0].id}`);
      return features[0].steps.filter((step: { state: string }) => step.state === 'done').length;
    })
    .toBe(4);
  await page.context().close();
}

/** As where Temporal's databases are gone, and its servers were started on empty ones. */
async function surviveLoss(product: TestProduct, browser: Browser, temporal: TestTemporal): Promise<void> {
  const page = await anAdminAtMetadata(product, browser, 'Hooli');
  const { data } = await product.call('GET', '/onboardings?limit=1');
  const { namespace } = temporal;
  const { workflow, workflowService } = temporal.environment.client;
  for await (const { workflowId, runId } of workflow.list({ query: "ExecutionStatus = 'Running'" })) {
    await workflowService.deleteWorkflowExecution({ namespace, workflowExecution: { workflowId, runId } });
  }

  await saveMetadata(page);
  await testSignIn(page.context(), page, /@/);
  await heading(page, 'It works').waitFor();
  await expect
    .poll(async () => {
      const { features } = await product.call('GET', `/onboardings/${data[0].id}`);
      return features[0].steps.filter((step: { state: string }) => step.state === 'done').length;
    })
    .toBe(4);
  await page.context().close();
}
