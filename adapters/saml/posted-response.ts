import { readIssuers } from './assertion.ts';
import { ResponseRefused } from './response-refused.ts';
import { responseLimits, scanXml } from './scan.ts';
import { attributeOf, childNamed, xmlNamespaces } from './xml-tree.ts';

/**
 * `SAMLResponse` as posted to XML text [SAML-02]: strict base64 (line ends allowed, SAML bindings §3.5.4), strict
 * UTF-8, no NUL. Line ends become LF here, once, so that every parser and the signature see the same characters.
 */
export function decodeSamlResponse(posted: string): string {
  const base64 = posted.replace(/[\r\n]/g, '');
  if (base64.length > Math.ceil(responseLimits.bytes / 3) * 4) {
    throw new ResponseRefused('too_large', { limit: responseLimits.bytes });
  }
  if (base64.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) {
    throw new ResponseRefused('request_malformed', { reason: 'base64' });
  }
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.includes(0)) throw new ResponseRefused('request_malformed', { reason: 'nul' });
  return decodeUtf8(bytes).replace(/\r\n?/g, '\n');
}

function decodeUtf8(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new ResponseRefused('request_malformed', { reason: 'utf8' });
  }
}

const rootStartTag = /^(?:\s*<\?xml[^>]*\?>)?\s*(<[A-Za-z_](?:[^<>"']|"[^"<]*"|'[^'<]*')*>)/;

/**
 * `InResponseTo` of the root element, unverified: good for finding the pending request when RelayState did not come
 * back, and for nothing else. The verifier compares it again inside what was signed.
 */
export function peekInResponseTo(xml: string): string | undefined {
  const head = xml.slice(0, 32 * 1024);
  const start = rootStartTag.exec(head)?.[1];
  if (start === undefined) return undefined;
  const closed = start.endsWith('/>') ? start : `${start.slice(0, -1)}/>`;
  const scanned = scanXml(closed, responseLimits);
  return scanned.ok ? attributeOf(scanned.root, 'InResponseTo') : undefined;
}

/**
 * The issuer that an answer names, unverified: good for finding the connection at an address that several share, and
 * for nothing else. Undefined where it names none, or several.
 */
export function peekIssuer(posted: string): string | undefined {
  const scanned = scanXml(decodeOrEmpty(posted), responseLimits);
  if (!scanned.ok) return undefined;
  const assertion = childNamed(scanned.root, xmlNamespaces.assertion, 'Assertion');
  const issuers = [scanned.root, ...(assertion ? [assertion] : [])].flatMap((element) =>
    readIssuers(element),
  );
  const [issuer, ...others] = new Set(issuers.map(({ value }) => value));
  return others.length === 0 ? issuer : undefined;
}

function decodeOrEmpty(posted: string): string {
  try {
    return decodeSamlResponse(posted);
  } catch (error) {
    if (error instanceof ResponseRefused) return '';
    throw error;
  }
}
