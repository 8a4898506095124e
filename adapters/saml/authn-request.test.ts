import { createVerify, X509Certificate } from 'node:crypto';
import { inflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { acsUrl, now, samlKeys, spEntityId } from '../../test/support/saml.ts';
import { type AuthnRequestInput, buildAuthnRequest } from './authn-request.ts';
import { responseLimits, scanXml } from './scan.ts';
import { readSignedDocument } from './signed-document.ts';
import { attributeOf, childNamed, elementsIn, textOf, xmlNamespaces as ns } from './xml-tree.ts';

const { idp } = await samlKeys();
const sign = idp.current;

function build(change: Partial<AuthnRequestInput> = {}) {
  return buildAuthnRequest({
    spEntityId,
    acsUrl,
    destination: 'https://idp.test/sso?idpid=C0&x=1',
    binding: 'redirect',
    forceAuthn: false,
    relayState: 'rs_4f',
    issuedAt: now,
    ...change,
  });
}

function redirectOf(change: Partial<AuthnRequestInput> = {}): string {
  const request = build({ ...change, binding: 'redirect' });
  return request.binding === 'redirect' ? request.redirectUrl : '';
}

function xmlOf(change: Partial<AuthnRequestInput> = {}): string {
  const value = new URL(redirectOf(change)).searchParams.get('SAMLRequest') ?? '';
  return inflateRawSync(Buffer.from(value, 'base64')).toString();
}

function rootOf(xml: string) {
  const scanned = scanXml(xml, responseLimits);
  if (!scanned.ok) throw new Error(scanned.reason);
  return scanned.root;
}

describe('a request by redirect', () => {
  it('carries our names, in the order of the schema, and asks for no authentication context [SAML-22]', () => {
    const root = rootOf(xmlOf({ id: '_1', nameIdFormat: 'urn:x', forceAuthn: true }));

    expect(
      Object.fromEntries(
        root.attributes.filter(({ uri }) => uri === '').map(({ local, value }) => [local, value]),
      ),
    ).toEqual({
      ID: '_1',
      Version: '2.0',
      IssueInstant: now.toISOString(),
      Destination: 'https://idp.test/sso?idpid=C0&x=1',
      ForceAuthn: 'true',
      ProtocolBinding: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST',
      AssertionConsumerServiceURL: acsUrl,
    });
    expect(elementsIn(root).map(({ local }) => local)).toEqual(['Issuer', 'NameIDPolicy']);
    expect(textOf(root)).toBe(spEntityId);
  });

  it('asks for no NameID format and no fresh sign-in unless told to', () => {
    const root = rootOf(xmlOf());

    expect(childNamed(root, ns.protocol, 'NameIDPolicy')).toBeUndefined();
    expect(attributeOf(root, 'ForceAuthn')).toBeUndefined();
  });

  it('has an id of at least 128 random bits [SAML-16]', () => {
    const ids = Array.from({ length: 50 }, () => build().id);

    expect(new Set(ids).size).toBe(50);
    expect(ids.every((id) => /^_[0-9a-f]{40}$/.test(id))).toBe(true);
  });

  it('keeps what the address already asks', () => {
    const url = new URL(redirectOf());

    expect([...url.searchParams.keys()]).toEqual(['idpid', 'x', 'SAMLRequest', 'RelayState']);
  });

  it('is signed with RSA-SHA256 over the octets that are sent [SAML-22]', () => {
    const query = redirectOf({ sign })
      .split('&')
      .filter((part) => /^(SAMLRequest|RelayState|SigAlg|Signature)=/.test(part));
    const [signature = ''] = query.splice(3);
    const key = new X509Certificate(sign.certificatePem).publicKey;

    expect(decodeURIComponent(query[2] ?? '')).toBe(
      'SigAlg=http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
    );
    const value = Buffer.from(decodeURIComponent(signature.replace('Signature=', '')), 'base64');
    expect(createVerify('RSA-SHA256').update(query.join('&')).verify(key, value)).toBe(true);
  });
});

describe('a request by POST', () => {
  it('is signed inside its XML [SAML-22]', () => {
    const request = build({ binding: 'post', sign });
    if (request.binding !== 'post') throw new Error('not posted');
    const xml = Buffer.from(request.fields.SAMLRequest, 'base64').toString();

    expect(request.action).toBe('https://idp.test/sso?idpid=C0&x=1');
    expect(request.fields.RelayState).toBe('rs_4f');
    expect(elementsIn(rootOf(xml)).map(({ local }) => local)).toEqual(['Issuer', 'Signature']);
    const signed = readSignedDocument(xml, rootOf(xml), [sign.certificatePem], responseLimits);
    expect(signed && attributeOf(signed, 'ID')).toBe(request.id);
  });

  it('is plain when no key is given', () => {
    const request = build({ binding: 'post' });

    expect(
      request.binding === 'post' && Buffer.from(request.fields.SAMLRequest, 'base64').toString(),
    ).not.toContain('Signature');
  });
});

it('refuses a RelayState that is longer than the bindings allow [SAML-20]', () => {
  expect(() => build({ relayState: 'é'.repeat(41) })).toThrow(RangeError);
  expect(build({ relayState: 'x'.repeat(80) })).toBeDefined();
});

it('escapes what it is given', () => {
  const root = rootOf(xmlOf({ spEntityId: 'https://a.test/?a=1&b="<>' }));

  expect(textOf(root)).toBe('https://a.test/?a=1&b="<>');
});
