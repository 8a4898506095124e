import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { SsoState } from '../../../api/contract/setup-connections.ts';
import { aFailedAttempt, aPassedAttempt } from '../../../test/support/attempt-builders.ts';
import { aDomainDetail } from '../../../test/support/domain-builders.ts';
import {
  aCertificate,
  aConnection,
  aHome,
  aSession,
  aTimeline,
  aView,
  anSsoState,
  at,
  identityProvider,
  openIdProvider,
} from '../../../test/support/setup-builders.ts';
import { aConnectionAtHome, aSecondAtHome } from '../../../test/support/setup-states.ts';
import { createFakeSetupApi } from '../../../test/support/fake-setup-api.ts';
import { buttonOf, pageOpener, sent, settle } from '../testing/open-page.ts';

const openPage = pageOpener(createFakeSetupApi);

const day = 86_400_000;
const tested = (change = {}) =>
  aConnection({
    chip: 'tested',
    identityProvider: identityProvider(),
    testedAt: at(-300_000),
    testedEmail: 'a•••@acme.com',
    ...change,
  });
const live = (change = {}) => tested({ chip: 'live', activatedAt: at(-2 * day), ...change });

describe('going live', () => {
  it('says what it rests on and what it does, and is one press', async () => {
    const { page, fake } = await openPage('/sso/go-live', {
      sso: anSsoState({ connection: tested() }),
      domains: [aDomainDetail({ chip: 'verified', state: 'verified', verifiedAt: at(-day) })],
    });
    expect(page.text()).toContain('Test passed 5 min ago (a•••@acme.com)');
    expect(page.text()).toContain('Ledgerly may send people with @acme.com to Entra. Nobody is signed out.');

    await buttonOf(page, 'Go live').trigger('click');
    await settle();

    expect(sent(fake, 'POST', '/sso/go-live')).toEqual([{}]);
  });

  it('says of a certificate that has ended until when it is taken', async () => {
    const side = { ...identityProvider(), certificates: [aCertificate({ notAfter: at(-3 * day) })] };
    const { page } = await openPage('/sso/go-live', {
      sso: anSsoState({ connection: tested({ identityProvider: side }) }),
    });

    expect(page.text()).toMatch(/The certificate ended on .+ We take it until \d+ \w+ \d{4}/);
  });

  it('settings that changed since the test are tested first', async () => {
    const { page } = await openPage('/sso/go-live', {
      sso: anSsoState({ connection: tested({ changedSinceTest: true }) }),
    });

    expect(buttonOf(page, 'Test the new settings first').attributes('href')).toBe('/sso/test');
    expect(page.text()).not.toContain('Go live now');
  });

  it('waits for a verified domain where the policy wants one', async () => {
    const { page } = await openPage('/sso/go-live', {
      sso: anSsoState({ connection: tested() }),
      domains: [aDomainDetail()],
      policy: 'required',
    });

    expect(page.text()).toContain('One verified domain is needed first');
    expect(buttonOf(page, 'Verify a domain first').attributes('href')).toBe('/domains');
  });

  it('says who can verify the domain that it waits for, where the link does not cover domains', async () => {
    const { page } = await openPage('/sso/go-live', {
      sso: anSsoState({ connection: tested() }),
      policy: 'required',
      session: aSession({ features: ['sso'] }),
    });

    expect(page.text()).toContain('Ask Ledgerly Inc. to verify one, or for a link that covers them.');
    expect(page.findAll('a').map((one) => one.text())).not.toContain('Verify a domain first');
  });

  it.each<[string, SsoState['beside'], string, string | undefined]>([
    [
      'neither is for chosen domains',
      { own: null, others: [{ name: 'Okta', domains: null }] },
      'Live beside it: Okta. Choose whose addresses may use which, so that Ledgerly knows',
      '/sso/domains',
    ],
    [
      'this one is',
      { own: ['partner.test'], others: [{ name: 'Okta', domains: null }] },
      'Live beside it: Okta. People with @partner.test are sent here',
      undefined,
    ],
    [
      'the other is',
      { own: null, others: [{ name: 'Okta', domains: ['acme.com'] }] },
      'Live beside it: Okta. People whose domain was chosen for none are sent here',
      undefined,
    ],
  ])('beside another says how the two are told apart: %s', async (_which, beside, words, choice) => {
    const { page } = await openPage('/sso/go-live', {
      sso: anSsoState({ connection: tested({ id: 'conn_2', isAdditional: true }), beside }),
      domains: [aDomainDetail({ chip: 'verified', state: 'verified', verifiedAt: at(-day) })],
    });

    expect(page.text()).toContain(words);
    const leads = page.findAll('main a').filter((one) => one.text() === 'Whose addresses may use this');
    expect(leads.map((one) => one.attributes('href'))).toEqual(choice === undefined ? [] : [choice]);
    if (beside.own !== null) expect(page.text()).toContain('may send people with @partner.test to Entra.');
  });

  it('shows that it is being switched on until it is', async () => {
    const { page } = await openPage('/sso/go-live', {
      sso: anSsoState({ connection: tested(), view: aView({ go_live: 'waiting' }) }),
    });

    expect(page.get('h1').text()).toBe('Switching on');
  });
});

describe('the live connection', () => {
  it('says for as long as it is so that nothing tells it from another', async () => {
    const others = [{ name: 'Okta', domains: null }];
    const open = (own: string[] | null) =>
      openPage('/sso/connection', { sso: anSsoState({ connection: live(), beside: { own, others } }) });

    expect((await open(null)).page.text()).toContain('Live beside it: Okta. Choose whose addresses');
    expect((await open(['acme.com'])).page.text()).not.toContain('Live beside it');
  });

  it('names what of it is renewed: a certificate, or the secret of OpenID Connect', async () => {
    const saml = await openPage('/sso/connection', { sso: anSsoState({ connection: live() }) });
    const openId = live({ protocol: 'oidc', identityProvider: null, openIdProvider: openIdProvider() });
    const oidc = await openPage('/sso/connection', { sso: anSsoState({ connection: openId }) });

    expect(saml.page.get('a[href="/sso/renewal"]').text()).toBe('Renew the certificate');
    expect(oidc.page.get('a[href="/sso/renewal"]').text()).toBe('Renew the client secret');
  });

  it('asks before it switches off, says what that does, and keeps the safe answer first', async () => {
    const { page, fake } = await openPage('/sso/connection', { sso: anSsoState({ connection: live() }) });

    await buttonOf(page, 'Switch off').trigger('click');
    await settle();
    const dialog = document.querySelector('[role=dialog], [role=alertdialog]');
    expect(dialog?.textContent).toContain('People can no longer sign in to Ledgerly through Entra.');
    expect(document.activeElement?.textContent?.trim()).toBe('Cancel');
    [...(dialog?.querySelectorAll('button') ?? [])]
      .find((button) => button.textContent?.trim() === 'Switch off')
      ?.click();
    await settle();

    expect(sent(fake, 'POST', '/sso/switch-off')).toEqual([{}]);
  });

  it.each(['Switch off', 'Reset', 'Delete'])(
    'says before it is stopped that nobody would be left with the top role: %s',
    async (act) => {
      const { page } = await openPage('/sso/connection', {
        sso: anSsoState({ connection: live() }),
        roleLost: 'Admin',
      });

      await buttonOf(page, act).trigger('click');
      await settle();

      const dialog = document.querySelector('[role=dialog], [role=alertdialog]');
      expect(dialog?.textContent).toContain('Nobody would be left with Admin.');
    },
  );

  it('can be switched on again where it was switched off', async () => {
    const { page, fake } = await openPage('/sso/connection', {
      sso: anSsoState({ connection: live({ chip: 'off' }) }),
    });

    await buttonOf(page, 'Switch on').trigger('click');
    await settle();

    expect(sent(fake, 'POST', '/sso/switch-on')).toEqual([{}]);
  });

  it('lists sign-ins, filters the failed ones, and shows the same as a table', async () => {
    const { page, fake } = await openPage('/sso/connection', {
      sso: anSsoState({ connection: live() }),
      attempts: [aPassedAttempt(), aFailedAttempt()],
      perDay: [
        { day: '2026-11-23', worked: 12, failed: 1 },
        { day: '2026-11-24', worked: 9, failed: 4 },
      ],
    });
    expect(page.text()).toContain('another audience');

    expect(page.findAll('figure tbody tr').map((row) => row.text())).toEqual([
      '23 Nov 2026121',
      '24 Nov 202694',
    ]);
    await page.get('main select').setValue('failed');
    await settle();

    expect(fake.requests.at(-1)?.query.get('state')).toBe('failed');
    expect(page.findAll('main ol a').map((link) => link.text())).toEqual(['nobody named']);
  });

  it('many failures bring their most frequent cause on top', async () => {
    const { page } = await openPage('/sso/connection', {
      sso: anSsoState({
        connection: live({ chip: 'failing', recentFailures: 14, topCause: 'signature_unknown_key' }),
      }),
    });

    expect(page.text()).toContain('14 sign-ins failed lately.');
    expect(page.text()).toContain('Most often: signed with an unknown certificate.');
  });

  it.each([
    [40, /40 days left, until \d+ \w+ \d{4} · You renew it/],
    [1, /1 day left, until/],
    [-3, /ended on .+, taken until \d+ \w+ \d{4} · You renew it/],
    [-31, /ended on .+, nobody can sign in with it/],
  ])('%i days before its end the certificate is spoken of so', async (days, said) => {
    const side = { ...identityProvider(), certificates: [aCertificate({ notAfter: at(days * day) })] };
    const byHand = { ...side, metadataUrl: null };
    const { page } = await openPage('/sso/connection', {
      sso: anSsoState({ connection: live({ identityProvider: byHand }) }),
    });

    expect(page.text()).toMatch(said);
  });

  it('days that a certificate has left are days of the calendar, as in the mails about it', async () => {
    const evening = new Date('2026-03-01T20:00:00');
    vi.useFakeTimers({ now: evening, toFake: ['Date'] });
    onTestFinished(() => void vi.useRealTimers());
    const certificates = [aCertificate({ notAfter: new Date('2026-03-02T23:00:00').toISOString() })];
    const { page } = await openPage('/sso/connection', {
      sso: anSsoState({ connection: live({ identityProvider: { ...identityProvider(), certificates } }) }),
    });

    expect(page.text()).toContain('1 day left, until 2 Mar 2026');
  });

  it('its settings are shown, not changed, by the pages of the set-up', async () => {
    const { page } = await openPage('/sso/metadata', { sso: anSsoState({ connection: live() }) });

    expect(page.text()).toContain('These settings are in use');
    expect(page.text()).not.toContain('Save and continue');
  });
});

describe('the settings of a connection', () => {
  it('each says what it changes at the provider, and saving sends those that are offered', async () => {
    const { page, fake } = await openPage('/sso/connection', {
      sso: anSsoState({ connection: tested() }),
    });
    expect(page.text()).toContain('Lets Entra check that a request is ours.');
    expect(page.text()).toContain('Nothing is changed yet');

    await page.get('input[name=forceAuthn]').setValue(true);
    await buttonOf(page, 'Save settings').trigger('submit');
    await settle();

    expect(sent(fake, 'PUT', '/sso/options')).toEqual([
      {
        signRequests: false,
        encryptAssertions: false,
        forceAuthn: true,
        allowIdpInitiated: false,
      },
    ]);
  });

  it('shows the certificates to carry to the provider once there are any', async () => {
    const options = {
      ...aConnection().options,
      signRequests: true,
      encryptAssertions: true,
      forceAuthn: false,
      allowIdpInitiated: false,
      singleLogout: false,
      idpSloUrl: null,
      signingCertificate: 'the signing certificate',
      encryptionCertificates: ['the encryption certificate'],
    };
    const { page } = await openPage('/sso/connection', {
      sso: anSsoState({ connection: tested({ options, changedSinceTest: true }) }),
    });

    expect(page.text()).toContain('the signing certificate');
    expect(page.text()).toContain('the encryption certificate');
    expect(page.text()).toContain('The settings changed since the last test.');
  });

  it('of a live connection are shown and not changed', async () => {
    const { page } = await openPage('/sso/connection', { sso: anSsoState({ connection: live() }) });

    expect(page.text()).toContain('Single sign-on is live with these settings');
    expect(page.text()).toContain('Ask people to sign in afreshOff');
    expect(page.find('input[name=forceAuthn]').exists()).toBe(false);
  });
});

describe('the end', () => {
  const done = (ends = at(400 * day)) => ({
    sso: anSsoState({ connection: live() }),
    home: aHome({
      allDone: true,
      nextStep: null,
      connection: {
        id: 'conn_1',
        providerId: 'okta',
        providerName: 'Okta',
        chip: 'live' as const,
        activatedAt: at(-day),
        certificateEndsAt: ends,
        certificateRenewsItself: true,
      },
      connections: [aConnectionAtHome()],
      timeline: aTimeline(),
    }),
  });

  it('says what is connected, what we watch, and where notices go', async () => {
    const { page } = await openPage('/finished', done());

    expect(page.get('h1').text()).toBe('Acme is connected');
    expect(page.text()).toContain('Single sign-on is live · Okta');
    expect(page.text()).toMatch(/We watch the certificate until \d+ \w+ \d{4}/);
    expect(page.text()).toContain('Notices go to a•••@acme.com.');
  });

  it('names every connection that is live, and keeps the values of each', async () => {
    const { home } = done();
    const values = { entityId: null, acsUrl: null };
    const second = aSecondAtHome({
      activatedAt: at(-3_600_000),
      values: {
        ...values,
        redirectUri: 'https://auth.acme.test/callback',
        provider: 'https://login.acme.test',
      },
    });
    const { page } = await openPage('/finished', {
      home: { ...home, connections: [aConnectionAtHome(), second] },
    });

    expect(page.text()).toContain('Single sign-on is live · Okta');
    expect(page.text()).toContain('Single sign-on is live · Microsoft Entra ID');
    const record = page.get('section[aria-labelledby=details]');
    expect(record.findAll('h3').map((one) => one.text())).toEqual(['Okta', 'Microsoft Entra ID']);
    expect(record.text()).toContain('https://auth.acme.test/callback');
    expect(record.text()).toContain('Issuerhttps://login.acme.test');
  });

  it.each([
    [-3, /The certificate ended on .+ We take it until .+; renew it before then\./],
    [-40, /The certificate ended on .+ Nobody can sign in until a new one is trusted\./],
  ])('%i days before its end it says so of the certificate', async (days, said) => {
    const { page } = await openPage('/finished', done(at(days * day)));

    expect(page.text()).toMatch(said);
  });

  it('finishing ends the session and leads where the vendor wants', async () => {
    const assign = vi.spyOn(window.location, 'assign').mockImplementation(() => undefined);
    const { page, fake } = await openPage('/finished', done());

    await buttonOf(page, 'Go to Ledgerly').trigger('click');
    await settle();

    expect(sent(fake, 'POST', '/session/finish')).toHaveLength(1);
    expect(assign).toHaveBeenCalledWith('https://app.ledgerly.example/done');
    assign.mockRestore();
  });

  it('a finished link says until when it shows this', async () => {
    const { page } = await openPage('/finished', { ...done(), session: aSession({ readOnly: true }) });

    expect(page.text()).toMatch(/This link shows the summary until \d+ \w+ \d{4}/);
  });
});

describe('the end of a link for one part', () => {
  it('of log streams says where events go, and that those that cannot be sent are kept', async () => {
    const splunk = { id: 'log_stream_1', name: 'Splunk', chip: 'streaming' as const };
    const { page } = await openPage('/finished', {
      session: aSession({ features: ['log_streams'] }),
      home: aHome({
        allDone: true,
        nextStep: null,
        logStreams: [{ ...splunk, startedAt: at(-day), lastSentAt: at(-1_000) }],
      }),
    });

    // Whether people can sign in is nothing that this link knows.
    expect(page.get('h1').text()).toBe('What is done for Acme');
    expect(page.text()).toContain('Audit events are streamed to Splunk');
    expect(page.text()).toContain('events are kept and sent later');
    expect(page.text()).not.toContain('Some parts are still open');
  });

  it('of the audit log says of no part that it is still open', async () => {
    const { page } = await openPage('/finished', {
      session: aSession({ features: ['audit_logs'] }),
      home: aHome({ nextStep: null }),
    });

    expect(page.text()).not.toContain('Some parts are still open');
  });
});

describe('a link for the renewal alone', () => {
  const session = aSession({ features: ['certificate_renewal'] });

  it.each(['provider', 'guide', 'metadata', 'attributes', 'go-live', 'draft', 'domains'])(
    'opens nothing of the set-up of sign-in: %s',
    async (name) => {
      const { page } = await openPage(`/sso/${name}`, { sso: anSsoState({ connection: live() }), session });

      expect(page.get('h1').text()).toBe('Your link does not cover this');
    },
  );

  it.each(['/sso/connection', '/sso/test'])(
    'leads from %s to no page that it does not open',
    async (path) => {
      const { page } = await openPage(path, { sso: anSsoState({ connection: live() }), session });

      const leads = page.findAll('main a').map((one) => one.attributes('href') ?? '');
      expect(
        leads.filter((to) => /provider|guide|metadata|attributes|go-live|draft|domains/.test(to)),
      ).toEqual([]);
    },
  );

  it('says of a certificate that is taken from the metadata URL that nothing is left to do', async () => {
    const { page } = await openPage('/home', {
      session,
      home: aHome({ allDone: true, nextStep: null, view: null }),
    });

    expect(page.text()).toContain('Everything is done');
    expect(page.text()).toContain('renews itself');
    expect(page.text()).not.toContain('is connected to');
  });

  it('looks at the live connection and may test it, and is offered no change of it', async () => {
    const { page } = await openPage('/sso/connection', {
      sso: anSsoState({ connection: live() }),
      session: aSession({ features: ['certificate_renewal'] }),
    });

    expect(buttonOf(page, 'Test').attributes('href')).toBe('/sso/test');
    expect(page.text()).not.toMatch(/Edit as draft|Replace|Reset|Switch off|Delete|Change them in a draft/);
  });
});
