import { verify, X509Certificate } from 'node:crypto';
import { inflateRawSync } from 'node:zlib';
import { responseLimits, scanXml } from '../../adapters/saml/scan.ts';
import { rsaSha256 } from '../../adapters/saml/sign-element.ts';
import { readSignedDocument } from '../../adapters/saml/signed-document.ts';
import {
  attributeOf,
  childNamed,
  isNamed,
  textOf,
  type XmlElement,
  xmlNamespaces as ns,
} from '../../adapters/saml/xml-tree.ts';
import { OnboardingError } from '../../onboarding/errors.ts';

/** A service provider as registered from our own metadata; nothing in a request widens it [TIDP-03]. */
export interface RegisteredSp {
  readonly entityId: string;
  readonly acsUrl: string;
  /** PEM; when there is one, requests must be signed with it. */
  readonly signingCertificates: readonly string[];
  /** PEM; when there is one, assertions are encrypted for it. */
  readonly encryptionCertificate?: string | undefined;
}

/** How a request arrived: the raw query string, exactly as received, or the posted fields. */
export type ArrivedRequest =
  | { readonly binding: 'redirect'; readonly query: string }
  | { readonly binding: 'post'; readonly samlRequest: string; readonly relayState?: string | undefined };

export interface ReadAuthnRequest {
  readonly id: string;
  readonly spEntityId: string;
  readonly acsUrl: string;
  readonly forceAuthn: boolean;
  readonly nameIdFormat: string | undefined;
  readonly relayState: string | undefined;
}

/**
 * Reads an AuthnRequest and holds it against the registered service provider of its Issuer [TIDP-03].
 *
 * @throws OnboardingError `request_refused` with a `reason`.
 */
export async function readAuthnRequest(
  arrived: ArrivedRequest,
  findSp: (entityId: string) => Promise<RegisteredSp | undefined>,
): Promise<ReadAuthnRequest> {
  const { xml, relayState, query } = unpack(arrived);
  const scanned = scanXml(xml, responseLimits);
  if (!scanned.ok) throw refused(scanned.reason);
  const sp = await findSp(issuerOf(scanned.root));
  if (!sp) throw refused('unknown_service_provider');

  const root =
    query || sp.signingCertificates.length === 0
      ? scanned.root
      : readSignedDocument(xml, scanned.root, sp.signingCertificates, responseLimits);
  if (!root || (query && !isQuerySigned(query, sp))) throw refused('signature_refused');
  if (!isNamed(root, ns.protocol, 'AuthnRequest')) throw refused('not_an_authn_request');
  const id = attributeOf(root, 'ID');
  if (!id) throw refused('id_missing');
  if ((attributeOf(root, 'AssertionConsumerServiceURL') ?? sp.acsUrl) !== sp.acsUrl)
    throw refused('acs_differs');

  const policy = childNamed(root, ns.protocol, 'NameIDPolicy');
  return {
    id,
    spEntityId: sp.entityId,
    acsUrl: sp.acsUrl,
    forceAuthn: /^(?:true|1)$/.test(attributeOf(root, 'ForceAuthn') ?? ''),
    nameIdFormat: policy && attributeOf(policy, 'Format'),
    relayState,
  };
}

/** Who says to have sent a message by redirect; to be believed only when its signature was checked. */
export function claimedIssuerOf(query: string, field: 'SAMLRequest' | 'SAMLResponse'): string {
  const scanned = scanXml(inflate(readQuery(query), field), responseLimits);
  if (!scanned.ok) throw refused(scanned.reason);
  return issuerOf(scanned.root);
}

function issuerOf(root: XmlElement): string {
  const issuer = childNamed(root, ns.assertion, 'Issuer');
  return issuer ? textOf(issuer).trim() : '';
}

function refused(reason: string): OnboardingError {
  return new OnboardingError('request_refused', { reason });
}

const longestXml = 128 * 1024;

function unpack(arrived: ArrivedRequest) {
  if (arrived.binding === 'post') {
    const xml = Buffer.from(arrived.samlRequest, 'base64').toString('utf8');
    return { xml: normalized(xml), relayState: arrived.relayState, query: undefined };
  }
  const query = readQuery(arrived.query);
  return { xml: inflate(query, 'SAMLRequest'), relayState: query.get('RelayState')?.value, query };
}

function inflate(query: Query, field: string): string {
  const deflated = Buffer.from(query.get(field)?.value ?? '', 'base64');
  try {
    return normalized(inflateRawSync(deflated, { maxOutputLength: longestXml }).toString('utf8'));
  } catch {
    throw refused('not_deflated');
  }
}

function normalized(xml: string): string {
  return xml.replace(/\r\n?/g, '\n');
}

type Query = ReadonlyMap<string, { readonly part: string; readonly value: string }>;

/** Parts by raw name. A repeated or percent-encoded name could be signed as one thing and read as another. */
function readQuery(query: string): Query {
  const parts = new Map<string, { part: string; value: string }>();
  for (const part of query.replace(/^\?/, '').split('&')) {
    const name = part.split('=', 1)[0] ?? '';
    if (name.includes('%') || parts.has(name)) throw refused('query_refused');
    try {
      parts.set(name, { part, value: decodeURIComponent(part.slice(name.length + 1)) });
    } catch {
      throw refused('query_refused');
    }
  }
  return parts;
}

function isQuerySigned(query: Query, sp: RegisteredSp): boolean {
  if (sp.signingCertificates.length === 0) return true;
  if (query.get('SigAlg')?.value !== rsaSha256.signature) return false;
  const signed = ['SAMLRequest', 'RelayState', 'SigAlg'].flatMap((name) => query.get(name)?.part ?? []);
  const signature = Buffer.from(query.get('Signature')?.value ?? '', 'base64');
  return sp.signingCertificates.some((pem) =>
    verify('RSA-SHA256', Buffer.from(signed.join('&')), new X509Certificate(pem).publicKey, signature),
  );
}
