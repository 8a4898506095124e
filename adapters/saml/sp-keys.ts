import { webcrypto } from 'node:crypto';

/** A private key with the self-signed certificate that publishes its public half, both as PEM. */
export interface KeyPair {
  readonly privateKeyPem: string;
  readonly certificatePem: string;
  readonly notAfter: Date;
}

/**
 * Makes an RSA key pair with a self-signed certificate [KEYS-01]. A connection takes two, one to sign and one to
 * decrypt; the caller keeps the private part encrypted and never shows it. RSA-3072 has 128-bit strength
 * (ASVS 11.2.3); 2048 is for partners that take no more.
 */
export async function makeKeyPair(options: {
  readonly commonName: string;
  readonly now: Date;
  readonly validDays: number;
  readonly modulusLength?: 2048 | 3072;
}): Promise<KeyPair> {
  // x509 needs the metadata shim to be there before it is evaluated; both load only when a key is made.
  await import('reflect-metadata');
  const x509 = await import('@peculiar/x509');

  const algorithm = {
    name: 'RSASSA-PKCS1-v1_5',
    hash: 'SHA-256',
    publicExponent: new Uint8Array([1, 0, 1]),
    modulusLength: options.modulusLength ?? 3072,
  };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const notAfter = new Date(options.now.getTime() + options.validDays * 24 * 60 * 60_000);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [options.commonName] }],
    // A clock at the partner that is a little behind must not find the certificate not yet valid.
    notBefore: new Date(options.now.getTime() - 60 * 60_000),
    notAfter,
    signingAlgorithm: algorithm,
    keys,
    extensions: [new x509.BasicConstraintsExtension(false, undefined, true)],
  });
  const privateKey = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey));
  return {
    privateKeyPem: toPem('PRIVATE KEY', privateKey),
    certificatePem: toPem('CERTIFICATE', Buffer.from(certificate.rawData)),
    notAfter,
  };
}

function toPem(label: string, der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}
