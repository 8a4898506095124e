/** The dashboard as a whole, in a real browser, under the api's content policy: its doors, its search, its sandbox, and its keyboard. */
import { expect, test } from 'vitest';
import { createFakeDashboard } from '../support/fake-dashboard-api.ts';
import { rehearsalUpTo } from '../support/fake-sandbox.ts';
import { describeScreens, draw, goWithin, tabTo, type Screen, type Visitor } from '../support/screens.ts';
import { api, broken, press, row, sceneWith, type Change } from '../support/staff-scenes.ts';

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
  row('search', '/onboardings', 'Sign-in attempts', {}, (page) => seek(page, '4k2m-71')),
  row('search, many kinds', '/onboardings', 'People', {}, (page) => seek(page, 'acme')),
  row('search, nothing called so', '/onboardings', 'Names are found by the beginning', {}, (page) =>
    seek(page, 'zzz'),
  ),
  row('search, looking', '/onboardings', 'Looking', { silent: `GET ${api}/search` }, (page) =>
    seek(page, 'acme'),
  ),
  row('search, broken', '/onboardings', 'Something broke on our side.', broken(`${api}/search`), (page) =>
    seek(page, 'acme'),
  ),
  row('keys', '/onboardings', 'Go to events', {}, (page) => page.keyboard.press('?')),
  row('mailbox', '/sandbox/mailbox', 'Mails stay here.'),
  row('mailbox, empty', '/sandbox/mailbox', 'No mails yet.', { isEmpty: true }),
  row('mailbox, a mail', '/sandbox/mailbox/sbm_2', 'Open link as customer'),
  row('DNS', '/sandbox/dns', 'northwind-verify=11aa'),
  row('DNS, empty', '/sandbox/dns', 'No records yet.', { isEmpty: true }),
  row('Test IdP, a fault on', '/sandbox/test-idp', 'A fault is on'),
  row('Test IdP, nothing on', '/sandbox/test-idp', 'Nobody is here.', { isEmpty: true }),
  row('a rehearsal, never run', '/sandbox/test-idp', 'No rehearsal has been run.', { isEmpty: true }),
  row('a rehearsal, being played', '/sandbox/test-idp', 'Now:', {
    arrange: ({ data }) => (data.rehearsal = rehearsalUpTo(data.rehearsal, 'domain')),
  }),
  row('a rehearsal that came off', '/sandbox/test-idp', 'Rename it to keep it.'),
  row('a rehearsal that stopped', '/sandbox/test-idp', 'The rehearsal stopped at:', {
    arrange: ({ data }) => {
      data.rehearsal = rehearsalUpTo(data.rehearsal, 'test', {
        reason: 'attempt_failed',
        facts: { cause: 'audience_differs', reference: 'K7Q-2MX' },
        shown: { kind: 'attempt', id: 'att_0' },
      });
    },
  }),
  row('a rehearsal that was refused', '/sandbox/test-idp', 'was answered with 422', {
    arrange: ({ data }) => {
      const facts = { method: 'POST', path: '/sso/go-live', status: '422', detail: 'not_tested' };
      data.rehearsal = rehearsalUpTo(data.rehearsal, 'live', { reason: 'answered', facts, shown: null });
    },
  }),
  row('a rehearsal, to a viewer', '/sandbox/test-idp', 'Needs developer or admin', { role: 'viewer' }),
  row('a rehearsal, where mails leave', '/sandbox/test-idp', 'Mails leave through SMTP_URL', {
    arrange: ({ data }) => (data.rehearsal = { obstacle: 'no_mailbox', rehearsal: null }),
  }),
  row('a rehearsal, loading', '/sandbox/test-idp', 'Loading', { silent: 'GET /sandbox/rehearsal' }),
  row('a rehearsal, broken', '/sandbox/test-idp', 'Something broke on our side.', {
    arrange: ({ refuse }) => refuse('GET', '/sandbox/rehearsal', 500, 'internal'),
  }),
  row(
    'a rehearsal, begun too often',
    '/sandbox/test-idp',
    'Too many',
    { arrange: ({ refuse }) => refuse('POST', '/sandbox/rehearsal', 429, 'too_many_requests') },
    press('Run a rehearsal'),
  ),
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

  test('g and a letter go to a page from anywhere, and are letters while somebody types', async () => {
    const { visitor, portal } = visit();
    const { page } = visitor;
    const { keyboard } = page;
    const gone = (heading: string) =>
      page.getByRole('heading', { level: 1, name: heading }).and(page.locator(':focus')).waitFor();
    await draw(visitor, portal, row('', '/environment', 'Redirect URIs'));

    const letters = 'gogpgage';
    for (const typed of [
      page.getByLabel('New redirect URI'),
      page.getByRole('combobox', { name: 'Search' }),
    ]) {
      await typed.focus();
      await keyboard.type(letters);
      expect(await typed.inputValue()).toBe(letters);
    }
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Environment');
    await keyboard.press('Escape');
    await page.getByRole('heading', { level: 1 }).click();

    for (const [letter, heading, path] of [
      ['o', 'Onboardings', '/onboardings'],
      ['p', 'Organizations', '/organizations'],
      ['a', 'Attempts', '/attempts'],
      ['e', 'Events', '/events'],
    ] as const) {
      await keyboard.type(`g${letter}`);
      await gone(heading);
      expect(new URL(page.url()).pathname).toBe(`/dashboard${path}`);
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

  test('a contact, a step in other hands, a longer link and a reset need no mouse', async () => {
    const { visitor, portal } = visit();
    const { page } = visitor;
    const { keyboard } = page;
    const fake = createFakeDashboard({ now: new Date() });
    fake.data.lead('staff_led');
    fake.data.lead('self_service');
    const sent = () =>
      fake.requests
        .filter(({ method }) => method !== 'GET')
        .map(({ method, path }) => `${method} ${path.replace(api, '')}`);
    const confirm = async (act: string) => {
      await page.getByRole('dialog').waitFor();
      await tabTo(page, act);
      await keyboard.press('Enter');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    };
    await draw(visitor, portal, {
      ...row('', '/organizations/org_1', 'Add a contact'),
      scene: () => sceneWith(fake),
    });

    await tabTo(page, 'Add a contact');
    await keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await tabTo(page, 'E-mail');
    await keyboard.type('new@acme.example');
    await keyboard.press('Enter');
    await page.getByRole('rowheader', { name: 'new@acme.example' }).waitFor();
    await tabTo(page, /new@acme\.example/);
    await keyboard.press('Enter');
    await page.getByRole('menu').waitFor();
    await keyboard.press('End');
    await keyboard.press('Enter');
    await confirm('Remove contact');
    await page.getByRole('rowheader', { name: 'new@acme.example' }).waitFor({ state: 'detached' });

    await goWithin(page, portal, sceneWith(fake), '/onboardings/onb_1', /onboarding/);
    await tabTo(page, 'Take over: Metadata');
    await keyboard.press('Enter');
    await tabTo(page, 'Hand back: Metadata');
    await keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await tabTo(page, /Note for the customer/);
    await keyboard.type('The URL is in your Okta already.');
    await tabTo(page, 'Hand back');
    await keyboard.press('Enter');
    await page.getByRole('dialog').waitFor({ state: 'detached' });

    await goWithin(page, portal, sceneWith(fake), '/onboardings/onb_1', /onboarding/);
    await tabTo(page, 'Extend link');
    await keyboard.press('Enter');
    await confirm('Extend link');
    await page.getByText('The link works longer.').first().waitFor();
    await tabTo(page, /^Reset: /);
    await keyboard.press('Enter');
    await confirm('Reset step');
    await page.getByText('was reset.').first().waitFor();

    expect(sent()).toEqual([
      'POST /organizations/org_1/contacts',
      expect.stringMatching(/^DELETE \/organizations\/org_1\/contacts\/con_\d+$/),
      'POST /onboardings/onb_1/steps/enter_metadata/take-over',
      'POST /onboardings/onb_1/steps/enter_metadata/hand-back',
      'POST /onboardings/onb_1/extend',
      'POST /onboardings/onb_1/steps/choose_provider/reset',
    ]);
    expect(fake.requests.find(({ path }) => path.endsWith('/hand-back'))?.body).toEqual({
      note: 'The URL is in your Okta already.',
    });
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
    await tabTo(page, /^Send by e-mail/);
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
