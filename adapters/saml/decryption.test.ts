import { describe, expect, it } from 'vitest';
import {
  aPlan,
  aResponse,
  replaced,
  samlKeys,
  verdictOn,
  withEncryptedAssertion,
} from '../../test/support/saml.ts';
import type { ContentAlgorithm, KeyAlgorithm } from '../../sandbox/test-idp/encryption.ts';
import { responseXml, signResponse } from '../../sandbox/test-idp/response.ts';
import { samlChecks } from '../../onboarding/sign-in-checks.ts';

const keys = await samlKeys();
const decryptionKeys = [keys.decryption.privateKeyPem];

interface Encrypted {
  readonly content?: ContentAlgorithm;
  readonly key?: KeyAlgorithm;
  readonly sign?: 'both' | 'response' | 'assertion';
  readonly recipient?: typeof keys.decryption;
  readonly edit?: (xml: string) => string;
  /** Changes the response after its assertion is signed and before it is encrypted. */
  readonly inside?: (xml: string) => string;
}

/** What providers do: sign the assertion, encrypt it, sign the Response round it. */
function anEncryptedResponse({
  content,
  key,
  sign = 'response',
  recipient,
  edit = (xml) => xml,
  inside = (xml) => xml,
}: Encrypted = {}) {
  const plan = aPlan();
  const inner = sign === 'response' ? 'none' : 'assertion';
  const outer = sign === 'assertion' ? 'none' : 'response';
  const signedInside = signResponse(responseXml(plan), { ...plan, sign: inner }, keys.idp);
  const encrypted = withEncryptedAssertion(inside(signedInside), recipient ?? keys.decryption, {
    ...(content && { content }),
    ...(key && { key }),
  });
  return signResponse(edit(encrypted), { ...plan, sign: outer }, keys.idp);
}

const judge = (xml: string, own: readonly string[] = decryptionKeys) =>
  verdictOn(keys, xml, { trust: { decryptionKeys: own } });

describe('an encrypted assertion [SAML-10]', () => {
  it.each([
    ['aes256-gcm', 'rsa-oaep-mgf1p'],
    ['aes128-gcm', 'rsa-oaep-mgf1p'],
    ['aes256-gcm', 'rsa-oaep-sha256'],
  ] as const)('is opened with %s and %s', (content, key) => {
    expect(judge(anEncryptedResponse({ content, key }))).toMatchObject({
      ok: true,
      encrypted: true,
      signed: 'response',
      assertion: { nameId: 'anna@people.test' },
    });
  });

  it('passes every check that there is', () => {
    expect(judge(anEncryptedResponse()).checks).toEqual(samlChecks.map((check) => ({ check, passed: true })));
  });

  it('that is signed inside counts as signed in both places', () => {
    expect(judge(anEncryptedResponse({ sign: 'both' }))).toMatchObject({ ok: true, signed: 'both' });
  });

  it('is opened with the next key too while ours roll over', () => {
    const other = keys.idp.unpublished.privateKeyPem;

    expect(judge(anEncryptedResponse(), [other, ...decryptionKeys])).toMatchObject({ ok: true });
  });

  it('needs a signed Response, whatever is signed inside (Keycloak CVE-2026-2092)', () => {
    expect(judge(anEncryptedResponse({ sign: 'assertion' }))).toMatchObject({
      cause: 'signature_missing',
      facts: { expected: 'response' },
    });
  });

  it('is not even looked into before the Response is verified: there is no oracle', () => {
    const tampered = replaced(anEncryptedResponse(), /(<xenc:CipherValue>)..../, '$1AAAA');

    expect(judge(tampered)).toMatchObject({ cause: 'signature_invalid' });
  });

  it.each([
    ['AES-CBC content', { content: 'aes256-cbc' }, 'http://www.w3.org/2001/04/xmlenc#aes256-cbc'],
    ['RSA-1.5 key transport', { key: 'rsa-1_5' }, 'http://www.w3.org/2001/04/xmlenc#rsa-1_5'],
  ] as const)('with %s is refused and named', (_name, algorithms, received) => {
    expect(judge(anEncryptedResponse(algorithms))).toMatchObject({
      cause: 'encryption_refused',
      facts: { received },
    });
  });

  it.each([
    ['3DES', 'http://www.w3.org/2001/04/xmlenc#tripledes-cbc'],
    ['no algorithm', ''],
  ])('with %s is refused', (_name, algorithm) => {
    const edit = (xml: string) => replaced(xml, 'http://www.w3.org/2009/xmlenc11#aes256-gcm', algorithm);

    expect(judge(anEncryptedResponse({ edit }))).toMatchObject({ cause: 'encryption_refused' });
  });

  it('with two different hashes for OAEP is refused, because it could only fail', () => {
    const edit = (xml: string) =>
      replaced(
        xml,
        /(rsa-oaep-mgf1p")\/>/,
        '$1><ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/></xenc:EncryptionMethod>',
      );

    expect(judge(anEncryptedResponse({ edit }))).toMatchObject({ cause: 'encryption_refused' });
  });

  it('for somebody else, or damaged, fails in one and the same way', () => {
    const forAnother = anEncryptedResponse({ recipient: keys.idp.unpublished });
    const damagedContent = anEncryptedResponse({
      edit: (xml) =>
        replaced(
          xml,
          /(<\/xenc:EncryptedKey><\/ds:KeyInfo><xenc:CipherData><xenc:CipherValue>).{8}/,
          '$1AAAAAAAA',
        ),
    });
    const shortContent = anEncryptedResponse({
      edit: (xml) => replaced(xml, /(<\/ds:KeyInfo><xenc:CipherData><xenc:CipherValue>)[^<]*/, '$1AAAA'),
    });

    for (const xml of [forAnother, damagedContent, shortContent]) {
      expect(judge(xml)).toMatchObject({ cause: 'decryption_failed', facts: {} });
    }
  });

  it('says that we have no key to open it', () => {
    expect(judge(anEncryptedResponse(), [])).toMatchObject({ cause: 'encrypted_without_key' });
    expect(verdictOn(keys, anEncryptedResponse())).toMatchObject({ cause: 'encrypted_without_key' });
  });

  it('may not hold another encrypted assertion', () => {
    const plan = aPlan();
    const inner = withEncryptedAssertion(responseXml(plan), keys.decryption);
    const nested = replaced(
      inner,
      /<saml:EncryptedAssertion [^>]*>/,
      '<saml:Assertion ID="_n" Version="2.0">$&',
    ).replace('</saml:EncryptedAssertion>', '</saml:EncryptedAssertion></saml:Assertion>');
    const twice = withEncryptedAssertion(nested, keys.decryption);
    const xml = signResponse(twice, { ...plan, sign: 'response' }, keys.idp);

    expect(judge(xml)).toMatchObject({
      ok: false,
      cause: expect.stringMatching(/xml_refused|structure_refused/),
    });
  });

  it('meets the floor of encryption, and a plain one does not', () => {
    const trust = { decryptionKeys, floor: { signed: 'response', encrypted: true } } as const;

    expect(verdictOn(keys, anEncryptedResponse(), { trust })).toMatchObject({ ok: true });
    expect(verdictOn(keys, aResponse(keys), { trust })).toMatchObject({ cause: 'signed_less' });
  });
});

describe('an encrypted assertion that leaves its namespaces to its surroundings [SAML-10] [SAML-11]', () => {
  const bare = (xml: string) => replaced(xml, /(<saml:Assertion) xmlns:saml="[^"]*"/, '$1');
  const typed = (xml: string) =>
    replaced(xml, '<saml:AttributeValue>', '<saml:AttributeValue xsi:type="xs:string">');

  it.each([
    ['that of assertions', bare],
    ['those of types of values too', (xml: string) => typed(bare(xml))],
    ['those of types of values only', typed],
  ])('is read as it stood there: %s', (_name, inside) => {
    expect(judge(anEncryptedResponse({ inside }))).toMatchObject({
      ok: true,
      encrypted: true,
      signed: 'response',
      assertion: { nameId: 'anna@people.test' },
    });
  });

  it('keeps the signature that it had before', () => {
    expect(judge(anEncryptedResponse({ sign: 'both', inside: bare }))).toMatchObject({
      ok: true,
      signed: 'both',
    });
    const changed = (xml: string) => replaced(bare(xml), '>anna@people.test<', '>boss@people.test<');
    expect(judge(anEncryptedResponse({ sign: 'both', inside: changed }))).toMatchObject({
      cause: 'signature_invalid',
    });
  });

  it('takes none that nobody signed, and says which prefix lacks one', () => {
    const inside = (xml: string) =>
      replaced(xml, '</saml:AttributeStatement>', '</saml:AttributeStatement><x:More/>');
    const signed = anEncryptedResponse({ inside });
    // Exclusive canonicalization leaves out what the signed part does not use, so the signature still holds.
    const offered = replaced(signed, '<samlp:Response ', '<samlp:Response xmlns:x="urn:x" ');

    for (const xml of [signed, offered]) {
      expect(judge(xml)).toMatchObject({
        cause: 'encryption_refused',
        facts: { reason: 'namespace_outside', prefix: 'x' },
      });
    }
  });
});
