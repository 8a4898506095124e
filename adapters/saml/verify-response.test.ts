import { describe, expect, it } from 'vitest';
import {
  acsUrl,
  aResponse,
  idpEntityId,
  now,
  posted,
  replaced,
  requestId,
  samlKeys,
  spEntityId,
  verdictOn,
} from '../../test/support/saml.ts';
import { makeKeyPair } from './sp-keys.ts';
import { samlChecks } from '../../onboarding/sign-in-checks.ts';
import type { SamlVerdict } from './verdict.ts';

const keys = await samlKeys();
const { current, next, unpublished } = keys.idp;
const instant = (ms: number) => new Date(now.getTime() + ms).toISOString();
const minute = 60_000;
const hour = 60 * minute;

function causeOf(verdict: SamlVerdict): string {
  return verdict.ok ? 'accepted' : verdict.cause;
}

/** The verdict on a response that is edited before it is signed: the provider itself says it. */
function onSigned(edit: (xml: string) => string, change: Parameters<typeof verdictOn>[2] = {}): SamlVerdict {
  return verdictOn(keys, aResponse(keys, { edit }), change);
}

/** The verdict on a response that somebody changes on its way. */
function onTampered(tamper: (xml: string) => string): SamlVerdict {
  return verdictOn(keys, aResponse(keys, { tamper }));
}

const swap = (what: string | RegExp, by: string) => (xml: string) => replaced(xml, what, by);

describe('a good response', () => {
  it('is accepted with the identity it signs, and every check it passed', () => {
    const edit = swap(/(AuthnInstant=")[^"]*/, `$1${instant(-minute)}`);
    const xml = aResponse(keys, { edit });
    const verdict = verdictOn(keys, xml);

    expect(verdict).toMatchObject({
      ok: true,
      responseId: /<samlp:Response [^>]*?ID="([^"]*)"/.exec(xml)?.[1],
      inResponseTo: requestId,
      signed: 'both',
      encrypted: false,
      assertion: {
        issuer: idpEntityId,
        nameId: 'anna@people.test',
        nameIdFormat: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
        authnInstant: new Date(now.getTime() - minute),
        sessionNotOnOrAfter: new Date(now.getTime() + 8 * hour),
        notOnOrAfter: new Date(now.getTime() + 5 * minute),
        attributes: expect.arrayContaining([
          ['email', ['anna@people.test']],
          ['groups', ['Everyone', 'Admins']],
        ]),
      },
    });
    expect(verdict.checks.map(({ check }) => check)).toEqual(
      samlChecks.filter((check) => check !== 'encryption'),
    );
    expect(verdict.checks.every(({ passed }) => passed)).toBe(true);
  });

  it('ends with the first session that ends, where it states several', () => {
    const statement = (hours: number) =>
      `<saml:AuthnStatement AuthnInstant="${instant(0)}" SessionNotOnOrAfter="${instant(hours * hour)}"><saml:AuthnContext/></saml:AuthnStatement>`;
    const verdict = onSigned(
      swap('<saml:AuthnStatement', `${statement(3)}${statement(2)}<saml:AuthnStatement`),
    );

    expect(verdict).toMatchObject({
      ok: true,
      assertion: { sessionNotOnOrAfter: new Date(now.getTime() + 2 * hour) },
    });
  });

  it.each(['both', 'response', 'assertion'] as const)('may have signed: %s [SAML-09]', (sign) => {
    expect(verdictOn(keys, aResponse(keys, { plan: { sign } }))).toMatchObject({ ok: true, signed: sign });
  });

  it.each(['sha256', 'sha512', 'pss'] as const)('may be signed with %s [SAML-07]', (algorithm) => {
    expect(causeOf(verdictOn(keys, aResponse(keys, { plan: { algorithm } })))).toBe('accepted');
  });

  it('may arrive with line ends in its base64, and with CRLF in its XML', () => {
    const xml = replaced(
      aResponse(keys, { edit: swap('</saml:Issuer>', '</saml:Issuer>\n  ') }),
      /\n/,
      '\r\n',
    );
    const samlResponse = posted(xml).replace(/(.{76})/g, '$1\r\n');

    expect(causeOf(verdictOn(keys, '', { samlResponse }))).toBe('accepted');
  });
});

describe('what is posted [SAML-02]', () => {
  it.each([
    ['nothing', '', 'request_malformed'],
    ['base64url', posted(aResponse(keys)).slice(0, -4) + '-_==', 'request_malformed'],
    ['spaces inside', `PHI+ ${posted('<r/>')}`, 'request_malformed'],
    ['missing padding', 'PHIv', 'xml_refused'],
    ['bytes that are not UTF-8', posted(Buffer.from([0x3c, 0x72, 0xff, 0x2f, 0x3e])), 'request_malformed'],
    ['a NUL', posted('<r>\0</r>'), 'request_malformed'],
    ['more than 256 KB', posted('x'.repeat(257 * 1024)), 'too_large'],
    ['HTML', posted('<html><body>Sign in</body></html>'), 'not_a_response'],
    ['plain text', posted('hello'), 'xml_refused'],
  ])('is refused when it is %s', (_name, samlResponse, cause) => {
    expect(causeOf(verdictOn(keys, '', { samlResponse }))).toBe(cause);
  });

  it('is told by names only as far as it has any', () => {
    const nothing = verdictOn(keys, '', { samlResponse: '' });
    const nameless = onTampered((xml) =>
      xml.replaceAll(` InResponseTo="${requestId}"`, '').replace(/<saml:Issuer>[^<]*<\/saml:Issuer>/, ''),
    );

    for (const verdict of [nothing, nameless]) {
      expect(verdict.ok).toBe(false);
      expect(Object.keys(verdict).toSorted()).toEqual(['cause', 'checks', 'facts', 'ok']);
    }
  });

  it.each([
    ['a DOCTYPE', swap('<samlp:Response', '<!DOCTYPE r><samlp:Response')],
    ['a comment in the NameID (CVE-2017-11427)', swap('anna@people', 'anna@people<!---->')],
    ['a processing instruction', swap('<samlp:Status>', '<?x?><samlp:Status>')],
  ])('is refused when it has %s, although the signature would hold [SAML-03]', (_name, tamper) => {
    expect(onTampered(tamper)).toMatchObject({ ok: false, cause: 'xml_refused' });
  });

  it('is refused with what the parser met, and where', () => {
    const verdict = onTampered(swap('<samlp:Response', '<!DOCTYPE r><samlp:Response'));

    expect(verdict).toMatchObject({
      facts: { reason: 'doctype' },
      checks: [{ check: 'document', passed: false }],
    });
  });
});

it('a response on which two parsers differ is refused, whoever signed it (ASVS 1.5.3)', () => {
  // NEL is a line end to one parser and a character to the other.
  expect(onTampered(swap('>Anna<', '>An\u0085na<'))).toMatchObject({
    cause: 'xml_refused',
    facts: { reason: 'parsers_disagree' },
  });
});

describe('signatures', () => {
  it('refuses a response that nobody signed [SAML-09]', () => {
    expect(verdictOn(keys, aResponse(keys, { plan: { sign: 'none' } }))).toMatchObject({
      cause: 'signature_missing',
      facts: { expected: 'one' },
    });
  });

  it('refuses a changed value under either signature', () => {
    for (const sign of ['both', 'response', 'assertion'] as const) {
      const xml = aResponse(keys, { plan: { sign }, tamper: swap('anna@people.test', 'boss@people.test') });
      expect(causeOf(verdictOn(keys, xml))).toBe('signature_invalid');
    }
  });

  it('refuses a response whose outer signature is broken although the inner one holds', () => {
    const tamper = swap(/Destination="[^"]*"/, `Destination="${acsUrl}?x"`);

    expect(causeOf(onTampered(tamper))).toBe('signature_invalid');
  });

  it('never takes a key from KeyInfo: a stranger who embeds the own certificate is refused (CVE-2024-32962) [SAML-08]', () => {
    const verdict = verdictOn(keys, aResponse(keys, { plan: { key: 'unpublished' } }));

    expect(verdict).toMatchObject({ ok: false, cause: 'signature_unknown_key' });
    // What the page needs to offer "trust the new certificate".
    expect(!verdict.ok && verdict.offeredCertificate).toBe(unpublished.certificatePem);
  });

  it('does not call a key new when the message was not really signed with it', () => {
    const body = (pem: string) => pem.replace(/-----[^-]+-----|\n/g, '');
    const foreign = swap(body(current.certificatePem), body(unpublished.certificatePem));
    const judged = (tamper: (xml: string) => string) =>
      causeOf(verdictOn(keys, aResponse(keys, { plan: { sign: 'response' }, tamper })));

    // KeyInfo of an enveloped signature is not signed: anybody can put any certificate there.
    expect(judged(foreign)).toBe('accepted');
    expect(judged((xml) => foreign(swap('anna@people.test', 'boss@people.test')(xml)))).toBe(
      'signature_invalid',
    );
  });

  it('takes any of the pinned keys during a rollover [MD-06]', () => {
    const trust = { signingCertificates: [{ pem: current.certificatePem }, { pem: next.certificatePem }] };

    const verdicts = (['current', 'next'] as const).map((key) =>
      verdictOn(keys, aResponse(keys, { plan: { key } }), { trust }),
    );

    expect(verdicts.map(causeOf)).toEqual(['accepted', 'accepted']);
    expect(new Set(verdicts.map((verdict) => verdict.ok && verdict.signedBy)).size).toBe(2);
  });

  it('is an error of its own to have no key, never a reason to skip the check [SAML-08]', () => {
    expect(causeOf(verdictOn(keys, aResponse(keys), { trust: { signingCertificates: [] } }))).toBe('no_keys');
    const unreadable = { signingCertificates: [{ pem: 'nonsense' }] };
    expect(causeOf(verdictOn(keys, aResponse(keys), { trust: unreadable }))).toBe('no_keys');
  });

  it('refuses a retired key, with and without another one in force [MD-05]', () => {
    const retired = { pem: current.certificatePem, retiredAt: new Date(now.getTime() - 1) };
    const xml = aResponse(keys);

    for (const signingCertificates of [[retired], [{ pem: next.certificatePem }, retired]]) {
      expect(verdictOn(keys, xml, { trust: { signingCertificates } })).toMatchObject({
        cause: 'certificate_ended',
        facts: { reason: 'retired' },
      });
    }
  });

  it('accepts an ended certificate inside its grace and refuses it afterwards [MD-05]', async () => {
    const ended = await makeKeyPair({
      commonName: 'ended',
      now: new Date(now.getTime() - 20 * 24 * hour),
      validDays: 10,
      modulusLength: 2048,
    });
    const withEnded = { ...keys, idp: { ...keys.idp, current: ended } };
    const xml = aResponse(withEnded);
    const judged = (graceDays: number) =>
      causeOf(verdictOn(withEnded, xml, { trust: { expiryGraceMs: graceDays * 24 * hour } }));

    expect([judged(30), judged(11), judged(9), judged(0)]).toEqual([
      'accepted',
      'accepted',
      'certificate_ended',
      'certificate_ended',
    ]);
  });
});

describe('the floor: what the last passed test had signed', () => {
  const sent = ['assertion', 'response', 'both'] as const;

  it.each([
    ['one', ['accepted', 'accepted', 'accepted']],
    ['assertion', ['accepted', 'accepted', 'accepted']],
    ['response', ['signed_less', 'accepted', 'accepted']],
    ['both', ['signed_less', 'signed_less', 'accepted']],
  ] as const)('of %s', (signed, expected) => {
    const causes = sent.map((sign) =>
      causeOf(
        verdictOn(keys, aResponse(keys, { plan: { sign } }), {
          trust: { floor: { signed, encrypted: false } },
        }),
      ),
    );

    expect(causes).toEqual(expected);
  });

  it('says what was expected and what came', () => {
    const xml = aResponse(keys, { plan: { sign: 'assertion' } });
    const trust = { floor: { signed: 'both', encrypted: false } } as const;

    expect(verdictOn(keys, xml, { trust })).toMatchObject({
      cause: 'signed_less',
      facts: { expected: 'both', received: 'assertion' },
    });
  });

  it('of encryption refuses plain text', () => {
    const verdict = verdictOn(keys, aResponse(keys), {
      trust: { floor: { signed: 'one', encrypted: true } },
    });

    expect(verdict).toMatchObject({
      cause: 'signed_less',
      facts: { expected: 'encrypted', received: 'plain' },
    });
  });
});

describe('meaning', () => {
  const cases: readonly (readonly [string, (xml: string) => string, string])[] = [
    // [SAML-12]
    [
      'a status of Responder with a valid assertion',
      swap('status:Success', 'status:Responder'),
      'status_not_success',
    ],
    ['no status', swap(/<samlp:Status>.*<\/samlp:Status>/, ''), 'status_not_success'],
    [
      'another issuer, same key',
      (xml) => xml.replaceAll(`>${idpEntityId}<`, '>https://other.test/saml<'),
      'issuer_differs',
    ],
    [
      'another issuer of the assertion only',
      (xml) => xml.replace(/(<saml:Assertion[^>]*><saml:Issuer>)[^<]*/, '$1https://other.test'),
      'issuer_differs',
    ],
    [
      'an issuer that only differs in case',
      (xml) => xml.replaceAll(`>${idpEntityId}<`, `>${idpEntityId.toUpperCase()}<`),
      'issuer_differs',
    ],
    [
      'an issuer of another format',
      (xml) =>
        xml.replace(
          '<saml:Issuer>',
          '<saml:Issuer Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">',
        ),
      'issuer_differs',
    ],
    [
      'no issuer in the assertion',
      (xml) => xml.replace(/(<saml:Assertion[^>]*>)<saml:Issuer>[^<]*<\/saml:Issuer>/, '$1<saml:Issuer/>'),
      'issuer_differs',
    ],
    // [SAML-13]
    ['no destination', swap(/ Destination="[^"]*"/, ''), 'destination_differs'],
    [
      'a destination with a trailing slash',
      swap(`Destination="${acsUrl}"`, `Destination="${acsUrl}/"`),
      'destination_differs',
    ],
    [
      'a destination over http',
      swap(`Destination="${acsUrl}"`, `Destination="${acsUrl.replace('https', 'http')}"`),
      'destination_differs',
    ],
    [
      'a destination with the default port',
      swap(`Destination="${acsUrl}"`, `Destination="${acsUrl.replace('.test', '.test:443')}"`),
      'destination_differs',
    ],
    [
      'the recipient of another connection',
      swap(`Recipient="${acsUrl}"`, `Recipient="${acsUrl.replace('conn_1', 'conn_2')}"`),
      'recipient_differs',
    ],
    ['no recipient', swap(/ Recipient="[^"]*"/, ''), 'recipient_differs'],
    [
      'no subject confirmation',
      swap(/<saml:SubjectConfirmation .*<\/saml:SubjectConfirmation>/, ''),
      'subject_confirmation_refused',
    ],
    ['a holder-of-key confirmation', swap('cm:bearer', 'cm:holder-of-key'), 'subject_confirmation_refused'],
    [
      'a confirmation without data',
      swap(/<saml:SubjectConfirmationData[^>]*\/>/, ''),
      'subject_confirmation_refused',
    ],
    [
      'a confirmation with NotBefore',
      swap('<saml:SubjectConfirmationData', `<saml:SubjectConfirmationData NotBefore="${instant(-minute)}"`),
      'subject_confirmation_refused',
    ],
    [
      'a confirmation without an end',
      swap(/(<saml:SubjectConfirmationData) NotOnOrAfter="[^"]*"/, '$1'),
      'subject_confirmation_refused',
    ],
    [
      'a confirmation that lives longer than an hour',
      swap(/(<saml:SubjectConfirmationData NotOnOrAfter=")[^"]*/, `$1${instant(62 * minute)}`),
      'subject_confirmation_refused',
    ],
    // [SAML-14]
    ['no conditions', swap(/<saml:Conditions .*<\/saml:Conditions>/, ''), 'conditions_missing'],
    [
      'two conditions',
      swap('</saml:Conditions>', '</saml:Conditions><saml:Conditions/>'),
      'conditions_missing',
    ],
    [
      'conditions without an end',
      swap(/(<saml:Conditions NotBefore="[^"]*") NotOnOrAfter="[^"]*"/, '$1'),
      'conditions_missing',
    ],
    [
      'a condition nobody knows',
      swap('<saml:AudienceRestriction>', '<saml:Condition/><saml:AudienceRestriction>'),
      'structure_refused',
    ],
    [
      'no audience restriction',
      swap(/<saml:AudienceRestriction>.*<\/saml:AudienceRestriction>/, ''),
      'audience_differs',
    ],
    ['an empty audience restriction', swap(/<saml:Audience>.*<\/saml:Audience>/, ''), 'audience_differs'],
    [
      'the audience of another connection',
      swap(`>${spEntityId}</saml:Audience>`, `>${spEntityId}2</saml:Audience>`),
      'audience_differs',
    ],
    [
      'an audience with a trailing slash',
      swap(`>${spEntityId}</saml:Audience>`, `>${spEntityId}/</saml:Audience>`),
      'audience_differs',
    ],
    [
      'a second restriction without us',
      swap(
        '</saml:AudienceRestriction>',
        '</saml:AudienceRestriction><saml:AudienceRestriction><saml:Audience>urn:x</saml:Audience></saml:AudienceRestriction>',
      ),
      'audience_differs',
    ],
    // [SAML-15]
    [
      'no authentication statement',
      swap(/<saml:AuthnStatement .*<\/saml:AuthnStatement>/, ''),
      'authn_statement_missing',
    ],
    [
      'two NameIDs',
      swap('</saml:NameID>', '</saml:NameID><saml:NameID>boss@people.test</saml:NameID>'),
      'name_id_refused',
    ],
    ['two subjects', swap('</saml:Subject>', '</saml:Subject><saml:Subject/>'), 'name_id_refused'],
    ['no NameID', swap(/<saml:NameID.*<\/saml:NameID>/, ''), 'name_id_refused'],
    ['an empty NameID', swap('>anna@people.test</saml:NameID>', '> </saml:NameID>'), 'name_id_refused'],
    [
      'a NameID that is too long',
      swap('>anna@people.test</saml:NameID>', `>${'x'.repeat(1025)}</saml:NameID>`),
      'name_id_refused',
    ],
    [
      'a NameID with a control character',
      swap('>anna@people.test</saml:NameID>', '>anna&#10;@people.test</saml:NameID>'),
      'name_id_refused',
    ],
    ['an EncryptedID', swap(/<saml:NameID.*<\/saml:NameID>/, '<saml:EncryptedID/>'), 'name_id_refused'],
    // the message's half of [SAML-17]
    ['an unknown InResponseTo', (xml) => xml.replaceAll(requestId, '_another'), 'in_response_to_differs'],
    [
      'another InResponseTo outside',
      swap(`InResponseTo="${requestId}"`, 'InResponseTo="_another"'),
      'in_response_to_differs',
    ],
    [
      'another InResponseTo inside',
      swap(
        new RegExp(`(SubjectConfirmationData[^>]*)InResponseTo="${requestId}"`),
        '$1InResponseTo="_another"',
      ),
      'in_response_to_differs',
    ],
    [
      'no InResponseTo inside',
      swap(new RegExp(`(SubjectConfirmationData[^>]*) InResponseTo="${requestId}"`), '$1'),
      'in_response_to_differs',
    ],
    ['no InResponseTo at all', (xml) => xml.replaceAll(` InResponseTo="${requestId}"`, ''), 'unsolicited'],
  ];

  it.each(cases)('refuses %s, although it is signed [SAML-12] to [SAML-17]', (_name, edit, cause) => {
    expect(causeOf(onSigned(edit))).toBe(cause);
  });

  it('says that an encrypted name is what it cannot take, and not that there is none', () => {
    const verdict = onSigned(swap(/<saml:NameID.*<\/saml:NameID>/, '<saml:EncryptedID/>'));

    expect(verdict).toMatchObject({ cause: 'name_id_refused', facts: { reason: 'encrypted' } });
  });

  it('names what was received and what was expected', () => {
    expect(onSigned(swap(`>${spEntityId}</saml:Audience>`, `>${spEntityId}/</saml:Audience>`))).toMatchObject(
      {
        facts: { expected: spEntityId, received: [`${spEntityId}/`] },
        inResponseTo: requestId,
        issuer: idpEntityId,
      },
    );
  });

  it('reports what an error answer says, signed or not', () => {
    for (const sign of ['both', 'none'] as const) {
      expect(verdictOn(keys, aResponse(keys, { plan: { status: 'denied', sign } }))).toMatchObject({
        cause: 'status_not_success',
        facts: {
          received: [
            'urn:oasis:names:tc:SAML:2.0:status:Responder',
            'urn:oasis:names:tc:SAML:2.0:status:RequestDenied',
          ],
        },
        checks: [
          { check: 'document', passed: true },
          { check: 'structure', passed: true },
          { check: 'status', passed: false },
        ],
      });
    }
  });

  it('refuses success without an assertion', () => {
    const xml = replaced(
      aResponse(keys, { plan: { sign: 'none' } }),
      /<saml:Assertion .*<\/saml:Assertion>/,
      '',
    );

    expect(verdictOn(keys, xml)).toMatchObject({
      cause: 'structure_refused',
      facts: { reason: 'assertion_missing' },
    });
  });

  it('accepts a second, foreign audience beside ours', () => {
    expect(
      causeOf(onSigned(swap('<saml:Audience>', '<saml:Audience>urn:x</saml:Audience><saml:Audience>'))),
    ).toBe('accepted');
  });

  it('accepts one good bearer confirmation among others', () => {
    const other = '<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:sender-vouches"/>';

    expect(causeOf(onSigned(swap('<saml:SubjectConfirmation ', `${other}<saml:SubjectConfirmation `)))).toBe(
      'accepted',
    );
  });
});

describe('with only the assertion signed nothing outside counts [SAML-09]', () => {
  const onAssertionSigned = (tamper: (xml: string) => string) =>
    verdictOn(keys, aResponse(keys, { plan: { sign: 'assertion' }, tamper }));

  it('accepts a Response without Destination and InResponseTo, because the inner ones hold', () => {
    expect(causeOf(onAssertionSigned(swap(/ Destination="[^"]*" InResponseTo="[^"]*"/, '')))).toBe(
      'accepted',
    );
  });

  it('does not let an outer InResponseTo stand for a missing inner one', () => {
    const edit = swap(new RegExp(`(SubjectConfirmationData[^>]*) InResponseTo="${requestId}"`), '$1');
    const xml = aResponse(keys, { plan: { sign: 'assertion' }, edit });

    expect(causeOf(verdictOn(keys, xml))).toBe('in_response_to_differs');
  });

  it.each([
    ['Status', swap('status:Success', 'status:Requester'), 'status_not_success'],
    ['Destination', swap(/Destination="[^"]*"/, 'Destination="https://evil.test"'), 'destination_differs'],
    ['Issuer', swap(/<saml:Issuer>[^<]*/, '<saml:Issuer>https://evil.test'), 'issuer_differs'],
    ['InResponseTo', swap(/InResponseTo="[^"]*"/, 'InResponseTo="_x"'), 'in_response_to_differs'],
  ])('refuses a foreign outer %s all the same', (_name, tamper, cause) => {
    expect(causeOf(onAssertionSigned(tamper))).toBe(cause);
  });
});

describe('time [SAML-13] [SAML-14] [SAML-15]', () => {
  const times: readonly (readonly [string, RegExp])[] = [
    ['SubjectConfirmationData NotOnOrAfter', /(<saml:SubjectConfirmationData NotOnOrAfter=")[^"]*/],
    ['Conditions NotBefore', /(<saml:Conditions NotBefore=")[^"]*/],
    ['Conditions NotOnOrAfter', /(<saml:Conditions NotBefore="[^"]*" NotOnOrAfter=")[^"]*/],
    ['AuthnInstant', /(AuthnInstant=")[^"]*/],
    ['SessionNotOnOrAfter', /(SessionNotOnOrAfter=")[^"]*/],
    ['IssueInstant', /(<saml:Assertion [^>]*IssueInstant=")[^"]*/],
  ];

  it.each(times)('refuses %s that is garbage, empty, or without a zone', (_name, pattern) => {
    for (const text of [
      'yesterday',
      '',
      '2026-11-25T12:00:00',
      '2026-11-25T13:00:00+01:00',
      '2026-13-45T00:00:00Z',
    ]) {
      expect(onSigned(swap(pattern, `$1${text}`))).toMatchObject({ ok: false, cause: 'structure_refused' });
    }
  });

  it.each([
    ['SubjectConfirmationData NotOnOrAfter', times[0]?.[1], -61_000, 'expired'],
    ['Conditions NotBefore', times[1]?.[1], 61_000, 'not_yet_valid'],
    ['Conditions NotOnOrAfter', times[2]?.[1], -61_000, 'expired'],
    ['AuthnInstant', times[3]?.[1], 61_000, 'not_yet_valid'],
    ['SessionNotOnOrAfter', times[4]?.[1], -61_000, 'session_over'],
    ['IssueInstant ahead', times[5]?.[1], 61_000, 'not_yet_valid'],
    ['IssueInstant too long ago', times[5]?.[1], -661_000, 'expired'],
  ])('refuses %s one second beyond the skew and accepts it inside', (_name, pattern = /^$/, ms, cause) => {
    const inside = ms > 0 ? ms - 2000 : ms + 2000;

    expect(causeOf(onSigned(swap(pattern, `$1${instant(ms)}`)))).toBe(cause);
    expect(causeOf(onSigned(swap(pattern, `$1${instant(inside)}`)))).toBe('accepted');
  });

  it('says by how much the clocks differ', () => {
    expect(onSigned(swap(/(<saml:Conditions NotBefore=")[^"]*/, `$1${instant(412_000)}`))).toMatchObject({
      facts: { field: 'NotBefore', differenceSeconds: 412 },
    });
  });

  it('never allows more skew than 180 seconds, and no negative one', () => {
    const edit = swap(/(<saml:Conditions NotBefore=")[^"]*/, `$1${instant(181_000)}`);

    expect(causeOf(onSigned(edit, { clockSkewMs: 10 * minute }))).toBe('not_yet_valid');
    expect(causeOf(onSigned(edit, { clockSkewMs: -1 }))).toBe('not_yet_valid');
  });

  it('wants a fresh authentication when one was asked for', () => {
    const request = { id: requestId, issuedAt: new Date(now.getTime() - minute), forceAuthn: true };
    const edit = swap(/(AuthnInstant=")[^"]*/, `$1${instant(-10 * minute)}`);

    expect(causeOf(onSigned(edit, { request }))).toBe('authn_too_old');
    expect(causeOf(onSigned(edit, { request: { ...request, forceAuthn: false } }))).toBe('accepted');
    expect(causeOf(onSigned((xml) => xml, { request }))).toBe('accepted');
  });

  it('may leave out NotBefore and the end of the session', () => {
    expect(causeOf(onSigned(swap(/(<saml:Conditions) NotBefore="[^"]*"/, '$1')))).toBe('accepted');
    expect(onSigned(swap(/ SessionNotOnOrAfter="[^"]*"/, ''))).toMatchObject({
      ok: true,
      assertion: { sessionNotOnOrAfter: undefined },
    });
  });
});

describe('a sign-in that starts at the provider [SAML-19]', () => {
  const unasked = aResponse(keys, { plan: { inResponseTo: undefined, subjectInResponseTo: undefined } });

  it('is refused unless the connection allows it', () => {
    expect(causeOf(verdictOn(keys, unasked, { request: undefined }))).toBe('unsolicited');
    expect(verdictOn(keys, unasked, { request: undefined, trust: { allowUnsolicited: true } })).toMatchObject(
      {
        ok: true,
        inResponseTo: undefined,
      },
    );
  });

  it('carries no InResponseTo: one that answers nothing of ours is refused', () => {
    const verdict = verdictOn(keys, aResponse(keys), {
      request: undefined,
      trust: { allowUnsolicited: true },
    });

    expect(verdict).toMatchObject({ cause: 'in_response_to_unknown', facts: { received: requestId } });
  });

  it('is not taken for the answer to a pending request', () => {
    expect(causeOf(verdictOn(keys, unasked, { trust: { allowUnsolicited: true } }))).toBe('unsolicited');
  });
});

describe('attributes [SAML-11] [SAML-15]', () => {
  const withAttributes = (attributes: readonly (readonly [string, readonly string[]])[]) =>
    verdictOn(keys, aResponse(keys, { plan: { attributes } }));

  it('cannot stand in for the identity, whatever their names are', () => {
    const names = ['nameID', 'NameID', 'issuer', 'sessionIndex', '__proto__', 'constructor', 'toString'];
    const verdict = withAttributes(names.map((name) => [name, ['boss@people.test']]));

    expect(verdict).toMatchObject({
      ok: true,
      assertion: {
        nameId: 'anna@people.test',
        issuer: idpEntityId,
        attributes: names.map((name) => [name, ['boss@people.test']]),
      },
    });
    expect(Object.hasOwn(Object.prototype, 'nameID')).toBe(false);
  });

  it('of one name are one list, in order', () => {
    expect(
      withAttributes([
        ['groups', ['a', 'b']],
        ['x', ['1']],
        ['groups', ['c']],
      ]),
    ).toMatchObject({
      assertion: {
        attributes: [
          ['groups', ['a', 'b', 'c']],
          ['x', ['1']],
        ],
      },
    });
  });

  it('keep text whole across references and elements', () => {
    const edit = swap('<saml:AttributeValue>Anna', '<saml:AttributeValue>An<b xmlns="urn:b">n</b>&#97;');

    const verdict = onSigned(edit);

    expect(verdict.ok && new Map(verdict.assertion.attributes).get('firstName')).toEqual(['Anna']);
  });
});

it('only what an answer did wrong becomes a verdict: a fault of our own is thrown on [SAML-04]', () => {
  const trust = { signingCertificates: undefined as never };

  expect(() => verdictOn(keys, aResponse(keys), { trust })).toThrow(TypeError);
});
