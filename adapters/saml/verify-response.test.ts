import { describe, expect, it } from 'vitest';
import {
  acsUrl,
  aResponse,
  idpEntityId,
  now,
  posted,
  replaced,
  requestId,
  verdictOn,
} from '../../test/support/saml.ts';
import {
  causeOf,
  hour,
  instant,
  keys,
  minute,
  onSigned,
  onTampered,
  swap,
} from '../../test/support/saml-verdicts.ts';
import { makeKeyPair } from './sp-keys.ts';
import { samlChecks } from '../../onboarding/sign-in-checks.ts';

const { current, next, unpublished } = keys.idp;

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

it('only what an answer did wrong becomes a verdict: a fault of our own is thrown on [SAML-04]', () => {
  const trust = { signingCertificates: undefined as never };

  expect(() => verdictOn(keys, aResponse(keys), { trust })).toThrow(TypeError);
});
