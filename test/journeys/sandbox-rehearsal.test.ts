import type { Browser, Page } from 'playwright-core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { axeViolations, launchBrowser } from '../support/browser.ts';
import { startTestProduct, type TestProduct } from '../support/product.ts';
import { describeEachWithTemporal } from '../support/temporal.ts';
import { signInByLink } from './staff-pages.ts';

/** The button of the Test IdP's page, pressed in a real browser: the product plays a customer to itself. */

const journeyMs = 300_000;
const untilEnd = { timeout: 180_000 };

await describeEachWithTemporal('a rehearsal', (temporal) => {
  let product: TestProduct;
  let browser: Browser;
  beforeEach(async () => {
    [product, browser] = await Promise.all([startTestProduct(temporal()), launchBrowser()]);
  }, journeyMs);
  afterEach(async () => {
    await browser.close();
    await product.stop();
  });

  it(
    'brings a customer live before one’s eyes, says where it stops when something is broken, and clears up what it left',
    async () => {
      const staff = await (await browser.newContext()).newPage();
      await signInByLink(staff, product);
      await staff.goto(`${product.url}/dashboard/sandbox/test-idp`);
      await staff.getByText('No rehearsal has been run.').waitFor();

      await press(staff);
      await staff.getByText('The rehearsal went through').waitFor(untilEnd);
      expect(await axeViolations(staff)).toEqual([]);
      const lines = staff.getByRole('list', { name: 'Rehearsal' });
      expect(await lines.getByText('The IT admin goes live.').count()).toBe(1);
      const { data: made } = await product.call('GET', '/organizations');
      expect(made).toHaveLength(1);
      await lines.getByRole('link', { name: 'Organization' }).click();
      await staff.getByRole('heading', { level: 1, name: made[0].name }).waitFor();
      await staff.getByRole('link', { name: 'Onboardings' }).first().click();
      await staff.getByRole('row', { name: made[0].name }).getByText('Live').first().waitFor();

      await product.call('PUT', '/sandbox/test-idp', { fault: 'wrong_audience' });
      await staff.goto(`${product.url}/dashboard/sandbox/test-idp`);
      await press(staff);
      const failure = staff.getByText('The rehearsal stopped at: the test sign-in.').first();
      await failure.waitFor(untilEnd);
      expect(await axeViolations(staff)).toEqual([]);
      await staff.getByRole('link', { name: 'Attempt', exact: true }).click();
      await staff
        .getByText(/audience/i)
        .first()
        .waitFor();

      // The key was lent for the play, and that of the play before is gone from the list; its acts stand in the log.
      const left = (await product.call('GET', '/organizations')).data;
      expect(left.map(({ id }: { id: string }) => id)).not.toContain(made[0].id);
      expect(left).toHaveLength(1);
      await expect
        .poll(async () => {
          await staff.goto(`${product.url}/dashboard/api-keys`);
          await staff.getByText('Rehearsal').first().waitFor();
          return staff
            .getByRole('row', { name: /Rehearsal/ })
            .getByText('Revoked')
            .count();
        }, untilEnd)
        .toBe(1);
    },
    journeyMs,
  );
});

const press = (staff: Page) => staff.getByRole('button', { name: 'Run a rehearsal' }).click();
