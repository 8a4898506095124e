/** The screens of connections and of what belongs to them, in all their states. */
import { describeScreens, type Screen } from '../support/screens.ts';
import { aTrouble } from '../support/setup-builders.ts';
import { api, listRows, press, row } from '../support/staff-scenes.ts';

/** The visible word: the name of the button says of when the set-up is, too. */
const askToBringBack: Screen['reach'] = async (page, say) =>
  await page.locator('tbody button').getByText(say('Bring back'), { exact: true }).first().click();

const renewalLink: Screen['reach'] = async (page, say) => {
  await page.locator('tbody button[aria-haspopup=menu]').first().click();
  await page.getByRole('menuitem', { name: say('Send renewal link') }).click();
};

const screens: Screen[] = [
  row('connection', '/connections/conn_1', 'Our side'),
  row('connection, failing', '/connections/conn_1', 'Most of them', {
    arrange: ({ data }) =>
      Object.assign(data.connection, {
        chip: 'failing',
        troubles: [aTrouble(), aTrouble({ id: 'trouble_2', kind: 'metadata_failing', cause: 'gone' })],
      }),
  }),
  row('connection, with nothing beside it', '/connections/conn_1', 'Nobody is editing a draft.', {
    arrange: ({ data }) => Object.assign(data.connection, { draft: null, formers: [], domains: [] }),
  }),
  row('connection, to a viewer', '/connections/conn_1', 'Needs support or admin', { role: 'viewer' }),
  row('connection, about to bring back', '/connections/conn_1', 'as it was then', {}, askToBringBack),
  row('connection, brought back', '/connections/conn_1', 'Brought back.', {}, async (page, say) => {
    await askToBringBack?.(page, say);
    await page.getByRole('dialog').getByText(say('Bring back'), { exact: true }).click();
  }),
  row(
    'connection, not brought back',
    '/connections/conn_1',
    'is not kept any more',
    {
      arrange: ({ refuse }) =>
        refuse('POST', `${api}/connections/conn_1/formers/former_1/bring-back`, 410, 'former_ended'),
    },
    async (page, say) => {
      await askToBringBack?.(page, say);
      await page.getByRole('dialog').getByText(say('Bring back'), { exact: true }).click();
    },
  ),
  row(
    'connection, about to verify a domain',
    '/connections/conn_1',
    'by your word',
    {},
    async (page, say) => {
      await page.locator('li button').getByText(say('Verify by hand'), { exact: true }).click();
    },
  ),
  row('connection, not there', '/connections/conn_1', 'This no longer exists.', { isEmpty: true }),
  ...listRows('attempts', '/attempts', `${api}/attempts`, '4K2M', 'No sign-ins yet.').map((screen) =>
    screen.says === '4K2M' ? { ...screen, says: 'a.berg@acme.example' } : screen,
  ),
  row('attempts, none matches', '/attempts?state=failed&cause=expired', 'No attempt matches.'),
  row('attempt, failed', '/attempts/att_0', '7 checks passed'),
  row('attempt, worked', '/attempts/att_2', 'Sign-in worked'),
  row('attempt, timed out', '/attempts/att_8', 'No answer within 5 minutes'),
  ...listRows('domains', '/domains', `${api}/domains`, 'globex.example', 'No domains yet.'),
  row('domain, not right', '/domains/dom_1', 'domain twice in the name'),
  row('domain, verified', '/domains/dom_2', 'globex.example'),
  row('domain, not looked at', '/domains/dom_3', 'Nobody has looked yet.'),
  row('domain, about to verify by hand', '/domains/dom_3', 'by your word', {}, press('Verify by hand')),
  row('domain, why by hand', '/domains/dom_3', 'Say in a few words why.', {}, async (page, say) => {
    await press('Verify by hand')?.(page, say);
    await page.getByRole('dialog').getByText(say('Verify by hand'), { exact: true }).click();
  }),
  row('domain, proved twice', '/domains/dom_5', 'Proved by two organizations'),
  row('domain, waits for approval', '/domains/dom_6', 'Waits for your approval'),
  row(
    'domain, about to be approved',
    '/domains/dom_6',
    'once more',
    {},
    press('Approve for Umbrella Health'),
  ),
  row('domain, about to be refused', '/domains/dom_6', 'contacts are mailed', {}, press('Refuse')),
  row('domain, by hand', '/domains/dom_4', 'no record is looked for'),
  ...listRows(
    'guide reports',
    '/guide-reports?state=any',
    `${api}/guide-reports`,
    'The tab is called Authentication now.',
    'No reports about guides.',
  ),
  row('guide reports, new ones', '/guide-reports', 'Send the attributes'),
  row('guide reports, no new ones', '/guide-reports', 'No new reports.', { isEmpty: true }),
  ...listRows(
    'expiring',
    '/expiring',
    `${api}/expiring`,
    'Signing certificate',
    'Nothing ends within 90 days',
  ),
  row('expiring, nothing in that time', '/expiring?view=ended', 'Nothing here ends in that time', {
    isEmpty: true,
  }),
  row('expiring, of one customer', '/expiring?organization=org_2', 'Only Globex'),
  row('expiring, a link', '/expiring', 'Goes out within a minute.', {}, renewalLink),
  row(
    'expiring, a link that was mailed',
    '/expiring',
    'It goes out within a minute.',
    {},
    async (page, say) => {
      await renewalLink?.(page, say);
      await page.getByRole('button', { name: say('Make the link') }).click();
    },
  ),
  row('expiring, a link to copy', '/expiring', 'vb_setup_renewal', {}, async (page, say) => {
    await renewalLink?.(page, say);
    await page.getByRole('radio', { name: say('Make a link to copy') }).check();
    await page.getByRole('button', { name: say('Make the link') }).click();
  }),
];

await describeScreens('the screens of connections for staff', screens);
