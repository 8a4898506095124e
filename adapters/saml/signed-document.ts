import { ResponseRefused } from './response-refused.ts';
import { scanXml, type XmlLimits } from './scan.ts';
import { parseInAgreement } from './second-parser.ts';
import { pinKeys, verifySignature } from './signatures.ts';
import { checkSignature } from './structure.ts';
import { childrenNamed, type XmlElement, xmlNamespaces as ns } from './xml-tree.ts';

/**
 * The signed content of a document that is signed as a whole by one of the pinned keys; undefined in every other
 * case. For metadata [MD-09] and requests: their pinned certificates count for their keys, whatever their dates.
 */
export function readSignedDocument(
  xml: string,
  root: XmlElement,
  pinnedKeys: readonly string[],
  limits: XmlLimits,
): XmlElement | undefined {
  const [signature, ...others] = childrenNamed(root, ns.signature, 'Signature');
  if (!signature || others.length > 0 || checkSignature(signature, root)) return undefined;
  const document = parseInAgreement(xml, root);
  if (!document) return undefined;
  try {
    const pinned = pinnedKeys.map((pem) => ({ pem }));
    const keys = pinKeys(pinned, Number.POSITIVE_INFINITY, new Date(0));
    const signed = scanXml(verifySignature(xml, document.documentElement, root, keys).xml, limits);
    return signed.ok ? signed.root : undefined;
  } catch (error) {
    if (error instanceof ResponseRefused) return undefined;
    throw error;
  }
}
