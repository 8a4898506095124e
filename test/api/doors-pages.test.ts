import type { BrowserContextOptions, Page } from 'playwright-core';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { doorStyle } from '../../api/doors/style.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { axeViolations, describeWithBrowser } from '../support/browser.ts';
import { anOrganization, asSystem, aVendor, caller, type Vendor } from '../support/builders.ts';

let api: TestApi;
let vendor: Vendor;
let setupLink: string;
/** Opens after a code by e-mail. */
let codeLink: string;
let portalLink: () => Promise<string>;
/** 80 characters, without a place to break at. */
const longName = 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft';
beforeAll(async () => {
  api = await startTestApi();
  const named = {
    intro: 'We have switched your plan to Enterprise. This connects it to your own sign-in.',
    supportHours: 'weekdays 9–18 CET',
    productName: longName,
    vendorName: longName,
    supportEmail: `${'a'.repeat(60)}@${'b'.repeat(11)}.example`,
  };
  vendor = await aVendor(api, named);
  const careful = await aVendor(api, { ...named, linkConfirmation: 'email_code' });
  const organization = await anOrganization(vendor, { name: longName });
  const invite = async (to: Vendor, organizationId: string) => {
    const { body } = await to.call('POST', '/onboardings', {
      organization: organizationId,
      contacts: ['anna@acme.com'],
      delivery: 'copy',
      features: [{ feature: 'sso' }, { feature: 'domain_verification', requirement: 'optional' }],
    });
    return String(body.link);
  };
  setupLink = await invite(vendor, organization.id);
  codeLink = await invite(careful, (await anOrganization(careful, { name: longName })).id);
  portalLink = async () => {
    const reply = await vendor.call('POST', '/portal/generate_link', { organization: organization.id });
    return reply.body.link;
  };
});
afterAll(() => api.close());

test('the doors wear the colours of the portal', () => {
  const tokens = readFileSync('portal/shared/styles/tokens.css', 'utf8');
  const rolesOf = (css: string) =>
    [...css.matchAll(/(--[\w-]+):\s*(#[0-9a-f]{6})/g)].map(([, role, value]) => `${role} ${value}`);
  const known = new Set(rolesOf(tokens));

  expect(rolesOf(doorStyle).length).toBeGreaterThan(20);
  expect(rolesOf(doorStyle).filter((role) => !known.has(role))).toEqual([]);
});

test('every page of the portal opens by its own address, and what is no page was meant to be a link', async () => {
  const root = new URL(setupLink).pathname.split('/').slice(0, 3).join('/');
  const statusOf = async (name: string) =>
    (await caller(api, { accept: 'text/html' })('GET', `${root}/${name}`)).status;
  const routes = readFileSync('portal/customer/routes.ts', 'utf8');
  const names = [...routes.matchAll(/path: '\/([a-z-]+)/g)].map(([, name]) => name ?? '');

  expect(names).toContain('log-streams');
  for (const name of new Set(names)) expect([name, await statusOf(name)]).toEqual([name, 200]);
  expect(await statusOf('nothing-of-ours')).toBe(404);
});

await describeWithBrowser('a door in a browser', (browser) => {
  async function open(
    address: string,
    options: BrowserContextOptions,
  ): Promise<{ page: Page; complaints: string[] }> {
    const page = await (await browser().newContext(options)).newPage();
    const complaints: string[] = [];
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    await page.goto(address);
    return { page, complaints };
  }

  const looks = (['light', 'dark'] as const).flatMap((colorScheme) =>
    [320, 390, 1280].map((width) => ({ colorScheme, viewport: { width, height: 800 } })),
  );

  test.each(looks)('is accessible and fits, $colorScheme at $viewport.width', async (options) => {
    const dead = `${setupLink.slice(0, -4)}0000`;
    for (const address of [setupLink, dead, codeLink]) {
      const { page, complaints } = await open(address, options);
      if (address === codeLink) {
        await page.getByRole('button', { name: /Start set-up|Continue/ }).click();
        await page.getByRole('textbox').waitFor();
      }

      expect(await axeViolations(page)).toEqual([]);
      const width = await page.evaluate('document.documentElement.scrollWidth');
      expect(width).toBeLessThanOrEqual(options.viewport.width);
      expect(complaints.filter((text) => !text.includes('404'))).toEqual([]);
      await page.context().close();
    }
  });

  test('works without script', async () => {
    const { page } = await open(setupLink, { javaScriptEnabled: false });

    await page.getByRole('button', { name: /Start set-up|Continue/ }).click();

    expect(page.url()).toBe(`${api.url}/setup/${vendor.environment.handle}/home`);
    await page.context().close();
  });

  test('tells the zone of the browser, for reminders at a decent hour', async () => {
    const { page } = await open(setupLink, { timezoneId: 'Asia/Tokyo' });

    await page.getByRole('button', { name: /Start set-up|Continue/ }).click();

    await page.waitForURL(/\/home$/);
    const sessions = await asSystem(api, (tx) =>
      tx.selectFrom('portalSessions').select('timeZone').execute(),
    );
    expect(sessions.map(({ timeZone }) => timeZone)).toContain('Asia/Tokyo');
    await page.context().close();
  });

  test('[LNK-04] a portal link goes on by itself, under the policy of our pages', async () => {
    const { page, complaints } = await open(await portalLink(), {});

    await page.waitForURL(/\/home$/);

    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test('a portal link waits for its button where script is off', async () => {
    const { page } = await open(await portalLink(), { javaScriptEnabled: false });

    await page.getByRole('button', { name: 'Continue' }).click();

    expect(page.url()).toMatch(/\/home$/);
    await page.context().close();
  });

  test('a dead link leads to a fresh one without asking for an address', async () => {
    const { page } = await open(`${setupLink.slice(0, -4)}0000`, { javaScriptEnabled: false });

    await page.getByRole('button', { name: 'Send me a fresh link' }).click();

    expect(await page.getByText('If this was a valid link').count()).toBe(1);
    await page.context().close();
  });
});
