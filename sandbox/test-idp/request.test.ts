import { sign } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type AuthnRequestInput, buildAuthnRequest } from '../../adapters/saml/authn-request.ts';
import { acsUrl, now, replaced, samlKeys, spEntityId } from '../../test/support/saml.ts';
import { type ArrivedRequest, readAuthnRequest, type RegisteredSp } from './request.ts';

const { idp } = await samlKeys();
const plainSp: RegisteredSp = { entityId: spEntityId, acsUrl, signingCertificates: [] };
const signingSp: RegisteredSp = { ...plainSp, signingCertificates: [idp.current.certificatePem] };

function arrived(change: Partial<AuthnRequestInput> = {}): ArrivedRequest {
  const request = buildAuthnRequest({
    id: '_r1',
    spEntityId,
    acsUrl,
    destination: 'https://idp.test/sso',
    binding: 'redirect',
    forceAuthn: true,
    relayState: 'rs/1+2 3',
    issuedAt: now,
    ...change,
  });
  return request.binding === 'redirect'
    ? { binding: 'redirect', query: new URL(request.redirectUrl).search }
    : { binding: 'post', samlRequest: request.fields.SAMLRequest, relayState: request.fields.RelayState };
}

const read = (request: ArrivedRequest, sp: RegisteredSp | undefined = plainSp) =>
  readAuthnRequest(request, async (entityId) => (entityId === sp.entityId ? sp : undefined));

const refusal = (reason: string) => ({ code: 'request_refused', facts: { reason } });

function redirected(request: ArrivedRequest) {
  if (request.binding !== 'redirect') throw new Error('not redirected');
  return request;
}

function withQuery(change: (query: string) => string): ArrivedRequest {
  const request = redirected(arrived({ sign: idp.current }));
  return { ...request, query: change(request.query) };
}

describe('a request to the Test IdP', () => {
  it.each([
    ['by redirect', arrived(), plainSp],
    ['by redirect, signed', arrived({ sign: idp.current }), signingSp],
    ['by POST', arrived({ binding: 'post' }), plainSp],
    ['by POST, signed', arrived({ binding: 'post', sign: idp.current }), signingSp],
  ])('%s is read and held against its registration [TIDP-03]', async (_name, request, sp) => {
    await expect(read(request, sp)).resolves.toEqual({
      id: '_r1',
      spEntityId,
      acsUrl,
      forceAuthn: true,
      nameIdFormat: undefined,
      relayState: 'rs/1+2 3',
    });
  });

  it.each([
    [
      'from somebody unregistered',
      arrived({ spEntityId: 'https://stranger.test' }),
      plainSp,
      'unknown_service_provider',
    ],
    ['that names another ACS', arrived({ acsUrl: 'https://evil.test/acs' }), plainSp, 'acs_differs'],
    ['that names the ACS with a slash', arrived({ acsUrl: `${acsUrl}/` }), plainSp, 'acs_differs'],
    ['unsigned although a key is registered', arrived(), signingSp, 'signature_refused'],
    ['unsigned by POST', arrived({ binding: 'post' }), signingSp, 'signature_refused'],
    ['signed by another key', arrived({ sign: idp.next }), signingSp, 'signature_refused'],
    [
      'signed by another key, by POST',
      arrived({ binding: 'post', sign: idp.next }),
      signingSp,
      'signature_refused',
    ],
    ['that is no deflated text', { binding: 'redirect', query: 'SAMLRequest=AAAA' }, plainSp, 'not_deflated'],
    [
      'with a broken percent sign',
      { binding: 'redirect', query: 'SAMLRequest=%E0%A4%A' },
      plainSp,
      'query_refused',
    ],
    [
      'with another message',
      { binding: 'post', samlRequest: Buffer.from('<r/>').toString('base64') },
      plainSp,
      'unknown_service_provider',
    ],
    [
      'with a DOCTYPE',
      { binding: 'post', samlRequest: Buffer.from('<!DOCTYPE r><r/>').toString('base64') },
      plainSp,
      'doctype',
    ],
  ] as const)('%s is refused [TIDP-03]', async (_name, request, sp, reason) => {
    await expect(read(request, sp)).rejects.toMatchObject(refusal(reason));
  });

  it('is refused when its signed query is changed, repeated or disguised', async () => {
    const swapped = withQuery((query) => replaced(query, /RelayState=[^&]*/, 'RelayState=evil'));
    const repeated = withQuery((query) => `${query}&RelayState=evil`);
    const disguised = withQuery((query) => `${query}&SAML%52equest=evil`);
    const weaker = withQuery((query) => replaced(query, 'rsa-sha256', 'rsa-md5'));

    await expect(read(swapped, signingSp)).rejects.toMatchObject(refusal('signature_refused'));
    await expect(read(repeated, signingSp)).rejects.toMatchObject(refusal('query_refused'));
    await expect(read(disguised, signingSp)).rejects.toMatchObject(refusal('query_refused'));
    await expect(read(weaker, signingSp)).rejects.toMatchObject(refusal('signature_refused'));
  });

  it('that names a weak algorithm is refused, even if the signature was made with a strong one', async () => {
    const { binding, query } = redirected(arrived());
    const parts = `${query.slice(1)}&SigAlg=${encodeURIComponent('http://www.w3.org/2001/04/xmldsig-more#rsa-md5')}`;
    const signature = sign('RSA-SHA256', Buffer.from(parts), idp.current.privateKeyPem).toString('base64');

    await expect(
      read({ binding, query: `${parts}&Signature=${encodeURIComponent(signature)}` }, signingSp),
    ).rejects.toMatchObject(refusal('signature_refused'));
  });

  it('that inflates without end is refused [SLO-02]', async () => {
    const bomb = deflateRawSync(Buffer.alloc(8 * 1024 * 1024, ' ')).toString('base64');

    await expect(
      read({ binding: 'redirect', query: `SAMLRequest=${encodeURIComponent(bomb)}` }),
    ).rejects.toMatchObject(refusal('not_deflated'));
  });
});
