import { constants, createCipheriv, publicEncrypt, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { samlKeys } from '../../test/support/saml.ts';
import { decryptAssertion } from './decryption.ts';
import { ResponseRefused } from './response-refused.ts';
import { responseLimits, scanXml } from './scan.ts';

const { decryption, idp } = await samlKeys();

const xenc = 'http://www.w3.org/2001/04/xmlenc#';
const xenc11 = 'http://www.w3.org/2009/xmlenc11#';
const dsig = 'http://www.w3.org/2000/09/xmldsig#';
const text = '<saml:Assertion/>';

const algorithm = (name: string, uri: string) => `<${name} Algorithm="${uri}"/>`;
const methodOf = (uri: string, content = '') =>
  `<EncryptionMethod Algorithm="${uri}">${content}</EncryptionMethod>`;
const cipher = (value: Buffer | string) =>
  `<CipherData><CipherValue>${typeof value === 'string' ? value : value.toString('base64')}</CipherValue></CipherData>`;

function encrypted(content: string | Buffer, key: Buffer): Buffer {
  const iv = randomBytes(12);
  const made = createCipheriv(`aes-${(key.length * 8) as 128 | 192 | 256}-gcm`, key, iv);
  return Buffer.concat([iv, made.update(content), made.final(), made.getAuthTag()]);
}

const wrapped = (key: Buffer, oaepHash = 'sha1') =>
  publicEncrypt({ key: decryption.certificatePem, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash }, key);

/** An EncryptedAssertion, each part open to a change. */
function opened(
  change: {
    readonly contentKey?: Buffer;
    readonly content?: Buffer | string;
    readonly contentMethod?: string;
    readonly keyMethod?: string;
    readonly oaepHash?: string;
    readonly edit?: (xml: string) => string;
    readonly privateKeys?: readonly string[];
  } = {},
) {
  const contentKey = change.contentKey ?? Buffer.alloc(32, 7);
  const { contentMethod = methodOf(`${xenc11}aes256-gcm`), keyMethod = methodOf(`${xenc}rsa-oaep-mgf1p`) } =
    change;
  const written =
    `<saml:EncryptedAssertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" xmlns="${xenc}" xmlns:e="${xenc11}" xmlns:ds="${dsig}">` +
    `<EncryptedData>${contentMethod}<ds:KeyInfo><EncryptedKey>${keyMethod}` +
    `${cipher(wrapped(contentKey, change.oaepHash))}</EncryptedKey></ds:KeyInfo>` +
    `${cipher(change.content ?? encrypted(text, contentKey))}</EncryptedData></saml:EncryptedAssertion>`;
  const scanned = scanXml((change.edit ?? ((same) => same))(written), responseLimits);
  if (!scanned.ok) throw new Error(scanned.reason);
  try {
    return decryptAssertion(scanned.root, change.privateKeys ?? [decryption.privateKeyPem]);
  } catch (error) {
    if (!(error instanceof ResponseRefused)) throw error;
    return { cause: error.reason, facts: error.facts };
  }
}

const refused = (reason: string, received = '') => ({
  cause: 'encryption_refused',
  facts: { reason, received },
});
const failed = { cause: 'decryption_failed', facts: {} };

describe('the form of an encrypted assertion [SAML-10]', () => {
  it.each([
    ['aes128-gcm', 16],
    ['aes192-gcm', 24],
    ['aes256-gcm', 32],
  ])('may have content in %s', (name, bytes) => {
    expect(opened({ contentMethod: methodOf(`${xenc11}${name}`), contentKey: Buffer.alloc(bytes, 7) })).toBe(
      text,
    );
  });

  const digest = (uri: string) => algorithm('ds:DigestMethod', uri);
  const mask = (uri: string) => algorithm('e:MGF', uri);
  const oaep = (content: string) => methodOf(`${xenc11}rsa-oaep`, content);

  it.each([
    ['RSA-OAEP as it was first named', methodOf(`${xenc}rsa-oaep-mgf1p`), 'sha1'],
    ['its digest named', methodOf(`${xenc}rsa-oaep-mgf1p`, digest(`${dsig}sha1`)), 'sha1'],
    [
      'a mask that the first name has no use for',
      methodOf(`${xenc}rsa-oaep-mgf1p`, mask(`${xenc11}mgf1sha256`)),
      'sha1',
    ],
    ['RSA-OAEP and nothing more', oaep(''), 'sha1'],
    ['SHA-1 twice', oaep(digest(`${dsig}sha1`) + mask(`${xenc11}mgf1sha1`)), 'sha1'],
    ['SHA-256 twice', oaep(digest(`${xenc}sha256`) + mask(`${xenc11}mgf1sha256`)), 'sha256'],
    ['SHA-512 twice', oaep(digest(`${xenc}sha512`) + mask(`${xenc11}mgf1sha512`)), 'sha512'],
  ])('may have its key in %s', (_name, keyMethod, oaepHash) => {
    expect(opened({ keyMethod, oaepHash })).toBe(text);
  });

  it.each([
    ['two hashes', oaep(digest(`${xenc}sha256`)), `${xenc11}rsa-oaep`],
    ['two masks', oaep(mask(`${xenc11}mgf1sha256`)), `${xenc11}rsa-oaep`],
    ['hashes that nobody knows', oaep(digest('urn:x') + mask('urn:x')), `${xenc11}rsa-oaep`],
    ['hashes without a name', oaep('<ds:DigestMethod/><e:MGF/>'), `${xenc11}rsa-oaep`],
    ['RSA-1.5', methodOf(`${xenc}rsa-1_5`), `${xenc}rsa-1_5`],
    ['no method', '', ''],
    ['two methods', methodOf(`${xenc11}rsa-oaep`) + methodOf(`${xenc11}rsa-oaep`), ''],
    ['a long name', methodOf(`urn:${'x'.repeat(300)}`), `urn:${'x'.repeat(196)}`],
  ])('may not have its key in %s', (_name, keyMethod, received) => {
    expect(opened({ keyMethod })).toEqual(refused('key_transport', received));
  });

  it.each([
    ['CBC', methodOf(`${xenc}aes256-cbc`), `${xenc}aes256-cbc`],
    ['no method', '', ''],
    ['a method without a name', '<EncryptionMethod/>', ''],
    ['two methods', methodOf(`${xenc11}aes256-gcm`) + methodOf(`${xenc11}aes256-gcm`), ''],
  ])('may not have its content in %s', (_name, contentMethod, received) => {
    expect(opened({ contentMethod })).toEqual(refused('content', received));
  });

  const moved = (what: RegExp, by: string) => (xml: string) => xml.replace(what, by);

  it.each([
    ['no data', moved(/<EncryptedData>.*<\/EncryptedData>/, '')],
    ['no key', moved(/<EncryptedKey>.*<\/EncryptedKey>/, '')],
    ['data twice', moved(/<\/EncryptedData>/, '$&<EncryptedData/>')],
    ['a key twice', moved(/<EncryptedKey>.*<\/EncryptedKey>/, '$&$&')],
    ['its data deeper down', moved(/<EncryptedData>.*<\/EncryptedData>/, '<saml:x>$&</saml:x>')],
    ['its data under another name', (xml: string) => xml.replaceAll('EncryptedData', 'ds:EncryptedData')],
  ])('may not have %s', (_name, edit) => {
    expect(opened({ edit })).toEqual(refused('encrypted_structure'));
  });

  it('is judged before any key is looked for', () => {
    expect(opened({ keyMethod: '', privateKeys: [] })).toEqual(refused('key_transport'));
    expect(opened({ privateKeys: [] })).toEqual({ cause: 'encrypted_without_key', facts: {} });
  });
});

describe('what does not open fails in one way [SAML-10]', () => {
  const key = Buffer.alloc(32, 7);
  const good = encrypted(text, key);
  const changed = (at: number) => Buffer.from(good.map((byte, index) => (index === at ? byte ^ 1 : byte)));

  it.each([
    ['a key of another length', { contentKey: Buffer.alloc(16, 7) }],
    ['a key for somebody else', { privateKeys: [idp.unpublished.privateKeyPem] }],
    ['what is no key of ours', { privateKeys: ['nonsense'] }],
    ['another first byte', { content: changed(0) }],
    ['another byte of the text', { content: changed(12) }],
    ['another last byte', { content: changed(good.length - 1) }],
    ['no text', { content: encrypted('', key) }],
    ['nothing', { content: '' }],
    ['less than a vector and a tag', { content: good.subarray(0, 20) }],
    ['bytes that are not UTF-8', { content: encrypted(Buffer.from([0xff]), key) }],
    ['no value', { edit: (xml: string) => xml.replaceAll('CipherValue', 'x') }],
    ['no cipher data', { edit: (xml: string) => xml.replaceAll('CipherData', 'x') }],
  ])('%s', (_name, change) => {
    expect(opened(change)).toEqual(failed);
  });

  it('and one good key among ours is enough', () => {
    const privateKeys = [idp.unpublished.privateKeyPem, decryption.privateKeyPem, 'nonsense'];

    expect(opened({ privateKeys })).toBe(text);
  });

  it('and one character is text, with line ends made LF as everywhere', () => {
    expect(opened({ content: encrypted('x', key) })).toBe('x');
    expect(opened({ content: encrypted('a\r\nb\rc', key) })).toBe('a\nb\nc');
  });
});
