/** The screens of an environment, its keys and its branding, in all their states. */
import { describeScreens, type Screen } from '../support/screens.ts';
import { api, broken, listRows, press, row } from '../support/staff-scenes.ts';

/** By its place: it is named as the environment is. */
const environmentMenu: Screen['reach'] = async (page) =>
  await page.locator('header button[aria-haspopup=menu]').first().click();

const newEnvironment: Screen['reach'] = async (page, say) => {
  await environmentMenu?.(page, say);
  await page.getByRole('menuitem', { name: say('New environment') }).click();
};

const screens: Screen[] = [
  ...listRows('keys', '/api-keys', `${api}/api-keys`, 'Staging backend', 'No keys yet.'),
  row('keys, a new one', '/api-keys', 'Where it is used', {}, press('New key')),
  row('branding', '/branding', 'Buttons keep your colour'),
  row('branding, nothing of its own', '/branding', 'Without a colour of your own', { isEmpty: true }),
  row('branding, loading', '/branding', 'Loading', { silent: `GET ${api}/branding` }),
  row('branding, broken', '/branding', 'Something broke on our side.', broken(`${api}/branding`)),
  row('branding, to a viewer', '/branding', 'Needs admin', { role: 'viewer' }),
  row('branding, no colour', '/branding', 'Write the colour as #rrggbb', {}, async (page, say) => {
    await page.getByLabel(say('Colour'), { exact: false }).first().fill('blue');
    await press('Save')?.(page, say);
  }),
  row('keys, for some parts', '/api-keys', 'Exchanging the code', {}, async (page, say) => {
    await press('New key')?.(page, say);
    await page.getByText(say('Some parts'), { exact: true }).click();
  }),
  row('keys, turning one over', '/api-keys', 'The old key ends', {}, async (page) => {
    await page.locator('[data-row-acts] button').first().click();
  }),
  ...listRows('environment', '/environment', `${api}/environment`, 'Redirect URIs', 'No redirect URI yet.'),
  row('environment, to a developer', '/environment', 'Needs admin', { role: 'developer' }),
  row('environment, changed and wrong', '/environment', 'from 1 to 30', {}, async (page, say) => {
    await page.getByLabel(say('A set-up link lasts (days)')).fill('99');
    await page.getByRole('button', { name: say('Save'), exact: true }).click();
  }),
  row('environment, leaving', '/environment', 'Leave without saving?', {}, async (page, say) => {
    await page.getByLabel(say('A set-up link lasts (days)')).fill('9');
    await page
      .getByRole('link', { name: say('API keys'), exact: true })
      .first()
      .click();
  }),
  row('environment, a reminder', '/environment', 'As a customer called Acme', {}, async (page, say) => {
    await page.getByText(say('Preview'), { exact: true }).first().click();
  }),
  row('environment, an attribute', '/environment', 'As your program reads it', {}, press('Add attribute')),
  row('environment, its mail secret', '/environment', 'Shown once.', { isEmpty: true }, press('Make secret')),
  row('environments', '/onboardings', 'New environment', {}, environmentMenu),
  row('environments, a new one', '/onboardings', 'Make environment', {}, newEnvironment),
  row('environments, a new one made', '/onboardings', 'is there', {}, async (page, say) => {
    await newEnvironment?.(page, say);
    await page.getByRole('button', { name: say('Make environment') }).click();
  }),
];

await describeScreens('the screens of an environment', screens);
