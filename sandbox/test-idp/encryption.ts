import { constants, createCipheriv, publicEncrypt, randomBytes, X509Certificate } from 'node:crypto';

/**
 * Puts an assertion into an EncryptedAssertion. A good answer uses RSA-OAEP with AES-GCM, as our metadata asks; the
 * others are there to be refused.
 */
export type ContentAlgorithm = 'aes128-gcm' | 'aes256-gcm' | 'aes256-cbc';
export type KeyAlgorithm = 'rsa-oaep-mgf1p' | 'rsa-oaep-sha256' | 'rsa-1_5';

export interface Encryption {
  /** Whose key it is for: a certificate as PEM. */
  readonly certificatePem: string;
  readonly content?: ContentAlgorithm;
  readonly key?: KeyAlgorithm;
}

/** Encrypts the one assertion of a response. A signature outside it has to be made afterwards. */
export function withEncryptedAssertion(xml: string, encryption: Encryption): string {
  const assertion = /<saml:Assertion[\s>][\s\S]*<\/saml:Assertion>/.exec(xml)?.[0];
  if (!assertion) throw new Error('There is no assertion to encrypt');
  return xml.replace(assertion, () => encryptedAssertion(assertion, encryption));
}

const xenc = 'http://www.w3.org/2001/04/xmlenc#';
const xenc11 = 'http://www.w3.org/2009/xmlenc11#';

function encryptedAssertion(
  assertion: string,
  { certificatePem, content = 'aes256-gcm', key = 'rsa-oaep-mgf1p' }: Encryption,
): string {
  const contentKey = randomBytes(content === 'aes128-gcm' ? 16 : 32);
  const wrapped = wrapKey(contentKey, certificatePem, key).toString('base64');
  const cipherText = encryptContent(assertion, contentKey, content).toString('base64');
  const contentUri = `${content === 'aes256-cbc' ? xenc : xenc11}${content}`;
  return (
    `<saml:EncryptedAssertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">` +
    `<xenc:EncryptedData xmlns:xenc="${xenc}" Type="${xenc}Element">` +
    `<xenc:EncryptionMethod Algorithm="${contentUri}"/>` +
    '<ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><xenc:EncryptedKey>' +
    `${keyMethodXml[key]}<xenc:CipherData><xenc:CipherValue>${wrapped}</xenc:CipherValue></xenc:CipherData>` +
    '</xenc:EncryptedKey></ds:KeyInfo>' +
    `<xenc:CipherData><xenc:CipherValue>${cipherText}</xenc:CipherValue></xenc:CipherData>` +
    '</xenc:EncryptedData></saml:EncryptedAssertion>'
  );
}

const keyMethodXml: Readonly<Record<KeyAlgorithm, string>> = {
  'rsa-oaep-mgf1p': `<xenc:EncryptionMethod Algorithm="${xenc}rsa-oaep-mgf1p"/>`,
  'rsa-oaep-sha256':
    `<xenc:EncryptionMethod Algorithm="${xenc11}rsa-oaep"><ds:DigestMethod` +
    ` xmlns:ds="http://www.w3.org/2000/09/xmldsig#" Algorithm="${xenc}sha256"/>` +
    `<xenc11:MGF xmlns:xenc11="${xenc11}" Algorithm="${xenc11}mgf1sha256"/></xenc:EncryptionMethod>`,
  'rsa-1_5': `<xenc:EncryptionMethod Algorithm="${xenc}rsa-1_5"/>`,
};

function wrapKey(contentKey: Buffer, certificatePem: string, algorithm: KeyAlgorithm): Buffer {
  const key = new X509Certificate(certificatePem).publicKey;
  if (algorithm === 'rsa-1_5')
    return publicEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, contentKey);
  const oaepHash = algorithm === 'rsa-oaep-sha256' ? 'sha256' : 'sha1';
  return publicEncrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash }, contentKey);
}

function encryptContent(text: string, key: Buffer, algorithm: ContentAlgorithm): Buffer {
  if (algorithm === 'aes256-cbc') {
    const iv = randomBytes(16);
    const cipher = createCipheriv('aes-256-cbc', key, iv);
    return Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final()]);
  }
  const iv = randomBytes(12);
  const cipher = createCipheriv(algorithm === 'aes128-gcm' ? 'aes-128-gcm' : 'aes-256-gcm', key, iv);
  return Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
}
