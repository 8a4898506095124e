import { ResponseRefused } from './response-refused.ts';
import { metadataLimits, scanXml } from './scan.ts';
import { parseInAgreement } from './second-parser.ts';
import { pinKeys, verifySignature } from './signatures.ts';
import { checkSignature } from './structure.ts';
import { childrenNamed, type XmlElement, xmlNamespaces as ns } from './xml-tree.ts';

/**
 * The signed content of a metadata document, if it is signed as a whole by one of the pinned keys; undefined in every
 * other case [MD-09]. The dates of the pinned certificate are not asked: the admin pinned a key.
 */
export function readSignedMetadata(
  xml: string,
  root: XmlElement,
  pinnedKeys: readonly string[],
): XmlElement | undefined {
  const signatures = childrenNamed(root, ns.signature, 'Signature');
  if (signatures.length !== 1 || !signatures[0] || checkSignature(signatures[0], root)) return undefined;
  const document = parseInAgreement(xml, root);
  if (!document) return undefined;
  try {
    const keys = pinKeys(
      pinnedKeys.map((pem) => ({ pem })),
      Number.POSITIVE_INFINITY,
      new Date(0),
    );
    const signed = scanXml(verifySignature(xml, document.documentElement, root, keys).xml, metadataLimits);
    return signed.ok ? signed.root : undefined;
  } catch (error) {
    if (error instanceof ResponseRefused) return undefined;
    throw error;
  }
}
