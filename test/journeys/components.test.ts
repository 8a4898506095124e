/** The component book in a real browser, under the policy the api sends: what happy-dom cannot see. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { axeViolations, describeWithBrowser } from '../support/browser.ts';
import type { Boot } from '../../portal/shared/boot.ts';
import { servePortal, type PortalServer } from '../support/serve-portal.ts';

const boot: Boot = {
  app: 'customer',
  basePath: '/dev',
  apiPath: '/dev/api',
  locale: 'en',
  environment: {
    handle: 'acme',
    kind: 'sandbox',
    productName: 'Ledgerly',
    vendorName: 'Ledgerly Inc.',
    supportEmail: null,
    supportHours: null,
  },
};
let portal: PortalServer;

beforeAll(async () => {
  portal = await servePortal();
  portal.show({ entry: 'dev', boot });
});
afterAll(async () => await portal.close());

type View = { query?: string; width?: number; isDark?: boolean };

await describeWithBrowser('the components in a browser', (browser) => {
  const views: View[] = [
    { width: 1440 },
    { width: 1440, isDark: true, query: '?app=staff' },
    { width: 390, isDark: true },
    { width: 320, query: '?locale=pseudo' },
    { width: 390, query: '?locale=rtl' },
    { width: 320, query: '?locale=rtl&app=staff' },
  ];

  test.each(views)('pass WCAG 2.2 AA and fit without scrolling sideways: %o', async (view) => {
    const { page, complaints } = await openBook(browser(), view);

    expect(await axeViolations(page)).toEqual([]);
    expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBe(view.width);
    expect(complaints, '[UI-02] nothing is blocked by the policy').toEqual([]);
    await page.context().close();
  });

  test('a dialog takes focus on its first safe act, keeps it inside and gives it back', async () => {
    const { page } = await openBook(browser());
    const trigger = page.getByRole('button', { name: 'Delete…' });
    await trigger.click();
    const dialog = page.getByRole('dialog', { name: 'Delete Acme?' });
    await dialog.getByRole('button', { name: 'Cancel' }).waitFor();
    expect(await focusedText(page)).toBe('Cancel');

    for (let presses = 0; presses < 5; presses += 1) await page.keyboard.press('Tab');
    expect(await page.evaluate<boolean>("document.activeElement.closest('[role=dialog]') !== null")).toBe(
      true,
    );

    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    expect(await focusedText(page)).toBe('Delete…');
    await page.context().close();
  });

  test('a menu is opened, walked and closed by keyboard; an act without the right says why', async () => {
    const { page } = await openBook(browser());
    await page.getByRole('button', { name: 'Help' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('menuitem', { name: /Extend/ }).waitFor();

    expect(await page.getByRole('menuitem', { name: /Cancel/ }).textContent()).toContain('Needs support');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');

    await expect.poll(() => page.getByTestId('chosen').textContent()).toBe('Chosen: extend');
    await page.context().close();
  });

  test('the exact time shows on focus and goes with Esc', async () => {
    const { page } = await openBook(browser());
    await page.locator('time').first().focus();
    await page.keyboard.press('Tab');

    await expect.poll(() => page.getByRole('tooltip').textContent()).toContain('2026-12-25 13:02:00 UTC');
    await page.keyboard.press('Escape');
    await page.getByRole('tooltip').waitFor({ state: 'detached' });
    await page.context().close();
  });

  test('a row opens its menu with a dot and itself with Enter', async () => {
    const { page } = await openBook(browser());
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.getByTestId('opened').textContent()).toBe('Opened: b');

    await page.keyboard.press('.');

    await page.getByRole('menuitem', { name: 'Remind' }).waitFor();
    await page.context().close();
  });

  test('the whole slip copies: a press beside the button does it too', async () => {
    const { page } = await openBook(browser());
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'], { origin: portal.origin });
    const label = page.getByText('Reply URL (Assertion Consumer Service URL)', { exact: true });

    await label.click({ position: { x: 2, y: 2 }, force: true });

    const value = 'https://auth.example/sso/saml/conn_01KB2Z9F41C/acs';
    await expect.poll(() => page.evaluate<string>('navigator.clipboard.readText()')).toBe(value);
    await page.context().close();
  });
});

async function openBook(browser: Browser, { query = '', width = 1440, isDark = false }: View = {}) {
  const context = await browser.newContext({
    viewport: { width, height: 900 },
    colorScheme: isDark ? 'dark' : 'light',
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (/Content Security Policy|Trusted/.test(message.text())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(`${portal.origin}/dev/${query}`);
  await page.locator('[data-ready=true]').waitFor();
  return { page, complaints };
}

async function focusedText(page: Page): Promise<string> {
  return await page.evaluate<string>('document.activeElement.textContent.trim()');
}
