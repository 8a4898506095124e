/** Going back to a list of the dashboard from what was opened in it. */
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
});
