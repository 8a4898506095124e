import { verify, X509Certificate } from 'node:crypto';
import { inflateRawSync } from 'node:zlib';
import { responseLimits, scanXml } from '../../adapters/saml/scan.ts';
import { parseInAgreement } from '../../adapters/saml/second-parser.ts';
import { pinKeys, verifySignature } from '../../adapters/saml/signatures.ts';
import { checkSignature } from '../../adapters/saml/structure.ts';
import {
  attributeOf,
  childNamed,
  childrenNamed,
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
  const { root } = scanned;
  if (!isNamed(root, ns.protocol, 'AuthnRequest')) throw refused('not_an_authn_request');

  const issuer = childNamed(root, ns.assertion, 'Issuer');
  const sp = await findSp(issuer ? textOf(issuer).trim() : '');
  if (!sp) throw refused('unknown_service_provider');
  const acsUrl = attributeOf(root, 'AssertionConsumerServiceURL') ?? sp.acsUrl;
  if (acsUrl !== sp.acsUrl) throw refused('acs_differs');
  if (sp.signingCertificates.length > 0) {
    const isSigned = query ? isQuerySigned(query, sp) : isDocumentSigned(xml, root, sp);
    if (!isSigned) throw refused('signature_refused');
  }

  const policy = childNamed(root, ns.protocol, 'NameIDPolicy');
  return {
    id: attributeOf(root, 'ID') ?? '',
    spEntityId: sp.entityId,
    acsUrl: sp.acsUrl,
    forceAuthn: /^(?:true|1)$/.test(attributeOf(root, 'ForceAuthn') ?? ''),
    nameIdFormat: policy && attributeOf(policy, 'Format'),
    relayState,
  };
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
  try {
    const deflated = Buffer.from(decodeURIComponent(query.get('SAMLRequest') ?? ''), 'base64');
    const xml = inflateRawSync(deflated, { maxOutputLength: longestXml }).toString('utf8');
    const relayState = query.get('RelayState');
    return { xml: normalized(xml), relayState: relayState && decodeURIComponent(relayState), query };
  } catch {
    throw refused('not_deflated');
  }
}

function normalized(xml: string): string {
  return xml.replace(/\r\n?/g, '\n');
}

/** Raw values by raw name. A repeated or percent-encoded name could be signed as one thing and read as another. */
function readQuery(query: string): Map<string, string> {
  const values = new Map<string, string>();
  for (const part of query.replace(/^\?/, '').split('&')) {
    const [name = '', ...rest] = part.split('=');
    if (name.includes('%') || values.has(name)) throw refused('query_refused');
    values.set(name, rest.join('='));
  }
  return values;
}

const rsaSha256 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256';

function isQuerySigned(query: ReadonlyMap<string, string>, sp: RegisteredSp): boolean {
  if (decodeURIComponent(query.get('SigAlg') ?? '') !== rsaSha256) return false;
  const signed = ['SAMLRequest', 'RelayState', 'SigAlg']
    .filter((name) => query.has(name))
    .map((name) => `${name}=${query.get(name)}`)
    .join('&');
  const signature = Buffer.from(decodeURIComponent(query.get('Signature') ?? ''), 'base64');
  return sp.signingCertificates.some((pem) =>
    verify('RSA-SHA256', Buffer.from(signed), new X509Certificate(pem).publicKey, signature),
  );
}

function isDocumentSigned(xml: string, root: XmlElement, sp: RegisteredSp): boolean {
  const [signature, ...others] = childrenNamed(root, ns.signature, 'Signature');
  const document = parseInAgreement(xml, root);
  if (!signature || others.length > 0 || !document || checkSignature(signature, root)) return false;
  const keys = pinKeys(
    sp.signingCertificates.map((pem) => ({ pem })),
    Number.POSITIVE_INFINITY,
    new Date(0),
  );
  try {
    return verifySignature(xml, document.documentElement, root, keys).xml !== '';
  } catch {
    return false;
  }
}
