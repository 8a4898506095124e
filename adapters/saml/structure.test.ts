import { describe, expect, it } from 'vitest';
import { aPlan, aResponse, replaced, samlKeys } from '../../test/support/saml.ts';
import { ResponseRefused } from './response-refused.ts';
import { responseLimits, scanXml } from './scan.ts';
import { readAssertionStructure, readResponseStructure } from './structure.ts';

const keys = await samlKeys();
const plan = aPlan();
const original = aResponse(keys, { plan });
const assertionOnly = aResponse(keys, { plan: { ...plan, sign: 'assertion' } });
const responseOnly = aResponse(keys, { plan: { ...plan, sign: 'response' } });

function rootOf(xml: string) {
  const scanned = scanXml(xml, responseLimits);
  if (!scanned.ok) throw new Error(scanned.reason);
  return scanned.root;
}

/** The gate alone, without any cryptography: what it says must hold even if the library verifies everything. */
function refusalOf(xml: string) {
  try {
    readResponseStructure(rootOf(xml));
    return undefined;
  } catch (error) {
    if (error instanceof ResponseRefused)
      return { reason: error.reason, ...error.facts, cause: error.reason };
    throw error;
  }
}

const assertionIn = (xml: string) => /<saml:Assertion[\s>][\s\S]*<\/saml:Assertion>/.exec(xml)?.[0] ?? '';
const signatureOfAssertion = (xml: string) =>
  /<ds:Signature[\s>][\s\S]*?<\/ds:Signature>/.exec(assertionIn(xml))?.[0] ?? '';
const withoutSignature = (xml: string) => xml.replace(/<ds:Signature[\s>][\s\S]*?<\/ds:Signature>/, '');
const forged = (assertion: string) =>
  replaced(withoutSignature(assertion), plan.assertionId, '_evil').replace(
    'anna@people.test',
    'boss@people.test',
  );

const o = assertionIn(assertionOnly);
const s = signatureOfAssertion(assertionOnly);
const bareO = withoutSignature(o);
const evil = forged(o);
const evilWithS = replaced(evil, '<saml:Subject>', `${s}<saml:Subject>`);

/** Response-signed variants: the signed Response moves away, and a forged one takes the root. */
const responseSignature = /<ds:Signature[\s>][\s\S]*?<\/ds:Signature>/.exec(responseOnly)?.[0] ?? '';
const bareResponse = withoutSignature(responseOnly);
const evilResponse = replaced(bareResponse, plan.responseId, '_evilResponse').replace(
  plan.assertionId,
  '_evilAssertion',
);
const issuerEnd = '</saml:Issuer>';

const wrappings: readonly (readonly [string, string])[] = [
  [
    'XSW1: the signed Response goes inside its signature',
    evilResponse.replace(
      issuerEnd,
      issuerEnd + replaced(responseSignature, '</ds:Signature>', `${bareResponse}</ds:Signature>`),
    ),
  ],
  [
    'XSW2: the signed Response goes beside its signature',
    evilResponse.replace(issuerEnd, issuerEnd + responseSignature + bareResponse),
  ],
  ['XSW3: a forged assertion stands before the signed one', replaced(assertionOnly, o, evil + o)],
  [
    'XSW4: the signed assertion becomes a child of the forged one',
    replaced(assertionOnly, o, evil.replace('</saml:Assertion>', `${o}</saml:Assertion>`)),
  ],
  [
    'XSW5: the signature stays in the changed one, the original follows',
    replaced(assertionOnly, o, evilWithS + bareO),
  ],
  [
    'XSW6: the original goes inside the signature of the changed one',
    replaced(assertionOnly, o, replaced(evilWithS, '</ds:Signature>', `${bareO}</ds:Signature>`)),
  ],
  [
    'XSW7: the forged assertion hides under Extensions',
    replaced(assertionOnly, '<samlp:Status>', `<samlp:Extensions>${evil}</samlp:Extensions><samlp:Status>`),
  ],
  [
    'XSW8: the original goes under ds:Object',
    replaced(
      assertionOnly,
      o,
      replaced(evilWithS, '</ds:Signature>', `<ds:Object>${bareO}</ds:Object></ds:Signature>`),
    ),
  ],
  [
    'XSW9: a forged assertion in StatusDetail',
    replaced(
      assertionOnly,
      '</samlp:Status>',
      `<samlp:StatusDetail>${evil}</samlp:StatusDetail></samlp:Status>`,
    ),
  ],
  [
    'XSW9: a forged assertion in Advice',
    replaced(assertionOnly, '<saml:AuthnStatement', `<saml:Advice>${evil}</saml:Advice><saml:AuthnStatement`),
  ],
  [
    'XSW9: an assertion in a foreign namespace',
    replaced(assertionOnly, o, `<x:Assertion xmlns:x="urn:x" ID="_x">${bareO}</x:Assertion>`),
  ],
  [
    'XSW9: a Response in a foreign namespace inside',
    replaced(assertionOnly, '</samlp:Response>', '<x:Response xmlns:x="urn:x"/></samlp:Response>'),
  ],
];

describe('the structural gate', () => {
  it('passes responses signed in each of the three ways', () => {
    expect([original, assertionOnly, responseOnly].map(refusalOf)).toEqual([undefined, undefined, undefined]);
  });

  it.each(wrappings)('refuses %s by itself [SAML-05] [SAML-06]', (_name, xml) => {
    expect(refusalOf(xml)).toMatchObject({ cause: 'structure_refused' });
  });

  const edits: readonly (readonly [string, (xml: string) => string, string])[] = [
    ['two assertions', (xml) => replaced(xml, o, o + evil), 'assertion_twice'],
    [
      'the only assertion in another place',
      (xml) => replaced(xml, o, `<samlp:Extensions>${o}</samlp:Extensions>`),
      'assertion_misplaced',
    ],
    [
      'the only assertion in another namespace',
      (xml) => replaced(xml, o, '<Assertion xmlns="urn:x" ID="_x" Version="2.0"/>'),
      'assertion_misplaced',
    ],
    [
      'an assertion beside an encrypted one',
      (xml) => replaced(xml, o, `${o}<saml:EncryptedAssertion/>`),
      'assertion_twice',
    ],
    ['another version of the Response', (xml) => replaced(xml, 'Version="2.0"', 'Version="1.1"'), 'version'],
    [
      'another version of the Assertion',
      (xml) => xml.replace(o, o.replace('Version="2.0"', 'Version="1.1"')),
      'version',
    ],
    [
      'one ID twice',
      (xml) => replaced(xml, '<saml:Subject>', `<saml:Subject ID="${plan.assertionId}">`),
      'id_twice',
    ],
    [
      'one ID as xml:id again',
      (xml) => replaced(xml, '<saml:Subject>', `<saml:Subject xml:id="${plan.assertionId}">`),
      'id_twice',
    ],
    [
      'one ID as id again',
      (xml) => replaced(xml, '<saml:Subject>', `<saml:Subject id="${plan.responseId}">`),
      'id_twice',
    ],
    ['an ID with a quote', (xml) => xml.replaceAll(plan.responseId, `_a' or '1`), 'id_refused'],
    ['two signatures in one parent', (xml) => replaced(xml, s, s + s), 'signature_twice'],
    [
      'two SignedInfo (CVE-2025-29774)',
      (xml) => replaced(xml, '</ds:SignedInfo>', '</ds:SignedInfo><ds:SignedInfo/>'),
      'signature_children',
    ],
    [
      'two References',
      (xml) => replaced(xml, '</ds:Reference>', '</ds:Reference><ds:Reference/>'),
      'signed_info_children',
    ],
    ['an empty Reference', (xml) => replaced(xml, /URI="#[^"]+"/, 'URI=""'), 'reference_elsewhere'],
    [
      'a Reference to something else',
      (xml) => replaced(xml, /URI="#[^"]+"/, `URI="#${plan.responseId}"`),
      'reference_elsewhere',
    ],
    [
      'a Manifest',
      (xml) =>
        replaced(
          xml,
          '</saml:Subject>',
          '<ds:Manifest xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/></saml:Subject>',
        ),
      'signature_object',
    ],
    [
      'an element in DigestValue (CVE-2025-29775)',
      (xml) => replaced(xml, '<ds:DigestValue>', '<ds:DigestValue><a/>'),
      'signature_value',
    ],
    [
      'text that is not base64 in SignatureValue',
      (xml) => replaced(xml, '<ds:SignatureValue>', '<ds:SignatureValue>*'),
      'signature_value',
    ],
    [
      'inclusive canonicalization',
      (xml) =>
        replaced(
          xml,
          'Method Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"',
          'Method Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315"',
        ),
      'canonicalization',
    ],
    [
      'canonicalization with comments',
      (xml) =>
        replaced(
          xml,
          'Method Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"',
          'Method Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#WithComments"',
        ),
      'canonicalization',
    ],
    [
      'an XSLT transform',
      (xml) =>
        replaced(
          xml,
          '<ds:Transforms>',
          '<ds:Transforms><ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xslt-19991116"/>',
        ),
      'transforms',
    ],
    [
      'an XPath filter',
      (xml) =>
        replaced(
          xml,
          'http://www.w3.org/2000/09/xmldsig#enveloped-signature',
          'http://www.w3.org/TR/1999/REC-xpath-19991116',
        ),
      'transforms',
    ],
    [
      'one transform only',
      (xml) => replaced(xml, /<ds:Transform Algorithm="[^"]*enveloped-signature"\/>/, ''),
      'transforms',
    ],
    [
      'HMACOutputLength',
      (xml) =>
        replaced(
          xml,
          /(<ds:SignatureMethod Algorithm="[^"]*")\/>/,
          '$1><ds:HMACOutputLength>1</ds:HMACOutputLength></ds:SignatureMethod>',
        ),
      'algorithm_parameters',
    ],
    [
      'a signature in a foreign namespace',
      (xml) => replaced(xml, '</saml:Subject>', '<x:Signature xmlns:x="urn:x"/></saml:Subject>'),
      'signature_misplaced',
    ],
    [
      'a signature deeper down',
      (xml) => replaced(replaced(xml, s, ''), '</saml:Subject>', `${s}</saml:Subject>`),
      'signature_misplaced',
    ],
  ];

  it.each(edits)('refuses %s [SAML-05] [SAML-06]', (_name, edit, reason) => {
    expect(refusalOf(edit(assertionOnly))).toMatchObject({ cause: 'structure_refused', reason });
  });

  const algorithms: readonly (readonly [string, string, string])[] = [
    [
      'SHA-1 signatures',
      'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
      'http://www.w3.org/2000/09/xmldsig#rsa-sha1',
    ],
    [
      'MD5 signatures',
      'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
      'http://www.w3.org/2001/04/xmldsig-more#rsa-md5',
    ],
    [
      'HMAC with the public key as secret',
      'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
      'http://www.w3.org/2000/09/xmldsig#hmac-sha1',
    ],
    [
      'HMAC-SHA256',
      'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
      'http://www.w3.org/2001/04/xmldsig-more#hmac-sha256',
    ],
    ['no algorithm', 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256', ''],
    ['SHA-1 digests', 'http://www.w3.org/2001/04/xmlenc#sha256', 'http://www.w3.org/2000/09/xmldsig#sha1'],
  ];

  it.each(algorithms)('refuses %s and names them [SAML-07]', (_name, from, to) => {
    expect(refusalOf(replaced(assertionOnly, from, to))).toMatchObject({
      cause: 'signature_algorithm_refused',
      received: to,
    });
  });

  const dsig = 'xmlns:ds="http://www.w3.org/2000/09/xmldsig#"';
  const exclusive = '<ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"';
  const list = '<ec:InclusiveNamespaces xmlns:ec="http://www.w3.org/2001/10/xml-exc-c14n#" PrefixList="xs"/>';
  const inForeign = (name: string) => (xml: string) =>
    replaced(xml, '</saml:Subject>', `<x:${name} xmlns:x="urn:x"/></saml:Subject>`);
  const inPlace = (what: string | RegExp, by: string) => (xml: string) => replaced(xml, what, by);

  const finer: readonly (readonly [string, (xml: string) => string, string])[] = [
    ['a Response below the root', inForeign('Response'), 'response_nested'],
    ['an EncryptedAssertion below the assertion', inForeign('EncryptedAssertion'), 'assertion_misplaced'],
    ['a SignedInfo in a foreign namespace', inForeign('SignedInfo'), 'signature_misplaced'],
    ['a SignatureValue in a foreign namespace', inForeign('SignatureValue'), 'signature_misplaced'],
    [
      'a SignedInfo of another namespace inside a signature',
      inPlace('<ds:KeyInfo>', '<x:SignedInfo xmlns:x="urn:x"/><ds:KeyInfo>'),
      'signature_misplaced',
    ],
    [
      'a SignedInfo outside a signature',
      inPlace('</saml:Subject>', `<ds:SignedInfo ${dsig}/></saml:Subject>`),
      'signature_misplaced',
    ],
    [
      'a SignatureValue outside a signature',
      inPlace('</saml:Subject>', `<ds:SignatureValue ${dsig}/></saml:Subject>`),
      'signature_misplaced',
    ],
    [
      'a signature of another namespace in a place for one',
      inPlace(s, '<x:Signature xmlns:x="urn:x"/>'),
      'signature_misplaced',
    ],
    [
      'a signature of the status',
      (xml) => replaced(replaced(xml, s, ''), '<samlp:Status>', `<samlp:Status>${s}`),
      'signature_misplaced',
    ],
    ['an Object', inPlace('</saml:Subject>', `<ds:Object ${dsig}/></saml:Subject>`), 'signature_object'],
    ['no version of the Response', inPlace(' Version="2.0"', ''), 'version'],
    [
      'one ID in capitals again',
      inPlace('<saml:Subject>', `<saml:Subject Id="${plan.responseId}">`),
      'id_twice',
    ],
    ['no ID of the Response', inPlace(/ ID="[^"]*"/, ''), 'id_refused'],
    ['an empty ID', inPlace(/ ID="[^"]*"/, ' ID=""'), 'id_refused'],
    ['an ID that begins with a digit', inPlace(/ ID="[^"]*"/, ' ID="1a"'), 'id_refused'],
    ['an ID of 257 characters', inPlace(/ ID="[^"]*"/, ` ID="_${'a'.repeat(256)}"`), 'id_refused'],
    [
      'an ID of the assertion with a blank',
      (xml) => xml.replaceAll(plan.assertionId, `${plan.assertionId} x`),
      'id_refused',
    ],
    ['nothing in a signature', inPlace(s, `<ds:Signature ${dsig}/>`), 'signature_children'],
    [
      'KeyInfo before SignatureValue',
      (xml) =>
        replaced(
          xml,
          /(<ds:SignatureValue>[^<]*<\/ds:SignatureValue>)(<ds:KeyInfo>.*?<\/ds:KeyInfo>)/,
          '$2$1',
        ),
      'signature_children',
    ],
    [
      'two KeyInfo',
      inPlace(/<ds:KeyInfo>.*?<\/ds:KeyInfo>/, '<ds:KeyInfo/><ds:KeyInfo/>'),
      'signature_children',
    ],
    ['text between the parts of a signature', inPlace('<ds:KeyInfo>', 'x<ds:KeyInfo>'), 'signature_children'],
    [
      'a foreign element for KeyInfo',
      inPlace(/<ds:KeyInfo>.*?<\/ds:KeyInfo>/, '<x:KeyInfo xmlns:x="urn:x"/>'),
      'signature_children',
    ],
    ['no SignatureValue', inPlace(/<ds:SignatureValue>[^<]*<\/ds:SignatureValue>/, ''), 'signature_children'],
    ['no SignatureMethod', inPlace(/<ds:SignatureMethod [^>]*>/, ''), 'signed_info_children'],
    ['no DigestValue', inPlace(/<ds:DigestValue>[^<]*<\/ds:DigestValue>/, ''), 'reference_children'],
    ['no Transforms', inPlace(/<ds:Transforms>.*<\/ds:Transforms>/, ''), 'reference_children'],
    ['a Reference without an address', inPlace(/ URI="#[^"]+"/, ''), 'reference_elsewhere'],
    [
      'text in the canonicalization method',
      inPlace(/(<ds:CanonicalizationMethod [^>]*)\/>/, '$1>x</ds:CanonicalizationMethod>'),
      'canonicalization',
    ],
    [
      'a foreign element in the canonicalization method',
      inPlace(
        /(<ds:CanonicalizationMethod [^>]*)\/>/,
        '$1><x:InclusiveNamespaces xmlns:x="urn:x"/></ds:CanonicalizationMethod>',
      ),
      'canonicalization',
    ],
    [
      'two prefix lists',
      inPlace(`${exclusive}/>`, `${exclusive}>${list}${list}</ds:Transform>`),
      'transforms',
    ],
    ['text in a transform', inPlace(`${exclusive}/>`, `${exclusive}>x</ds:Transform>`), 'transforms'],
    [
      'text in the enveloped transform',
      inPlace(/(<ds:Transform Algorithm="[^"]*enveloped-signature")\/>/, '$1>x</ds:Transform>'),
      'transforms',
    ],
    [
      'the enveloped transform twice',
      inPlace(
        `${exclusive}/>`,
        '<ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/>',
      ),
      'transforms',
    ],
    ['no transform', inPlace(/<ds:Transforms>.*<\/ds:Transforms>/, '<ds:Transforms/>'), 'transforms'],
    [
      'parameters of the digest',
      inPlace(/(<ds:DigestMethod [^>]*)\/>/, '$1><ds:X/></ds:DigestMethod>'),
      'algorithm_parameters',
    ],
    ['no digest', inPlace(/<ds:DigestValue>[^<]*/, '<ds:DigestValue>'), 'signature_value'],
    ['three signs of padding', inPlace(/<ds:DigestValue>[^<]*/, '<ds:DigestValue>ab==='), 'signature_value'],
    ['text after a DigestValue', inPlace(/<ds:DigestValue>[^<]*/, '$&<a/>'), 'signature_value'],
    [
      'an element in SignatureValue',
      inPlace('<ds:SignatureValue>', '<ds:SignatureValue><a/>'),
      'signature_value',
    ],
    [
      'only an element in SignatureValue',
      inPlace(/<ds:SignatureValue>[^<]*/, '<ds:SignatureValue><a/>'),
      'signature_value',
    ],
  ];

  it.each(finer)('refuses %s, and says so [SAML-05] [SAML-06]', (_name, edit, reason) => {
    expect(refusalOf(edit(assertionOnly))).toMatchObject({ cause: 'structure_refused', reason });
  });

  it.each([
    ['an ID of 256 characters', inPlace(/ ID="[^"]*"/, ` ID="_${'a'.repeat(255)}"`)],
    ['a signature without KeyInfo', inPlace(/<ds:KeyInfo>.*?<\/ds:KeyInfo>/, '')],
    ['line ends in a signature', inPlace('<ds:KeyInfo>', '\n\t <ds:KeyInfo>')],
    ['line ends in base64', inPlace(/(<ds:SignatureValue>[^<]{10})/, '$1 \t\n')],
    [
      'an attribute value that is an ID elsewhere',
      inPlace('<saml:Subject>', `<saml:Subject for="${plan.responseId}">`),
    ],
    [
      'attributes whose names only hold id',
      inPlace('<saml:Subject>', `<saml:Subject a-id="${plan.responseId}" idx="${plan.responseId}">`),
    ],
    ['white space in a transform', inPlace(`${exclusive}/>`, `${exclusive}>\n </ds:Transform>`)],
    [
      'an id of another namespace',
      inPlace('<saml:Subject>', `<saml:Subject xmlns:x="urn:x" x:id="${plan.responseId}">`),
    ],
    ['another attribute of XML', inPlace('<saml:Subject>', `<saml:Subject xml:lang="${plan.responseId}">`)],
    ['an Object of another namespace', inForeign('Object')],
  ])('takes %s', (_name, edit) => {
    expect(refusalOf(edit(assertionOnly))).toBeUndefined();
  });

  it('says which algorithm has parameters, which version came, and what came instead of a response', () => {
    const hmac = inPlace(
      /(<ds:SignatureMethod [^>]*)\/>/,
      '$1><ds:HMACOutputLength>1</ds:HMACOutputLength></ds:SignatureMethod>',
    );

    expect(refusalOf(hmac(assertionOnly))).toMatchObject({ algorithm: 'SignatureMethod' });
    expect(refusalOf(replaced(assertionOnly, 'Version="2.0"', 'Version="1.1"'))).toMatchObject({
      received: '1.1',
      expected: '2.0',
    });
    expect(refusalOf(replaced(assertionOnly, ' Version="2.0"', ''))).toMatchObject({ received: '' });
    expect(refusalOf('<r xmlns="urn:x"/>')).toMatchObject({ received: '{urn:x}r' });
    expect(refusalOf(`<r xmlns="urn:${'x'.repeat(300)}"/>`)).toMatchObject({
      received: `{urn:${'x'.repeat(195)}`,
    });
  });

  it('says which algorithm it refused, in 200 characters at most [SAML-07]', () => {
    const withMethod = (name: string, algorithm: string) =>
      refusalOf(
        replaced(assertionOnly, new RegExp(`<ds:${name} Algorithm="[^"]*"`), `<ds:${name}${algorithm}`),
      );
    const long = 'x'.repeat(201);

    expect(withMethod('SignatureMethod', ' Algorithm="a"')).toMatchObject({
      cause: 'signature_algorithm_refused',
      algorithm: 'SignatureMethod',
      received: 'a',
    });
    expect(withMethod('DigestMethod', '')).toMatchObject({ algorithm: 'DigestMethod', received: '' });
    expect(withMethod('DigestMethod', ` Algorithm="${long}"`)).toMatchObject({ received: long.slice(1) });
  });

  it.each([
    ['SignatureMethod', 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256'],
    ['SignatureMethod', 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512'],
    ['SignatureMethod', 'http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1'],
    ['DigestMethod', 'http://www.w3.org/2001/04/xmlenc#sha256'],
    ['DigestMethod', 'http://www.w3.org/2001/04/xmlenc#sha512'],
  ])('takes the %s %s [SAML-07]', (name, algorithm) => {
    const xml = assertionOnly.replace(
      new RegExp(`<ds:${name} Algorithm="[^"]*"`),
      `<ds:${name} Algorithm="${algorithm}"`,
    );

    expect(refusalOf(xml)).toBeUndefined();
  });

  it('tells what is there and what is signed', () => {
    const structureOf = (xml: string) => {
      const { assertion, encryptedAssertion, ...signed } = readResponseStructure(rootOf(xml));
      return { ...signed, assertion: assertion?.local, encryptedAssertion: encryptedAssertion?.local };
    };
    const encrypted = replaced(responseOnly, assertionIn(responseOnly), '<saml:EncryptedAssertion/>');
    const nothing = { assertion: undefined, encryptedAssertion: undefined };

    expect(structureOf(original)).toMatchObject({
      responseIsSigned: true,
      assertionIsSigned: true,
      assertion: 'Assertion',
    });
    expect(structureOf(assertionOnly)).toMatchObject({ responseIsSigned: false, assertionIsSigned: true });
    expect(structureOf(responseOnly)).toMatchObject({ responseIsSigned: true, assertionIsSigned: false });
    expect(structureOf(encrypted)).toMatchObject({
      ...nothing,
      encryptedAssertion: 'EncryptedAssertion',
      responseIsSigned: true,
      assertionIsSigned: false,
    });
    expect(structureOf(replaced(bareResponse, assertionIn(bareResponse), ''))).toMatchObject({
      ...nothing,
      responseIsSigned: false,
      assertionIsSigned: false,
    });
  });

  it('takes a prefix list for exclusive canonicalization, as real providers send', () => {
    const xml = replaced(
      assertionOnly,
      '<ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/>',
      `<ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#">${list}</ds:Transform>`,
    );

    expect(refusalOf(xml)).toBeUndefined();
  });

  it('says that another SAML message is not a response', () => {
    const xml =
      '<samlp:LogoutResponse xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_1" Version="2.0"/>';

    expect(refusalOf(xml)).toMatchObject({ cause: 'not_a_response' });
  });

  it('refuses a Response outside the protocol namespace', () => {
    expect(refusalOf('<Response ID="_1" Version="2.0"/>')).toMatchObject({ cause: 'not_a_response' });
  });

  it('holds a decrypted assertion to the same shape', () => {
    const nested = replaced(o, '</saml:Subject>', '</saml:Subject><saml:EncryptedAssertion/>');

    expect(readAssertionStructure(rootOf(o))).toEqual({ isSigned: true });
    expect(readAssertionStructure(rootOf(bareO))).toEqual({ isSigned: false });
    expect(() => readAssertionStructure(rootOf(replaced(o, 'Version="2.0"', '')))).toThrow(ResponseRefused);
    expect(() => readAssertionStructure(rootOf(nested))).toThrow(ResponseRefused);
    expect(() => readAssertionStructure(rootOf(original))).toThrow(
      expect.objectContaining({ facts: { reason: 'assertion_missing' } }) as Error,
    );
    expect(() => readAssertionStructure(rootOf(replaced(o, '</saml:Subject>', `$&${evil}`)))).toThrow(
      expect.objectContaining({ facts: { reason: 'assertion_misplaced' } }) as Error,
    );
  });
});
