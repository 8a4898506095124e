/** The customer's app as a whole, in a real browser, under the api's content policy: its beginning, its end, its sessions, and its keyboard. */
import { expect, test } from 'vitest';
import { row, sceneWith } from '../support/customer-scenes.ts';
import { aDirectoryAtHome } from '../support/directory-builders.ts';
import { createFakeSetupApi } from '../support/fake-setup-api.ts';
import { describeScreens, draw, goWithin, tabTo, type Screen } from '../support/screens.ts';
import { aPassedAttempt } from '../support/attempt-builders.ts';
import { aDomain, aDomainDetail } from '../support/domain-builders.ts';
import {
  aHome,
  anSsoState,
  aRenewalState,
  aSession,
  at,
  aTimeline,
  aTrustedCertificate,
  aTrouble,
  aView,
  everyStepDone,
  metadataUrl,
  ledBy,
} from '../support/setup-builders.ts';
import {
  aConnectionAtHome,
  aSecondAtHome,
  broken,
  configured,
  day,
  live,
  minute,
  nothingChosen,
  renewedCertificate,
  running,
  tested,
} from '../support/setup-states.ts';

const withDirectory = {
  choose_directory: 'done',
  connect_directory: 'done',
  receive_people: 'waiting',
} as const;

const ofDirectory = {
  feature: 'directory_sync',
  step: 'repair_directory',
  subjectId: 'directory_1',
  subject: 'Okta',
} as const;

/** At one instant: a millisecond between them would leave something to move. */
const endingAt = (instant: string) => ({ idleEndsAt: instant, endsAt: instant });
const withStaff = { waitingFor: 'staff', waitingSince: at(-3 * minute) } as const;

const doneHome = () =>
  aHome({
    allDone: true,
    nextStep: null,
    view: aView({
      choose_provider: 'done',
      configure_provider: 'done',
      enter_metadata: 'done',
      test_sign_in: 'done',
      go_live: 'done',
      add_domain: 'done',
      verify_domain: 'done',
    }),
    connection: {
      id: 'conn_1',
      providerId: 'okta',
      providerName: 'Okta',
      chip: 'live',
      activatedAt: at(-day),
      certificateEndsAt: at(400 * day),
      certificateRenewsItself: true,
    },
    connections: [aConnectionAtHome()],
    domains: [aDomain({ chip: 'verified', state: 'verified', verifiedAt: at(-day) })],
    timeline: aTimeline(),
  });

const screens: Screen[] = [
  row('home, several providers', '/home', 'Add another identity provider', () => ({
    home: {
      ...doneHome(),
      mayAddConnection: true,
      connections: [aConnectionAtHome({ domains: ['acme.com'] }), aSecondAtHome({ chip: 'not_tested' })],
    },
  })),
  row('home, a draft waits', '/home', 'A draft of single sign-on has been waiting', () => ({
    home: aHome({
      draft: { isMine: true, heldBy: 'a•••@acme.com', startedAt: at(-3 * day), changedAt: at(-day) },
    }),
  })),
  row('home, sign-in was reset', '/home', 'Nobody can sign in through it.', () => ({
    home: aHome({
      signInStopped: {
        how: 'reset',
        id: 'former_1',
        provider: 'Okta',
        at: at(-day),
        keptUntil: at(29 * day),
      },
    }),
  })),
  row('home, sign-in is switched off', '/home', 'until it is switched on again', () => ({
    home: { ...doneHome(), signInStopped: { how: 'off', provider: 'Okta' } },
  })),
  row('home, begun', '/home', 'Choose your identity provider'),
  row('home, names that are hard to fit', '/home', 'Choose your identity provider', () => ({
    session: aSession({
      organization: {
        id: 'org_01KB0000000000000000000RG1',
        name: 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerk GmbH & Co. KG',
      },
    }),
  })),
  row('home, led by staff', '/home', 'Left to you', () => ({
    home: aHome({ view: ledBy('staff_led', aView({}, withStaff)), nextStep: null }),
  })),
  row('home, a step handed back', '/home', 'Ask for the Cloud app', () => ({
    home: aHome({
      stepNotes: [{ step: 'choose_provider', note: 'Ask for the Cloud application administrator first.' }],
    }),
  })),
  row('home, guided', '/home', 'has been looking at these pages', () => ({
    home: aHome({ view: ledBy('guided', aView()), staffBesideSince: at(-600_000) }),
  })),
  row('home, looked at by staff', '/home', 'You look along', () => ({
    session: aSession({ isStaff: true, readOnly: true }),
    home: aHome({ view: ledBy('guided', aView()), nextStep: null }),
  })),
  row('home, needs attention', '/home', 'Needs attention', () => ({
    home: aHome({
      ...doneHome(),
      allDone: false,
      view: aView({
        ...everyStepDone,
        repair_sign_in: { state: 'failed', cause: 'signature_unknown_key' },
        repair_domain: 'failed',
      }),
      nextStep: { feature: 'sso', step: 'repair_sign_in' },
      troubles: [
        aTrouble(),
        aTrouble({
          id: 'trouble_2',
          kind: 'record_missing',
          feature: 'domain_verification',
          step: 'repair_domain',
          subjectId: 'dom_1',
          subject: 'acme.com',
          cause: null,
        }),
      ],
    }),
  })),
  ...(
    [
      ['home, waiting for a directory', 'waiting for the first people', false],
      ['home, a first list waits', 'The first list waits to be looked at', true],
    ] as const
  ).map(([name, words, isListWaiting]) =>
    row(name, '/home', words, () => ({
      home: aHome({
        view: aView(
          { ...everyStepDone, ...withDirectory },
          { waitingFor: 'provider', waitingSince: at(-10 * minute) },
        ),
        nextStep: null,
        domains: [aDomain({ chip: 'verified', state: 'verified' })],
        directory: aDirectoryAtHome({
          name: isListWaiting ? 'Files by SFTP' : 'Microsoft Entra ID',
          isListWaiting,
        }),
      }),
    })),
  ),
  row('home, a directory needs attention', '/home', 'A change in Okta is on hold', () => ({
    home: aHome({
      ...doneHome(),
      allDone: false,
      view: aView({
        ...everyStepDone,
        ...withDirectory,
        receive_people: 'done',
        assign_roles: 'done',
        repair_directory: 'failed',
      }),
      nextStep: { feature: 'directory_sync', step: 'repair_directory' },
      directory: aDirectoryAtHome({ chip: 'held', linkedAt: at(-9 * day), people: 900 }),
      troubles: [
        aTrouble({ ...ofDirectory, id: 'trouble_3', kind: 'directory_held', cause: 'many_leave' }),
        aTrouble({ ...ofDirectory, id: 'trouble_4', kind: 'directory_silent', cause: 'changes_only' }),
        aTrouble({ ...ofDirectory, id: 'trouble_5', kind: 'directory_refused', cause: null }),
        aTrouble({ ...ofDirectory, id: 'trouble_6', kind: 'directory_token_ended', cause: null }),
        aTrouble({ ...ofDirectory, id: 'trouble_7', kind: 'directory_list_refused', cause: null }),
      ],
    }),
  })),
  row('home, loading', '/home', 'Loading', () => ({ silent: 'GET /home' })),
  row('home, broken', '/home', 'Something broke on our side.', () => ({ refusals: { 'GET /home': broken } })),
  row('home, nothing begun', '/home', 'Domains', () => ({ home: aHome({ view: null }) })),
  row('home, news', '/home', 'Since you were here', () => ({
    home: aHome({ sinceYouWereHere: aTimeline(), timeline: aTimeline(), domains: [aDomain()] }),
  })),
  row('home, waiting for DNS', '/home', 'Nothing for you to do now', () => ({
    home: aHome({
      view: aView(
        { choose_provider: 'done', add_domain: 'done', verify_domain: 'waiting' },
        { waitingFor: 'dns', waitingSince: at(-3 * day), next: { what: 'look', at: at(10 * minute) } },
      ),
      nextStep: null,
      domains: [aDomain()],
    }),
  })),
  row('home, blocked', '/home', 'Going live waits for a verified domain.', () => ({
    home: aHome({
      view: aView({
        choose_provider: 'done',
        configure_provider: 'done',
        enter_metadata: 'done',
        test_sign_in: 'done',
        go_live: { state: 'blocked', cause: 'verify_domain' },
      }),
    }),
  })),
  row('home, engine away', '/home', 'One of our services is catching up.', () => ({
    home: aHome({ temporalAway: true }),
  })),
  row(
    'home, act queued',
    '/home',
    'Saved. It will be applied in a moment',
    () => ({ result: { status: 'queued', view: aView() } }),
    async (page) => await page.locator('main li button').first().click(),
  ),
  row('home, done', '/home', 'Everything is done', () => ({ home: doneHome() })),
  row('home, read-only', '/home', 'nothing changes here', () => ({ session: aSession({ readOnly: true }) })),
  row('home, help', '/home', 'They see your settings', undefined, async (page) => {
    await page.locator('header button').first().click();
    await page.getByRole('dialog').waitFor();
  }),
  row(
    'home, what we store',
    '/home',
    'The passwords your people sign in with never pass',
    undefined,
    async (page) => {
      await page.locator('footer button').click();
      await page.getByRole('dialog').waitFor();
    },
  ),
  row('session about to end', '/home', 'Still there?', () => ({
    session: aSession({ idleEndsAt: at(4 * minute) }),
  })),
  row('session at its last minutes', '/home', 'Sessions last 12 hours', () => ({
    session: aSession(endingAt(at(4 * minute))),
  })),
  row('session ended', '/home', 'Your session ended', () => ({
    refusals: { 'GET /home': { status: 401, code: 'session_ended' } },
  })),
  row('another session here', '/home', 'Another set-up was opened here', () => ({
    refusals: { 'GET /home': { status: 409, code: 'session_differs' } },
  })),
  row('link ended', '/home', 'This link no longer works', () => ({
    refusals: { 'GET /home': { status: 401, code: 'link_ended' } },
  })),
  row('finished', '/finished', 'Acme Industries is connected', () => ({
    sso: anSsoState({ connection: live() }),
    home: doneHome(),
  })),
  row('finished, with a directory', '/finished', '900 active people', () => ({
    sso: anSsoState({ connection: live() }),
    session: aSession({ features: ['sso', 'directory_sync'] }),
    home: {
      ...doneHome(),
      directory: aDirectoryAtHome({ chip: 'linked', linkedAt: at(-9 * day), people: 900 }),
    },
  })),
  row('finished, several providers', '/finished', 'live · Microsoft Entra ID', () => ({
    home: { ...doneHome(), connections: [aConnectionAtHome(), aSecondAtHome({ activatedAt: at(-minute) })] },
  })),
  row('finished, parts open', '/finished', 'Some parts are still open.', () => ({ sso: nothingChosen() })),
  row('finished, read-only', '/finished', 'This link shows the summary until', () => ({
    sso: anSsoState({ connection: live() }),
    home: doneHome(),
    session: aSession({ readOnly: true }),
  })),
  row('no such page', '/nowhere', 'There is nothing at this address'),
];

await describeScreens('the screens of the customer', screens, (visit) => {
  test('focus goes to the heading of every page that is gone to', async () => {
    const { visitor, portal } = visit();
    const fake = createFakeSetupApi({
      sso: anSsoState({ connection: tested() }),
      domains: [aDomainDetail()],
    });
    await draw(visitor, portal, row('', '/nowhere', 'There is nothing at this address'));

    for (const [path, heading] of [
      ['/home', 'Set up Ledgerly for Acme Industries'],
      ['/sso/provider', 'Where do your people sign in?'],
      ['/sso/guide/create-app', 'Create the enterprise app'],
      ['/sso/metadata', 'Paste what Entra gave you'],
      ['/sso/attributes', 'Which fields mean what'],
      ['/sso/test', 'Try it once yourself'],
      ['/sso/go-live', 'Ready to go live'],
      ['/sso/connection', 'Single sign-on is not live yet'],
      ['/sso/domains', 'Whose addresses may use this?'],
      ['/domains', 'Which domains are yours?'],
      ['/domains/dom_1', 'Prove that acme.com is yours'],
      ['/finished', 'What is done for Acme Industries'],
    ] as const) {
      expect(await goWithin(visitor.page, portal, sceneWith(fake), path, heading)).toBe(heading);
    }
  });

  test('the whole road from home to live is walked by keyboard alone', async () => {
    const { visitor, portal } = visit();
    const { page } = visitor;
    const { keyboard } = page;
    const fake = createFakeSetupApi({ sso: nothingChosen() });
    const isAt = async (heading: string) => {
      await page.getByRole('heading', { level: 1, name: heading }).and(page.locator(':focus')).waitFor();
    };
    await draw(visitor, portal, { ...row('', '/home', 'Next'), scene: () => sceneWith(fake) });
    page.context().once('page', (tab) => void tab.close());

    await tabTo(page, 'Continue');
    await keyboard.press('Enter');
    await isAt('Where do your people sign in?');

    await tabTo(page, 'Use this');
    await keyboard.press('Space');
    await page.getByRole('dialog', { name: 'How should Microsoft Entra ID connect?' }).waitFor();
    await tabTo(page, 'Use this way');
    fake.setup.sso = anSsoState();
    await keyboard.press('Enter');
    await isAt('Create the enterprise app');

    for (const next of [
      'Basic SAML Configuration',
      'Check the claims',
      'Assign the people',
      'Copy the metadata URL',
      'Paste what Entra gave you',
    ]) {
      await tabTo(page, 'Done, next');
      await keyboard.press('Enter');
      await isAt(next);
    }

    await tabTo(page, 'App Federation Metadata Url');
    await keyboard.type(metadataUrl);
    await page.getByText('From Microsoft Entra ID').waitFor();
    fake.setup.sso = configured();
    await tabTo(page, 'Save and continue');
    await keyboard.press('Enter');
    await isAt('Try it once yourself');

    fake.setup.attempts = [running(1000)];
    await tabTo(page, 'Start test');
    await keyboard.press('Space');
    await page.getByText('This page updates itself').waitFor();
    fake.setup.attempts = [aPassedAttempt({ id: 'att_9' })];
    fake.setup.sso = anSsoState({ connection: tested() });
    await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
    await isAt('It works');

    await tabTo(page, 'Continue');
    await keyboard.press('Enter');
    await isAt('Ready to go live');
    await tabTo(page, 'Go live');
    fake.setup.sso = anSsoState({ connection: live() });
    await keyboard.press('Space');
    await isAt('Single sign-on is live');

    expect(fake.requests.some(({ method, path }) => method === 'POST' && path === '/sso/go-live')).toBe(true);
  });

  test('a new certificate is given, confirmed with the code and tested by keyboard alone', async () => {
    const { visitor, portal } = visit();
    const { page } = visitor;
    const { keyboard } = page;
    const fake = createFakeSetupApi({ sso: anSsoState({ connection: live() }) });
    await draw(visitor, portal, {
      ...row('', '/sso/renewal', 'Make a new certificate'),
      scene: () => sceneWith(fake),
    });
    page.context().once('page', (tab) => void tab.close());

    await tabTo(page, 'New certificate');
    await keyboard.type('-----BEGIN CERTIFICATE-----');
    await tabTo(page, 'Trust it beside the old one');
    await keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await tabTo(page, /code/i);
    await keyboard.type('123456');
    fake.setup.renewal = aRenewalState({ certificates: [renewedCertificate(), aTrustedCertificate()] });
    await keyboard.press('Enter');
    await page.getByText('Make it active at').first().waitFor();

    fake.setup.attempts = [running(1000)];
    await tabTo(page, 'Test sign-in');
    await keyboard.press('Enter');
    await page.getByText('Waiting for').first().waitFor();

    const posted = fake.requests.filter(({ method }) => method === 'POST').map(({ path }) => path);
    expect(posted).toEqual(expect.arrayContaining(['/sso/renewal']));
  });
});
