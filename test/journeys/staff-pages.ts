import type { Page } from 'playwright-core';
import type { TestProduct } from '../support/product.ts';

/** What staff do on the dashboard's pages. */

/** Signs in by the link that the start has printed. */
export async function signInByLink(page: Page, product: TestProduct): Promise<void> {
  await page.goto(product.signInLink());
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { level: 1 }).waitFor();
}

/** From the list of organizations to the page of a new one, with the invitation's dialog open. */
export async function newOrganization(page: Page, name: string): Promise<void> {
  await page.getByRole('link', { name: 'Organizations' }).first().click();
  await page.getByRole('button', { name: 'New organization' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill(name);
  const inviteNext = dialog.getByLabel('Invite an IT admin next');
  if (!(await inviteNext.isChecked())) await inviteNext.check();
  await dialog.getByRole('button', { name: 'Create organization' }).click();
  // The page itself is hidden from everybody while the dialog is open.
  await dialog.getByRole('button', { name: 'Send invitation' }).waitFor();
}
