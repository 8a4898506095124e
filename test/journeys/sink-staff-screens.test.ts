/** The screen of the test sink, in all its states, in a real browser, under the api's content policy. */
import { test } from 'vitest';
import { describeScreens, draw, tabTo, type Screen } from '../support/screens.ts';
import { broken, press, row } from '../support/staff-scenes.ts';

const path = '/sandbox/test-sink';
const screens: Screen[] = [
  row('test sink', path, 'Acknowledge every other batch only (Splunk)'),
  row('test sink, nothing yet', path, 'Nothing has arrived yet.', { isEmpty: true }),
  row('test sink, loading', path, 'Loading', { silent: `GET ${path}` }),
  row('test sink, broken', path, 'Something broke on our side.', broken(path)),
  row('test sink, to a viewer', path, 'Needs developer or admin', { role: 'viewer' }),
  row('test sink, its requests', path, 'Signature wrong', {}, async (page, say) => {
    await page.locator('summary', { hasText: say('Requests, newest first') }).click();
  }),
  row('test sink, no such record', path, 'No record holds that.', {}, async (page, say) => {
    await page.getByLabel(say('Find a record')).fill('vestibule-test-none');
    await page.keyboard.press('Enter');
  }),
  row('test sink, a secret that is none', path, 'It begins with whsec_.', {}, press('Verify with it')),
];

await describeScreens('the screen of the test sink', screens, (visit) => {
  test('a fault is turned on, a record found and the sink emptied without a mouse', async () => {
    const { visitor, portal } = visit();
    const {
      page,
      page: { keyboard },
    } = visitor;
    await draw(visitor, portal, row('', path, 'Refuse every credential'));

    await tabTo(page, /^Refuse every credential/);
    await keyboard.press('Space');
    await page.getByRole('checkbox', { name: 'Refuse every credential', checked: true }).waitFor();
    await tabTo(page, 'Find a record');
    await keyboard.type('vestibule-test-none');
    await keyboard.press('Enter');
    await page.getByText('No record holds that.').waitFor();
    await tabTo(page, 'Empty the sink');
    await keyboard.press('Enter');
    await page.getByRole('checkbox', { name: 'Refuse every credential', checked: false }).waitFor();
  });
});
