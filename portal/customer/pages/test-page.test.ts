import { beforeEach, describe, expect, it, vi } from 'vitest';
import { aFailedAttempt, aPassedAttempt } from '../../../test/support/attempt-builders.ts';
import {
  aCertificate,
  aConnection,
  aDraft,
  aSession,
  anSsoState,
  at,
  identityProvider,
  ourValues,
} from '../../../test/support/setup-builders.ts';
import { createFakeSetupApi } from '../../../test/support/fake-setup-api.ts';
import { buttonOf, pageOpener, pressContinueKey, sent, settle } from '../testing/open-page.ts';

const openPage = pageOpener(createFakeSetupApi);

const ready = () =>
  anSsoState({ connection: aConnection({ chip: 'not_tested', identityProvider: identityProvider() }) });
const running = (ageMs: number) =>
  aPassedAttempt({ id: 'att_9', chip: 'in_progress', endedAt: null, profile: null, startedAt: at(-ageMs) });

const tab = { opener: {}, location: { replace: vi.fn() }, close: vi.fn() };
beforeEach(() => {
  tab.location.replace.mockReset();
  tab.close.mockReset();
  vi.stubGlobal('open', () => tab);
});

const aLiveConnection = () =>
  aConnection({ chip: 'live', identityProvider: identityProvider(), activatedAt: at(-1000) });

describe('the test sign-in', () => {
  it.each([{ readOnly: true }, { features: ['certificate_renewal' as const] }])(
    'offers no repair that is ours to a link that may not change sign-in: %o',
    async (link) => {
      const failed = aFailedAttempt('signature_unknown_key', { fingerprint: 'a41c' }, { origin: 'test' });
      const { page } = await openPage(`/sso/attempts/${failed.id}`, {
        sso: ready(),
        attempts: [failed],
        session: aSession(link),
      });

      expect(page.text()).toContain('What was checked');
      expect(page.text()).not.toContain('Trust the new certificate');
    },
  );

  it('waits for the provider’s side before it can begin', async () => {
    const { page } = await openPage('/sso/test');

    expect(page.get('h1').text()).toBe('We need your provider’s side first');
    expect(buttonOf(page, 'Give us your side').attributes('href')).toBe('/sso/metadata');
  });

  it('leaves a space between its hint and the pages that it leads to', async () => {
    const { page } = await openPage('/sso/test', { sso: ready() });

    expect(page.get('main').text()).toMatch(/\. Which fields mean what · /);
  });

  it('opens the sign-in in a tab that cannot reach back, and waits here', async () => {
    const { page, fake } = await openPage('/sso/test', { sso: ready(), attempts: [running(1000)] });

    await buttonOf(page, 'Start test').trigger('click');
    await settle();

    expect(tab.location.replace).toHaveBeenCalledWith('https://auth.ledgerly.example/sso/test/tst_1');
    expect(tab.opener).toBeNull();
    expect(sent(fake, 'POST', '/sso/tests')).toHaveLength(1);
    expect(page.text()).toContain('Waiting for Entra’s answer');
  });

  it('closes the tab again when the test is refused', async () => {
    const { page } = await openPage('/sso/test', {
      sso: ready(),
      refusals: { 'POST /sso/tests': { status: 409, code: 'connection_incomplete' } },
    });

    await buttonOf(page, 'Start test').trigger('click');
    await settle();

    expect(tab.close).toHaveBeenCalled();
    expect(page.text()).toContain('Something is missing before this can be tested.');
  });

  it('a test address can be copied for another window instead', async () => {
    const { page } = await openPage('/sso/test', { sso: ready(), attempts: [running(1000)] });

    await buttonOf(page, 'Copy test address').trigger('click');
    await settle();

    expect(page.text()).toContain('https://auth.ledgerly.example/sso/test/tst_1');
    expect(page.text()).toMatch(/Good once, until \d\d:\d\d/);
    expect(tab.location.replace).not.toHaveBeenCalled();
  });

  it('after 90 seconds names the provider’s usual causes and explains its codes', async () => {
    const { page } = await openPage('/sso/test?attempt=att_9', { sso: ready(), attempts: [running(95_000)] });
    expect(page.text()).toContain('No answer yet. Often it is one of these');

    await page.get('main input').setValue('AADSTS700016');
    await settle();

    expect(page.text()).toContain('Entra doesn’t know this app');
    expect(page.text()).toContain(ourValues.SP_ENTITY_ID);
  });

  it('shows who came, from which attribute, and warns of what ends soon', async () => {
    const side = { ...identityProvider(), certificates: [aCertificate({ notAfter: at(40 * 86_400_000) })] };
    const { page } = await openPage('/sso/test?attempt=att_1', {
      sso: anSsoState({ connection: aConnection({ chip: 'tested', identityProvider: side }) }),
      attempts: [aPassedAttempt()],
    });

    expect(page.get('h1').text()).toBe('It works');
    expect(page.text()).toContain('a•••@acme.com');
    expect(page.text()).toContain('from http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress');
    expect(page.findAll('dt').map((name) => name.text())).toContain('Department');
    expect(page.text()).toContain('Your signing certificate ends on');
    expect(buttonOf(page, 'Continue').attributes('href')).toBe('/sso/go-live');
  });

  it('says of a certificate that has ended already until when it is taken', async () => {
    const side = { ...identityProvider(), certificates: [aCertificate({ notAfter: at(-2 * 86_400_000) })] };
    const { page } = await openPage('/sso/test?attempt=att_1', {
      sso: anSsoState({ connection: aConnection({ chip: 'tested', identityProvider: side }) }),
      attempts: [aPassedAttempt()],
    });

    expect(page.text()).toMatch(
      /Your signing certificate ended on .+ We take it until .+; renew it before then/,
    );
  });

  it('shows the first of many groups, the rest at a press, and says when they were left out', async () => {
    const { profile: brought } = aPassedAttempt();
    if (brought === null) throw new Error('nobody came');
    const groups = Array.from({ length: 150 }, (_, at) => `group-${at}`);
    const received = [{ name: 'http://schemas.microsoft.com/claims/groups.link', values: ['https://graph'] }];
    const openWith = (profile: object) =>
      openPage('/sso/test?attempt=att_1', {
        sso: anSsoState({
          connection: aConnection({ chip: 'tested', identityProvider: identityProvider() }),
        }),
        attempts: [aPassedAttempt({ profile: { ...brought, ...profile } })],
      });

    const many = (await openWith({ groups })).page;
    expect(many.get('dl details').text()).toContain('142 more');
    expect(many.text()).not.toContain('left out');
    const none = (await openWith({ groups: [], received })).page;
    expect(none.text()).toContain('Groups were left out');
  });

  it('a failed test leads with what differs, marks it, names the field and keeps calm', async () => {
    const { page } = await openPage('/sso/test?attempt=att_2', {
      sso: ready(),
      attempts: [aFailedAttempt()],
    });

    expect(page.get('h1').text()).toBe('Entra sent a different audience than we expect');
    expect(page.findAll('mark').map((mark) => mark.text())).toEqual(['/']);
    expect(page.text()).toContain('extra slash at the end');
    expect(page.text()).toContain('Single sign-on → Basic SAML Configuration → Identifier (Entity ID)');
    expect(page.find('[aria-label="Copy Our value"]').exists()).toBe(true);
    expect(page.text()).toContain('Nothing is live and nobody is affected. Your place is kept.');
    expect(page.text()).toContain('What was checked (11 passed, 1 failed)');
    expect(page.text()).toContain('Attempt 7QX3-02');
  });

  it('a repair shows before and after, and is done only once confirmed', async () => {
    const { page, fake } = await openPage('/sso/test?attempt=att_2', {
      sso: ready(),
      attempts: [aFailedAttempt('signature_unknown_key', { received: aCertificate().fingerprint })],
      repair: { repair: 'trust_new_certificate', before: ['…77BE'], after: ['…A41C'], result: null },
    });

    await buttonOf(page, 'Trust the new certificate').trigger('click');
    await settle();
    expect(document.body.textContent).toContain('…77BE');
    expect(sent(fake, 'POST', '/sso/repairs')).toEqual([{ attemptId: 'att_2', confirm: false }]);
    const confirm = [...document.querySelectorAll<HTMLElement>('[role=dialog] button')].find(
      (button) => button.textContent?.trim() === 'Trust the new certificate',
    );
    confirm?.click();
    await settle();

    expect(sent(fake, 'POST', '/sso/repairs').at(-1)).toEqual({ attemptId: 'att_2', confirm: true });
    expect(page.text()).toContain('Done. Test again to see it work.');
  });

  it('leads back to the form when the provider refused the client’s secret', async () => {
    const { page } = await openPage('/sso/test?attempt=att_2', {
      sso: ready(),
      attempts: [aFailedAttempt('client_refused', { message: 'invalid_client' })],
    });

    const again = page.findAll('a').find((link) => link.text() === 'Enter it again');
    expect(again?.attributes('href')).toContain('/sso/metadata');
    expect(page.text()).not.toContain('Trust the new certificate');
  });

  it('does not say that nobody is affected once the connection is live', async () => {
    const { page } = await openPage('/sso/attempts/att_2', {
      sso: anSsoState({ connection: aLiveConnection() }),
      attempts: [aFailedAttempt()],
    });

    expect(page.text()).not.toContain('nobody is affected');
  });

  it.each([
    ['signature_unknown_key', 1],
    ['audience_differs', 0],
  ] as const)(
    'leads from %s of a live connection to where a certificate is renewed',
    async (cause, count) => {
      const { page } = await openPage('/sso/attempts/att_2', {
        sso: anSsoState({ connection: aLiveConnection() }),
        attempts: [aFailedAttempt(cause, {}, { origin: 'app' })],
      });

      const renewals = page.findAll('a').filter((link) => link.text() === 'Renew the certificate');
      expect(renewals.map((link) => link.attributes('href'))).toEqual(Array(count).fill('/sso/renewal'));
    },
  );

  it('nor while a draft is edited beside what people sign in with', async () => {
    const { page } = await openPage('/sso/attempts/att_2', {
      sso: anSsoState({
        connection: aConnection({ chip: 'not_tested', identityProvider: identityProvider() }),
        serving: aLiveConnection(),
        draft: aDraft(),
      }),
      attempts: [aFailedAttempt('unsolicited', {}, { origin: 'provider' })],
    });

    expect(page.text()).not.toContain('nobody is affected');
    expect(buttonOf(page, 'Back to the connection').attributes('href')).toBe('/sso/connection');
  });

  it.each([
    ['audience_differs', 'Fix in Entra'],
    ['token_nonce_differs', 'What to do'],
  ] as const)('names the console only where the fix of %s is there', async (cause, title) => {
    const { page } = await openPage('/sso/test?attempt=att_2', {
      sso: ready(),
      attempts: [aFailedAttempt(cause)],
    });

    expect(page.findAll('h2').map((one) => one.text())).toContain(title);
  });
});

describe('a link whose work is done', () => {
  it.each([
    ['before a test', '/sso/test', []],
    [
      'after one that failed',
      '/sso/test?attempt=att_9',
      [aFailedAttempt('audience_differs', {}, { id: 'att_9' })],
    ],
  ])('shows the page %s and nothing that begins one', async (_, path, attempts) => {
    const { page, fake } = await openPage(path, {
      sso: ready(),
      attempts,
      session: aSession({ readOnly: true }),
    });

    expect(page.findAll('button').map((one) => one.text())).not.toContain('Start test');
    expect(page.text()).not.toMatch(/Start test|Test again|Copy test address/);
    await pressContinueKey();
    expect(sent(fake, 'POST', '/sso/tests')).toEqual([]);
  });
});

it.each([
  ['attribute_missing', 1],
  ['email_missing', 1],
  ['audience_differs', 0],
] as const)('after %s: the page leads to the fields by %s button', async (cause, leads) => {
  const { page } = await openPage('/sso/test?attempt=att_9', {
    sso: ready(),
    attempts: [aFailedAttempt(cause, {}, { id: 'att_9' })],
  });

  expect(page.findAll('a').filter((one) => one.text() === 'Which fields mean what')).toHaveLength(leads);
});
