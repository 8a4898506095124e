import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { aCertificate, samlKeys } from '../../test/support/saml.ts';
import { type CertificateReadings, readCertificates } from './certificates.ts';
import { makeKeyPair } from './sp-keys.ts';

const { idp } = await samlKeys();
const pem = idp.current.certificatePem;
const otherPem = idp.next.certificatePem;
const dayMs = 24 * 60 * 60_000;
const now = new Date('2026-11-25T12:00:00Z');
const options = { now, expiryGraceMs: 30 * dayMs };

const certificate = new X509Certificate(pem);
const der = certificate.raw;
const base64 = der.toString('base64');
const inLines = (separator: string) => base64.replace(/(.{64})/g, `$1${separator}`);

const codesOf = ({ findings }: CertificateReadings) =>
  findings.map(({ severity, code }) => `${severity}:${code}`);

describe('one certificate in many dresses', () => {
  it.each([
    ['PEM', pem],
    ['PEM with Windows line ends', pem.replaceAll('\n', '\r\n')],
    ['PEM in a file', Buffer.from(pem)],
    ['PEM behind printed text', `Bag Attributes\n  Public-Key: (2048 bit)\n${pem}`],
    ['base64 in one line', base64],
    ['base64 in lines', inLines('\n')],
    ['base64 with spaces, out of a browser', inLines(' ')],
    ['base64 with &#13; out of XML', inLines('&#13;\n')],
    ['base64 of a whole PEM file', Buffer.from(pem).toString('base64')],
    ['DER', der],
  ])('is read from %s [MD-04]', (_name, input) => {
    const { certificates, findings } = readCertificates(input, options);

    expect(findings).toEqual([]);
    expect(certificates).toEqual([
      {
        pem: certificate.toString(),
        subject: 'CN=Test IdP signing',
        sha256: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
        spkiSha256: expect.stringMatching(/^[0-9a-f]{64}$/),
        keySizeBits: 2048,
        notBefore: new Date(certificate.validFrom),
        notAfter: new Date(certificate.validTo),
      },
    ]);
  });
});

describe('what is no certificate', () => {
  const privateKeys = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const pkcs8 = privateKeys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const sealed = privateKeys.privateKey
    .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' })
    .toString();

  it.each([
    ['beside a certificate', `${pem}${pkcs8}`],
    ['before a certificate', `${pkcs8}${pem}`],
    ['encrypted', `${pem}${sealed}`],
    ['of EC', ec.export({ type: 'sec1', format: 'pem' }).toString()],
    ['cut off', `${pem}-----BEGIN RSA PRIVATE KEY-----\nMIIE`],
    ['as bare base64, with nothing that says so', pkcs8.replace(/-----[^-]+-----|\n/g, '')],
    ['as DER', privateKeys.privateKey.export({ type: 'pkcs1', format: 'der' })],
    ['as encrypted bare base64', sealed.replace(/-----[^-]+-----|\n/g, '')],
  ])('a private key %s is called by its name, and nothing is kept [MD-04]', (_name, input) => {
    const reading = readCertificates(input, options);

    expect(reading).toEqual({
      certificates: [],
      findings: [{ severity: 'stop', code: 'certificate_is_private_key', facts: {} }],
    });
  });

  const publicKey = privateKeys.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const pkcs7 = Buffer.concat([
    Buffer.from('3080', 'hex'),
    Buffer.from('06092a864886f70d010702', 'hex'),
    Buffer.alloc(30),
  ]);

  it.each([
    ['a public key', publicKey, 'public_key'],
    ['a bare public key', publicKey.replace(/-----[^-]+-----|\n/g, ''), 'public_key'],
    ['PKCS#7', `-----BEGIN PKCS7-----\n${pkcs7.toString('base64')}\n-----END PKCS7-----`, 'pkcs7'],
    ['bare PKCS#7', pkcs7.toString('base64'), 'pkcs7'],
    [
      'a request',
      '-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----',
      'not_a_certificate',
    ],
    ['one character short', base64.slice(0, -1), 'not_base64'],
    ['something with = in the middle', 'ABCD=EFG', 'not_base64'],
    ['a tail behind the DER', Buffer.concat([der, Buffer.from('tail')]), 'not_a_certificate'],
    ['other base64', Buffer.from('hello, world').toString('base64'), 'not_a_certificate'],
    ['nothing', '', 'not_base64'],
    ['far too much', 'A'.repeat(70_000), 'too_large'],
  ])('%s is refused with its reason', (_name, input, reason) => {
    expect(readCertificates(input, options)).toEqual({
      certificates: [],
      findings: [{ severity: 'stop', code: 'certificate_unreadable', facts: { reason } }],
    });
  });
});

describe('several certificates', () => {
  it('count once each [MD-04]', () => {
    const reading = readCertificates(pem + pem, options);

    expect(reading.certificates).toHaveLength(1);
    expect(codesOf(reading)).toEqual(['warn:certificate_listed_twice']);
  });

  it('that belong to different keys are all kept, and said so', () => {
    const reading = readCertificates(pem + otherPem, options);

    expect(reading.certificates).toHaveLength(2);
    expect(codesOf(reading)).toEqual(['note:certificate_several']);
  });

  it('lose a damaged one with a warning while another is good', () => {
    const reading = readCertificates(
      `${pem}-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----`,
      options,
    );

    expect(reading.certificates).toHaveLength(1);
    expect(codesOf(reading)).toEqual(['warn:certificate_unreadable']);
  });

  it('are five at most, the ones that last longest [MD-06]', async () => {
    const many = await Promise.all(
      [100, 200, 300, 400, 500, 600].map((validDays) =>
        makeKeyPair({ commonName: `k${validDays}`, now, validDays, modulusLength: 2048 }),
      ),
    );

    const reading = readCertificates(many.map(({ certificatePem }) => certificatePem).join(''), options);

    expect(reading.certificates.map(({ subject }) => subject)).toEqual([
      'CN=k200',
      'CN=k300',
      'CN=k400',
      'CN=k500',
      'CN=k600',
    ]);
    expect(codesOf(reading)).toContain('warn:certificate_limit');
  });
});

describe('a chain', () => {
  it('gives its leaf, whatever its order, and says what was dropped [MD-04]', async () => {
    const root = await aCertificate({ name: 'root', isAuthority: true });
    const middle = await aCertificate({ name: 'middle', isAuthority: true, issuer: root });
    const leaf = await aCertificate({ name: 'leaf', issuer: middle });

    for (const chain of [
      [leaf, middle, root],
      [root, middle, leaf],
      [middle, leaf],
    ]) {
      const reading = readCertificates(chain.map(({ pem: one }) => one).join(''), options);

      expect(reading.certificates.map(({ subject }) => subject)).toEqual(['CN=leaf']);
      expect(codesOf(reading)).toEqual(['note:certificate_chain_shortened']);
    }
  });
});

describe('a key that cannot be trusted [MD-04]', () => {
  it.each([
    ['too short', { name: 'short', modulusLength: 1024 }, 'certificate_weak'],
    ['with the exponent 3', { name: 'three', publicExponent: 3 }, 'certificate_weak'],
    [
      'of a kind the verifier does not know',
      { name: 'ec', curve: 'P-256' },
      'certificate_algorithm_unsupported',
    ],
  ] as const)('%s is refused by its name', async (_name, description, code) => {
    const { pem: refused } = await aCertificate(description);

    expect(codesOf(readCertificates(refused, options))).toEqual([`stop:${code}`]);
    // Beside a good one it only costs itself.
    const beside = readCertificates(pem + refused, options);
    expect(codesOf(beside)).toEqual([`warn:${code}`]);
    expect(beside.certificates).toHaveLength(1);
  });
});

describe('dates are policy [MD-05]', () => {
  const ends = new Date(certificate.validTo).getTime();
  const starts = new Date(certificate.validFrom).getTime();

  it.each([
    ['long before the end', ends - 91 * dayMs, [], 1],
    ['89 days before the end', ends - 89 * dayMs, ['warn:certificate_ends_soon'], 1],
    ['inside the grace', ends + 29 * dayMs, ['warn:certificate_in_grace'], 1],
    ['after the grace', ends + 31 * dayMs, ['stop:certificate_ended'], 0],
    ['before the start', starts - dayMs, ['warn:certificate_not_yet_valid'], 1],
  ])('%s', (_name, at, codes, usable) => {
    const reading = readCertificates(pem, { now: new Date(at), expiryGraceMs: 30 * dayMs });

    expect(codesOf(reading)).toEqual(codes);
    expect(reading.certificates).toHaveLength(usable);
  });
});
