import { describe, expect, it } from 'vitest';
import {
  acsUrl,
  aResponse,
  idpEntityId,
  replaced,
  requestId,
  spEntityId,
  verdictOn,
} from '../../test/support/saml.ts';
import { causeOf, instant, keys, minute, onSigned, swap } from '../../test/support/saml-verdicts.ts';

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
