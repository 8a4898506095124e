/** The dashboard's page of roles in its states, in a real browser. */
import { describeScreens, type Screen } from '../support/screens.ts';
import { api, listRows, row } from '../support/staff-scenes.ts';

const screens: Screen[] = [
  ...listRows('roles', '/roles', `${api}/roles`, 'Where several are given', 'No roles yet'),
  row('roles, a new one', '/roles', 'Customers see it.', {}, async (page) => {
    await page.locator('main button').first().click();
  }),
  row('roles, one in use is removed', '/roles', 'In its place', {}, async (page) => {
    await page.locator('tbody tr').first().locator('button').last().click();
  }),
];

await describeScreens('the dashboard’s page of roles', screens);
