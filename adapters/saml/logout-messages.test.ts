import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { logoutRequestXml, signedPost, signedQuery, type LogoutPlan } from '../../test/support/logout.ts';
import { idpEntityId, now, samlKeys, spEntityId } from '../../test/support/saml.ts';
import { readLogout, type ArrivedLogout, type LogoutTrust } from './logout-messages.ts';
import { buildLogoutRequest, buildLogoutResponse } from './our-logout-messages.ts';

const { idp } = await samlKeys();
const sloUrl = `${spEntityId}/slo`;
const trust: LogoutTrust = { idpEntityId, sloUrl, signingCertificates: [idp.current.certificatePem], now };

const aPlan = (change: Partial<LogoutPlan> = {}): LogoutPlan => ({
  id: '_logout1',
  issuer: idpEntityId,
  destination: sloUrl,
  issueInstant: now.toISOString(),
  notOnOrAfter: new Date(now.getTime() + 300_000).toISOString(),
  nameId: 'anna@people.test',
  sessionIndexes: ['_s1'],
  ...change,
});
const redirect = (query: string): ArrivedLogout => ({ binding: 'redirect', query });
const good = () => signedQuery(logoutRequestXml(aPlan()), idp.current);

function reasonOf(arrived: ArrivedLogout, change: Partial<LogoutTrust> = {}): unknown {
  try {
    return readLogout(arrived, { ...trust, ...change });
  } catch (error) {
    return error instanceof Error && 'facts' in error ? (error.facts as { reason: string }).reason : error;
  }
}

describe('a logout request of the provider', () => {
  it.each([
    ['by redirect', redirect(signedQuery(logoutRequestXml(aPlan()), idp.current, { relayState: 'back' }))],
    [
      'by post',
      {
        binding: 'post',
        samlRequest: signedPost(logoutRequestXml(aPlan()), '_logout1', idp.current),
        relayState: 'back',
      } as const,
    ],
  ])('is read %s, with subject and sessions', (_way, arrived) => {
    expect(readLogout(arrived, trust)).toEqual({
      kind: 'request',
      id: '_logout1',
      nameId: 'anna@people.test',
      sessionIndexes: ['_s1'],
      relayState: 'back',
      replayableUntil: new Date(now.getTime() + 600_000),
    });
  });

  const forged = encodeURIComponent(
    deflateRawSync(logoutRequestXml(aPlan({ nameId: 'victim@people.test' }))).toString('base64'),
  );
  const withoutSignature = good().replace(/&SigAlg=.*$/, '');
  it.each([
    ['that nobody signed', withoutSignature, 'signature_missing'],
    ['with an algorithm and no signature', good().replace(/&Signature=.*$/, ''), 'signature_missing'],
    [
      'signed with MD5',
      signedQuery(logoutRequestXml(aPlan()), idp.current, {
        algorithm: 'http://www.w3.org/2001/04/xmldsig-more#rsa-md5',
      }),
      'signature_algorithm_refused',
    ],
    [
      'signed with SHA-1',
      signedQuery(logoutRequestXml(aPlan()), idp.current, {
        algorithm: 'http://www.w3.org/2000/09/xmldsig#rsa-sha1',
      }),
      'signature_algorithm_refused',
    ],
    ['signed by a stranger', signedQuery(logoutRequestXml(aPlan()), idp.unpublished), 'signature_invalid'],
    ['with a second message behind the signed one', `${good()}&SAMLRequest=${forged}`, 'query_refused'],
    ['with a second message before it', `SAMLRequest=${forged}&${good()}`, 'query_refused'],
    ['with an encoded name', `${good()}&SAML%52equest=${forged}`, 'query_refused'],
    ['with a request and a response', `${good()}&SAMLResponse=${forged}`, 'query_refused'],
    [
      'with another message under the signature',
      good().replace(/SAMLRequest=[^&]*/, `SAMLRequest=${forged}`),
      'signature_invalid',
    ],
    [
      'with a RelayState that was not signed',
      good().replace('&SigAlg', '&RelayState=x&SigAlg'),
      'signature_invalid',
    ],
  ])('%s is refused [SLO-01]', (_name, query, reason) => {
    expect(reasonOf(redirect(query))).toBe(reason);
  });

  it('that unpacks to more than 128 KB is refused without being unpacked [SLO-02]', () => {
    const bomb = Buffer.alloc(64 * 1024 * 1024, 'x');

    expect(reasonOf(redirect(signedQuery(bomb, idp.current)))).toBe('not_deflated');
  });

  it.each([
    ['a DOCTYPE', (xml: string) => `<!DOCTYPE a>${xml}`, 'doctype'],
    ['a comment', (xml: string) => xml.replace('anna@', 'anna<!---->@'), 'comment'],
    [
      'two subjects',
      (xml: string) => xml.replace('</saml:NameID>', '</saml:NameID><saml:NameID>x</saml:NameID>'),
      'name_id_refused',
    ],
    [
      'an encrypted subject',
      (xml: string) => xml.replace(/<saml:NameID>.*<\/saml:NameID>/, '<saml:EncryptedID/>'),
      'name_id_refused',
    ],
    ['another version', (xml: string) => xml.replace('Version="2.0"', 'Version="1.1"'), 'version'],
    ['no issuer', (xml: string) => xml.replace(/<saml:Issuer>.*<\/saml:Issuer>/, ''), 'issuer_differs'],
    ['another message', (xml: string) => xml.replaceAll('LogoutRequest', 'AuthnRequest'), 'not_a_logout'],
  ])('with %s is refused, although it is signed [SLO-02]', (_name, change, reason) => {
    expect(reasonOf(redirect(signedQuery(change(logoutRequestXml(aPlan())), idp.current)))).toBe(reason);
  });

  const at = (ms: number) => new Date(now.getTime() + ms).toISOString();
  it.each([
    ['of another issuer', { issuer: 'https://other.test' }, 'issuer_differs'],
    ['for another address', { destination: `${sloUrl}/` }, 'destination_differs'],
    ['for no address', { destination: undefined }, 'destination_differs'],
    ['that has ended', { notOnOrAfter: at(-61_000) }, 'expired'],
    ['with an end that is garbage', { notOnOrAfter: 'soon' }, 'time_unreadable'],
    ['that is too old', { issueInstant: at(-661_000), notOnOrAfter: undefined }, 'expired'],
    ['from the future', { issueInstant: at(61_000) }, 'not_yet_valid'],
    ['without a subject', { nameId: '' }, 'name_id_refused'],
  ] as const)('%s is refused [SLO-02]', (_name, change, reason) => {
    expect(reasonOf(redirect(signedQuery(logoutRequestXml(aPlan(change)), idp.current)))).toBe(reason);
  });

  it('by post that is unsigned, wrapped, or signed by a stranger is refused [SLO-01]', () => {
    const post = (samlRequest: string) => reasonOf({ binding: 'post', samlRequest });
    const xml = logoutRequestXml(aPlan());
    const signed = Buffer.from(signedPost(xml, '_logout1', idp.current), 'base64').toString();
    const wrapped = xml
      .replace('_logout1', '_evil')
      .replace(
        '</samlp:LogoutRequest>',
        `<samlp:Extensions>${signed}</samlp:Extensions></samlp:LogoutRequest>`,
      );

    expect(post(Buffer.from(xml).toString('base64'))).toBe('signature_missing');
    expect(post(signedPost(xml, '_logout1', idp.unpublished))).toBe('signature_invalid');
    expect(post(Buffer.from(wrapped).toString('base64'))).toBe('signature_missing');
    expect(post(Buffer.from(signed.replace('anna@', 'evil@')).toString('base64'))).toBe('signature_invalid');
    expect(post('nonsense!')).toBe('base64');
  });

  it('without any certificate in force is refused, never believed [SAML-08]', () => {
    expect(reasonOf(redirect(good()), { signingCertificates: [] })).toBe('signature_invalid');
  });
});

describe('our own messages', () => {
  const destination = 'https://idp.test/slo?tenant=1';
  it('are signed, and read by the other side', () => {
    const url = buildLogoutRequest({
      destination,
      issuer: idpEntityId,
      now,
      sign: idp.current,
      subject: { value: 'anna', format: 'urn:f', nameQualifier: 'n', spNameQualifier: 's' },
      sessionIndexes: ['_s1', '_s2'],
    });
    const query = url.slice('https://idp.test/slo?tenant=1&'.length);

    expect(url.startsWith(`${destination}&SAMLRequest=`)).toBe(true);
    expect(readLogout(redirect(query), { ...trust, sloUrl: destination })).toMatchObject({
      kind: 'request',
      nameId: 'anna',
      sessionIndexes: ['_s1', '_s2'],
    });
  });

  it.each([
    [true, 'back'],
    [false, undefined],
  ])('answer what was asked: success %s', (isSuccess, relayState) => {
    const url = buildLogoutResponse({
      destination: 'https://idp.test/slo',
      issuer: idpEntityId,
      now,
      sign: idp.current,
      inResponseTo: '_logout1',
      isSuccess,
      relayState,
    });

    expect(readLogout(redirect(new URL(url).search), { ...trust, sloUrl: 'https://idp.test/slo' })).toEqual({
      kind: 'response',
      isSuccess,
    });
    expect(new URL(url).searchParams.get('RelayState') ?? undefined).toBe(relayState);
  });
});
