import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { aCertificate, aResponse, now, replaced, samlKeys } from '../../test/support/saml.ts';
import { ResponseRefused } from './response-refused.ts';
import { responseLimits, scanXml } from './scan.ts';
import { parseInAgreement } from './second-parser.ts';
import { pinKeys, type PinnedKeys, verifySignature } from './signatures.ts';
import { readSignedDocument } from './signed-document.ts';

const keys = await samlKeys();
const { current, next, unpublished } = keys.idp;
const elliptic = await aCertificate({ name: 'elliptic', curve: 'P-256' });
const sha256Of = (pem: string) => new X509Certificate(pem).fingerprint256.replaceAll(':', '').toLowerCase();
const endOf = (pem: string) => new Date(new X509Certificate(pem).validTo);
const day = 24 * 60 * 60_000;

function refusalIn(run: () => unknown) {
  try {
    run();
    return undefined;
  } catch (error) {
    if (!(error instanceof ResponseRefused)) throw error;
    return { cause: error.reason, facts: error.facts, offered: error.offeredCertificate };
  }
}

describe('pinned keys [SAML-08] [MD-05]', () => {
  const pem = current.certificatePem;
  const end = endOf(pem);
  const at = (ms: number) => new Date(end.getTime() + ms);

  it('are those of RSA certificates that can be read', () => {
    const keysOf = pinKeys([{ pem: 'nonsense' }, { pem }, { pem: elliptic.pem }], 0, now);

    expect(keysOf).toEqual({
      usable: [
        { pem: new X509Certificate(pem).toString(), sha256: sha256Of(pem), notAfter: end, state: 'usable' },
      ],
      past: [],
    });
  });

  it.each([
    ['none', []],
    ['none that can be read', [{ pem: 'nonsense' }]],
    ['none of RSA', [{ pem: elliptic.pem }]],
  ])('are an error of their own where there are %s', (_name, certificates) => {
    expect(refusalIn(() => pinKeys(certificates, 0, now))).toEqual({ cause: 'no_keys', facts: {} });
  });

  it('end with their certificate and its grace, to the millisecond', () => {
    const stateAt = (ms: number, graceMs: number) => refusalIn(() => pinKeys([{ pem }], graceMs, at(ms)));
    const ended = {
      cause: 'certificate_ended',
      facts: { certificate: sha256Of(pem), endedAt: end.toISOString(), reason: 'ended' },
    };

    expect(stateAt(0, 0)).toBeUndefined();
    expect(stateAt(1, 0)).toEqual(ended);
    expect(stateAt(day, day)).toBeUndefined();
    expect(stateAt(day + 1, day)).toEqual(ended);
  });

  it('are retired from the moment that is set', () => {
    const stateAt = (ms: number) =>
      refusalIn(() => pinKeys([{ pem, retiredAt: new Date(now.getTime() + ms) }], 0, now));

    expect(stateAt(1)).toBeUndefined();
    expect(stateAt(0)).toMatchObject({ cause: 'certificate_ended', facts: { reason: 'retired' } });
  });

  it('that are past are kept apart from those in force', () => {
    const { usable, past } = pinKeys([{ pem, retiredAt: now }, { pem: next.certificatePem }], 0, now);

    expect(usable.map(({ sha256 }) => sha256)).toEqual([sha256Of(next.certificatePem)]);
    expect(past).toMatchObject([{ sha256: sha256Of(pem), state: 'retired' }]);
  });

  it('that have all ended are told by the one that lasted longest', () => {
    const shorter = { pem: keys.decryption.certificatePem };
    const late = new Date(end.getTime() + 1000 * day);
    const expected = { facts: { certificate: sha256Of(pem) } };

    expect(refusalIn(() => pinKeys([shorter, { pem }], 0, late))).toMatchObject(expected);
    expect(refusalIn(() => pinKeys([{ pem }, shorter], 0, late))).toMatchObject(expected);
  });
});

describe('a signature [SAML-08]', () => {
  const signedBy = (key: 'current' | 'next' | 'unpublished') =>
    aResponse(keys, { plan: { key, sign: 'response' } });
  const xml = signedBy('current');
  const carrying = (message: string, keyInfo: string) =>
    replaced(message, /<ds:KeyInfo>.*?<\/ds:KeyInfo>/, keyInfo);
  const withCertificate = (pem: string) =>
    `<ds:KeyInfo><ds:X509Data><ds:X509Certificate>${pem.replace(/-----[^-]+-----|\n/g, '')}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>`;
  const damaged = (message: string) => replaced(message, 'anna@people.test', 'boss@people.test');

  function verified(message: string, pinned: PinnedKeys) {
    const scanned = scanXml(message, responseLimits);
    const document = scanned.ok ? parseInAgreement(message, scanned.root) : undefined;
    if (!scanned.ok || !document) throw new Error('The message cannot be read');
    return verifySignature(message, document.documentElement, scanned.root, pinned);
  }

  const pinned = (...pems: string[]) =>
    pinKeys(
      pems.map((pem) => ({ pem })),
      0,
      now,
    );
  const both = pinned(current.certificatePem, next.certificatePem);
  const expected = [sha256Of(current.certificatePem)];

  it('gives the bytes that were signed, and whose key it was', () => {
    const signed = verified(xml, pinned(current.certificatePem));

    expect(signed.signedBy).toBe(sha256Of(current.certificatePem));
    expect(signed.xml).toMatch(/^<samlp:Response .*anna@people\.test.*<\/samlp:Response>$/);
    expect(signed.xml).not.toContain('ds:Signature');
  });

  it.each(['current', 'next'] as const)(
    'may be by any pinned key, here the %s one, whatever it carries [MD-06]',
    (key) => {
      const sha256 = sha256Of(keys.idp[key].certificatePem);
      const message = signedBy(key);

      expect(verified(message, both).signedBy).toBe(sha256);
      expect(verified(carrying(message, ''), both).signedBy).toBe(sha256);
      expect(verified(carrying(message, withCertificate(unpublished.certificatePem)), both).signedBy).toBe(
        sha256,
      );
    },
  );

  it('by a key that is past is told so, not taken', () => {
    const keysOf = pinKeys(
      [{ pem: next.certificatePem }, { pem: current.certificatePem, retiredAt: now }],
      0,
      now,
    );

    expect(refusalIn(() => verified(xml, keysOf))).toMatchObject({
      cause: 'certificate_ended',
      facts: { certificate: expected[0], reason: 'retired' },
    });
  });

  it('by a stranger is told from a damaged one, and the certificate offered', () => {
    const received = sha256Of(unpublished.certificatePem);

    expect(refusalIn(() => verified(signedBy('unpublished'), pinned(current.certificatePem)))).toEqual({
      cause: 'signature_unknown_key',
      facts: { expected, received },
      offered: new X509Certificate(unpublished.certificatePem).toString(),
    });
    expect(
      refusalIn(() => verified(damaged(signedBy('unpublished')), pinned(current.certificatePem))),
    ).toEqual({
      cause: 'signature_invalid',
      facts: { expected, received },
    });
  });

  it('that is damaged names the pinned key that it carries, in force or past', () => {
    const invalid = { cause: 'signature_invalid', facts: { expected, received: expected[0] } };
    const retired = pinKeys(
      [{ pem: next.certificatePem }, { pem: current.certificatePem, retiredAt: now }],
      0,
      now,
    );

    expect(refusalIn(() => verified(damaged(xml), pinned(current.certificatePem)))).toEqual(invalid);
    expect(refusalIn(() => verified(damaged(xml), retired))).toEqual({
      ...invalid,
      facts: { expected: [sha256Of(next.certificatePem)], received: expected[0] },
    });
  });

  it.each([
    ['nothing', ''],
    ['no certificate', '<ds:KeyInfo/>'],
    ['a certificate of another kind', withCertificate(elliptic.pem)],
    ['what is no certificate', '<ds:KeyInfo><ds:X509Certificate>AAAA</ds:X509Certificate></ds:KeyInfo>'],
    [
      'a certificate by another name',
      withCertificate(unpublished.certificatePem).replaceAll('X509Certificate', 'Certificate'),
    ],
    [
      'what is no certificate before one',
      withCertificate(unpublished.certificatePem).replace(
        '<ds:X509Certificate>',
        '<ds:X509Certificate>AAAA</ds:X509Certificate><ds:X509Certificate>',
      ),
    ],
  ])('that carries %s is invalid, and no more is said', (_name, keyInfo) => {
    expect(
      refusalIn(() => verified(carrying(signedBy('unpublished'), keyInfo), pinned(current.certificatePem))),
    ).toEqual({ cause: 'signature_invalid', facts: { expected } });
  });
});

describe('a document that is signed as a whole [MD-09]', () => {
  const xml = aResponse(keys, { plan: { sign: 'response' } });
  const pem = current.certificatePem;

  function read(message: string, pems: readonly string[] = [pem], limits = responseLimits) {
    const scanned = scanXml(message, responseLimits);
    if (!scanned.ok) throw new Error(scanned.reason);
    return readSignedDocument(message, scanned.root, pems, limits);
  }

  it('is read as it was signed, by any of the pinned keys, whatever their dates', async () => {
    const ended = { ...keys, idp: { ...keys.idp, current: keys.decryption } };

    expect(read(xml)).toMatchObject({ local: 'Response', parent: undefined });
    expect(read(xml, [next.certificatePem, pem])).toMatchObject({ local: 'Response' });
    expect(
      read(aResponse(ended, { plan: { sign: 'response' } }), [keys.decryption.certificatePem]),
    ).toBeDefined();
  });

  it.each([
    ['nobody signed', (message: string) => replaced(message, /<ds:Signature .*?<\/ds:Signature>/, '')],
    ['is signed twice', (message: string) => replaced(message, /<ds:Signature .*?<\/ds:Signature>/, '$&$&')],
    ['is signed in another form', (message: string) => replaced(message, /URI="#[^"]*"/, 'URI=""')],
    ['was changed', (message: string) => replaced(message, 'anna@people.test', 'boss@people.test')],
    [
      'is signed, with something beside the signature that it does not cover',
      (message: string) => replaced(message, '</ds:Signature>', '<ds:Object>evil</ds:Object></ds:Signature>'),
    ],
    ['two parsers read differently', (message: string) => replaced(message, '>Anna<', '>An\u0085na<')],
  ])('is none when it %s', (_name, change) => {
    expect(read(change(xml))).toBeUndefined();
  });

  it('is none when something else was called a signature before it was signed', () => {
    const second = `<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/>`;
    const edit = (message: string) => replaced(message, '</samlp:Response>', `${second}</samlp:Response>`);

    expect(read(aResponse(keys, { plan: { sign: 'response' }, edit }))).toBeUndefined();
  });

  it('is none by another key, or by none', () => {
    expect(read(xml, [next.certificatePem])).toBeUndefined();
    expect(read(xml, [])).toBeUndefined();
  });

  it('is none where what was signed is more than the limits allow', () => {
    const growing = aResponse(keys, {
      plan: { sign: 'response' },
      edit: (message) => replaced(message, '</samlp:Status>', `${'<samlp:x/>'.repeat(800)}</samlp:Status>`),
    });
    const limits = { ...responseLimits, bytes: Buffer.byteLength(growing) };

    expect(read(growing)).toBeDefined();
    expect(read(growing, [pem], limits)).toBeUndefined();
  });
});
