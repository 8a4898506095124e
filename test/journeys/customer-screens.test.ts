/** Every screen of the customer's app in all its states, in a real browser, under the api's content policy. */
import { expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { press, row, sceneWith } from '../support/customer-scenes.ts';
import { createFakeSetupApi } from '../support/fake-setup-api.ts';
import { describeScreens, draw, goWithin, tabTo, type Screen } from '../support/screens.ts';
import {
  aCertificate,
  aCodeAsked,
  aConnection,
  aDeleted,
  aDomain,
  aDomainDetail,
  aDraft,
  aFailedAttempt,
  aFormer,
  aGuide,
  aHome,
  aMetadataCheck,
  anSsoState,
  anAttributeField,
  aPassedAttempt,
  aRenewalState,
  aSession,
  at,
  aTimeline,
  aTrustedCertificate,
  aTrouble,
  aView,
  everyStepDone,
  identityProvider,
  metadataUrl,
  openIdProvider,
  providersOffered,
  ledBy,
} from '../support/setup-builders.ts';

const minute = 60_000;
const day = 24 * 60 * minute;

const broken = { status: 500, code: 'internal' } as const;
const nothingChosen = () => anSsoState({ connection: null, guide: null, view: aView() });
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
const withStaff = { waitingFor: 'staff', waitingSince: at(-3 * minute) } as const;
const configured = () =>
  anSsoState({ connection: aConnection({ chip: 'not_tested', identityProvider: identityProvider() }) });
const tested = (change = {}) =>
  aConnection({
    chip: 'tested',
    identityProvider: identityProvider(),
    testedAt: at(-5 * minute),
    testedEmail: 'a•••@acme.com',
    ...change,
  });
const live = (change = {}) => tested({ chip: 'live', activatedAt: at(-2 * day), ...change });
const renewedCertificate = (change = {}) =>
  aTrustedCertificate({
    ...{
      id: 'cert_2',
      source: 'renewal',
      fingerprint: `9F:2C:${'11:'.repeat(29)}9F`,
      notAfter: at(700 * day),
    },
    ...{ trustedAt: at(-10 * minute), firstUsedAt: null, lastUsedAt: null },
    ...change,
  });
const running = (ageMs: number) =>
  aPassedAttempt({ id: 'att_9', chip: 'in_progress', endedAt: null, profile: null, startedAt: at(-ageMs) });
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
    domains: [aDomain({ chip: 'verified', state: 'verified', verifiedAt: at(-day) })],
    timeline: aTimeline(),
  });
const typeAddress = async (page: Page) => await page.locator('main input[type=url]').fill(metadataUrl);
const wrongValue = 'vestibule-verify=8c1f2a9d4e7b60315c8fd2e41a7b9036';

const edited = (draft = {}) =>
  anSsoState({
    connection: aConnection({ chip: 'not_tested', identityProvider: identityProvider() }),
    serving: live(),
    draft: aDraft(draft),
  });
const testedDraft = { testedAt: at(-5 * minute), testedEmail: 'a•••@acme.com' };
const severalDomains = () => [
  aDomainDetail({ chip: 'verified', state: 'verified', verifiedAt: at(-day) }),
  aDomainDetail({
    ...{ id: 'dom_2', domain: 'acme.co.uk', unicode: 'acme.co.uk' },
    ...{ chip: 'verified', state: 'verified', verifiedAt: at(-day) },
  }),
  aDomainDetail({ id: 'dom_3', domain: 'acme.org', unicode: 'acme.org' }),
];
const weakerAttempt = () =>
  aFailedAttempt('signed_less', {
    ...{ expected: 'both', received: 'assertion', signed: 'assertion', encrypted: false },
  });

const screens: Screen[] = [
  row('draft, changed', '/sso/draft', 'Test the draft first', () => ({ sso: edited() })),
  row('draft, tested', '/sso/draft', 'Switch to draft', () => ({ sso: edited(testedDraft) })),
  row('draft, nothing changed', '/sso/draft', 'Nothing differs', () => ({
    sso: edited({ differences: [] }),
  })),
  row('draft, of somebody else', '/sso/draft', 'Take over draft', () => ({
    sso: anSsoState({ connection: live(), draft: aDraft({ isMine: false, heldBy: 'b•••@acme.com' }) }),
  })),
  row('draft, none', '/sso/draft', 'There is no draft', () => ({ sso: anSsoState({ connection: live() }) })),
  row('draft, to be discarded', '/sso/draft', 'Discard this draft?', () => ({ sso: edited() }), press(0)),
  row('draft, its metadata', '/sso/metadata', 'You are editing a draft.', () => ({ sso: edited() })),
  row('code, mailed', '/sso/draft', 'we just mailed to', () => ({ sso: edited(testedDraft) }), press(0)),
  row(
    'code, recipient to be picked',
    '/sso/draft',
    'Send the code',
    () => ({
      sso: edited(testedDraft),
      code: aCodeAsked({
        state: 'choice',
        to: null,
        recipients: [
          { id: 'con_1', address: 'a•••@acme.com' },
          { id: 'con_2', address: 'b•••@acme.com' },
        ],
      }),
    }),
    press(0),
  ),
  row(
    'code, vouched too long ago',
    '/sso/draft',
    'press the button again',
    () => ({ sso: edited(testedDraft), code: aCodeAsked({ state: 'open_again', to: null }) }),
    press(0),
  ),
  row('connection, switched', '/sso/connection', 'Switch back', () => ({
    sso: anSsoState({ connection: live(), formers: [aFormer()] }),
  })),
  row(
    'connection, to be replaced',
    '/sso/connection',
    'Replace this connection?',
    () => ({ sso: anSsoState({ connection: live() }) }),
    press(1),
  ),
  row(
    'connection, to be reset',
    '/sso/connection',
    '412 people',
    () => ({ sso: anSsoState({ connection: live() }) }),
    press(2),
  ),
  row(
    'connection, to be deleted',
    '/sso/connection',
    'For 30 days it can be brought back',
    () => ({ sso: anSsoState({ connection: live() }) }),
    press(4),
  ),
  row('connection, was deleted', '/sso/provider', 'was deleted', () => ({
    sso: anSsoState({ connection: null, guide: null, view: aView(), deleted: [aDeleted()] }),
  })),
  row('connection, another was deleted', '/sso/connection', 'was deleted', () => ({
    sso: anSsoState({ connection: live(), deleted: [aDeleted({ wasLive: false })] }),
  })),
  row('connection, beside another', '/sso/connection', 'Single sign-on is not live yet', () => ({
    sso: anSsoState({
      connection: aConnection({ isAdditional: true, name: 'Okta', providerId: 'okta' }),
      guide: aGuide('okta'),
    }),
  })),
  row('connection by OpenID Connect', '/sso/connection', 'Ask people to sign in afresh', () => ({
    sso: anSsoState({
      connection: live({
        protocol: 'oidc',
        identityProvider: null,
        openIdProvider: openIdProvider(),
        options: { ...aConnection().options, offered: ['forceAuthn'] },
      }),
    }),
  })),
  row('draft, of another protocol', '/sso/draft', 'OpenID Connect', () => ({
    sso: edited({
      differences: [
        { field: 'provider', before: ['Okta'], after: ['Microsoft Entra ID'] },
        { field: 'protocol', before: ['saml'], after: ['oidc'] },
        { field: 'issuer', before: [], after: ['https://login.microsoftonline.com/4f1c/v2.0'] },
        { field: 'clientSecret', before: [], after: ['another_secret'] },
        { field: 'forceAuthn', before: [], after: ['on'] },
      ],
    }),
  })),
  row('home, several providers', '/home', 'Add another identity provider', () => ({
    home: {
      ...doneHome(),
      mayAddConnection: true,
      connections: [
        { id: 'conn_1', name: 'Okta', chip: 'live', activatedAt: at(-day), domains: ['acme.com'] },
        { id: 'conn_2', name: 'Microsoft Entra ID', chip: 'not_tested', activatedAt: null, domains: null },
      ],
    },
  })),
  row('domains of a connection, none', '/sso/domains', 'No domain yet', () => ({ sso: configured() })),
  row('domains of a connection, loading', '/sso/domains', 'Loading', () => ({
    sso: configured(),
    silent: 'GET /sso/domains',
  })),
  row('domains of a connection, broken', '/sso/domains', 'Something broke on our side.', () => ({
    sso: configured(),
    refusals: { 'GET /sso/domains': broken },
  })),
  row('domains of a connection, all', '/sso/domains', 'Every verified domain', () => ({
    sso: anSsoState({ connection: live() }),
    domains: severalDomains(),
  })),
  row('domains of a connection, chosen', '/sso/domains', 'Not verified any more', () => ({
    sso: anSsoState({ connection: live() }),
    domains: severalDomains(),
    chosen: ['acme.com', 'acme-old.com'],
    policy: 'required',
    allowsOutside: true,
  })),
  row('domains of a connection, read-only', '/sso/domains', 'chosen for this connection', () => ({
    sso: anSsoState({ connection: live() }),
    domains: severalDomains(),
    chosen: ['acme.com'],
    session: aSession({ readOnly: true }),
  })),
  row(
    'domains of a connection, the code',
    '/sso/domains',
    'we just mailed to',
    () => ({ sso: anSsoState({ connection: live() }), domains: severalDomains(), chosen: ['acme.com'] }),
    async (page) => {
      await page.locator('main input[type=radio]').first().check();
      await page.locator('main button').first().click();
      await page.getByRole('dialog').or(page.getByRole('alertdialog')).waitFor();
    },
  ),
  row('renewal, in two weeks', '/sso/renewal', 'Make a new certificate', () => ({
    sso: anSsoState({ connection: live() }),
  })),
  row('renewal, has ended', '/sso/renewal', 'The certificate has ended', () => ({
    sso: anSsoState({ connection: live({ chip: 'failing' }) }),
    renewal: aRenewalState({
      certificates: [aTrustedCertificate({ notAfter: at(-2 * day) })],
      graceEndsAt: at(28 * day),
    }),
  })),
  row(
    'renewal, a certificate that is refused',
    '/sso/renewal',
    'This one is trusted already',
    () => ({
      sso: anSsoState({ connection: live() }),
      renewalCheck: () =>
        aMetadataCheck({
          canSave: false,
          findings: [
            {
              ...{ severity: 'stop', code: 'certificate_known', field: 'certificate' },
              ...{ facts: {}, repair: null },
            },
          ],
        }),
    }),
    async (page) => await page.locator('textarea').fill('-----BEGIN CERTIFICATE-----'),
  ),
  row(
    'renewal, the code',
    '/sso/renewal',
    'we just mailed to',
    () => ({ sso: anSsoState({ connection: live() }) }),
    async (page, say) => {
      await page.locator('textarea').fill('-----BEGIN CERTIFICATE-----');
      await page.getByRole('button', { name: say('Trust it beside the old one') }).click();
    },
  ),
  row('renewal, both trusted', '/sso/renewal', 'Make it active at', () => ({
    sso: anSsoState({ connection: live() }),
    renewal: aRenewalState({ certificates: [renewedCertificate(), aTrustedCertificate()] }),
  })),
  row('renewal, tested with the old one', '/sso/renewal', 'then test again', () => ({
    sso: anSsoState({ connection: live() }),
    renewal: aRenewalState({
      certificates: [renewedCertificate(), aTrustedCertificate()],
      lastTest: { attemptId: 'att_1', at: at(-minute), signedBy: aTrustedCertificate().fingerprint },
    }),
  })),
  row('renewal, in use', '/sso/renewal', 'The old one retires on', () => ({
    sso: anSsoState({ connection: live() }),
    renewal: aRenewalState({
      certificates: [
        renewedCertificate({ firstUsedAt: at(-minute), lastUsedAt: at(-minute) }),
        aTrustedCertificate({ retiresAt: at(7 * day) }),
      ],
      lastTest: { attemptId: 'att_1', at: at(-minute), signedBy: renewedCertificate().fingerprint },
    }),
  })),
  row('renewal, a test that waits', '/sso/renewal?attempt=att_9', 'Waiting for', () => ({
    sso: anSsoState({ connection: live() }),
    renewal: aRenewalState({ certificates: [renewedCertificate(), aTrustedCertificate()] }),
    attempts: [running(20_000)],
  })),
  row('renewal, a test that failed', '/sso/renewal?attempt=att_2', 'Test again', () => ({
    sso: anSsoState({ connection: live() }),
    renewal: aRenewalState({ certificates: [renewedCertificate(), aTrustedCertificate()] }),
    attempts: [aFailedAttempt('signature_unknown_key', { received: aCertificate().fingerprint })],
  })),
  row('renewal, by itself', '/sso/renewal', 'We took the new certificate', () => ({
    sso: anSsoState({ connection: live() }),
    renewal: aRenewalState({
      certificates: [
        aTrustedCertificate({ notAfter: at(700 * day), source: 'refresh', trustedAt: at(-8 * 3_600_000) }),
      ],
      metadata: {
        ...{ url: metadataUrl, fetchedAt: at(-8 * 3_600_000) },
        ...{ failingSince: null, needsPersonFor: null },
      },
    }),
  })),
  row('renewal, metadata that cannot be read', '/sso/renewal', 'would not be noticed', () => ({
    sso: anSsoState({ connection: live() }),
    renewal: aRenewalState({
      metadata: {
        ...{ url: metadataUrl, fetchedAt: at(-9 * day) },
        ...{ failingSince: at(-2 * day), needsPersonFor: 'gone' },
      },
    }),
  })),
  row('renewal, metadata that is not signed as agreed', '/sso/renewal', 'not signed with the key', () => ({
    sso: anSsoState({ connection: live() }),
    renewal: aRenewalState({
      metadata: {
        ...{ url: metadataUrl, fetchedAt: at(-9 * day) },
        ...{ failingSince: at(-2 * day), needsPersonFor: 'signature_refused' },
      },
    }),
  })),
  row('renewal, of a client secret', '/sso/renewal', 'Enter the new secret', () => ({
    sso: anSsoState({
      guide: aGuide('okta-oidc'),
      connection: live({
        ...{ protocol: 'oidc', identityProvider: null },
        openIdProvider: { ...openIdProvider(), secretEndsOn: at(14 * day).slice(0, 10) },
      }),
    }),
    renewal: aRenewalState({ certificates: [], graceEndsAt: null }),
  })),
  row('renewal, nothing live', '/sso/renewal', 'so no certificate is in use', () => ({ sso: configured() })),
  row('renewal, waits', '/sso/renewal', 'Renewal of what ends', () => ({
    sso: anSsoState({ connection: live() }),
    silent: 'GET /sso/renewal',
  })),
  row('renewal, not reached', '/sso/renewal', 'Something broke on our side', () => ({
    sso: anSsoState({ connection: live() }),
    refusals: { 'GET /sso/renewal': broken },
  })),
  row('weaker answers, side by side', '/sso/attempts/att_2/form', 'Only if somebody changed this', () => ({
    sso: anSsoState({ connection: live({ accepted: { signed: 'both', encrypted: true } }) }),
    attempts: [weakerAttempt()],
  })),
  row(
    'weaker answers, nothing to accept',
    '/sso/attempts/att_2/form',
    'There is nothing to accept here',
    () => ({
      sso: anSsoState({ connection: live({ accepted: { signed: 'assertion', encrypted: false } }) }),
      attempts: [weakerAttempt()],
    }),
  ),
  row(
    'weaker answers, the code',
    '/sso/attempts/att_2/form',
    'we just mailed to',
    () => ({
      sso: anSsoState({ connection: live({ accepted: { signed: 'both', encrypted: false } }) }),
      attempts: [weakerAttempt()],
    }),
    press(0),
  ),
  row('attempt, weaker than before', '/sso/attempts/att_2', 'Compare both forms', () => ({
    sso: anSsoState({ connection: live() }),
    attempts: [weakerAttempt()],
  })),
  row('connection, was reset', '/sso/provider', 'Bring it back', () => ({
    sso: anSsoState({ connection: aConnection(), formers: [aFormer({ reason: 'reset' })] }),
  })),
  row('home, a draft waits', '/home', 'A draft of single sign-on waits', () => ({
    home: aHome({
      draft: { isMine: true, heldBy: 'a•••@acme.com', startedAt: at(-3 * day), changedAt: at(-day) },
    }),
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
  row('provider, held by staff', '/sso/provider', 'You can also take the step back', () => ({
    sso: anSsoState({ view: ledBy('staff_led', aView()) }),
  })),
  row('metadata, held by staff', '/sso/metadata', 'You can also take the step back', () => ({
    sso: { ...configured(), view: ledBy('staff_led', aView({ choose_provider: 'done' })) },
  })),
  row('home, needs attention', '/home', 'Needs attention', () => ({
    home: aHome({
      ...{ ...doneHome(), allDone: false },
      view: aView({
        ...everyStepDone,
        repair_sign_in: { state: 'failed', cause: 'signature_unknown_key' },
        repair_domain: 'failed',
      }),
      nextStep: { feature: 'sso', step: 'repair_sign_in' },
      troubles: [
        aTrouble(),
        aTrouble({
          ...{ id: 'trouble_2', kind: 'record_missing', feature: 'domain_verification' },
          ...{ step: 'repair_domain', subjectId: 'dom_1', subject: 'acme.com', cause: null },
        }),
      ],
    }),
  })),
  row('home, waiting for a directory', '/home', 'waiting for the first people', () => ({
    home: aHome({
      view: aView(
        { ...everyStepDone, ...withDirectory },
        { waitingFor: 'provider', waitingSince: at(-10 * minute) },
      ),
      ...{ nextStep: null, domains: [aDomain({ chip: 'verified', state: 'verified' })] },
      directory: {
        id: 'directory_1',
        name: 'Microsoft Entra ID',
        chip: 'waiting',
        linkedAt: null,
        people: 0,
      },
    }),
  })),
  row('home, a directory needs attention', '/home', 'A change in Okta is on hold', () => ({
    home: aHome({
      ...{ ...doneHome(), allDone: false },
      view: aView({
        ...{ ...everyStepDone, ...withDirectory },
        ...{ receive_people: 'done', assign_roles: 'done', repair_directory: 'failed' },
      }),
      nextStep: { feature: 'directory_sync', step: 'repair_directory' },
      directory: { id: 'directory_1', name: 'Okta', chip: 'held', linkedAt: at(-9 * day), people: 900 },
      troubles: [
        aTrouble({ ...ofDirectory, id: 'trouble_3', kind: 'directory_held', cause: 'many_leave' }),
        aTrouble({ ...ofDirectory, id: 'trouble_4', kind: 'directory_silent', cause: 'changes_only' }),
        aTrouble({ ...ofDirectory, id: 'trouble_5', kind: 'directory_refused', cause: null }),
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
  row('home, what we store', '/home', 'Passwords never pass through here.', undefined, async (page) => {
    await page.locator('footer button').click();
    await page.getByRole('dialog').waitFor();
  }),
  row('session about to end', '/home', 'Still there?', () => ({
    session: aSession({ idleEndsAt: at(4 * minute) }),
  })),
  row('session at its last minutes', '/home', 'Sessions last 12 hours', () => ({
    session: aSession({ idleEndsAt: at(4 * minute), endsAt: at(4 * minute) }),
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
  row('provider, suggested', '/sso/provider', 'Suggested: Microsoft Entra ID', () => ({
    sso: nothingChosen(),
  })),
  row('provider, loading', '/sso/provider', 'Loading', () => ({ silent: 'GET /sso' })),
  row('provider, broken', '/sso/provider', 'Something broke on our side.', () => ({
    refusals: { 'GET /sso': broken },
  })),
  row('provider, chosen before', '/sso/provider', 'Chosen now: Microsoft Entra ID'),
  row(
    'provider, none found',
    '/sso/provider',
    'Nothing called “Keycloq”.',
    () => ({
      sso: nothingChosen(),
      providers: (query) => (query === '' ? providersOffered() : { suggestion: null, providers: [] }),
    }),
    async (page) => await page.locator('input[type=search]').fill('Keycloq'),
  ),
  row(
    'provider, address recognised',
    '/sso/provider',
    'Use Okta',
    () => ({ sso: nothingChosen() }),
    async (page) => {
      await page.locator('textarea').fill('https://acme.okta.com/app/exk1a2b3/sso/saml/metadata');
    },
  ),
  row(
    'provider, pasted by nobody we know',
    '/sso/provider',
    'We don’t know whose this is.',
    () => ({ sso: nothingChosen() }),
    async (page) => await page.locator('textarea').fill('https://idp.acme.com/metadata'),
  ),
  row(
    'provider, private key pasted',
    '/sso/provider',
    'private key',
    () => ({ sso: nothingChosen() }),
    async (page) =>
      await page.locator('textarea').fill('-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----'),
  ),
  row(
    'provider, several ways',
    '/sso/provider',
    'How should Okta connect?',
    () => ({ sso: nothingChosen() }),
    async (page) => {
      await page.getByRole('button', { name: 'Okta', exact: true }).click();
      await page.getByRole('dialog').waitFor();
    },
  ),
  row(
    'provider, not sure',
    '/sso/provider',
    'Who hosts your mail?',
    () => ({ sso: nothingChosen() }),
    async (page) => await page.locator('main summary').click(),
  ),
  ...['create-app', 'basic-saml', 'claims', 'assign', 'metadata'].map((step) =>
    row(`guide, ${step}`, `/sso/guide/${step}`, 'In Entra'),
  ),
  row('guide of OpenID Connect', '/sso/guide/settings', 'Sign-in redirect URIs', () => ({
    sso: anSsoState({ guide: aGuide('okta-oidc'), connection: aConnection({ providerId: 'okta-oidc' }) }),
  })),
  row('guide of Okta', '/sso/guide/attributes', 'Attribute', () => ({
    sso: anSsoState({ guide: aGuide('okta'), connection: aConnection({ providerId: 'okta' }) }),
  })),
  row('guide, our certificate for Login.gov', '/sso/guide/certificate', 'login-gov.pem', () => ({
    sso: anSsoState({ guide: aGuide('login-gov') }),
  })),
  row('guide, lines of a file', '/sso/guide/relying-party', 'conf/relying-party.xml', () => ({
    sso: anSsoState({ guide: aGuide('shibboleth'), connection: aConnection({ providerId: 'shibboleth' }) }),
  })),
  row(
    'guide, this screen changed',
    '/sso/guide/basic-saml',
    'Does your screen look different?',
    undefined,
    async (page) => {
      await page.locator('main button').last().click();
      await page.getByRole('dialog').waitFor();
    },
  ),
  row(
    'guide, change told',
    '/sso/guide/basic-saml',
    'The vendor will compare this step',
    undefined,
    async (page) => {
      await page.locator('main button').last().click();
      await page.getByRole('dialog').locator('[data-acts] button').first().click();
    },
  ),
  row('guide, before a provider is chosen', '/sso/guide', 'Choose your provider first', () => ({
    sso: nothingChosen(),
  })),
  row('metadata, empty', '/sso/metadata', 'Save and continue'),
  row('metadata, by file', '/sso/metadata', 'Or paste its text', () => ({
    sso: anSsoState({ drafts: { ...anSsoState().drafts, way: 'metadata_file' } }),
  })),
  row('metadata, by hand', '/sso/metadata', 'PEM, its base64 text', () => ({
    sso: anSsoState({ drafts: { ...anSsoState().drafts, way: 'manual' } }),
  })),
  row('metadata, held to a key', '/sso/metadata', 'anything else there is refused', () => ({
    sso: anSsoState({
      connection: aConnection({
        identityProvider: {
          ...identityProvider(),
          metadataKey: {
            pem: '-----BEGIN CERTIFICATE-----\nMIIEBTCCAm2gAwIBAgIUPg\n-----END CERTIFICATE-----\n',
            fingerprint: 'AA:BB:CC:DD:EE:FF',
          },
        },
      }),
    }),
  })),
  row('metadata, good', '/sso/metadata', 'From Microsoft Entra ID', undefined, typeAddress),
  row(
    'metadata, to be accepted',
    '/sso/metadata',
    'Use it anyway',
    () => ({
      check: () =>
        aMetadataCheck({
          needsAccepting: true,
          findings: [{ severity: 'warn', code: 'app_id_missing', field: 'url', facts: {}, repair: null }],
        }),
    }),
    typeAddress,
  ),
  row(
    'metadata, refused by the address',
    '/sso/metadata',
    'The address must start with https.',
    undefined,
    async (page) => await page.locator('main input[type=url]').fill('http://login.microsoftonline.com/x'),
  ),
  row('metadata, saved already', '/sso/metadata', 'Saved already', () => ({ sso: configured() })),
  row('metadata, in use', '/sso/metadata', 'These settings are in use', () => ({
    sso: anSsoState({ connection: live() }),
  })),
  row('attributes', '/sso/attributes', 'Which fields mean what', () => ({
    sso: configured(),
    attributes: {
      fields: [
        anAttributeField({ attribute: 'NameID' }),
        anAttributeField({ field: 'email', attribute: 'mail', isDefault: false, lastValue: 'a•••@acme.com' }),
        anAttributeField({
          field: 'custom.department',
          label: 'Department',
          attribute: 'department',
          required: false,
        }),
      ],
      received: ['NameID', 'mail'],
    },
  })),
  row('test, too early', '/sso/test', 'We need your provider’s side first'),
  row('test, ready', '/sso/test', 'Start test', () => ({ sso: configured() })),
  row('test, passed before', '/sso/test', 'The last test worked', () => ({
    sso: anSsoState({ connection: tested() }),
    attempts: [aPassedAttempt(), aFailedAttempt()],
  })),
  row('test, waiting', '/sso/test?attempt=att_9', 'This page updates itself', () => ({
    sso: configured(),
    attempts: [running(1000)],
  })),
  row('test, waiting long', '/sso/test?attempt=att_9', 'No answer yet.', () => ({
    sso: configured(),
    attempts: [running(95_000)],
  })),
  row('test, passed', '/sso/test?attempt=att_1', 'Your signing certificate ends on', () => ({
    sso: anSsoState({
      connection: tested({
        identityProvider: { ...identityProvider(), certificates: [aCertificate({ notAfter: at(40 * day) })] },
      }),
    }),
    attempts: [aPassedAttempt()],
  })),
  row('test, failed', '/sso/test?attempt=att_2', 'Nothing is live and nobody is affected.', () => ({
    sso: configured(),
    attempts: [aFailedAttempt()],
  })),
  row('test, timed out', '/sso/test?attempt=att_2', 'No answer came within 5 minutes', () => ({
    sso: configured(),
    attempts: [
      aFailedAttempt('timed_out', {}, { chip: 'timed_out', checks: [], responseXml: null, endedAt: null }),
    ],
  })),
  row(
    'test, a repair to confirm',
    '/sso/test?attempt=att_2',
    '…77BE',
    () => ({
      sso: configured(),
      attempts: [aFailedAttempt('signature_unknown_key', { received: aCertificate().fingerprint })],
      repair: { repair: 'trust_new_certificate', before: ['…77BE'], after: ['…A41C'], result: null },
    }),
    async (page, say) => await page.getByRole('button', { name: say('Trust the new certificate') }).click(),
  ),
  row('attempt', '/sso/attempts/att_2', 'another', () => ({
    sso: anSsoState({ connection: live() }),
    attempts: [aFailedAttempt()],
  })),
  row('go live, ready', '/sso/go-live', 'Test passed', () => ({
    sso: anSsoState({ connection: tested() }),
    domains: [aDomainDetail({ chip: 'verified', state: 'verified', verifiedAt: at(-day) })],
  })),
  row('go live, untested', '/sso/go-live', 'Not ready to go live yet', () => ({ sso: configured() })),
  row('go live, changed since the test', '/sso/go-live', 'Test the new settings first', () => ({
    sso: anSsoState({ connection: tested({ changedSinceTest: true }) }),
  })),
  row('go live, domain missing', '/sso/go-live', 'One verified domain is needed first', () => ({
    sso: anSsoState({ connection: tested() }),
    domains: [aDomainDetail()],
    policy: 'required',
  })),
  row('go live, switching on', '/sso/go-live', 'Switching on', () => ({
    sso: anSsoState({ connection: tested(), view: aView({ go_live: 'waiting' }) }),
  })),
  row('connection, live', '/sso/connection', 'Single sign-on is live', () => ({
    sso: anSsoState({ connection: live() }),
    attempts: [aPassedAttempt(), aFailedAttempt()],
    perDay: [
      { day: '2026-11-23', worked: 12, failed: 1 },
      { day: '2026-11-24', worked: 9, failed: 4 },
    ],
  })),
  row('connection, without sign-ins', '/sso/connection', 'No sign-ins yet.', () => ({
    sso: anSsoState({ connection: live() }),
  })),
  row('connection, failing', '/sso/connection', '14 sign-ins failed lately.', () => ({
    sso: anSsoState({
      connection: live({
        ...{ chip: 'failing', recentFailures: 14, topCause: 'signature_unknown_key' },
        troubles: [
          aTrouble(),
          aTrouble({ id: 'trouble_2', kind: 'metadata_failing', step: 'repair_metadata', cause: 'gone' }),
        ],
      }),
    }),
  })),
  row('connection, off', '/sso/connection', 'Single sign-on is switched off', () => ({
    sso: anSsoState({ connection: live({ chip: 'off' }) }),
  })),
  row('connection, not live', '/sso/connection', 'Single sign-on is not live yet'),
  row('domains, none', '/domains', 'No domain yet'),
  row('domains, loading', '/domains', 'Loading', () => ({ silent: 'GET /domains' })),
  row('domains, some', '/domains', 'acme.com', () => ({
    domains: [
      aDomainDetail(),
      aDomainDetail({ id: 'dom_2', domain: 'xn--mnchen-3ya.de', unicode: 'münchen.de', chip: 'not_right' }),
    ],
    policy: 'required',
  })),
  row('domain, waiting', '/domains/dom_1', 'You can close this page.', () => ({
    domains: [aDomainDetail()],
  })),
  row('domain, host unknown', '/domains/dom_1', 'Where is your DNS?', () => ({
    domains: [aDomainDetail({}, { host: null })],
  })),
  row('domain, twice in the name', '/domains/dom_1', 'The name has the domain twice.', () => ({
    domains: [
      aDomainDetail({
        chip: 'not_right',
        verdict: {
          kind: 'domain_twice',
          facts: { name: '_vestibule-challenge.acme.com.acme.com', host: '_vestibule-challenge' },
          answers: [
            {
              server: 'ns1.example.net',
              name: '_vestibule-challenge.acme.com.acme.com',
              answer: [wrongValue],
              meaning: 'domain_twice',
            },
          ],
        },
      }),
    ],
  })),
  row('domain, wrong value', '/domains/dom_1', 'The part before the equals sign is missing.', () => ({
    domains: [
      aDomainDetail({
        chip: 'not_right',
        verdict: {
          kind: 'wrong_value',
          facts: { expected: wrongValue, received: [wrongValue.slice(17)], slip: 'only_token' },
          answers: [],
        },
      }),
    ],
  })),
  ...(['verified', 'lapsed', 'conflict', 'failed'] as const).map((state) =>
    row(
      `domain, ${state}`,
      '/domains/dom_1',
      { verified: 'is verified', lapsed: 'has gone', conflict: 'Another organization', failed: 'was found' }[
        state
      ],
      () => ({ domains: [aDomainDetail({ state, chip: state, verifiedAt: at(-day) })] }),
    ),
  ),
  row(
    'domain, about to be removed',
    '/domains/dom_1',
    'Remove acme.com?',
    () => ({ domains: [aDomainDetail()] }),
    async (page) => {
      await page.locator('main button').last().click();
      await page.getByRole('dialog').waitFor();
    },
  ),
  row('finished', '/finished', 'Acme Industries is connected', () => ({
    sso: anSsoState({ connection: live() }),
    home: doneHome(),
  })),
  row('finished, with a directory', '/finished', '900 active people', () => ({
    ...{
      sso: anSsoState({ connection: live() }),
      session: aSession({ features: ['sso', 'directory_sync'] }),
    },
    home: {
      ...doneHome(),
      directory: { id: 'directory_1', name: 'Okta', chip: 'linked', linkedAt: at(-9 * day), people: 900 },
    },
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
    await tabTo(page, 'Use SAML');
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
