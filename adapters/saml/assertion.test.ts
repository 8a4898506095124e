import { describe, expect, it } from 'vitest';
import { readAssertion, readIssuers, readStatus } from './assertion.ts';
import { quoted } from './response-refused.ts';
import { responseLimits, scanXml } from './scan.ts';
import { everyElement, textOf, type XmlElement } from './xml-tree.ts';

const namespaces =
  'xmlns="urn:oasis:names:tc:SAML:2.0:assertion" xmlns:p="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:x="urn:x"';

function tree(xml: string): XmlElement {
  const scanned = scanXml(xml, responseLimits);
  if (!scanned.ok) throw new Error(scanned.reason);
  return scanned.root;
}

const read = (content: string, attributes = '') =>
  readAssertion(tree(`<Assertion ${namespaces} ${attributes}>${content}</Assertion>`));
const statusOf = (content: string) => readStatus(tree(`<p:Response ${namespaces}>${content}</p:Response>`));

describe('an assertion is read as it is written', () => {
  it('with everything that it says [SAML-11]', () => {
    const written = read(
      '<Issuer Format="urn:f"> https://idp.test </Issuer>' +
        '<Subject><NameID Format="urn:n" NameQualifier="q" SPNameQualifier="s"> anna </NameID>' +
        '<SubjectConfirmation Method="urn:bearer">' +
        '<SubjectConfirmationData Recipient="r" InResponseTo="i" NotBefore="b" NotOnOrAfter="e"/>' +
        '</SubjectConfirmation></Subject>' +
        '<Conditions NotBefore="cb" NotOnOrAfter="ce"><AudienceRestriction>' +
        '<Audience> one </Audience><Audience>two</Audience></AudienceRestriction>' +
        '<OneTimeUse/><ProxyRestriction/></Conditions>' +
        '<AuthnStatement AuthnInstant="a" SessionIndex="si" SessionNotOnOrAfter="se"/>' +
        '<AttributeStatement><Attribute Name="mail">' +
        '<AttributeValue> a@people.test </AttributeValue><AttributeValue> </AttributeValue>' +
        '</Attribute></AttributeStatement>',
      'ID="_1" IssueInstant="now"',
    );

    expect(written).toEqual({
      id: '_1',
      issueInstant: 'now',
      issuers: [{ value: 'https://idp.test', format: 'urn:f' }],
      subjectCount: 1,
      nameIds: [{ value: 'anna', format: 'urn:n', nameQualifier: 'q', spNameQualifier: 's' }],
      hasEncryptedId: false,
      confirmations: [
        {
          method: 'urn:bearer',
          dataCount: 1,
          recipient: 'r',
          inResponseTo: 'i',
          notBefore: 'b',
          notOnOrAfter: 'e',
        },
      ],
      conditions: {
        notBefore: 'cb',
        notOnOrAfter: 'ce',
        audienceRestrictions: [['one', 'two']],
        hasUnknown: false,
      },
      conditionsCount: 1,
      authnStatements: [{ authnInstant: 'a', sessionIndex: 'si', sessionNotOnOrAfter: 'se' }],
      attributes: new Map([['mail', ['a@people.test']]]),
    });
  });

  it('without what it does not say: absent stays absent', () => {
    expect(read('')).toEqual({
      id: '',
      issueInstant: undefined,
      issuers: [],
      subjectCount: 0,
      nameIds: [],
      hasEncryptedId: false,
      confirmations: [],
      conditions: undefined,
      conditionsCount: 0,
      authnStatements: [],
      attributes: new Map(),
    });
    expect(read('<Subject><SubjectConfirmation/></Subject>').confirmations).toEqual([
      {
        method: '',
        dataCount: 0,
        recipient: undefined,
        inResponseTo: undefined,
        notBefore: undefined,
        notOnOrAfter: undefined,
      },
    ]);
  });

  it('never from a look-alike in another namespace, or deeper down [SAML-05]', () => {
    const alike = read(
      '<x:Issuer>evil</x:Issuer><x:Subject/><x:Conditions/><x:AuthnStatement/>' +
        '<x:deep><Issuer>evil</Issuer><Subject/><Conditions/><AuthnStatement/></x:deep>' +
        '<Subject><x:NameID>boss</x:NameID><x:EncryptedID/><x:SubjectConfirmation/></Subject>' +
        '<AttributeStatement><x:Attribute Name="role"><AttributeValue>boss</AttributeValue></x:Attribute>' +
        '<Attribute Name="a"><x:AttributeValue>boss</x:AttributeValue></Attribute></AttributeStatement>' +
        '<x:AttributeStatement><Attribute Name="b"/></x:AttributeStatement>',
    );

    expect(alike).toMatchObject({
      issuers: [],
      subjectCount: 1,
      nameIds: [],
      hasEncryptedId: false,
      confirmations: [],
      conditionsCount: 0,
      authnStatements: [],
      attributes: new Map([['a', []]]),
    });
  });

  it('never from an attribute in a namespace [SAML-05]', () => {
    expect(read('', 'x:ID="_evil" x:IssueInstant="evil"')).toMatchObject({ id: '', issueInstant: undefined });
  });

  it('with what stands twice counted, for the caller to refuse', () => {
    const twice = read(
      '<Issuer>a</Issuer><Issuer>b</Issuer><Subject><NameID>a</NameID></Subject><Subject><NameID>b</NameID></Subject>' +
        '<Conditions NotBefore="first"/><Conditions/>' +
        '<Subject><SubjectConfirmation><SubjectConfirmationData Recipient="a"/><SubjectConfirmationData/>' +
        '</SubjectConfirmation></Subject>',
    );

    expect(twice).toMatchObject({ subjectCount: 3, conditionsCount: 2, conditions: { notBefore: 'first' } });
    expect(twice.issuers.map(({ value }) => value)).toEqual(['a', 'b']);
    expect(twice.nameIds.map(({ value }) => value)).toEqual(['a', 'b']);
    expect(twice.confirmations).toMatchObject([{ dataCount: 2, recipient: 'a' }]);
  });

  it('with its EncryptedID seen', () => {
    expect(read('<Subject><EncryptedID/></Subject>').hasEncryptedId).toBe(true);
  });
});

describe('a condition is known [SAML-14]', () => {
  it.each([
    ['of a name nobody knows', '<Condition/>', true],
    ['of a known name in another namespace', '<x:OneTimeUse/>', true],
    ['beside known ones', '<OneTimeUse/><x:y/>', true],
    ['never, where there is none', '', false],
  ])('%s', (_name, content, hasUnknown) => {
    expect(read(`<Conditions>${content}</Conditions>`).conditions?.hasUnknown).toBe(hasUnknown);
  });

  it('and audiences are those of restrictions only', () => {
    const { conditions } = read(
      '<Conditions><x:AudienceRestriction><Audience>a</Audience></x:AudienceRestriction>' +
        '<AudienceRestriction><x:Audience>b</x:Audience></AudienceRestriction></Conditions>',
    );

    expect(conditions?.audienceRestrictions).toEqual([[]]);
  });
});

describe('attributes [SAML-15]', () => {
  it('of one name are one list over all statements; those without a name are left out', () => {
    const { attributes } = read(
      '<AttributeStatement><Attribute Name="g"><AttributeValue>1</AttributeValue></Attribute>' +
        '<Attribute><AttributeValue>nobody</AttributeValue></Attribute>' +
        '<Attribute Name=""><AttributeValue>nobody</AttributeValue></Attribute></AttributeStatement>' +
        '<AttributeStatement><Attribute Name="g"><AttributeValue>2</AttributeValue></Attribute></AttributeStatement>',
    );

    expect([...attributes]).toEqual([['g', ['1', '2']]]);
  });
});

describe('an issuer', () => {
  it('is a child of the element, by name and namespace', () => {
    const root = tree(`<p:Response ${namespaces}><p:Issuer>a</p:Issuer><Issuer>b</Issuer></p:Response>`);

    expect(readIssuers(root)).toEqual([{ value: 'b', format: undefined }]);
  });
});

describe('a status', () => {
  it('is read from the top code to the innermost, with its message', () => {
    const written = statusOf(
      '<p:Status><p:StatusCode Value="a"><x:y/><p:StatusCode Value="b"/></p:StatusCode>' +
        '<p:StatusMessage> no way </p:StatusMessage></p:Status>',
    );

    expect(written).toEqual({ codes: ['a', 'b'], message: 'no way' });
  });

  it('that is missing, or there twice, says nothing: it is never success [SAML-12]', () => {
    const good = '<p:Status><p:StatusCode Value="a"/></p:Status>';

    expect(statusOf('')).toEqual({ codes: [], message: undefined });
    expect(statusOf(good + good)).toEqual({ codes: [], message: undefined });
    expect(statusOf('<p:Status/>')).toEqual({ codes: [], message: undefined });
    expect(statusOf('<p:Status><p:StatusCode/></p:Status>').codes).toEqual(['']);
  });

  it('of another namespace is none', () => {
    expect(statusOf('<Status><p:StatusCode Value="a"/></Status>').codes).toEqual([]);
    expect(statusOf('<p:Status><StatusCode Value="a"/><StatusMessage>m</StatusMessage></p:Status>')).toEqual({
      codes: [],
      message: undefined,
    });
    expect(
      statusOf('<p:Status><p:StatusCode Value="a"><StatusCode/></p:StatusCode></p:Status>').codes,
    ).toEqual(['a']);
  });
});

describe('the tree', () => {
  it('gives all text below an element, and every element, in document order', () => {
    const root = tree('<a>1<b>2<c>3</c></b>4<d/></a>');

    expect(textOf(root)).toBe('1234');
    expect([...everyElement(root)].map(({ local }) => local)).toEqual(['a', 'b', 'c', 'd']);
  });
});

describe('a quoted value', () => {
  it('is short and printable', () => {
    expect(quoted(undefined)).toBe('');
    expect(quoted('a\u0000b\nc')).toBe('a b c');
    expect(quoted('x'.repeat(501))).toBe('x'.repeat(500));
  });
});
