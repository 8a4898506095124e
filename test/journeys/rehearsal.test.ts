import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createMailbox, type SandboxMailbox } from '../../sandbox/mailbox/mailbox.ts';
import { launchBrowser } from '../support/browser.ts';
import { startOthersHosts, type CustomersProvider, type OthersHosts } from '../support/others-hosts.ts';
import { startTestProduct, type TestProduct } from '../support/product.ts';
import { describeEachWithTemporal } from '../support/temporal.ts';
import { heading, openLink } from './portal-pages.ts';
import { newOrganization, signInByLink } from './staff-pages.ts';

/**
 * A vendor begins in earnest: a production environment in its own brand, with colleagues and a customer that goes live.
 * Then the customer's certificate ages, and is renewed by a link, while people sign in all the time.
 */

const callback = 'https://app.acme.example/callback';
const contact = 'it@globex.com';

await describeEachWithTemporal('a vendor in production', (temporal) => {
  let product: TestProduct;
  let browser: Browser;
  let mailbox: SandboxMailbox;
  let mails: string;
  let others: OthersHosts;
  beforeEach(async () => {
    // Ninety days before its end is the first time that a certificate is spoken of: that is today, so once it is live.
    // Before the morning, the notices of the day before are due, so the end is a day nearer then.
    const nightMs = new Date().getUTCHours() < 8 ? 86_400_000 : 0;
    others = await startOthersHosts(new Date(Date.now() - nightMs));
    mails = await mkdtemp(path.join(tmpdir(), 'vestibule-rehearsal-'));
    mailbox = createMailbox({ folder: mails, port: 0, host: '127.0.0.1', now: () => new Date() });
    const smtpUrl = `smtp://127.0.0.1:${await mailbox.start()}`;
    [product, browser] = await Promise.all([
      startTestProduct(temporal(), { SMTP_URL: smtpUrl, MAIL_FROM: 'Acme <set-up@acme.example>' }),
      launchBrowser({ examplePort: others.port }),
    ]);
  });
  afterEach(async () => {
    await browser.close();
    await product.stop();
    await mailbox.stop();
    await others.close();
    await rm(mails, { recursive: true, force: true });
  });

  it('brings a customer live in its own brand, and renews its certificate by a link: no sign-in fails', async () => {
    const staff = await (await browser.newContext()).newPage();
    await signInByLink(staff, product);
    const vendor = await makeProduction(staff, product);
    await brand(staff);
    await invite(staff, 'lin@acme.example', 'Support');
    await invite(staff, 'kim@acme.example', 'Viewer');
    expect(mailbox.list({ to: 'kim@acme.example' })).toHaveLength(1);
    await vendor.call('POST', '/user_management/redirect_uris', { uri: callback });

    const { provider } = others;
    const admin = await (await browser.newContext({ ignoreHTTPSErrors: true })).newPage();
    await inviteCustomer(staff);
    await openLink(admin, await mailed(contact, /\/setup\/\S+\/vb_setup_\S+/));
    await admin.getByText('Rocket').first().waitFor();
    await goLive(admin, provider);
    const app = anApp(browser, product, vendor);
    await app.signIn();

    await expect.poll(subjects).toContainEqual(expect.stringMatching(/ends in (90|89) days/));
    await app.signIn();
    await sendRenewalLink(staff);
    await openLink(admin, await mailed(contact, /\/setup\/\S+\/vb_setup_\S+/));
    await heading(admin, /signing certificate of .+ ends in (90|89) days/).waitFor();
    await admin.getByRole('textbox', { name: 'New certificate' }).fill(provider.nextCertificate);
    await admin.getByRole('button', { name: 'Trust it beside the old one' }).click();
    await confirmByCode(admin);
    await heading(admin, 'Both certificates are trusted').waitFor();
    await app.signIn();
    provider.changeOver();
    await app.signIn();
    await test(admin, /Test sign-in|Test again/);
    await heading(admin, 'The new certificate is in use').waitFor();
    await app.signIn();

    const { data } = await vendor.call('GET', '/events?events=authentication.sso_failed');
    expect(data).toEqual([]);
    expect(app.signedIn()).toBe(5);
  });

  const subjects = () => mailbox.list({ to: contact }).map(({ subject }) => subject);

  /** Types the digits of the mail that comes. */
  async function confirmByCode(admin: Page): Promise<void> {
    const dialog = admin.getByRole('dialog');
    await dialog.getByText('needs the code we just mailed').waitFor();
    const digits = async () => {
      const [newest] = mailbox.list({ to: contact, limit: 1 });
      const mail = newest && (await mailbox.get(newest.id));
      return /\b\d{6}\b/.exec(mail?.text ?? '')?.[0];
    };
    await expect.poll(digits).toBeDefined();
    await dialog
      .getByRole('textbox')
      .first()
      .fill((await digits()) ?? '');
    await dialog.getByRole('button', { name: 'Continue' }).click();
    await dialog.waitFor({ state: 'hidden' });
  }

  /** What the newest mail to the address holds that looks like this, once it is another than before. */
  const taken = new Set<string>();
  async function mailed(to: string, wanted: RegExp): Promise<string> {
    let found: string | undefined;
    await expect
      .poll(async () => {
        const [newest] = mailbox.list({ to, limit: 1 });
        const mail = newest && (await mailbox.get(newest.id));
        found = mail?.links.find((link) => wanted.test(link) && !taken.has(`${newest?.id} ${link}`));
        if (found !== undefined) taken.add(`${newest?.id} ${found}`);
        return found;
      })
      .toBeDefined();
    return found ?? '';
  }
});

interface Production {
  key: string;
  clientId: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests look where they please
  call(method: string, route: string, body?: unknown): Promise<any>;
}

async function makeProduction(staff: Page, product: TestProduct): Promise<Production> {
  await staff.getByRole('button', { name: 'Sandbox' }).click();
  await staff.getByRole('menuitem', { name: 'New environment' }).click();
  const dialog = staff.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Make environment' }).click();
  await dialog.getByRole('button', { name: 'Show' }).click();
  const said = await dialog.innerText();
  const [key = ''] = /sk_live_\S+/.exec(said) ?? [];
  const [clientId = ''] = /client_\S+/.exec(said) ?? [];
  await dialog.getByRole('button', { name: /pasted|stored|kept/i }).click();
  await dialog.getByRole('button', { name: 'Go to Production' }).click();
  await staff.getByRole('button', { name: 'Production' }).first().waitFor();
  return {
    key,
    clientId,
    async call(method, route, body) {
      const response = await fetch(`${product.url}${route}`, {
        method,
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`${method} ${route}: ${response.status} ${text}`);
      return text === '' ? null : JSON.parse(text);
    },
  };
}

async function brand(staff: Page): Promise<void> {
  await staff.getByRole('link', { name: 'Branding' }).click();
  await staff.getByLabel('Product name').fill('Rocket');
  await staff.getByLabel(/^Colour/).fill('#b4ff00');
  await staff.getByRole('button', { name: 'Save' }).click();
  await staff.getByText('Pages and mails use it from now on.', { exact: false }).first().waitFor();
}

async function invite(staff: Page, email: string, role: string): Promise<void> {
  await staff.getByRole('link', { name: 'Members' }).click();
  await staff.getByRole('button', { name: 'Invite a member' }).click();
  const dialog = staff.getByRole('dialog');
  await dialog.getByLabel('E-mail').fill(email);
  await dialog.getByRole('radio', { name: role }).check();
  await dialog.getByRole('button', { name: 'Add and send invitation' }).click();
  await staff.getByText(`${email} was added. The invitation is on its way.`).first().waitFor();
}

async function inviteCustomer(staff: Page): Promise<void> {
  await newOrganization(staff, 'Globex');
  const dialog = staff.getByRole('dialog');
  await dialog.getByLabel('Domain is').selectOption('off');
  await dialog.getByLabel('Address', { exact: true }).fill(contact);
  await dialog.getByRole('button', { name: 'Send invitation' }).click();
  await dialog.getByText(`The invitation is on its way to ${contact}.`).waitFor();
  await staff.keyboard.press('Escape');
}

async function goLive(admin: Page, provider: CustomersProvider): Promise<void> {
  const base = admin.url().replace(/(\/setup\/[^/]+).*/, '$1');
  await admin.goto(`${base}/sso/provider`);
  await admin
    .getByRole('button', { name: /Custom SAML/ })
    .first()
    .click();
  await admin.goto(`${base}/sso/metadata`);
  await admin.getByText('Metadata file').click();
  await admin
    .locator('input[type=file]')
    .setInputFiles({ name: 'metadata.xml', mimeType: 'text/xml', buffer: Buffer.from(provider.metadata()) });
  const anyway = admin.getByLabel('Use it anyway');
  const save = admin.getByRole('button', { name: 'Save and continue' });
  await admin.getByText(/1 certificate, until/).waitFor();
  if (await anyway.isVisible()) await anyway.check();
  await save.click();
  await heading(admin, 'Try it once yourself').waitFor();
  await test(admin, 'Start test');
  await heading(admin, 'It works').waitFor();
  await admin.goto(`${base}/sso/go-live`);
  await admin.getByRole('button', { name: 'Go live' }).click();
  await heading(admin, 'Single sign-on is live').waitFor();
}

/** A test sign-in: the provider answers by itself in the tab that opens. */
async function test(admin: Page, act: string | RegExp): Promise<void> {
  const [tab] = await Promise.all([
    admin.context().waitForEvent('page'),
    admin.getByRole('button', { name: act }).click(),
  ]);
  await tab.getByText('Go back to the set-up tab.').waitFor();
  await tab.close();
}

/** Staff's page of what ends: the customer's certificate is there, and its link is mailed from there. */
async function sendRenewalLink(staff: Page): Promise<void> {
  await staff.getByRole('link', { name: /^Expiring/ }).click();
  await staff.getByRole('button', { name: 'More for Signing certificate of Globex' }).click();
  await staff.getByRole('menuitem', { name: 'Send renewal link' }).click();
  const dialog = staff.getByRole('dialog');
  await dialog.getByLabel('To', { exact: true }).waitFor();
  expect(await dialog.getByLabel('To', { exact: true }).inputValue()).toBe(contact);
  await dialog.getByRole('button', { name: 'Make the link' }).click();
  await dialog.getByText('It goes out within a minute.').waitFor();
  await dialog.getByRole('button', { name: 'Done' }).click();
}

function anApp(browser: Browser, product: TestProduct, vendor: Production) {
  let count = 0;
  return {
    signedIn: () => count,
    /** Anna signs in to the vendor's app in a browser of her own, and the app gets her profile. */
    async signIn(): Promise<void> {
      const context = await browser.newContext({ ignoreHTTPSErrors: true });
      const page = await context.newPage();
      const { data } = await vendor.call('GET', '/organizations');
      const asked = { client_id: vendor.clientId, redirect_uri: callback, response_type: 'code' };
      const query = new URLSearchParams({ ...asked, organization: data[0].id });
      await page.goto(`${product.url}/sso/authorize?${query.toString()}`);
      await page.getByText('Welcome').waitFor();
      const code = new URL(page.url()).searchParams.get('code') ?? '';
      const answer = await fetch(`${product.url}/sso/token`, {
        method: 'POST',
        body: new URLSearchParams({
          client_id: vendor.clientId,
          client_secret: vendor.key,
          grant_type: 'authorization_code',
          code,
        }),
      });
      expect(await answer.json()).toMatchObject({ profile: { email: 'anna@globex.com' } });
      count += 1;
      await context.close();
    },
  };
}
