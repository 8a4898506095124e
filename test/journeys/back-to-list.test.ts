/** Going back to a list of the dashboard from what was opened in it. */
import type { Route } from 'playwright-core';
import { expect, test } from 'vitest';
import { describeWithBrowser } from '../support/browser.ts';
import { createFakeDashboard } from '../support/fake-dashboard-api.ts';
import { servePortal } from '../support/serve-portal.ts';
import { sceneWith } from '../support/staff-scenes.ts';

await describeWithBrowser('who goes back to a list', (browser) => {
  test('finds it where they left it, though its rows come later', async () => {
    const portal = await servePortal();
    const scene = sceneWith(createFakeDashboard({ now: new Date() }));
    portal.show(scene);
    const page = await browser().newPage({ viewport: { width: 390, height: 500 } });
    await page.route('**/dashboard/api/onboardings', async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 400));
      await route.continue();
    });
    await page.goto(`${portal.origin}${scene.boot.basePath}/onboardings`);
    const link = page.locator('tbody a').last();
    await link.scrollIntoViewIfNeeded();
    const left = await page.evaluate(() => scrollY);
    expect(left).toBeGreaterThan(200);

    await link.click();
    await page.waitForURL(/\/onboardings\/./);
    await page.locator('h1').waitFor();
    await page.goBack();

    await expect.poll(() => page.evaluate(() => scrollY)).toBe(left);
    await page.close();
    await portal.close();
  });

  test('finds as many pages of it as they had opened', async () => {
    const portal = await servePortal();
    const scene = sceneWith(createFakeDashboard({ now: new Date() }));
    portal.show(scene);
    const page = await browser().newPage();
    // Pages of two rows, on and on.
    await page.route('**/dashboard/api/directory-requests?*', servePages);
    await page.route('**/dashboard/api/directory-requests', servePages);
    await page.goto(`${portal.origin}${scene.boot.basePath}/directory-requests`);
    const rows = page.locator('tbody tr');
    const more = page.getByRole('button', { name: 'Show more' });
    await expect.poll(() => rows.count()).toBe(2);
    await more.click();
    await expect.poll(() => rows.count()).toBe(4);
    await more.click();
    await expect.poll(() => rows.count()).toBe(6);

    await rows.last().click();
    await page.waitForURL(/\/directory-requests\/./);
    await page.locator('h1').waitFor();
    await page.goBack();
    await expect.poll(() => rows.count()).toBe(6);

    await page.getByLabel('Outcome').selectOption('refused');
    await expect.poll(() => rows.count()).toBe(2);
    await page.close();
    await portal.close();

    async function servePages(route: Route): Promise<void> {
      const url = new URL(route.request().url());
      const at = Number(url.searchParams.get('after') ?? 0);
      url.searchParams.delete('after');
      const answer = await route.fetch({ url: url.href });
      const { requests } = (await answer.json()) as { requests: { id: string }[] };
      const shown = [0, 1].map((place) => ({ ...requests[0], id: `directory_request_${at + place}` }));
      await route.fulfill({ response: answer, json: { requests: shown, next: String(at + 2) } });
    }
  });

  test('finds whom they had sought in a directory', async () => {
    const portal = await servePortal();
    const scene = sceneWith(createFakeDashboard({ now: new Date() }));
    portal.show(scene);
    const page = await browser().newPage();
    await page.goto(`${portal.origin}${scene.boot.basePath}/directories/directory_1`);
    const sought = page.getByLabel('Name, address or id');
    await sought.fill('anna');
    const found = page.locator('a[href*="/directory-users/"]').first();
    await found.click();
    await page.waitForURL(/\/directory-users\//);
    await page.locator('h1').waitFor();
    await page.goBack();

    await found.waitFor();
    expect(await sought.inputValue()).toBe('anna');
    await page.close();
    await portal.close();
  });
});
