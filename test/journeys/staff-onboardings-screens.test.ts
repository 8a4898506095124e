/** The screens of onboardings for staff, in all their states. */
import { describeScreens, type Screen } from '../support/screens.ts';
import { aTrouble } from '../support/setup-builders.ts';
import { api, listRows, press, row, turnAllOff, type Change } from '../support/staff-scenes.ts';

/** The dialog in which a running onboarding is changed. */
const change = press('Change');
const ledByStaff: Change = { arrange: ({ data }) => data.lead('staff_led') };

/** With a step to do that staff could take over. */
const ledByCustomer: Change = {
  arrange: ({ data }) => {
    data.lead('staff_led');
    data.lead('self_service');
  },
};

/** The visible word: the name of the button says of which step, too. */
const heldFirst =
  (act: string): Screen['reach'] =>
  async (page, say) =>
    await page.locator('aside button').getByText(say(act), { exact: true }).first().click();

const screens: Screen[] = [
  ...listRows('onboardings', '/onboardings', `${api}/onboardings`, 'Acme Corporation', 'No onboardings yet.'),
  row('onboardings, none is ours', '/onboardings?view=ours', 'Nothing waits for us.', { isEmpty: true }),
  row('onboardings, engine away', '/onboardings', 'The workflow engine is away.', { temporalAway: true }),
  row('onboardings, session ended', '/onboardings', 'Sign in again; you come back to this page.', {
    arrange: ({ refuse }) => refuse('GET', `${api}/onboardings`, 401, 'unauthorized'),
  }),
  row('onboardings, keys', '/onboardings', 'Go to onboardings', {}, press('Keys')),
  row('onboarding', '/onboardings/onb_1', '3 failed attempts'),
  row('onboarding, loading', '/onboardings/onb_1', 'Loading', { silent: `GET ${api}/onboardings/onb_1` }),
  row('onboarding, not there', '/onboardings/onb_1', 'This no longer exists.', { isEmpty: true }),
  row('onboarding, to a viewer', '/onboardings/onb_1', 'Needs support or admin', { role: 'viewer' }),
  row('onboarding, acts queued', '/onboardings/onb_1', '2 acts wait for the workflow engine', {
    temporalAway: true,
  }),
  row('onboarding, cancelled', '/onboardings/onb_cancelled', 'Undo is possible until'),
  row('onboarding, workflow', '/onboardings/onb_1?tab=workflow', 'Sent the invitation'),
  row('onboarding, workflow away', '/onboardings/onb_1?tab=workflow', 'can’t be read now', {
    temporalAway: true,
  }),
  row('onboarding, mail', '/onboardings/onb_1?tab=mail', '550 5.1.1'),
  row('onboarding, no mail', '/onboardings/onb_cancelled?tab=mail', 'No mail'),
  row('onboarding, links', '/onboardings/onb_1?tab=links', 'dns-team@acme.example'),
  row('onboarding, people', '/onboardings/onb_1?tab=people', 'dns-team@acme.example'),
  row(
    'onboarding, about to cancel',
    '/onboardings/onb_1',
    'you can undo this for 7 days',
    {},
    press('Cancel onboarding'),
  ),
  row('onboarding, about to be changed', '/onboardings/onb_1', 'You, as far as you can.', {}, change),
  row('onboarding, with nothing left', '/onboardings/onb_1', 'Leave one part', {}, async (page, say) => {
    await change?.(page, say);
    await turnAllOff(page);
    await press('Save changes')?.(page, say);
  }),
  row('onboarding, led by staff', '/onboardings/onb_1', 'Do our steps', ledByStaff),
  row(
    'onboarding, a step taken over',
    '/onboardings/onb_1',
    'after four hours',
    ledByCustomer,
    heldFirst('Take over'),
  ),
  row(
    'onboarding, about to hand a step back',
    '/onboardings/onb_1',
    'read your note',
    ledByStaff,
    heldFirst('Hand back'),
  ),
  row(
    'onboarding, a step handed back without a note',
    '/onboardings/onb_1',
    'what they should know.',
    ledByStaff,
    async (page, say) => {
      await heldFirst('Hand back')?.(page, say);
      await page.getByRole('dialog').getByText(say('Hand back'), { exact: true }).click();
    },
  ),
  row(
    'onboarding, link to be extended',
    '/onboardings/onb_1',
    'stays the same link',
    {},
    press('Extend link'),
  ),
  row('onboarding, step to be reset', '/onboardings/onb_1', 'to be done anew', {}, heldFirst('Reset')),
  ...(
    [
      ['the choice of a directory', false, 'Choose directory', 'The directory is chosen anew.'],
      ['the connection of a directory', false, 'Connect the directory', 'Nobody has come from it yet'],
      [
        'the connection of a directory in use',
        true,
        'Connect the directory',
        'until Acme Corporation confirms',
      ],
      ['domains', true, 'Add a domain', 'verified ones too'],
      ['a log stream', true, 'Choose destination', 'The audit log keeps every event'],
    ] as const
  ).map(([what, havePeopleCome, step, shows]) =>
    row(
      `onboarding, ${what} to be reset`,
      '/onboardings/onb_1',
      shows,
      { arrange: ({ data }) => data.beginAll({ havePeopleCome }) },
      async (page, say) => {
        const line = page.locator('aside li').filter({ hasText: say(step) });
        await line.getByText(say('Reset'), { exact: true }).click();
      },
    ),
  ),
  row(
    'onboarding, step not reset',
    '/onboardings/onb_1',
    'Another step comes first.',
    {
      arrange: ({ refuse }) =>
        refuse('POST', `${api}/onboardings/onb_1/steps/choose_provider/reset`, 409, 'step_blocked'),
    },
    async (page, say) => {
      await heldFirst('Reset')?.(page, say);
      await page.getByRole('dialog').getByText(say('Reset step'), { exact: true }).click();
    },
  ),
  row('onboarding, fresh link', '/onboardings/onb_1', 'Make a link to copy', {}, press('Fresh link')),
  row('onboarding, a repair', '/onboardings/onb_1', 'Most often', {
    arrange: ({ data }) => Object.assign(data.onboarding, { origin: 'repair', troubles: [aTrouble()] }),
  }),
  row('onboarding, repaired', '/onboardings/onb_1', 'Well again', {
    arrange: ({ data }) =>
      Object.assign(data.onboarding, {
        origin: 'repair',
        troubles: [aTrouble({ endedAt: new Date(Date.now() - 60_000).toISOString() })],
      }),
  }),
];

await describeScreens('the screens of onboardings for staff', screens);
