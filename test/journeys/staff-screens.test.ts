/** Every screen of the dashboard in all its states, in a real browser, under the api's content policy. */
import { expect, test } from 'vitest';
import type { Boot } from '../../portal/shared/boot.ts';
import { createFakeDashboard } from '../support/fake-dashboard-api.ts';
import { allowed } from '../support/fake-members-sso.ts';
import { describeScreens, draw, goWithin, tabTo, type Screen, type Visitor } from '../support/screens.ts';
import { aTrouble } from '../support/setup-builders.ts';
import type { Scene } from '../support/serve-portal.ts';

type Fake = ReturnType<typeof createFakeDashboard>;
type Change = {
  role?: 'admin' | 'developer' | 'support' | 'viewer';
  isEmpty?: boolean;
  temporalAway?: boolean;
  isSignedOut?: boolean;
  /** Never answered. */
  silent?: string;
  arrange?: (fake: Fake) => void;
};

function sceneOf({ isSignedOut, silent, arrange, ...world }: Change = {}): Scene {
  const fake = createFakeDashboard({ now: new Date(), ...world });
  arrange?.(fake);
  return sceneWith(fake, isSignedOut, silent);
}

function sceneWith(fake: Fake, isSignedOut = false, silent?: string): Scene {
  const { environment, member, handle } = fake.data.session;
  const boot: Boot = {
    app: 'staff',
    basePath: '/dashboard',
    apiPath: '/dashboard/api',
    locale: 'en',
    environment,
    ...(isSignedOut ? {} : { sessionHandle: handle, member: { email: member.email, role: member.role } }),
  };
  return {
    entry: 'staff',
    boot,
    answer: (method, path, body) => {
      const { pathname } = new URL(path, 'http://staff.test');
      return `${method} ${pathname}` === silent ? undefined : fake.handle(method, path, body);
    },
  };
}

const row = (
  state: string,
  path: string,
  says: string,
  change: Change = {},
  reach?: Screen['reach'],
): Screen => ({ state, path, says, scene: () => sceneOf(change), ...(reach && { reach }) });

/** A list in the states that every list has. */
const listRows = (name: string, path: string, endpoint: string, says: string, empty: string): Screen[] => [
  row(name, path, says),
  row(`${name}, empty`, path, empty, { isEmpty: true }),
  row(`${name}, loading`, path, 'Loading', { silent: `GET ${endpoint}` }),
  row(`${name}, broken`, path, 'Something broke on our side.', {
    arrange: ({ refuse }) => refuse('GET', endpoint, 500, 'internal'),
  }),
  row(`${name}, to a viewer`, path, says, { role: 'viewer' }),
];

const press =
  (name: string): Screen['reach'] =>
  async (page, say) =>
    await page
      .getByRole('button', { name: say(name), exact: true })
      .first()
      .click();
/** The first button that a row of the page's table has: its name holds a value, so that no catalogue knows it whole. */
const pressFirstInTable: Screen['reach'] = async (page) => await page.locator('tbody button').first().click();
/** The visible word: the name of the button says of when the set-up is, too. */
const askToBringBack: Screen['reach'] = async (page, say) =>
  await page.locator('tbody button').getByText(say('Bring back'), { exact: true }).first().click();
/** The visible word: the name of the button says who, too. */
const askToRestore: Screen['reach'] = async (page, say) =>
  await page.locator('tbody button').getByText(say('Restore'), { exact: true }).first().click();
const eraseNobody: Screen['reach'] = async (page, say) => {
  await press('Erase a person')?.(page, say);
  await press('Erase for good')?.(page, say);
};
const erasePerson: Screen['reach'] = async (page, say) => {
  await press('Erase a person')?.(page, say);
  await page.locator('[role=dialog] input[type=email]').fill('ann@acme.example');
  await press('Erase for good')?.(page, say);
};
const deleteByName: Screen['reach'] = async (page, say) => {
  await press('Delete organization')?.(page, say);
  const name = (await page.locator('h1').first().textContent()) ?? '';
  await page.getByRole('dialog').locator('input').fill(name.trim());
  await page.getByRole('dialog').getByText(say('Delete organization'), { exact: true }).click();
};
const api = '/dashboard/api';
/** By its place: it is named as the environment is. */
const environmentMenu: Screen['reach'] = async (page) =>
  await page.locator('header button[aria-haspopup=menu]').first().click();
const newEnvironment: Screen['reach'] = async (page, say) => {
  await environmentMenu?.(page, say);
  await page.getByRole('menuitem', { name: say('New environment') }).click();
};

/** The dialog in which a running onboarding is changed. */
const change = press('Change');
async function turnAllOff(page: Parameters<NonNullable<Screen['reach']>>[0]): Promise<void> {
  const selects = page.getByRole('dialog').locator('ol select');
  await selects.first().waitFor();
  for (const select of await selects.all()) await select.selectOption('off');
}
const contactKnown: Change = {
  arrange: ({ refuse }) => refuse('POST', `${api}/organizations/org_1/contacts`, 409, 'contact_known'),
};
const ofContact =
  (act: string): Screen['reach'] =>
  async (page, say) => {
    await page.locator('main [data-row-acts] button[aria-haspopup=menu]').first().click();
    await page.getByRole('menuitem', { name: say(act) }).click();
  };
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
const waysAre = (sso: 'optional' | 'required', names = ['Sandbox']): Change => ({
  isSignedOut: true,
  arrange: (fake) => {
    fake.sso.ways = { sso, environments: names.map((name, at) => ({ id: `env_${at}`, name })) };
  },
});
const askedAs =
  (email: string): Screen['reach'] =>
  async (page, say) => {
    await page.locator('input[type=email]').fill(email);
    await press('Continue')?.(page, say);
  };

/** Members come in by single sign-on, and this has become of what an admin vouched for. */
const ssoIs = (rule: 'optional' | 'required', more: object = {}): Change => ({
  arrange: ({ sso }) => {
    sso.shown = { ...sso.shown, mayRequire: rule === 'required' };
    sso.shown = { ...allowed(sso, rule), ...more };
  },
});
const renewalLink: Screen['reach'] = async (page, say) => {
  await page.locator('tbody button[aria-haspopup=menu]').first().click();
  await page.getByRole('menuitem', { name: say('Send renewal link') }).click();
};

/** The same key on a phone, where the field is not in sight before. */
async function seek(page: Visitor['page'], text: string): Promise<void> {
  await page.keyboard.press('/');
  await page.keyboard.type(text);
}

const screens: Screen[] = [
  row('sign-in', '/sign-in', 'Sign in to the dashboard', { isSignedOut: true }),
  row('sign-in, the code', '/sign-in', 'a code is on its way', { isSignedOut: true }, async (page, say) => {
    await page.locator('input[type=email]').fill('kim@vendor.example');
    await page.getByRole('button', { name: say('Continue') }).click();
  }),
  row(
    'sign-in, nothing typed',
    '/sign-in',
    'Enter your e-mail address.',
    { isSignedOut: true },
    press('Continue'),
  ),
  row(
    'sign-in, two ways',
    '/sign-in',
    'or a code by e-mail',
    waysAre('optional'),
    askedAs('kim@vendor.example'),
  ),
  row(
    'sign-in, single sign-on only, to several environments',
    '/sign-in',
    'A code still lets the last admin in',
    waysAre('required', ['Sandbox', 'Production of the Northern Islands and their dependencies overseas']),
    askedAs('kim@vendor.example'),
  ),
  row(
    'sign-in, single sign-on away',
    '/sign-in',
    'No live connection of your company',
    {
      ...waysAre('required'),
      arrange: (fake) => {
        waysAre('required').arrange?.(fake);
        fake.refuse('POST', `${api}/sign-in/sso`, 409, 'sso_not_ready');
      },
    },
    async (page, say) => {
      await askedAs('kim@vendor.example')?.(page, say);
      await press('Continue with single sign-on')?.(page, say);
    },
  ),
  ...[
    ['refused&reference=4K2M-71', 'Your company’s sign-in did not let you in.'],
    ['over', 'This sign-in is over.'],
    ['changed', 'Single sign-on has changed since an admin looked at it.'],
    ['no_member', 'You are known to your company, but are no member here.'],
  ].map(([why = '', words = '']) =>
    row(`sign-in, led back: ${why}`, `/sign-in?sso=${why}`, words, { isSignedOut: true }),
  ),
  row('first run', '/first-run', 'Not yet'),
  row('first run, done', '/first-run', 'All five happened.', {
    arrange: ({ data }) => data.firstRun.steps.forEach((step) => (step.doneAt = new Date().toISOString())),
  }),
  ...listRows('onboardings', '/onboardings', `${api}/onboardings`, 'Acme Corporation', 'No onboardings yet.'),
  row('onboardings, none is ours', '/onboardings?view=ours', 'Nothing waits for us.', { isEmpty: true }),
  row('onboardings, engine away', '/onboardings', 'The workflow engine is away.', { temporalAway: true }),
  row('onboardings, session ended', '/onboardings', 'Your session ended', {
    arrange: ({ refuse }) => refuse('GET', `${api}/onboardings`, 401, 'unauthorized'),
  }),
  row('search', '/onboardings', 'Sign-in attempts', {}, (page) => seek(page, '4k2m-71')),
  row('search, many kinds', '/onboardings', 'People', {}, (page) => seek(page, 'acme')),
  row('search, nothing called so', '/onboardings', 'Names are found by the beginning', {}, (page) =>
    seek(page, 'zzz'),
  ),
  row('search, looking', '/onboardings', 'Looking', { silent: `GET ${api}/search` }, (page) =>
    seek(page, 'acme'),
  ),
  row(
    'search, broken',
    '/onboardings',
    'Something broke on our side.',
    { arrange: ({ refuse }) => refuse('GET', `${api}/search`, 500, 'internal') },
    (page) => seek(page, 'acme'),
  ),
  row('onboardings, keys', '/onboardings', 'Go to onboardings', {}, press('Keys')),
  row('onboarding', '/onboardings/onb_1', '3 failed attempts'),
  row('onboarding, loading', '/onboardings/onb_1', 'Loading', { silent: `GET ${api}/onboardings/onb_1` }),
  row('onboarding, not there', '/onboardings/onb_1', 'Try again', { isEmpty: true }),
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
  row('onboarding, fresh link', '/onboardings/onb_1', 'Make a link to copy', {}, press('Fresh link')),
  ...listRows('organizations', '/organizations', `${api}/organizations`, 'Globex', 'No customers yet'),
  row('organizations, none found', '/organizations?search=zzz', 'No organization matches'),
  row(
    'organizations, a new one',
    '/organizations',
    'They can be added later.',
    {},
    press('New organization'),
  ),
  row('organization', '/organizations/org_1', 'Recent attempts'),
  row('organization, needs attention', '/organizations/org_1', 'Sign-in through', {
    arrange: ({ data }) => Object.assign(data.organization, { troubles: [aTrouble()] }),
  }),
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
  row('organization, to a viewer', '/organizations/org_1', 'Needs support or admin', { role: 'viewer' }),
  row('organization, not there', '/organizations/org_nope', 'Try again'),
  row('organization, persons erased', '/organizations/org_1', 'Nothing was found.'),
  row('organization, erasures broken', '/organizations/org_1', 'Something broke on our side.', {
    arrange: ({ refuse }) => refuse('GET', `${api}/erasures`, 500, 'internal'),
  }),
  row('organization, about to erase', '/organizations/org_1', 'What stays', {}, press('Erase a person')),
  row('organization, erase nobody', '/organizations/org_1', 'Enter whom to erase.', {}, eraseNobody),
  row(
    'organization, person by id',
    '/organizations/org_1',
    'As the profile shows it',
    {},
    async (page, say) => {
      await press('Erase a person')?.(page, say);
      await page.getByRole('radio', { name: say('Id at their identity provider') }).click();
    },
  ),
  row('organization, person asked for', '/organizations/org_1', 'Being erased.', {}, erasePerson),
  row(
    'organization, person refused',
    '/organizations/org_1',
    'an e-mail address',
    { arrange: ({ refuse }) => refuse('POST', `${api}/erasures`, 422, 'email_invalid') },
    erasePerson,
  ),
  row(
    'organization, about to delete',
    '/organizations/org_1',
    'Type the name first',
    {},
    press('Delete organization'),
  ),
  row('organization, deleted', '/organizations/org_1', 'It can be restored for 30 days.', {}, deleteByName),
  row(
    'organization, not deleted',
    '/organizations/org_1',
    'Something broke on our side.',
    { arrange: ({ refuse }) => refuse('DELETE', `${api}/organizations/org_1`, 500, 'internal') },
    deleteByName,
  ),
  row('organizations, deleted ones', '/organizations', 'They can be restored until their date'),
  row('organizations, deleted ones broken', '/organizations', 'Something broke on our side.', {
    arrange: ({ refuse }) => refuse('GET', `${api}/deleted-organizations`, 500, 'internal'),
  }),
  row('organizations, about to restore', '/organizations', 'links stay ended', {}, askToRestore),
  row('organizations, restored', '/organizations', 'is back.', {}, async (page, say) => {
    await askToRestore?.(page, say);
    await page.getByRole('dialog').getByText(say('Restore'), { exact: true }).click();
  }),
  row(
    'organizations, not restored',
    '/organizations',
    'Try again',
    { arrange: ({ refuse }) => refuse('POST', `${api}/organizations/org_gone/restore`, 404, 'not_found') },
    async (page, say) => {
      await askToRestore?.(page, say);
      await page.getByRole('dialog').getByText(say('Restore'), { exact: true }).click();
    },
  ),
  row('organization, a new contact', '/organizations/org_1', 'and no invitation', {}, press('Add a contact')),
  row('organization, a contact added', '/organizations/org_1', 'is recorded', {}, async (page, say) => {
    await press('Add a contact')?.(page, say);
    await page.locator('[role=dialog] input[type=email]').fill('dns@acme.example');
    await press('Add contact')?.(page, say);
  }),
  row(
    'organization, a contact known',
    '/organizations/org_1',
    'is a contact already',
    contactKnown,
    async (page, say) => {
      await press('Add a contact')?.(page, say);
      await page.locator('[role=dialog] input[type=email]').fill('it@acme.example');
      await press('Add contact')?.(page, say);
    },
  ),
  row(
    'organization, inviting a contact',
    '/organizations/org_1',
    'Replaces the link made',
    {},
    ofContact('Invite to features'),
  ),
  row(
    'organization, about to revoke',
    '/organizations/org_1',
    'They stay a contact',
    {},
    ofContact('Revoke links'),
  ),
  row(
    'organization, a contact removed',
    '/organizations/org_1',
    'is no contact any more.',
    {},
    async (page, say) => {
      await ofContact('Remove contact')?.(page, say);
      await page.getByRole('dialog').getByText(say('Remove contact'), { exact: true }).click();
    },
  ),
  row('organization, invitation', '/organizations/org_1?invite=yes', 'Replaces the link made'),
  row(
    'organization, invitation to nothing',
    '/organizations/org_1?invite=yes',
    'Leave one part',
    {},
    async (page, say) => {
      await turnAllOff(page);
      await press('Send invitation')?.(page, say);
    },
  ),
  row('connection', '/connections/conn_1', 'Our side'),
  row('connection, failing', '/connections/conn_1', 'Most of them', {
    arrange: ({ data }) =>
      Object.assign(data.connection, {
        chip: 'failing',
        troubles: [aTrouble(), aTrouble({ id: 'trouble_2', kind: 'metadata_failing', cause: 'gone' })],
      }),
  }),
  row('connection, with nothing beside it', '/connections/conn_1', 'Nobody edits a draft.', {
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
  row('connection, not there', '/connections/conn_1', 'Try again', { isEmpty: true }),
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
  ...listRows('events', '/events', `${api}/events`, 'Delivered to 2 of 2', 'Nothing has happened yet.'),
  row('events, none matches', '/events?type=organization_domain', 'No event matches.'),
  row('events, followed, of one organization', '/events?organization=org_1&follow=on', 'only Acme'),
  row('event', '/events/event_01JD4K0000000000000000002', 'Delivered to 1 of 2'),
  row('event, sent nowhere', '/events/event_01JD4K0000000000000000004', 'No webhook endpoint asked for it'),
  row('event, not there', '/events/event_nope', 'Try again'),
  row('event, loading', '/events/event_1', 'Loading', { silent: `GET ${api}/events/event_1` }),
  ...listRows(
    'log streams',
    '/log-streams',
    `${api}/log-streams`,
    'It refuses the credential.',
    'No log streams yet.',
  ),
  row('log streams, paused', '/log-streams?view=paused', 'Paused'),
  row('log streams, none matches', '/log-streams?view=nothing', 'None match.'),
  row('log stream', '/log-streams/log_stream_1', 'Everything was delivered.'),
  row('log stream, retrying', '/log-streams/log_stream_2', 'It has an error of its own.'),
  row('log stream, credentials refused', '/log-streams/log_stream_3', 'Copy the token’s value again'),
  row('log stream, with outages', '/log-streams/log_stream_4', '1,204 events came late.'),
  row('log stream, catching up', '/log-streams/log_stream_4', 'Catching up'),
  row('log stream, paused', '/log-streams/log_stream_5', 'Paused'),
  row('log stream, unfinished', '/log-streams/log_stream_6', 'Not proven'),
  row(
    'log stream, about to pause',
    '/log-streams/log_stream_1',
    'The customer sees that it is paused.',
    {},
    press('Pause'),
  ),
  row('log stream, to a viewer', '/log-streams/log_stream_1', 'Needs support or admin', { role: 'viewer' }),
  row('log stream, not there', '/log-streams/log_stream_nope', 'Try again'),
  ...listRows('webhooks', '/webhooks', `${api}/webhooks`, 'hooks.northwind.example', 'No endpoints yet.'),
  row('webhooks, a new one', '/webhooks', 'Take what you handle', {}, press('New endpoint')),
  row('webhook', '/webhooks/we_1', 'Signing secret'),
  row('webhook, failing', '/webhooks/we_2', 'Nothing has been taken since'),
  row('webhook, off after failing', '/webhooks/we_3', 'replay what it missed'),
  row('webhook, gone', '/webhooks/we_4', 'it answered that it is gone'),
  row('webhook, to a viewer', '/webhooks/we_1', 'Shown to admins and developers.', { role: 'viewer' }),
  row('webhook, not there', '/webhooks/we_nope', 'Try again'),
  row('webhook, none of a state', '/webhooks/we_1?state=dropped', 'Not sent'),
  row('webhook, about to edit', '/webhooks/we_1', 'What is on its way', {}, press('Edit')),
  row('webhook, about to delete', '/webhooks/we_2', 'waiting deliveries are dropped', {}, press('Delete')),
  row('webhook, a new secret', '/webhooks/we_1', 'signatures of both', {}, press('New secret')),
  row('webhook, of one event', '/webhooks/we_1?event=event_nope', 'None match.'),
  row('webhook, about to test', '/webhooks/we_1', 'marked as a test', {}, press('Send test event')),
  row('webhook, tested', '/webhooks/we_1', 'Test', {}, async (page, say) => {
    await press('Send test event')?.(page, say);
    await page
      .getByRole('dialog')
      .getByRole('button', { name: say('Send it'), exact: true })
      .click();
  }),
  row('webhook, about to replay', '/webhooks/we_1', 'Events of the last', {}, press('Replay a span')),
  row('webhook, replayed', '/webhooks/we_1', '14 events are sent again.', {}, async (page, say) => {
    await press('Replay a span')?.(page, say);
    await page
      .getByRole('dialog')
      .getByRole('button', { name: say('Replay'), exact: true })
      .click();
  }),
  row('webhook, a delivery', '/webhooks/we_1', 'The queue is full', {}, async (page, say) => {
    await page
      .getByRole('button', { name: say('Open'), exact: true })
      .first()
      .click();
  }),
  ...listRows('keys', '/api-keys', `${api}/api-keys`, 'Staging backend', 'No keys yet.'),
  row('keys, a new one', '/api-keys', 'Where it is used', {}, press('New key')),
  row('branding', '/branding', 'Buttons keep your colour'),
  row('branding, nothing of its own', '/branding', 'Without a colour of your own', { isEmpty: true }),
  row('branding, loading', '/branding', 'Loading', { silent: `GET ${api}/branding` }),
  row('branding, broken', '/branding', 'Something broke on our side.', {
    arrange: ({ refuse }) => refuse('GET', `${api}/branding`, 500, 'internal'),
  }),
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
  row('expiring, of one customer', '/expiring?organization=org_2', 'Of Globex only'),
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
    await page.getByRole('radio', { name: say('Copy it') }).check();
    await page.getByRole('button', { name: say('Make the link') }).click();
  }),
  row('members', '/members', 'Kim Vale'),
  row('members, loading', '/members', 'Loading', { silent: `GET ${api}/members` }),
  row('members, broken', '/members', 'Something broke on our side.', {
    arrange: ({ refuse }) => refuse('GET', `${api}/members`, 500, 'internal'),
  }),
  row('members, to a viewer', '/members', 'only admins see', { role: 'viewer' }),
  row(
    'members, somebody who left',
    '/members',
    'among your former members',
    {},
    press('Erase somebody who left'),
  ),
  row('members, a new one', '/members', 'Everything, members and keys too.', {}, press('Invite a member')),
  row('members, not mailed', '/members', 'the mail could not be sent', {}, async (page, say) => {
    await press('Invite a member')?.(page, say);
    await page.locator('input[type=email]').fill('bounce@vendor.example');
    await press('Add and send invitation')?.(page, say);
  }),
  row('members, one', '/members', 'this browser', {}, pressFirstInTable),
  row('members, about to leave', '/members', 'An admin can invite you again.', {}, async (page, say) => {
    await pressFirstInTable?.(page, say);
    await press('Leave')?.(page, say);
  }),
  ...listRows(
    'audit log',
    '/audit-log',
    `${api}/audit-log`,
    'changed settings',
    'Nothing has been done here yet.',
  ),
  row('audit log, of one thing', '/audit-log?about=connection', 'Every act'),
  row('audit log, nothing matches', '/audit-log?about=branding', 'No acts match.'),
  row(
    'audit log, verifying',
    '/audit-log',
    'Reading the signed checkpoints.',
    {
      silent: `POST ${api}/audit-log/verify`,
    },
    press('Verify the log'),
  ),
  row(
    'audit log, as it was written',
    '/audit-log',
    'The log is as it was written.',
    {},
    press('Verify the log'),
  ),
  row(
    'audit log, a row changed',
    '/audit-log',
    'The log was changed.',
    {
      arrange: ({ verification }) =>
        (verification.verdict = {
          ...{ state: 'broken', rows: 812, removedByRetention: 310, notYetSealed: 0, problem: 'changed' },
          ...{ organization: { id: 'org_1', name: 'Acme Corporation' }, number: 412, rowId: 'audit_38' },
        }),
    },
    press('Verify the log'),
  ),
  row(
    'audit log, not verified',
    '/audit-log',
    'Something broke on our side.',
    { arrange: ({ refuse }) => refuse('POST', `${api}/audit-log/verify`, 500, 'internal') },
    press('Verify the log'),
  ),
  row('audit log, an act', '/audit-log/audit_39', 'What changed'),
  row('audit log, an act that names a person', '/audit-log/audit_38', 'Who it names'),
  row('audit log, an act erased', '/audit-log/audit_33', 'erased'),
  row('audit log, no such act', '/audit-log/audit_0', 'Try again'),
  row('members, no organization of their own', '/members', 'the domain of your address', { isEmpty: true }),
  row('members, its organization not live', '/members', 'has no live connection yet', {
    arrange: ({ sso }) => sso.shown.candidate?.connections.splice(0),
  }),
  row('members, single sign-on chosen', '/members', 'You confirm this', {}, press('Set up single sign-on')),
  row('members, single sign-on required', '/members', 'Single sign-on only', ssoIs('required')),
  row(
    'members, single sign-on to be required',
    '/members',
    'Codes are refused.',
    ssoIs('required'),
    press('Change'),
  ),
  row(
    'members, single sign-on changed',
    '/members',
    'Something has changed since an admin looked.',
    ssoIs('optional', {
      differs: true,
      current: {
        organization: null,
        domains: ['vendor.example'],
        connections: [
          { id: 'conn_own', name: 'Okta of Vendor', state: 'changed' },
          { id: 'conn_old', name: 'ADFS', state: 'away' },
        ],
      },
    }),
  ),
  row('members, single sign-on loading', '/members', 'Loading', { silent: `GET ${api}/members-sso` }),
  row('members, single sign-on broken', '/members', 'Something broke on our side.', {
    arrange: ({ refuse }) => refuse('GET', `${api}/members-sso`, 500, 'internal'),
  }),
  row(
    'members, single sign-on changed meanwhile',
    '/members',
    'Somebody changed this meanwhile.',
    { arrange: ({ refuse }) => refuse('PUT', `${api}/members-sso`, 409, 'settings_changed') },
    async (page, say) => {
      await press('Set up single sign-on')?.(page, say);
      await press('Save')?.(page, say);
    },
  ),
  row('mailbox', '/sandbox/mailbox', 'Mails stay here.'),
  row('mailbox, empty', '/sandbox/mailbox', 'No mails yet.', { isEmpty: true }),
  row('mailbox, a mail', '/sandbox/mailbox/sbm_2', 'Open link as customer'),
  row('DNS', '/sandbox/dns', 'northwind-verify=11aa'),
  row('DNS, empty', '/sandbox/dns', 'No records yet.', { isEmpty: true }),
  row('Test IdP, a fault on', '/sandbox/test-idp', 'A fault is on'),
  row('Test IdP, nothing on', '/sandbox/test-idp', 'Nobody is here.', { isEmpty: true }),
  row('no such page', '/nowhere', 'There is nothing at this address'),
];

await describeScreens('the screens of the dashboard', screens, (visit) => {
  test('focus goes to the heading of every page that is gone to', async () => {
    const { visitor, portal } = visit();
    const fake = createFakeDashboard({ now: new Date() });
    await draw(visitor, portal, row('', '/nowhere', 'There is nothing at this address'));

    for (const [path, heading] of [
      ['/onboardings', 'Onboardings'],
      ['/onboardings/onb_1', 'Acme Corporation · onboarding 2'],
      ['/organizations', 'Organizations'],
      ['/organizations/org_1', 'Acme Corporation'],
      ['/connections/conn_1', /./],
      ['/attempts', 'Attempts'],
      ['/attempts/att_0', /./],
      ['/domains', 'Domains'],
      ['/domains/dom_1', 'acme.example'],
      ['/expiring', 'Expiring'],
      ['/guide-reports', 'Guide reports'],
      ['/environment', 'Environment'],
      ['/api-keys', 'API keys'],
      ['/events', 'Events'],
      ['/events/event_01JD4K0000000000000000001', 'onboarding.live'],
      ['/log-streams', 'Log streams'],
      ['/log-streams/log_stream_1', 'Splunk'],
      ['/webhooks', 'Webhooks'],
      ['/webhooks/we_1', 'https://api.northwind.example/vestibule/events'],
      ['/branding', 'Branding'],
      ['/members', 'Members'],
      ['/audit-log', 'Audit log'],
      ['/audit-log/audit_39', 'Kim Vale changed settings'],
      ['/first-run', 'It’s running. Try it end to end.'],
      ['/sandbox/mailbox', 'Mailbox'],
      ['/sandbox/dns', 'Sandbox DNS'],
      ['/sandbox/test-idp', 'Test IdP'],
    ] as const) {
      expect(await goWithin(visitor.page, portal, sceneWith(fake), path, heading)).toMatch(heading);
    }
  });

  test('changing a setting, adding a redirect URI, turning a key over and going elsewhere need no mouse', async () => {
    const { visitor, portal } = visit();
    const { page } = visitor;
    const { keyboard } = page;
    const fake = createFakeDashboard({ now: new Date() });
    const sent = () =>
      fake.requests.filter(({ method }) => method !== 'GET').map(({ path }) => path.replace(api, ''));
    await draw(visitor, portal, {
      ...row('', '/environment', 'Redirect URIs'),
      scene: () => sceneWith(fake),
    });

    await tabTo(page, 'A set-up link lasts (days)');
    await keyboard.press('ControlOrMeta+a');
    await keyboard.type('14');
    await keyboard.press('Enter');
    await page.getByText('1 change').waitFor({ state: 'detached' });
    await tabTo(page, 'New redirect URI');
    await keyboard.type('https://new.northwind.example/cb');
    await keyboard.press('Enter');
    await page.getByRole('rowheader', { name: 'https://new.northwind.example/cb' }).waitFor();

    await goWithin(page, portal, sceneWith(fake), '/api-keys', 'API keys');
    await tabTo(page, 'Rotate Made at the first start');
    await keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await tabTo(page, 'Make new secret');
    await keyboard.press('Enter');
    await page.getByText('Shown once.').waitFor();
    await tabTo(page, 'I have pasted it');
    await keyboard.press('Enter');

    await tabTo(page, 'Sandbox');
    await keyboard.press('Enter');
    await page.getByRole('menuitem', { name: 'Production' }).waitFor();
    await keyboard.press('ArrowDown');
    await keyboard.press('Home');
    await keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Onboardings' }).waitFor();

    expect(sent()).toEqual([
      '/environment',
      '/environment/redirect-uris',
      '/api-keys/key_1/rotate',
      '/environments/env_2/enter',
    ]);
  });

  test('signing in, walking the list, reminding, cancelling and inviting need no mouse', async () => {
    const { visitor, portal } = visit();
    const { page } = visitor;
    const { keyboard } = page;
    const fake = createFakeDashboard({ now: new Date() });
    const sent = () =>
      fake.requests.filter(({ method }) => method === 'POST').map(({ path }) => path.replace(api, ''));
    await draw(visitor, portal, {
      ...row('', '/sign-in', 'Sign in to the dashboard'),
      scene: () => sceneWith(fake, true),
    });

    await tabTo(page, 'E-mail');
    await keyboard.type('kim@vendor.example');
    await keyboard.press('Enter');
    await page.getByText('a code is on its way').waitFor();
    await tabTo(page, /Six-digit code/);
    await keyboard.type('123456');
    portal.show(sceneWith(fake));
    await keyboard.press('Enter');
    await page.getByRole('rowheader', { name: 'Globex' }).waitFor();

    await keyboard.press('j');
    await keyboard.press('j');
    await keyboard.press('Enter');
    await page.getByRole('heading', { level: 1 }).and(page.locator(':focus')).waitFor();
    expect(new URL(page.url()).pathname).toBe('/dashboard/onboardings/onb_2');

    await tabTo(page, 'Remind');
    await keyboard.press('Enter');
    await page.getByText('The reminder is on its way.').first().waitFor();
    await tabTo(page, 'Cancel onboarding');
    await keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await tabTo(page, 'Cancel onboarding');
    await keyboard.press('Enter');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await tabTo(page, 'Undo');
    await keyboard.press('Enter');
    await page.getByText('It is open again.').first().waitFor();

    await keyboard.press('/');
    await keyboard.type('acme');
    await page.getByRole('option', { name: 'Acme on Entra' }).waitFor();
    await keyboard.press('ArrowDown');
    await keyboard.press('ArrowUp');
    await keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Acme Corporation' }).waitFor();
    await tabTo(page, 'Invite an IT admin');
    await keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await tabTo(page, /^E-mail/);
    await keyboard.press('ArrowDown');
    await tabTo(page, 'Make link');
    await keyboard.press('Enter');
    await page.getByText('Shown once.').first().waitFor();

    expect(sent()).toEqual([
      '/sign-in/ways',
      '/sign-in/code',
      '/sign-in',
      '/onboardings/onb_2/remind',
      '/onboardings/onb_2/cancel',
      '/onboardings/onb_2/undo-cancel',
      '/organizations/org_1/invitations',
    ]);
  });
});
