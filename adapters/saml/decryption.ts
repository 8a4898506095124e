import { constants, createDecipheriv, privateDecrypt, randomBytes } from 'node:crypto';
import { contentCiphers, oaep, oaepDigests, oaepMasks, oaepWithSha1Mask } from './algorithms.ts';
import { ResponseRefused } from './response-refused.ts';
import {
  attributeOf,
  childNamed,
  childrenNamed,
  everyElement,
  isNamed,
  textOf,
  type XmlElement,
  xmlNamespaces as ns,
} from './xml-tree.ts';

/**
 * Opens an EncryptedAssertion whose Response signature is already verified, so it answers no stranger's question
 * [SAML-10]. The algorithms are checked before any key is used: RSA-OAEP with AES-GCM and nothing else. Whatever
 * fails afterwards looks the same: one cause, no facts, and the content is deciphered even when the key did not
 * unwrap.
 *
 * @throws ResponseRefused
 */
export function decryptAssertion(encryptedAssertion: XmlElement, privateKeys: readonly string[]): string {
  const plan = readPlan(encryptedAssertion);
  if (privateKeys.length === 0) throw new ResponseRefused('encrypted_without_key');

  const opened = privateKeys.map((privateKey) => decipher(plan, unwrap(plan, privateKey)));
  const xml = opened.find((text) => text !== undefined);
  if (xml === undefined) throw new ResponseRefused('decryption_failed');
  return xml;
}

interface Plan {
  readonly cipher: 'aes-128-gcm' | 'aes-192-gcm' | 'aes-256-gcm';
  readonly keyBytes: number;
  readonly oaepHash: string;
  readonly wrappedKey: Buffer;
  readonly content: Buffer;
}

function readPlan(encryptedAssertion: XmlElement): Plan {
  const [data, ...moreData] = named(encryptedAssertion, 'EncryptedData');
  const [key, ...moreKeys] = named(encryptedAssertion, 'EncryptedKey');
  if (!data || !key || moreData.length > 0 || moreKeys.length > 0 || data.parent !== encryptedAssertion) {
    throw refused('encrypted_structure');
  }
  const contentAlgorithm = algorithmOf(data);
  const content = contentCiphers.get(contentAlgorithm);
  if (!content) throw refused('content', contentAlgorithm);
  const oaepHash = oaepHashOf(key);
  if (!oaepHash) throw refused('key_transport', algorithmOf(key));
  return {
    ...content,
    oaepHash,
    wrappedKey: cipherValue(key),
    content: cipherValue(data),
  };
}

function refused(reason: string, received = ''): ResponseRefused {
  return new ResponseRefused('encryption_refused', { reason, received: received.slice(0, 200) });
}

function named(element: XmlElement, local: string): XmlElement[] {
  return [...everyElement(element)].filter((candidate) => isNamed(candidate, ns.encryption, local));
}

function algorithmOf(element: XmlElement): string {
  const methods = childrenNamed(element, ns.encryption, 'EncryptionMethod');
  return (methods.length === 1 && methods[0] && attributeOf(methods[0], 'Algorithm')) || '';
}

/** The hash for OAEP where label hash and mask hash agree: Node's OpenSSL binding takes one for both. */
function oaepHashOf(key: XmlElement): string | undefined {
  const method = childNamed(key, ns.encryption, 'EncryptionMethod');
  const algorithm = algorithmOf(key);
  if (!method || (algorithm !== oaepWithSha1Mask && algorithm !== oaep)) return undefined;
  const digestMethod = childNamed(method, ns.signature, 'DigestMethod');
  const maskMethod = childNamed(method, ns.encryption11, 'MGF');
  const digest = digestMethod ? oaepDigests.get(attributeOf(digestMethod, 'Algorithm') ?? '') : 'sha1';
  const mask =
    algorithm === oaep && maskMethod ? oaepMasks.get(attributeOf(maskMethod, 'Algorithm') ?? '') : 'sha1';
  return digest !== undefined && digest === mask ? digest : undefined;
}

function cipherValue(element: XmlElement): Buffer {
  const data = childNamed(element, ns.encryption, 'CipherData');
  const value = data && childNamed(data, ns.encryption, 'CipherValue');
  return Buffer.from(value ? textOf(value) : '', 'base64');
}

/** The content key; a random one when it does not unwrap, so that the work that follows is the same. */
function unwrap(plan: Plan, privateKey: string): Buffer {
  try {
    const key = privateDecrypt(
      { key: privateKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: plan.oaepHash },
      plan.wrappedKey,
    );
    if (key.length === plan.keyBytes) return key;
  } catch {
    // falls through to the random key
  }
  return randomBytes(plan.keyBytes);
}

const ivBytes = 12;
const tagBytes = 16;

function decipher(plan: Plan, key: Buffer): string | undefined {
  if (plan.content.length <= ivBytes + tagBytes) return undefined;
  try {
    const decipher = createDecipheriv(plan.cipher, key, plan.content.subarray(0, ivBytes), {
      authTagLength: tagBytes,
    });
    decipher.setAuthTag(plan.content.subarray(-tagBytes));
    const text = Buffer.concat([
      decipher.update(plan.content.subarray(ivBytes, -tagBytes)),
      decipher.final(),
    ]);
    return new TextDecoder('utf-8', { fatal: true }).decode(text).replace(/\r\n?/g, '\n');
  } catch {
    return undefined;
  }
}
