import { ResponseRefused } from './response-refused.ts';
import { responseLimits, scanXml } from './scan.ts';
import { isNamed, type XmlElement, xmlNamespaces as ns } from './xml-tree.ts';
import { escapeXml } from './xml-text.ts';

/**
 * What came out of an EncryptedAssertion, made readable by itself. XML Encryption (§4.2) puts it back where it stood,
 * so providers may leave namespaces to the surroundings. They are taken from `encryptedAssertion` as it was signed and
 * from nowhere else: whoever passes the message on could otherwise say what a name means [SAML-11].
 *
 * @throws ResponseRefused when a prefix is explained nowhere that is signed
 */
export function readableByItself(decrypted: string, encryptedAssertion: XmlElement): string {
  const alone = scanXml(decrypted, responseLimits);
  if (alone.ok && isNamed(alone.root, ns.assertion, 'Assertion')) return decrypted;
  if (!alone.ok && alone.reason !== 'not_well_formed') return decrypted;

  const completed = withNamespaces(decrypted, namespacesAt(encryptedAssertion));
  const scanned = scanXml(completed, responseLimits);
  const prefix = scanned.ok ? undefined : unboundPrefixIn(scanned.facts['detail']);
  if (prefix !== undefined) {
    throw new ResponseRefused('encryption_refused', { reason: 'namespace_outside', prefix });
  }
  return completed;
}

/**
 * Types of values, which are read by nobody here; their prefixes are customary, and exclusive canonicalization drops
 * the declarations of those that only stand inside what is encrypted.
 */
const customary: readonly (readonly [string, string])[] = [
  ['xs', 'http://www.w3.org/2001/XMLSchema'],
  ['xsi', 'http://www.w3.org/2001/XMLSchema-instance'],
];

/** Prefix to namespace, as the element sees them; the default namespace has the name `xmlns`. */
function namespacesAt(element: XmlElement): Map<string, string> {
  const outermostFirst: XmlElement[] = [];
  for (let at: XmlElement | undefined = element; at; at = at.parent) outermostFirst.unshift(at);
  const declared = outermostFirst.flatMap(({ attributes }) =>
    attributes.filter(({ uri }) => uri === ns.xmlns),
  );
  return new Map([...customary, ...declared.map(({ local, value }) => [local, value] as const)]);
}

/** Declares on the root what it does not declare itself. */
function withNamespaces(xml: string, namespaces: ReadonlyMap<string, string>): string {
  const [start, name = ''] = /^\s*<([^\s<>/]+)/.exec(xml) ?? [];
  if (start === undefined) return xml;
  const own = xml.slice(0, xml.indexOf('>')).split(/\s+/);
  const missing = [...namespaces].flatMap(([prefix, uri]) => {
    const declaration = prefix === 'xmlns' ? 'xmlns' : `xmlns:${prefix}`;
    const isThere = own.some((part) => part.startsWith(`${declaration}=`));
    return isThere ? [] : [` ${declaration}="${escapeXml(uri)}"`];
  });
  const end = xml.indexOf(name) + name.length;
  return xml.slice(0, end) + missing.join('') + xml.slice(end);
}

function unboundPrefixIn(detail: unknown): string | undefined {
  return typeof detail === 'string'
    ? /unbound namespace prefix: "([^"]{1,100})"/.exec(detail)?.[1]
    : undefined;
}
