import { describe, expect, it } from 'vitest';
import * as contactMails from './contact-mails.ts';
import type { ConnectionNoticeKind } from '../../onboarding/connection-notices.ts';
import type { DirectoryNoticeKind } from '../../onboarding/directory-notices.ts';
import type { MailBrand, RenderedMail } from './layout.ts';
import { escapeHtml } from './safe-text.ts';
import * as staffMails from './staff-mails.ts';

const brand: MailBrand = {
  product: 'Acme <b>Desk</b>',
  vendor: 'Acme & Sons',
  logoUrl: 'https://setup.vendor.test/brand/logo.png',
  button: null,
  supportAddress: 'help@vendor.test',
  origins: ['https://setup.vendor.test'],
};
const url = 'https://setup.vendor.test/setup/acme/vb_setup_x?a=1&b=2';
const at = new Date('2026-03-03T08:12:00Z');
const hostile = 'Corp <img src=x onerror="alert(1)">\r\nBcc: thief';
const base = (organization: string) => ({ organization, url, timeZone: 'Europe/Berlin' });

const ageing = { provider: 'Okta', days: 14, endsOn: '2026-03-03' };

/** Every mail there is, with foreign text wherever it takes some. */
const connectionMail = (org: string, kind: ConnectionNoticeKind, isVendors = false) =>
  contactMails.connectionNotice(brand, {
    ...base(org),
    ...{ provider: 'Okta', kind, at, by: 'a•••@corp.test', domains: ['corp.test'], isVendors },
  });

const directoryMail = (org: string, kind: DirectoryNoticeKind, isVendors = false) =>
  contactMails.directoryNotice(brand, {
    ...base(org),
    ...{ kind, source: 'Okta', to: 'Microsoft Entra ID', at, by: 'a•••@corp.test', isVendors },
  });

const all: Record<string, (organization: string) => RenderedMail> = {
  invitation: (org) =>
    contactMails.invitation(brand, {
      ...base(org),
      features: ['sso', 'domain_verification'],
      mode: 'self_service',
      endsAt: at,
    }),
  invitationGuided: (org) =>
    contactMails.invitation(brand, { ...base(org), features: ['sso'], mode: 'guided', endsAt: at }),
  invitationStaffLed: (org) =>
    contactMails.invitation(brand, { ...base(org), features: ['sso'], mode: 'staff_led', endsAt: at }),
  invitationWithNote: (org) =>
    contactMails.invitation(brand, {
      ...base(org),
      features: ['sso'],
      mode: 'self_service',
      endsAt: at,
      note: `Call me when you start.\n${hostile}`,
    }),
  freshLink: (org) => contactMails.freshLink(brand, { ...base(org), endsAt: at }),
  reminderNotOpened: (org) => contactMails.reminderNotOpened(brand, { ...base(org), sentAt: at, endsAt: at }),
  reminderHalfDone: (org) =>
    contactMails.reminderHalfDone(brand, {
      ...base(org),
      done: 2,
      total: 4,
      next: 'test_sign_in',
      stoppedAt: new Date('2026-03-01T23:30:00Z'),
      minutes: 2,
    }),
  lastNotice: (org) => contactMails.lastNotice(brand, { ...base(org), openSteps: 2, endsAt: at }),
  code: () => contactMails.code(brand, { code: '012345', minutes: 10 }),
  domainVerified: (org) =>
    contactMails.domainVerified(brand, {
      ...base(org),
      domain: 'corp.test',
      foundAt: at,
      next: 'test_sign_in',
    }),
  yourTurn: (org) => contactMails.yourTurn(brand, { ...base(org), next: 'test_sign_in', note: null }),
  domainUnseen: (org) =>
    contactMails.domainUnseen(brand, { ...base(org), domain: 'corp.test', servers: 2, reason: hostile }),
  domainContested: (org) =>
    contactMails.domainContest(brand, { ...base(org), domain: 'corp.test', news: 'contested' }),
  domainLost: (org) => contactMails.domainContest(brand, { ...base(org), domain: 'corp.test', news: 'lost' }),
  domainClaimContested: (org) =>
    contactMails.domainContest(brand, { ...base(org), domain: 'corp.test', news: 'claim_contested' }),
  domainClaimWaits: (org) =>
    contactMails.domainContest(brand, { ...base(org), domain: 'corp.test', news: 'claim_waits' }),
  domainGiven: (org) =>
    contactMails.domainContest(brand, { ...base(org), domain: 'corp.test', news: 'given' }),
  domainTaken: (org) =>
    contactMails.domainContest(brand, { ...base(org), domain: 'corp.test', news: 'taken' }),
  domainWon: (org) => contactMails.domainContest(brand, { ...base(org), domain: 'corp.test', news: 'won' }),
  domainPassedOn: (org) =>
    contactMails.domainContest(brand, { ...base(org), domain: 'corp.test', news: 'passed_on' }),
  testFailedTwice: (org) =>
    contactMails.testFailedTwice(brand, {
      ...base(org),
      cause: `the audience differs ${hostile}`,
      field: hostile,
    }),
  signInsFail: (org) =>
    contactMails.repairNeeded(brand, {
      ...base(org),
      ...{ kind: 'sign_ins_failing', what: hostile, since: at, cause: `The audience differs ${hostile}` },
    }),
  metadataFails: (org) =>
    contactMails.repairNeeded(brand, {
      ...base(org),
      ...{ kind: 'metadata_failing', what: 'Okta', since: at, cause: null },
    }),
  recordMissing: (org) =>
    contactMails.repairNeeded(brand, {
      ...base(org),
      ...{ kind: 'record_missing', what: 'corp.test', since: at, cause: null },
    }),
  peopleUnseen: (org) =>
    contactMails.peopleUnseen(brand, { ...base(org), directory: hostile, connectedAt: at }),
  directoryLinked: (org) =>
    contactMails.directoryLinked(brand, {
      ...{ ...base(org), directory: hostile, linkedAt: at, next: 'assign_roles' },
    }),
  directoryLinkedLast: (org) =>
    contactMails.directoryLinked(brand, { ...base(org), directory: 'Okta', linkedAt: at, next: null }),
  directorySilent: (org) =>
    contactMails.repairNeeded(brand, {
      ...base(org),
      ...{ kind: 'directory_silent', what: hostile, since: at, cause: 'changes_only' },
    }),
  directoryRefused: (org) =>
    contactMails.repairNeeded(brand, {
      ...base(org),
      ...{ kind: 'directory_refused', what: 'Google Workspace', since: at, cause: null },
    }),
  streamFailing: (org) =>
    contactMails.repairNeeded(brand, {
      ...{ ...base(org), kind: 'stream_failing', what: hostile, since: at, cause: 'destination_busy' },
    }),
  streamRefused: (org) =>
    contactMails.repairNeeded(brand, {
      ...{ ...base(org), kind: 'stream_refused', what: 'Splunk', since: at, cause: 'credential_refused' },
    }),
  streamStopped: (org) =>
    contactMails.streamStopped(brand, { ...base(org), destination: hostile, since: at, cause: null }),
  streamBack: (org) => contactMails.streamBack(brand, { ...base(org), destination: hostile, late: 1_204 }),
  streamBackInTime: (org) => contactMails.streamBack(brand, { ...base(org), destination: 'Splunk', late: 0 }),
  streamStoppedForStaff: (org) =>
    staffMails.streamStoppedForStaff(brand, {
      ...{ organization: org, destination: hostile, since: at, cause: 'unreachable', url },
    }),
  streamCredentialAgeing: (org) =>
    contactMails.thingAgeing(brand, { ...base(org), ...ageing, kind: 'stream_credential' }),
  changeHeld: (org) =>
    contactMails.holdWaits(brand, {
      ...{ ...base(org), directory: hostile, reason: 'many_leave', people: 412, of: 900 },
    }),
  firstFileHeld: (org) =>
    contactMails.holdWaits(brand, {
      ...{ ...base(org), directory: 'Files', reason: 'first_file', people: 0, of: 0 },
    }),
  changeApplied: (org) =>
    contactMails.holdDecided(brand, {
      ...{ ...base(org), directory: hostile, decision: 'applied', decidedAt: at },
    }),
  changeDiscarded: (org) =>
    contactMails.holdDecided(brand, {
      ...{ ...base(org), directory: 'Okta', decision: 'discarded', decidedAt: at },
    }),
  changeHeldForStaff: (organization) =>
    staffMails.holdNewsForStaff(brand, {
      ...{ organization, directory: hostile, news: 'waits', people: 412, of: 900, url },
    }),
  changeAppliedForStaff: (organization) =>
    staffMails.holdNewsForStaff(brand, {
      ...{ organization, directory: 'Okta', news: 'applied', people: 1, of: 900, url },
    }),
  changeDiscardedForStaff: (organization) =>
    staffMails.holdNewsForStaff(brand, {
      ...{ organization, directory: 'Okta', news: 'discarded', people: 1, of: 900, url },
    }),
  live: (org) =>
    contactMails.live(brand, { ...base(org), domains: ['corp.test', 'corp.example'], provider: hostile }),
  certificateAgeing: (org) =>
    contactMails.certificateAgeing(brand, { ...base(org), provider: 'Okta', days: 14, endsAt: at }),
  secretAgeing: (org) => contactMails.thingAgeing(brand, { ...base(org), ...ageing, kind: 'client_secret' }),
  signingKeyAgeing: (org) =>
    contactMails.thingAgeing(brand, { ...base(org), ...ageing, kind: 'signing_key' }),
  encryptionKeyAgeing: (org) =>
    contactMails.thingAgeing(brand, { ...base(org), ...ageing, kind: 'encryption_key' }),
  renewalLink: (org) =>
    contactMails.renewalLink(brand, {
      ...base(org),
      ...{ thing: 'certificate', provider: 'Okta', endsAt: at, isOver: false, linkEndsAt: at },
    }),
  certificateRenewed: (org) =>
    contactMails.certificateRenewed(brand, {
      ...base(org),
      provider: 'Okta',
      trustedSince: at,
      oldEndsAt: at,
    }),
  signedLess: (org) =>
    contactMails.signedLess(brand, {
      ...base(org),
      ...{ provider: 'Okta', expected: 'both', received: 'assertion', reference: '4K2M-71' },
    }),
  connectionDeleted: (org) => connectionMail(org, 'deleted'),
  connectionDeletedByVendor: (org) => connectionMail(org, 'deleted', true),
  connectionSettingsSwitched: (org) => connectionMail(org, 'settings_switched'),
  directorySwitchPrepared: (org) => directoryMail(org, 'switch_prepared'),
  directoryReset: (org) => directoryMail(org, 'reset'),
  directorySwitched: (org) => directoryMail(org, 'switched'),
  directoryBroughtBack: (org) => directoryMail(org, 'brought_back'),
  directoryDeleted: (org) => directoryMail(org, 'deleted'),
  directoryDeletedByTheVendor: (org) => directoryMail(org, 'deleted', true),
  connectionReset: (org) => connectionMail(org, 'reset'),
  connectionSettingsBroughtBack: (org) => connectionMail(org, 'settings_brought_back'),
  connectionResetForStaff: (org) =>
    staffMails.connectionNoticeForStaff(brand, {
      ...base(org),
      ...{ provider: 'Okta', kind: 'reset', at, by: 'a•••@corp.test' },
    }),
  connectionSwitchedOff: (org) => connectionMail(org, 'switched_off'),
  connectionSwitchedOn: (org) => connectionMail(org, 'switched_on'),
  connectionBroughtBack: (org) => connectionMail(org, 'brought_back'),
  connectionFormAccepted: (org) => connectionMail(org, 'form_accepted'),
  connectionCertificateTrusted: (org) => connectionMail(org, 'certificate_trusted'),
  connectionDomainsChosen: (org) => connectionMail(org, 'domains_chosen'),
  signedLessForStaff: (org) =>
    staffMails.signedLessNotice(brand, {
      ...base(org),
      ...{ provider: 'Okta', expected: 'encrypted', received: 'plain', reference: '4K2M-71' },
    }),
  webhookFailing: () =>
    staffMails.webhookFailing(brand, {
      ...{ host: 'hooks.vendor.test', since: at, isOff: false, url, timeZone: 'Europe/Berlin' },
    }),
  webhookOff: () =>
    staffMails.webhookFailing(brand, {
      ...{ host: 'hooks.vendor.test', since: at, isOff: true, url, timeZone: 'Europe/Berlin' },
    }),
  staffStalled: (org) =>
    staffMails.staffNotice(brand, {
      ...base(org),
      news: { kind: 'stalled', step: 'verify_domain', since: at },
      waitingFor: 'customer',
      waitingSince: at,
    }),
  staffBounced: (org) =>
    staffMails.staffNotice(brand, {
      ...base(org),
      news: { kind: 'bounced', address: 'dana@corp.test', words: hostile },
      waitingFor: 'staff',
      waitingSince: at,
    }),
  staffLive: (org) =>
    staffMails.staffNotice(brand, {
      ...base(org),
      news: { kind: 'live', features: ['sso'] },
      waitingFor: null,
      waitingSince: null,
    }),
  staffTrouble: (org) =>
    staffMails.staffNotice(brand, {
      ...base(org),
      news: { kind: 'trouble', trouble: 'record_missing', what: hostile, since: at },
      waitingFor: 'customer',
      waitingSince: at,
    }),
  staffInvitation: (org) =>
    staffMails.staffInvitation(brand, { role: 'support', inviter: org, environment: org, url }),
  staffSignInCode: () => staffMails.staffSignInCode(brand, { code: '012345', minutes: 10 }),
  helpAsked: (org) =>
    staffMails.helpAsked(brand, {
      ...base(org),
      contact: 'dana@corp.test',
      step: 'test_sign_in',
      askedAt: at,
      note: `I see a blank page.\n${hostile}`,
    }),
};
const withoutLink = ['code', 'staffSignInCode'];

describe.each(Object.entries(all))('%s', (name, render) => {
  it('[MAIL-04] foreign text is escaped and cannot start a header', () => {
    const mail = render(hostile);

    expect(mail.html).not.toMatch(/<img src=x|<b>Desk/);
    expect(mail.subject).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
    expect(mail.subject.length).toBeLessThanOrEqual(200);
  });

  it('has a language, a direction and a subject that its first line repeats', () => {
    const mail = render('Corp');

    expect(mail.html).toMatch(/^<!doctype html>\n<html lang="en" dir="ltr">/);
    expect(mail.text.startsWith(`${mail.subject}\n`)).toBe(true);
  });

  it('the text twin says the same and carries the same link, once', () => {
    const mail = render('Corp');
    const links = mail.text.match(/https:\S+/g) ?? [];
    const hrefs = [...mail.html.matchAll(/href="([^"]*)"/g)].map(([, href]) => href);

    expect(links).toEqual(withoutLink.includes(name) ? [] : [url]);
    expect(hrefs).toEqual(withoutLink.includes(name) ? [] : [url.replace('&', '&amp;')]);
    for (const line of mail.text.split('\n').filter((it) => /\w{3}/.test(it) && it !== url)) {
      const shown = escapeHtml(line.replace(/^(> | {4})|:$/g, ''));
      expect(mail.html).toContain(shown);
    }
  });

  it('has no tracking: no image but the logo, no other address', () => {
    const addresses = render('Corp').html.match(/https?:\/\/[^"<\s]+/g) ?? [];
    const known = [brand.logoUrl, url.replace('&', '&amp;')];

    expect(addresses.filter((address) => !known.includes(address))).toEqual([]);
  });

  it('follows the voice: no exclamation marks, no “please”, “oops”, “simply”, “just”, “successfully”', () => {
    expect(render('Corp').text).not.toMatch(
      /!|\b(please|oops|simply|just|successfully|failed to|invalid)\b/i,
    );
  });
});

describe('words', () => {
  it.each([
    [
      'invitation',
      'Connect Corp to Acme <b>Desk</b>',
      'Acme & Sons asks you to set up single sign-on and domain verification for Corp. About ten minutes',
    ],
    ['invitationGuided', 'Connect Corp to Acme <b>Desk</b>', 'goes through it with you'],
    ['invitationStaffLed', 'Connect Corp to Acme <b>Desk</b>', 'needs you only for what nobody else can do'],
    [
      'yourTurn',
      'Your turn: test sign-in',
      'Acme & Sons has handed the set-up of Corp on to you. Next for you:',
    ],
    ['freshLink', 'Your fresh link for Acme <b>Desk</b>', 'Here is a new link; older ones no longer work.'],
    [
      'reminderNotOpened',
      'Acme <b>Desk</b> set-up is waiting for you',
      'The link of 3 March 2026 hasn’t been opened.',
    ],
    [
      'reminderHalfDone',
      '2 of 4 done, next: test sign-in',
      'You stopped at “Test sign-in” on Monday 2 March. It takes about two minutes.',
    ],
    ['lastNotice', 'Your link ends on 3 March 2026', 'Two steps are open. Ask for more time with one click'],
    ['code', 'Your code for Acme <b>Desk</b>', '012345 works for 10 minutes, on the page where you are.'],
    [
      'domainVerified',
      'corp.test is verified',
      'We found the record at 09:12 on Tuesday 3 March. Next: test sign-in.',
    ],
    [
      'domainUnseen',
      'We can’t see the record for corp.test yet',
      'We asked both name servers; neither has it. Likely reason:',
    ],
    ['domainContested', 'Another organization claims corp.test', 'the domain stays with Corp'],
    ['domainLost', 'Corp no longer holds corp.test', 'your record was gone when we looked'],
    ['domainClaimContested', 'corp.test is held by another organization', 'does not count for Corp'],
    ['domainClaimWaits', 'corp.test: one more day', 'it counts for Corp after 24 hours'],
    ['domainGiven', 'corp.test counts for Corp', 'Acme & Sons has decided'],
    ['domainTaken', 'Corp no longer holds corp.test', 'belongs to another organization'],
    ['domainWon', 'corp.test counts for Corp', 'could object on Acme'],
    ['domainPassedOn', 'corp.test belongs to another organization now', 'The day to object is over'],
    [
      'testFailedTwice',
      'Shall we look at the test together?',
      'The last test stopped at: the audience differs',
    ],
    [
      'live',
      'Corp is live on Acme <b>Desk</b>',
      'People with @corp.test and @corp.example can sign in through',
    ],
    [
      'certificateAgeing',
      'The certificate of Okta ends in 14 days (3 March 2026)',
      'After that, nobody of Corp can sign in through Okta.',
    ],
    [
      'secretAgeing',
      'The client secret of Okta ends in 14 days (3 March 2026)',
      'The old one serves until the new one has passed its test.',
    ],
    [
      'signingKeyAgeing',
      'Our signing certificate for Okta ends in 14 days (3 March 2026)',
      'Okta may refuse the requests that sign-ins begin with. Acme & Sons changes the key before',
    ],
    [
      'encryptionKeyAgeing',
      'Our encryption certificate for Okta ends in 14 days (3 March 2026)',
      'Okta may refuse to encrypt for it',
    ],
    [
      'renewalLink',
      'Renew the certificate of Okta for Acme <b>Desk</b>',
      'asks you to renew the certificate that the sign-ins of Corp through Okta rest on. It ends on 3 March 2026.',
    ],
    [
      'certificateRenewed',
      'New certificate taken, nothing to do',
      'Okta published it and we trust it since 09:12',
    ],
    [
      'signedLess',
      'Okta signs less than before',
      'A sign-in for Corp came with the assertion signed; since the last passed test we expect response and assertion signed.',
    ],
    ['connectionDeleted', 'The connection with Okta was deleted', 'a•••@corp.test did this at 09:12'],
    ['connectionSwitchedOff', 'Sign-in through Okta is switched off', 'can no longer sign in to Acme'],
    ['connectionSwitchedOn', 'Sign-in through Okta is on again', 'with the settings from before'],
    ['connectionBroughtBack', 'The connection with Okta was brought back', 'as it was when it was deleted'],
    ['connectionFormAccepted', 'Weaker answers of Okta are accepted from now on', 'tested and confirmed'],
    ['connectionCertificateTrusted', 'A new certificate of Okta is trusted', 'beside the one from before'],
    ['connectionDomainsChosen', 'Who may sign in through Okta has changed', 'people with @corp.test, and'],
    [
      'signedLessForStaff',
      'Corp: Okta signs less than before',
      'A sign-in came with a plain assertion instead of an encrypted assertion and was refused',
    ],
    [
      'staffStalled',
      'Corp: stalled',
      'Nothing has happened at “Verify your domain” since Tuesday 3 March. Waiting for the customer since 09:12',
    ],
    ['webhookFailing', 'Webhooks to hooks.vendor.test fail', 'has taken no event since'],
    ['webhookOff', 'Webhooks to hooks.vendor.test are switched off', 'replay what it missed'],
    ['staffBounced', 'Corp: bounced', 'The mail to dana@corp.test bounced:'],
    ['staffLive', 'Corp: live', 'Single sign-on is live. Nobody is waited for.'],
    [
      'staffInvitation',
      'You may sign in to the Acme <b>Desk</b> dashboard',
      'Corp added you to Corp as support: onboardings and the people in them.',
    ],
    [
      'staffSignInCode',
      'Your sign-in code for the Acme <b>Desk</b> dashboard',
      '012345 works for 10 minutes',
    ],
    ['helpAsked', 'Corp: help asked', 'dana@corp.test asked for help with “Test sign-in” at 09:12'],
  ])('%s', (name, subject, sentence) => {
    const mail = all[name]?.('Corp');

    expect(mail?.subject).toBe(subject);
    expect(mail?.text).toContain(sentence);
  });

  it('the vendor’s note stands in the invitation as a quotation; without one there is none', () => {
    const quoted =
      '> Call me when you start.\n> Corp <img src=x onerror="alert(1)">\n> Bcc: thief\n\nOpen the set-up:';

    expect(all['invitationWithNote']?.('Corp').text).toContain(quoted);
    expect(all['invitation']?.('Corp').html).not.toContain('<blockquote');
    const empty = { ...base('Corp'), features: [], mode: 'self_service' as const, endsAt: at, note: ' \n ' };
    expect(contactMails.invitation(brand, empty).html).not.toContain('<blockquote');
  });

  it('a note keeps its lines as a quotation', () => {
    expect(all['helpAsked']?.('Corp').text).toContain('> I see a blank page.\n> Corp');
  });

  it.each([
    [1, 'The certificate of Okta ends in 1 day (', 'After that, nobody'],
    [0, 'The certificate of Okta ends today (', 'Now, nobody'],
    [-7, 'The certificate of Okta has ended (', 'Now, nobody'],
  ])('%i days before its end a certificate is named so', (days, subject, sentence) => {
    const mail = contactMails.certificateAgeing(brand, {
      ...base('Corp'),
      provider: 'Okta',
      days,
      endsAt: at,
    });

    expect(mail.subject).toContain(subject);
    expect(mail.text).toContain(sentence);
  });
});

describe('[MAIL-04] names and links', () => {
  it.each([
    'https://evil.test/x',
    'www.evil.test',
    'Corp evil.test/login',
    'dana@evil.test',
    'evil.test:8080',
  ])('an organization called %s is refused in mail', (organization) => {
    expect(() => contactMails.freshLink(brand, { ...base(organization), endsAt: at })).toThrow(
      'name_refused',
    );
  });

  it('a name with a dot in it stays readable and does not become a link', () => {
    const mail = contactMails.live(brand, { ...base('Booking.com'), domains: [], provider: 'Okta' });

    expect(mail.subject).toBe('Booking.\u2060com is live on Acme <b>Desk</b>');
    expect(mail.text).toContain('The people of Booking.\u2060com can sign in');
  });

  it('a long name is cut at 80 characters, bidi controls and invisible marks are gone', () => {
    const mail = contactMails.live(brand, {
      ...base(`\u202e${'x'.repeat(10_000)}`),
      domains: [],
      provider: 'Okta',
    });

    expect(mail.subject).toBe(`${'x'.repeat(79)}… is live on Acme <b>Desk</b>`);
  });

  it.each(['https://evil.test/setup', 'javascript:alert(1)', 'http://setup.vendor.test/'])(
    'a button to %s is a bug, and no mail is made',
    (address) => {
      expect(() => contactMails.freshLink(brand, { ...base('Corp'), url: address, endsAt: at })).toThrow(
        'may not lead',
      );
    },
  );

  it('without logo and support address the product’s name stands there', () => {
    const mail = contactMails.freshLink(
      { ...brand, logoUrl: null, supportAddress: null },
      { ...base('Corp'), endsAt: at },
    );

    expect(mail.html).not.toContain('<img');
    expect(mail.html).toContain('Acme &lt;b&gt;Desk&lt;/b&gt;</td>');
    expect(mail.text).not.toContain('Questions?');
  });
});
