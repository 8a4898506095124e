import { describe, expect, it } from 'vitest';
import { aDirectoryAtHome } from '../../../test/support/directory-builders.ts';
import { createFakeSetupApi } from '../../../test/support/fake-setup-api.ts';
import { aDomain } from '../../../test/support/domain-builders.ts';
import {
  aConnection,
  aHome,
  anSsoState,
  aSession,
  aTimeline,
  aTrouble,
  aView,
  at,
  everyStepDone,
  ledBy,
} from '../../../test/support/setup-builders.ts';
import { buttonOf, pageOpener, sent, settle } from '../testing/open-page.ts';

const openPage = pageOpener(createFakeSetupApi);
const everyStreamStepDone = {
  choose_destination: 'done',
  configure_stream: 'done',
  prove_stream: 'done',
  start_stream: 'done',
} as const;

describe('home', () => {
  it('names exactly one next step, how long it takes, and leads to it', async () => {
    const { page } = await openPage('/home', {
      home: aHome({
        view: aView({ choose_provider: 'done', configure_provider: 'done', enter_metadata: 'done' }),
        nextStep: { feature: 'sso', step: 'test_sign_in' },
      }),
    });

    expect(page.get('h1').text()).toBe('Set up Ledgerly for Acme');
    expect(page.text()).toContain('Test single sign-on · about 2 minutes');
    expect(page.findAll('a').filter((link) => link.text() === 'Continue')).toHaveLength(1);
    expect(buttonOf(page, 'Continue').attributes('href')).toBe('/sso/test');
  });

  it.each(['retrying', 'invalid'] as const)(
    'tells of the log stream that is %s before those that run well',
    async (chip) => {
      const stream = (id: string, name: string) => ({
        id,
        name,
        startedAt: null,
        lastSentAt: null,
        chip: 'streaming' as const,
      });
      const view = aView({ ...everyStepDone, ...everyStreamStepDone });
      const { page } = await openPage('/home', {
        session: aSession({ features: ['log_streams'] }),
        home: aHome({
          view,
          logStreams: [
            stream('log_stream_1', 'Splunk'),
            { ...stream('log_stream_2', 'Second collector'), chip },
          ],
        }),
      });

      expect(page.text()).toContain('Second collector · ');
      expect(page.text()).not.toContain('Splunk · Streaming');
    },
  );

  it('says when nothing is to do, for whom it waits, since when, and that the page can be closed', async () => {
    const { page } = await openPage('/home', {
      home: aHome({
        view: aView(
          { choose_provider: 'done', add_domain: 'done', verify_domain: 'waiting' },
          {
            waitingFor: 'dns',
            waitingSince: at(-3 * 86_400_000),
            next: { what: 'domain_unseen', at: at(86_400_000) },
          },
        ),
        nextStep: null,
        domains: [aDomain({ nextLookAt: at(600_000) })],
      }),
    });

    expect(page.text()).toContain('Nothing for you to do now');
    expect(page.text()).toMatch(/We have been looking for the DNS record since \w{3} \d\d:\d\d/);
    expect(page.text()).toContain('We’ll mail a•••@acme.com. You can close this page.');
    expect(page.text()).toMatch(/Next look in (9|10) min\./);
  });

  it('says that a record has to be put right, with the road there, where waiting does not help', async () => {
    const { page } = await openPage('/home', {
      home: aHome({
        view: aView(
          { choose_provider: 'done', add_domain: 'done', verify_domain: 'waiting' },
          { waitingFor: 'dns', waitingSince: at(-60_000), next: null },
        ),
        nextStep: null,
        domains: [aDomain({ chip: 'not_right' })],
      }),
    });

    expect(page.text()).toContain('The record of acme.com is not right yet');
    expect(page.text()).not.toContain('Nothing for you to do now');
    expect(buttonOf(page, 'See what to change').attributes('href')).toBe('/domains/dom_1');
  });

  it('leads each trouble of a directory to where it is mended, in the words of that', async () => {
    const of = {
      feature: 'directory_sync' as const,
      step: 'repair_directory' as const,
      subjectId: 'directory_1',
      subject: 'Okta',
    };
    const { page } = await openPage('/home', {
      home: aHome({
        troubles: [
          aTrouble({ ...of, id: 'trouble_3', kind: 'directory_held', cause: 'many_leave' }),
          aTrouble({ ...of, id: 'trouble_4', kind: 'directory_silent', cause: 'cycles' }),
          aTrouble({ ...of, id: 'trouble_5', kind: 'directory_refused', cause: 'denied' }),
          aTrouble({ ...of, id: 'trouble_6', kind: 'directory_token_ended', cause: null }),
          aTrouble({ ...of, id: 'trouble_7', kind: 'directory_list_refused', cause: null }),
        ],
      }),
    });

    expect(buttonOf(page, 'Review the change').attributes('href')).toBe('/directory/hold');
    expect(buttonOf(page, 'See what came last').attributes('href')).toBe('/directory/state');
    expect(buttonOf(page, 'Reconnect the directory').attributes('href')).toBe('/directory/state');
    expect(buttonOf(page, 'Make a token').attributes('href')).toBe('/directory/tokens');
    expect(buttonOf(page, 'See what is wrong').attributes('href')).toBe('/directory/files');
    expect(page.text()).toContain('No token of Okta works any more');
    expect(page.text()).toContain('It usually sends far more often.');
  });

  it('says since when a directory is waited for, and of a linked one since when people come', async () => {
    const waits = { waitingFor: 'provider', waitingSince: at(-1_800_000) } as const;
    const connected = {
      choose_directory: 'done',
      connect_directory: 'done',
      receive_people: 'waiting',
    } as const;
    const directory = aDirectoryAtHome();
    const { page } = await openPage('/home', {
      home: aHome({
        view: aView({ ...everyStepDone, ...connected }, { ...waits, next: { what: 'stalled', at: at(9e8) } }),
        nextStep: null,
        directory,
      }),
    });

    expect(page.text()).toMatch(
      /We have been waiting for the first request of your directory since \d\d:\d\d/,
    );
    expect(page.text()).toMatch(/Okta · waiting for the first people, since/);
    expect(page.text()).not.toContain('Next look');
    expect(buttonOf(page, 'Watch what comes').attributes('href')).toBe('/directory/watch');

    const { page: listed } = await openPage('/home', {
      home: aHome({
        view: aView({ ...everyStepDone, ...connected }, waits),
        nextStep: null,
        directory: { ...directory, isListWaiting: true },
      }),
    });
    expect(listed.text()).toContain('The first list waits to be looked at');
    expect(listed.text()).not.toContain('waiting for the first request');
    expect(buttonOf(listed, 'Look at the list').attributes('href')).toBe('/directory/files');

    const { page: linked } = await openPage('/home', {
      home: aHome({
        view: aView({ ...everyStepDone, ...connected, receive_people: 'done', assign_roles: 'done' }),
        nextStep: null,
        directory: { ...directory, chip: 'linked', linkedAt: at(-3_600_000) },
      }),
    });
    expect(linked.text()).toMatch(/Okta · linked since/);
    expect(linked.findAll('a').map((link) => link.attributes('href'))).toContain('/directory');
  });

  it('leads the next DNS step to the domain that waits', async () => {
    const { page } = await openPage('/home', {
      home: aHome({
        nextStep: { feature: 'domain_verification', step: 'verify_domain' },
        domains: [aDomain({ id: 'dom_7' })],
      }),
    });

    expect(buttonOf(page, 'Continue').attributes('href')).toBe('/domains/dom_7');
  });

  it('says by what a part is blocked when another part stands in its way', async () => {
    const { page } = await openPage('/home', {
      home: aHome({
        view: aView({
          choose_provider: 'done',
          configure_provider: 'done',
          enter_metadata: 'done',
          test_sign_in: 'done',
          go_live: { state: 'blocked', cause: 'verify_domain' },
        }),
      }),
    });

    expect(page.text()).toContain('Going live waits for a verified domain.');
  });

  it('skips an optional part with one press and asks again where things stand', async () => {
    const { page, fake } = await openPage('/home');

    await buttonOf(page, 'Skip').trigger('click');
    await settle();

    expect(sent(fake, 'POST', '/features/domain_verification/skip')).toEqual([{}]);
    expect(sent(fake, 'GET', '/home')).toHaveLength(2);
  });

  it('says what staff do, what is left to the customer, and lets a step be taken back', async () => {
    const waits = { waitingFor: 'staff', waitingSince: at(-3_600_000) } as const;
    const view = ledBy('staff_led', aView({}, waits));
    const { page, fake } = await openPage('/home', { home: aHome({ view, nextStep: null }) });

    expect(page.text()).toContain('Left to you: Set up in the console, Test, Go live');
    expect(page.text()).toContain('Ledgerly Inc. does for you: Choose provider, Give us your side.');
    expect(page.text()).toContain('Nothing for you to do now');

    await buttonOf(page, 'Take it back').trigger('click');
    await settle();

    expect(sent(fake, 'POST', '/steps/choose_provider/take-back')).toEqual([{}]);
    expect(sent(fake, 'POST', '/steps/enter_metadata/take-back')).toEqual([{}]);
  });

  it('says that the vendor chose the provider, and shows parts in the order of the onboarding', async () => {
    const view = aView({ choose_provider: 'done' }, { mode: 'guided' });
    const [sso] = view.features;
    if (sso !== undefined) sso.provider = { id: 'okta', chosenBy: 'vendor' };
    view.features.reverse();
    const { page } = await openPage('/home', { home: aHome({ view, staffBesideSince: at(-60_000) }) });

    expect(page.text()).toContain('The provider was chosen by Ledgerly Inc.');
    expect(page.text()).toContain('Ledgerly Inc. goes through this with you; every step stays yours.');
    expect(page.text()).toContain('Somebody of Ledgerly Inc. has been looking at these pages, too');
    expect(page.text().indexOf('Domains')).toBeLessThan(page.text().indexOf('Single sign-on'));
  });

  it('tells staff that they look along, whose turn it is, and offers them no one else’s steps', async () => {
    const { page } = await openPage('/home', {
      session: aSession({ isStaff: true, readOnly: true }),
      home: aHome({ view: aView({}, { mode: 'guided' }), nextStep: null, staffBesideSince: at(-60_000) }),
    });

    expect(page.text()).toContain('It has been Acme’s turn');
    expect(page.text()).not.toContain('Skip');
    expect(page.text()).not.toContain('nothing changes here');
    expect(page.text()).not.toContain('has been looking at these pages');
  });

  it('tells what happened since the last visit until it is put away', async () => {
    const { page } = await openPage('/home', {
      home: aHome({ sinceYouWereHere: aTimeline().slice(-1), domains: [aDomain()] }),
    });
    expect(page.text()).toContain('Domain verified: acme.com');

    await buttonOf(page, 'Hide').trigger('click');

    expect(page.text()).not.toContain('Since you were here');
  });

  it('a session that only looks offers nothing to change', async () => {
    const { page } = await openPage('/home', { session: aSession({ readOnly: true }) });

    expect(page.text()).toContain('nothing changes here');
    expect(page.text()).not.toContain('Skip');
  });

  it('shows what the link covers before anything was begun', async () => {
    const { page } = await openPage('/home', { home: aHome({ view: null }) });

    expect(page.text()).toContain('Single sign-on');
    expect(page.text()).toContain('Domains');
  });

  it('a refusal stands in place with its id and a way to try again', async () => {
    const { page, fake } = await openPage('/home', {
      refusals: { 'GET /home': { status: 500, code: 'internal' } },
    });
    expect(page.text()).toContain('Something broke on our side.');
    expect(page.text()).toContain('req_7F3K');

    fake.setup.refusals = {};
    await buttonOf(page, 'Try again').trigger('click');
    await settle();

    expect(page.text()).toContain('Choose your identity provider');
  });

  it('what needs attention comes first: what, since when, mostly why, and the road to repair it', async () => {
    const { page } = await openPage('/home', {
      home: aHome({
        view: aView({
          ...everyStepDone,
          repair_sign_in: { state: 'failed', cause: 'signature_unknown_key' },
        }),
        nextStep: { feature: 'sso', step: 'repair_sign_in' },
        troubles: [aTrouble()],
      }),
    });

    const text = page.text();
    expect(text).toContain('Sign-in through Microsoft Entra ID fails');
    expect(text).toMatch(/Since .*\. Most often: /);
    expect(text).not.toContain('Nothing for you to do now');
    expect(page.findAll('h2').map((heading) => heading.text())[0]).toContain('Sign-in through');
    expect(page.get(`a[href="/sso/of/${aTrouble().subjectId}"]`).text()).toBe('Repair sign-in');
  });

  it('that has just come up is told since what time', async () => {
    const { page } = await openPage('/home', {
      home: aHome({ troubles: [aTrouble({ since: at(-180_000) })] }),
    });

    expect(page.text()).toMatch(/Since \d\d:\d\d\. Most often/);
  });

  it('of a log stream leads to that stream', async () => {
    const { page } = await openPage('/home', {
      home: aHome({
        troubles: [
          aTrouble({
            kind: 'stream_refused',
            feature: 'log_streams',
            step: 'repair_stream',
            subjectId: 'log_stream_2',
            subject: 'Splunk',
            cause: 'credential_refused',
          }),
        ],
      }),
    });

    expect(page.findAll('a').map((link) => link.attributes('href'))).toContain('/log-streams/log_stream_2');
  });

  it('of a domain leads to that domain', async () => {
    const { page } = await openPage('/home', {
      home: aHome({
        view: aView({ ...everyStepDone, repair_domain: 'failed' }),
        nextStep: { feature: 'domain_verification', step: 'repair_domain' },
        domains: [aDomain({ chip: 'lapsed', state: 'lapsed' })],
        troubles: [
          aTrouble({
            kind: 'record_missing',
            feature: 'domain_verification',
            step: 'repair_domain',
            subjectId: 'dom_1',
            subject: 'acme.com',
            cause: null,
          }),
        ],
      }),
    });

    expect(page.text()).toContain('The DNS record for acme.com is gone');
    expect(page.findAll('a').map((link) => link.attributes('href'))).toContain('/domains/dom_1');
  });
});

describe('whoever may only look at a set-up that goes on', () => {
  it.each(['/sso/provider', '/sso/guide', '/sso/metadata', '/sso/attributes', '/directory/provider'])(
    'is offered nothing on %s that would be refused',
    async (path) => {
      const { page, fake } = await openPage(path, {
        session: aSession({ readOnly: true, isStaff: true, features: ['sso', 'directory_sync'] }),
        sso: anSsoState({ connection: aConnection({ identityProvider: null }) }),
      });

      const fields = page.findAll('main input:not([readonly]), main textarea');
      expect(fields).toEqual([]);
      expect(page.text()).not.toMatch(/Save and continue|Done, next|Keep |Use this|This screen changed/);
      const asked = fake.requests.filter(({ method }) => method !== 'GET');
      expect(asked).toEqual([]);
    },
  );
});

describe('a link', () => {
  it.each([
    ['/sso/connection', 'domain_verification'],
    ['/directory/state', 'sso'],
    ['/domains', 'directory_sync'],
    ['/log-streams', 'sso'],
    ['/audit-log', 'sso'],
  ] as const)(
    'that does not cover %s is told so there, and nothing else is said of it',
    async (path, feature) => {
      const { page } = await openPage(path, { session: aSession({ features: [feature] }) });

      expect(page.get('h1').text()).toBe('Your link does not cover this');
      expect(buttonOf(page, 'Back to the overview').attributes('href')).toBe('/home');
    },
  );

  it('may be for more than the part that a page is about', async () => {
    const { page } = await openPage('/directory/roles', { session: aSession({ features: ['sso'] }) });

    expect(page.get('h1').text()).not.toBe('Your link does not cover this');
  });

  it('to something that a set-up which has ended did not have lists it as not started', async () => {
    const { page } = await openPage('/home', {
      session: aSession({ features: ['sso', 'domain_verification', 'directory_sync'] }),
      home: aHome({ view: aView(everyStepDone, { state: 'live' }), nextStep: null }),
    });

    expect(page.text()).toMatch(/Directory sync\s*not started/);
  });

  it('to what is live, of which no set-up is told, marks it as done', async () => {
    const { page } = await openPage('/home', {
      session: aSession({ features: ['sso'] }),
      home: aHome({ view: null, allDone: true, nextStep: null }),
    });

    expect(page.text()).toMatch(/Done\s*Single sign-on/);
  });

  it('to the audit log, which needs no set-up, does not call it not started', async () => {
    const { page } = await openPage('/home', {
      session: aSession({ features: ['audit_logs'] }),
      home: aHome({ view: null, nextStep: null }),
    });

    expect(page.text()).toMatch(/Done\s*Audit log\s*nothing to set up/);
  });
});

describe('home, when nobody can sign in any more,', () => {
  const stoppedAt = { at: at(-60_000), keptUntil: at(29 * 86_400_000), provider: 'Okta' };
  const allDone = { allDone: true, nextStep: null };

  it.each([
    ['reset', 'Single sign-on was reset', '/sso/formers/former_1/bring-back'],
    ['deleted', 'The connection with Okta was deleted', '/sso/deleted/former_1/bring-back'],
  ] as const)('says that it was %s, and brings it back by one press', async (how, title, path) => {
    const { page, fake } = await openPage('/home', {
      home: aHome({ signInStopped: { how, id: 'former_1', ...stoppedAt } }),
    });
    expect(page.text()).toContain(title);
    expect(page.text()).toContain('Nobody can sign in through it.');

    await buttonOf(page, 'Bring it back').trigger('click');
    await settle();

    expect(sent(fake, 'POST', path)).toEqual([{}]);
    expect(sent(fake, 'GET', '/home').length).toBeGreaterThan(1);
  });

  it('does not call everything done while sign-in is switched off', async () => {
    const { page } = await openPage('/home', {
      home: aHome({ ...allDone, signInStopped: { how: 'off', provider: 'Okta' } }),
    });

    expect(page.text()).toContain('Nobody can sign in through Okta until it is switched on again.');
    expect(page.text()).not.toContain('Everything is done');
    expect(page.text()).not.toContain('Nothing for you to do now');
    expect(buttonOf(page, 'See the connection').attributes('href')).toBe('/sso/connection');
  });
});
