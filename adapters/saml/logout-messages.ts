import { verify, X509Certificate } from 'node:crypto';
import { inflateRawSync } from 'node:zlib';
import { OnboardingError } from '../../onboarding/errors.ts';
import { readIssuers } from './assertion.ts';
import { readInstant } from './instants.ts';
import { successStatus } from './our-logout-messages.ts';
import { responseLimits, scanXml, type XmlLimits } from './scan.ts';
import { rsaSha256 } from './sign-element.ts';
import { readSignedDocument } from './signed-document.ts';
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
 * Single logout (SAML profiles §4.4): requests and answers of the provider, read and believed only as signed [SLO-01]
 * [SLO-02].
 */

/** How a message arrived: the raw query string, exactly as received, or the posted fields. */
export type ArrivedLogout =
  | { readonly binding: 'redirect'; readonly query: string }
  | {
      readonly binding: 'post';
      readonly samlRequest?: string | undefined;
      readonly samlResponse?: string | undefined;
      readonly relayState?: string | undefined;
    };

export interface LogoutTrust {
  readonly idpEntityId: string;
  /** Our own endpoint, where the message must have been sent. */
  readonly sloUrl: string;
  /** PEM, those in force. */
  readonly signingCertificates: readonly string[];
  readonly now: Date;
}

export type LogoutMessage =
  | {
      readonly kind: 'request';
      readonly id: string;
      readonly nameId: string;
      readonly sessionIndexes: readonly string[];
      readonly relayState: string | undefined;
      /** A replay is possible until then. */
      readonly replayableUntil: Date;
    }
  | { readonly kind: 'response'; readonly isSuccess: boolean };

const limits: XmlLimits = { ...responseLimits, bytes: 128 * 1024 };
const skewMs = 60_000;
const longestLifeMs = 10 * 60_000;

/** @throws OnboardingError `request_refused` with a `reason`, for whatever is not to be believed. */
export function readLogout(arrived: ArrivedLogout, trust: LogoutTrust): LogoutMessage {
  const { xml, root, relayState } =
    arrived.binding === 'redirect' ? readRedirect(arrived.query, trust) : readPost(arrived, trust);
  const kind = isNamed(root, ns.protocol, 'LogoutRequest')
    ? 'request'
    : isNamed(root, ns.protocol, 'LogoutResponse')
      ? 'response'
      : undefined;
  if (kind === undefined) throw refused('not_a_logout');
  const issued = checkEnvelope(root, trust);
  return kind === 'request' ? readRequest(root, issued, relayState, trust, xml) : readResponse(root);
}

const refused = (reason: string) => new OnboardingError('request_refused', { reason });

interface Believed {
  readonly xml: string;
  readonly root: XmlElement;
  readonly relayState: string | undefined;
}

/** The signature algorithms of a query, by their XML names; the digest is in the name [SLO-01]. */
const queryMethods: ReadonlyMap<string, string> = new Map([
  [rsaSha256.signature, 'RSA-SHA256'],
  ['http://www.w3.org/2001/04/xmldsig-more#rsa-sha512', 'RSA-SHA512'],
]);

function readRedirect(query: string, { signingCertificates }: LogoutTrust): Believed {
  const parts = partsOf(query);
  const name = oneMessage(parts.has('SAMLRequest'), parts.has('SAMLResponse'));
  const method = queryMethods.get(valueOf(parts, 'SigAlg') ?? '');
  const signature = valueOf(parts, 'Signature');
  if (signature === undefined || !parts.has('SigAlg')) throw refused('signature_missing');
  // Before any verifier is asked: what is not on the list is refused whatever it would say.
  if (method === undefined) throw refused('signature_algorithm_refused');
  const signed = [name, 'RelayState', 'SigAlg'].flatMap((part) => parts.get(part) ?? []).join('&');
  const bytes = Buffer.from(signature, 'base64');
  const isSigned = signingCertificates.some((pem) =>
    verify(method, Buffer.from(signed), new X509Certificate(pem).publicKey, bytes),
  );
  if (!isSigned) throw refused('signature_invalid');
  const xml = inflate(valueOf(parts, name) ?? '');
  return { xml, root: scan(xml), relayState: valueOf(parts, 'RelayState') };
}

/** Parts by raw name, as the octets that came. A repeated or percent-encoded name could be signed as one and read as another. */
function partsOf(query: string): Map<string, string> {
  const parts = new Map<string, string>();
  for (const part of query.replace(/^\?/, '').split('&')) {
    const name = part.split('=', 1)[0] ?? '';
    if (name.includes('%') || name.includes('+') || parts.has(name)) throw refused('query_refused');
    parts.set(name, part);
  }
  return parts;
}

function valueOf(parts: ReadonlyMap<string, string>, name: string): string | undefined {
  const part = parts.get(name);
  if (part === undefined) return undefined;
  try {
    return decodeURIComponent(part.slice(name.length + 1));
  } catch {
    throw refused('query_refused');
  }
}

function oneMessage(hasRequest: boolean, hasResponse: boolean): 'SAMLRequest' | 'SAMLResponse' {
  if (hasRequest === hasResponse) throw refused('query_refused');
  return hasRequest ? 'SAMLRequest' : 'SAMLResponse';
}

function inflate(base64: string): string {
  try {
    const bytes = inflateRawSync(strictBase64(base64), { maxOutputLength: limits.bytes });
    return textOfBytes(bytes);
  } catch (error) {
    throw error instanceof OnboardingError ? error : refused('not_deflated');
  }
}

function readPost(
  { samlRequest, samlResponse, relayState }: Extract<ArrivedLogout, { binding: 'post' }>,
  { signingCertificates }: LogoutTrust,
): Believed {
  oneMessage(samlRequest !== undefined, samlResponse !== undefined);
  const posted = (samlRequest ?? samlResponse ?? '').replace(/[\r\n]/g, '');
  if (posted.length > Math.ceil(limits.bytes / 3) * 4) throw refused('too_large');
  const xml = textOfBytes(strictBase64(posted));
  const scanned = scan(xml);
  if (childNamed(scanned, ns.signature, 'Signature') === undefined) throw refused('signature_missing');
  const root = readSignedDocument(xml, scanned, signingCertificates, limits);
  if (root === undefined) throw refused('signature_invalid');
  return { xml, root, relayState };
}

function strictBase64(text: string): Buffer {
  if (text === '' || text.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(text)) throw refused('base64');
  return Buffer.from(text, 'base64');
}

function textOfBytes(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes).replace(/\r\n?/g, '\n');
  } catch {
    throw refused('utf8');
  }
}

function scan(xml: string): XmlElement {
  const scanned = scanXml(xml, limits);
  if (!scanned.ok) throw refused(scanned.reason);
  return scanned.root;
}

/** Who sent it, where to, and when. Answers with the instant of issue. */
function checkEnvelope(root: XmlElement, { idpEntityId, sloUrl, now }: LogoutTrust): Date {
  if (attributeOf(root, 'Version') !== '2.0') throw refused('version');
  if (!/^[A-Za-z_][A-Za-z0-9_.-]{0,255}$/.test(attributeOf(root, 'ID') ?? '')) throw refused('id_refused');
  const issuers = readIssuers(root);
  if (issuers.length !== 1 || issuers[0]?.value !== idpEntityId) throw refused('issuer_differs');
  // Bindings §3.4.5.2 and §3.5.5.2: a signed message says where it was sent.
  if (attributeOf(root, 'Destination') !== sloUrl) throw refused('destination_differs');
  const issued = readInstant(attributeOf(root, 'IssueInstant') ?? '');
  if (!issued) throw refused('time_unreadable');
  if (issued.getTime() > now.getTime() + skewMs) throw refused('not_yet_valid');
  if (issued.getTime() + longestLifeMs <= now.getTime() - skewMs) throw refused('expired');
  return issued;
}

function readRequest(
  root: XmlElement,
  issued: Date,
  relayState: string | undefined,
  { now }: LogoutTrust,
  xml: string,
): LogoutMessage {
  const end = attributeOf(root, 'NotOnOrAfter');
  const ends = end === undefined ? new Date(issued.getTime() + longestLifeMs) : readInstant(end);
  if (!ends) throw refused('time_unreadable');
  if (ends.getTime() <= now.getTime() - skewMs) throw refused('expired');
  const nameIds = childrenNamed(root, ns.assertion, 'NameID');
  const nameId = nameIds[0] && textOf(nameIds[0]).trim();
  const isOne = nameIds.length === 1 && [...everyElement(root)].filter(isAnyNameId).length === 1;
  if (!isOne || nameId === undefined || nameId === '' || xml.length === 0) throw refused('name_id_refused');
  return {
    kind: 'request',
    id: attributeOf(root, 'ID') ?? '',
    nameId,
    sessionIndexes: childrenNamed(root, ns.protocol, 'SessionIndex').map((index) => textOf(index).trim()),
    relayState,
    replayableUntil: new Date(Math.max(ends.getTime(), issued.getTime() + longestLifeMs)),
  };
}

const isAnyNameId = ({ local }: XmlElement) =>
  local === 'NameID' || local === 'EncryptedID' || local === 'BaseID';

function readResponse(root: XmlElement): LogoutMessage {
  const status = childNamed(root, ns.protocol, 'Status');
  const code = status && childNamed(status, ns.protocol, 'StatusCode');
  return { kind: 'response', isSuccess: code !== undefined && attributeOf(code, 'Value') === successStatus };
}
