/** Pages whose parts do not come: the line breaks for a moment, or a newer release has other parts than the page asks for. */
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { describeWithBrowser } from '../support/browser.ts';
import { sceneWith } from '../support/customer-scenes.ts';
import { createFakeSetupApi } from '../support/fake-setup-api.ts';
import { servePortal, type PortalServer } from '../support/serve-portal.ts';

await describeWithBrowser('a part of a page that does not come', (browser) => {
  let portal: PortalServer;
  let page: Page;
  let base: string;
  beforeAll(async () => {
    portal = await servePortal();
  });
  afterAll(() => portal.close());
  beforeEach(async () => {
    const scene = sceneWith(createFakeSetupApi({}));
    portal.show(scene);
    base = `${portal.origin}${scene.boot.basePath}`;
    page = await browser().newPage();
  });
  afterEach(() => page.close());

  /** Loses the part so many times; how often it was asked for. */
  async function lose(times: number): Promise<() => number> {
    let asked = 0;
    await page.route(/ProviderPage.*\.js/, (route) =>
      (asked += 1) <= times ? route.abort() : route.continue(),
    );
    return () => asked;
  }

  test('is asked for anew when the page is opened', async () => {
    const asked = await lose(1);

    await page.goto(`${base}/sso/provider`);

    await page.locator('h1').waitFor();
    expect(asked()).toBe(2);
  });

  test('is asked for anew when a link inside leads to it', async () => {
    await page.goto(`${base}/`);
    await page.locator('h1').waitFor();
    const asked = await lose(1);

    await page.locator('main a[href$="/sso/provider"], main a[href*="/sso"]').first().click();

    await page.waitForURL(/\/sso\/provider/);
    await page.locator('h1').waitFor();
    expect(asked()).toBe(2);
  });

  test('is asked for twice and no more where there is none', async () => {
    const asked = await lose(10);

    await page.goto(`${base}/sso/provider`);

    await expect.poll(asked).toBe(2);
    await page.waitForLoadState('networkidle');
    expect(asked()).toBe(2);
  });
});
