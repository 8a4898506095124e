import { createHash, createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { type Finding, finding, hasStop } from './import-findings.ts';

/** A certificate in plain values, for people to compare and for the connection to pin. */
export interface CertificateReading {
  readonly pem: string;
  /** May be empty: Auth0 issues certificates without a subject. */
  readonly subject: string;
  /** SHA-256 of the DER, hex. */
  readonly sha256: string;
  /** SHA-256 of the SubjectPublicKeyInfo, hex: equal for a renewed certificate with the same key. */
  readonly spkiSha256: string;
  readonly keySizeBits: number;
  readonly notBefore: Date;
  readonly notAfter: Date;
}

export interface CertificateReadings {
  /** The ones that can verify signatures now, each once. */
  readonly certificates: readonly CertificateReading[];
  readonly findings: readonly Finding[];
}

export interface CertificateOptions {
  readonly now: Date;
  /** How long an ended certificate is still taken, loudly [MD-05]. */
  readonly expiryGraceMs: number;
}

/**
 * Reads what an admin pastes or uploads into a certificate field [MD-04]: PEM with anything around it, bare base64
 * (in one line, in many, with `&#13;` out of XML), DER, or a chain, of which the leaf is taken. A private key anywhere
 * in it is refused before anything else, and nothing of it is kept.
 */
export function readCertificates(
  input: string | Uint8Array,
  options: CertificateOptions,
): CertificateReadings {
  const blocks = input.length > longestInput ? unreadable('too_large') : toDer(input);
  if ('refusal' in blocks) return { certificates: [], findings: [blocks.refusal] };
  const { certificates, findings } = judgeCertificates(blocks.der, options);
  if (certificates.length < 2) return { certificates, findings };
  return {
    certificates,
    findings: [...findings, finding('note', 'certificate_several', { count: certificates.length })],
  };
}

const longestInput = 64 * 1024;

/**
 * Judges certificates given as DER. One bad key beside good ones is dropped and said so; when none is left, what was
 * wrong with each stops.
 */
export function judgeCertificates(ders: readonly Buffer[], options: CertificateOptions): CertificateReadings {
  const findings: Finding[] = [];
  const parsed = ders.map((der) => ({ der, certificate: parseCertificate(der) }));
  if (parsed.some(({ der, certificate }) => !certificate && isPrivateKey(der))) {
    return { certificates: [], findings: [finding('stop', 'certificate_is_private_key')] };
  }
  const readable = parsed.flatMap(({ certificate }) => certificate ?? []);
  if (readable.length < parsed.length) findings.push(finding('stop', 'certificate_unreadable'));

  const distinct = readable.filter(
    (certificate, index) =>
      readable.findIndex((other) => other.fingerprint256 === certificate.fingerprint256) === index,
  );
  const repeated = readable.length - distinct.length;
  if (repeated > 0) findings.push(finding('warn', 'certificate_listed_twice', { count: repeated }));

  const leaves = distinct.filter((certificate) => !distinct.some((other) => hasIssued(certificate, other)));
  if (leaves.length < distinct.length) {
    findings.push(
      finding('note', 'certificate_chain_shortened', { dropped: distinct.length - leaves.length }),
    );
  }

  const certificates: CertificateReading[] = [];
  for (const leaf of leaves) {
    const reading = readCertificate(leaf);
    const own = judgeCertificate(leaf, reading, options);
    findings.push(...own);
    if (!hasStop(own)) certificates.push(reading);
  }
  if (certificates.length > mostKeys)
    findings.push(finding('warn', 'certificate_limit', { limit: mostKeys }));
  const kept = certificates
    .toSorted((a, b) => b.notAfter.getTime() - a.notAfter.getTime())
    .slice(0, mostKeys);
  return {
    certificates: certificates.filter((certificate) => kept.includes(certificate)),
    findings: kept.length > 0 ? findings.map(asDropped) : findings,
  };
}

/** A rollover needs two [MD-06]; of more than five, the ones that last longest are kept. */
const mostKeys = 5;

/** What stops alone only costs that one key when others are good. */
function asDropped(entry: Finding): Finding {
  return entry.severity === 'stop' ? { ...entry, severity: 'warn' } : entry;
}

function hasIssued(issuer: X509Certificate, other: X509Certificate): boolean {
  return issuer !== other && issuer.ca && other.checkIssued(issuer) && other.verify(issuer.publicKey);
}

const smallestRsaBits = 2048;
const smallestExponent = 65537n;
const dayMs = 24 * 60 * 60_000;
const soonMs = 90 * dayMs;

function judgeCertificate(
  certificate: X509Certificate,
  { subject, sha256, notBefore, notAfter }: CertificateReading,
  { now, expiryGraceMs }: CertificateOptions,
): Finding[] {
  const facts = { subject, sha256 };
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = certificate.publicKey;
  if (type !== 'rsa') {
    return [finding('stop', 'certificate_algorithm_unsupported', { ...facts, received: type ?? '' })];
  }
  const bits = details?.modulusLength ?? 0;
  const exponent = details?.publicExponent ?? 0n;
  if (bits < smallestRsaBits || exponent < smallestExponent || exponent % 2n === 0n) {
    return [finding('stop', 'certificate_weak', { ...facts, bits, exponent: exponent.toString() })];
  }
  const left = notAfter.getTime() - now.getTime();
  const dates = { ...facts, notBefore: notBefore.toISOString(), notAfter: notAfter.toISOString() };
  if (left < -expiryGraceMs) return [finding('stop', 'certificate_ended', dates)];
  if (left < 0) return [finding('warn', 'certificate_in_grace', dates)];
  if (notBefore > now) return [finding('warn', 'certificate_not_yet_valid', dates)];
  if (left < soonMs)
    return [finding('warn', 'certificate_ends_soon', { ...dates, days: Math.ceil(left / dayMs) })];
  return [];
}

function readCertificate(certificate: X509Certificate): CertificateReading {
  const { publicKey } = certificate;
  return {
    pem: certificate.toString(),
    subject: (certificate.subject ?? '').replaceAll('\n', ', ').slice(0, 500),
    sha256: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
    spkiSha256: createHash('sha256').update(spkiOf(certificate)).digest('hex'),
    keySizeBits: publicKey.asymmetricKeyDetails?.modulusLength ?? 0,
    notBefore: new Date(certificate.validFrom),
    notAfter: new Date(certificate.validTo),
  };
}

/** The SubjectPublicKeyInfo, DER. Of an RSA key the old form of a certificate has it too, in a sixth of the time. */
function spkiOf(certificate: X509Certificate): Buffer {
  const { publicKey } = certificate;
  const known = publicKey.asymmetricKeyType === 'rsa' ? certificate.toLegacyObject().pubkey : undefined;
  return known ?? publicKey.export({ type: 'spki', format: 'der' });
}

/** A certificate that fills its bytes exactly. Node alone would also take PEM in here, or a tail of anything. */
function parseCertificate(der: Buffer): X509Certificate | undefined {
  if (der[0] !== 0x30) return undefined;
  try {
    const certificate = new X509Certificate(der);
    // Reading the key here turns a key that OpenSSL cannot decode into "unreadable" instead of a later surprise.
    return certificate.raw.equals(der) && certificate.publicKey ? certificate : undefined;
  } catch {
    return undefined;
  }
}

type DerBlocks = { readonly der: readonly Buffer[] } | { readonly refusal: Finding };

function toDer(input: string | Uint8Array): DerBlocks {
  if (typeof input !== 'string') {
    const bytes = Buffer.from(input);
    if (bytes[0] === 0x30) return fromDer(bytes);
    return fromText(bytes.toString('latin1'));
  }
  return fromText(input);
}

function fromText(text: string): DerBlocks {
  const blocks = [...text.matchAll(/-----BEGIN ([A-Z0-9 ]{1,40})-----([^-]*)-----END \1-----/g)].map(
    ([, label = '', body = '']) => ({ label, body }),
  );
  if (/-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY-----/.test(text)) return refuse('certificate_is_private_key');
  if (blocks.length === 0) return fromBase64(text);

  const certificates = blocks.filter(({ label }) => /^(?:X509 |TRUSTED )?CERTIFICATE$/.test(label));
  if (certificates.length === 0) {
    const [block] = blocks;
    if (block?.label.includes('PUBLIC KEY')) return unreadable('public_key');
    return block && /^(?:PKCS7|CMS)$/.test(block.label)
      ? unreadable('pkcs7')
      : unreadable('not_a_certificate');
  }
  return { der: certificates.map(({ body }) => decodeBase64(body) ?? Buffer.alloc(0)) };
}

function fromBase64(text: string): DerBlocks {
  const der = decodeBase64(text);
  if (!der) return unreadable('not_base64');
  // Some products put base64 of a whole PEM file where base64 of DER belongs.
  const inner = der.toString('latin1');
  return inner.startsWith('-----BEGIN ') ? fromText(inner) : fromDer(der);
}

function fromDer(der: Buffer): DerBlocks {
  if (parseCertificate(der)) return { der: [der] };
  if (isPrivateKey(der)) return refuse('certificate_is_private_key');
  if (isSignedData(der)) return unreadable('pkcs7');
  return isPublicKey(der) ? unreadable('public_key') : unreadable('not_a_certificate');
}

/**
 * Strict base64: white space and the references to it that come out of XML are dropped, everything else must be
 * alphabet. Node's own decoder skips what it does not know and silently makes another key of it.
 */
export function decodeBase64(text: string): Buffer | undefined {
  const compact = text.replace(/&#(?:13|10|9|xD|xA|x9);/gi, '').replace(/\s/g, '');
  const isBase64 = compact !== '' && compact.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(compact);
  return isBase64 ? Buffer.from(compact, 'base64') : undefined;
}

function isPrivateKey(der: Buffer): boolean {
  return (['pkcs8', 'pkcs1', 'sec1'] as const).some((type) => {
    try {
      createPrivateKey({ key: der, format: 'der', type });
      return true;
    } catch (error) {
      // An encrypted key is a private key too: it only asks for its passphrase.
      return error instanceof Error && 'code' in error && error.code === 'ERR_MISSING_PASSPHRASE';
    }
  });
}

function isPublicKey(der: Buffer): boolean {
  return (['spki', 'pkcs1'] as const).some((type) => {
    try {
      return createPublicKey({ key: der, format: 'der', type }).type === 'public';
    } catch {
      return false;
    }
  });
}

const signedDataOid = Buffer.from('06092a864886f70d010702', 'hex');

/** PKCS#7 begins with the object identifier of signed data (RFC 5652 §3). */
function isSignedData(der: Buffer): boolean {
  return der.subarray(0, 32).includes(signedDataOid);
}

function refuse(code: Finding['code']): DerBlocks {
  return { refusal: finding('stop', code) };
}

function unreadable(reason: string): DerBlocks {
  return { refusal: finding('stop', 'certificate_unreadable', { reason }) };
}
