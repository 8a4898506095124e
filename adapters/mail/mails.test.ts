import { describe, expect, it } from 'vitest';
import * as contactMails from './contact-mails.ts';
import type { MailBrand } from './layout.ts';
import { everyMail, mailedAt, mailUrl } from '../../test/support/every-mail.ts';
import { escapeHtml } from './safe-text.ts';

const brand: MailBrand = {
  product: 'Acme <b>Desk</b>',
  vendor: 'Acme & Sons',
  logoUrl: 'https://setup.vendor.test/brand/logo.png',
  button: null,
  supportAddress: 'help@vendor.test',
  asksForCode: false,
  origins: ['https://setup.vendor.test'],
};
const url = mailUrl;
const at = mailedAt;
const hostile = 'Corp <img src=x onerror="alert(1)">\r\nBcc: thief';
const base = (organization: string) => ({ organization, url, timeZone: 'Europe/Berlin' });

const all = everyMail(brand, hostile);
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
  it('[LNK-05] who forwards a link that asks for a code is told to pass on the code, too', () => {
    const footers = [true, false].map(
      (asksForCode) => everyMail({ ...brand, asksForCode }, 'Corp').invitation?.('Corp').text ?? '',
    );

    expect(footers[0]).toContain('give them the code that its link sends to you');
    expect(footers[1]).toContain('its link works for them too');
  });

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
    [
      'lastNotice',
      'Your link ends on 3 March 2026',
      'Two steps are open. Finish before then, or ask Acme & Sons for more time',
    ],
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
    ['domainReviewed', 'corp.test: Acme & Sons looks at it', 'part of a larger domain'],
    ['domainApproved', 'corp.test counts for Corp', 'has looked at corp.test: it counts'],
    ['domainRefused', 'corp.test does not count for Corp', 'What you have set up is kept'],
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
      'liveWithoutSignIn',
      'Corp is live on Acme <b>Desk</b>',
      'Log streaming and directory sync are set up for Corp.',
    ],
    [
      'certificateAgeing',
      'The certificate of Okta ends in 14 days (3 March 2026)',
      'We take it until 2 April 2026, so that nobody is locked out. After that, nobody of Corp can sign in through Okta.',
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
      'Okta published it, and we have trusted it since 09:12',
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
    ['webhookGone', 'Webhooks to hooks.vendor.test are switched off', 'answered that it is gone (410)'],
    ['staffBounced', 'Corp: bounced', '. Waiting for us since 09:12'],
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
    [1, 'The certificate of Okta ends in 1 day (', 'We take it until 2 April 2026'],
    [0, 'The certificate of Okta ends today (', 'We take it until 2 April 2026'],
    [-7, 'The certificate of Okta has ended (', 'We take it until 2 April 2026'],
    [-31, 'The certificate of Okta has ended (', 'Nobody of Corp can sign in through Okta until'],
  ])('%i days before its end a certificate is named so', (days, subject, sentence) => {
    const mail = contactMails.certificateAgeing(brand, {
      ...base('Corp'),
      provider: 'Okta',
      days,
      endsAt: at,
      takenUntil: new Date('2026-04-02T08:12:00Z'),
      isTaken: days > -30,
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
    'Corp evil。test/login',
    'evil．test／login',
    'https：／／evil',
    'dana＠evil',
  ])('an organization called %s is refused in mail', (organization) => {
    expect(() => contactMails.freshLink(brand, { ...base(organization), endsAt: at })).toThrow(
      'name_refused',
    );
  });

  it.each([
    ['scim_token', 'both work meanwhile'],
    ['scim_token', 'retire the old one'],
    ['stream_credential', 'The old one serves until then'],
    ['client_secret', 'The old one serves until the new one has passed its test'],
  ] as const)('of a %s that has ended a mail does not say “%s”', (kind, words) => {
    const text = (days: number) =>
      contactMails.thingAgeing(brand, {
        organization: 'Corp',
        url: mailUrl,
        timeZone: 'UTC',
        kind,
        provider: 'Okta',
        days,
        endsOn: '2026-03-03',
      }).text;

    expect(text(0)).toContain(words);
    expect(text(-1)).not.toContain(words);
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
