import { judgeCertificates, type CertificateReading, decodeBase64 } from './certificates.ts';
import { type Finding, finding } from './import-findings.ts';
import { readInstant } from './instants.ts';
import { readEndpoints, type EndpointOptions } from './metadata-endpoints.ts';
import { metadataLimits, type ScanRefusal, scanXml } from './scan.ts';
import { readSignedDocument } from './signed-document.ts';
import {
  attributeOf,
  childNamed,
  childrenNamed,
  elementsIn,
  everyElement,
  isNamed,
  textOf,
  type XmlElement,
  xmlNamespaces as ns,
} from './xml-tree.ts';

export interface MetadataOptions extends EndpointOptions {
  readonly now: Date;
  readonly expiryGraceMs: number;
  /** Certificates (PEM) the admin pinned for the metadata itself: unsigned documents are then refused [MD-09]. */
  readonly pinnedMetadataKeys?: readonly string[] | undefined;
}

/** One entity of a document, with what is to be said about it as an identity provider. */
export interface EntityReading {
  readonly entityId: string;
  /** Has a SAML 2.0 identity provider role. */
  readonly isIdp: boolean;
  readonly isSp: boolean;
  readonly ssoRedirectUrl: string | undefined;
  readonly ssoPostUrl: string | undefined;
  readonly sloUrl: string | undefined;
  /** Its usable signing keys: `use="signing"` or no `use` [MD-06]. */
  readonly certificates: readonly CertificateReading[];
  readonly wantAuthnRequestsSigned: boolean;
  readonly validUntil: Date | undefined;
  readonly cacheDurationMs: number | undefined;
  readonly nameIdFormats: readonly string[];
  readonly displayName: string | undefined;
  readonly findings: readonly Finding[];
}

export interface MetadataReading {
  readonly entities: readonly EntityReading[];
  /** The entities stood in an `EntitiesDescriptor`. */
  readonly isWrapped: boolean;
  readonly signedByMetadataKey: boolean;
  /** About the document as a whole; a stop here means that there is nothing to choose from. */
  readonly findings: readonly Finding[];
}

/**
 * Reads identity provider metadata of any product [MD-01] to [MD-06]. Nothing is fetched, no schema is followed to
 * the letter (real products break its order), comments count for nothing, and every refusal says what it met.
 */
export function readIdpMetadata(document: string | Uint8Array, options: MetadataOptions): MetadataReading {
  const decoded = decode(document);
  if (typeof decoded !== 'string') return refused(decoded);
  const text = decoded.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n');

  const scanned = scanXml(text.trimStart(), metadataLimits);
  if (!scanned.ok) return refused(explainRefusal(scanned.reason, text, scanned.facts));
  const root = scanned.root;
  if (isHtml(root)) return refused(finding('stop', 'metadata_login_page'));

  const { pinnedMetadataKeys: pinned = [] } = options;
  if (pinned.length === 0) return readRoot(root, options, false);
  const signed = readSignedDocument(text.trimStart(), root, pinned, metadataLimits);
  return signed ? readRoot(signed, options, true) : refused(finding('stop', 'metadata_signature_refused'));
}

function refused(stop: Finding): MetadataReading {
  return { entities: [], isWrapped: false, signedByMetadataKey: false, findings: [stop] };
}

function decode(document: string | Uint8Array): string | Finding {
  if (typeof document === 'string') return document;
  if (document.byteLength > metadataLimits.bytes) return tooLarge();
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(document);
  } catch {
    return finding('stop', 'metadata_not_xml', { reason: 'encoding' });
  }
}

function tooLarge(): Finding {
  return finding('stop', 'metadata_too_large', { limitBytes: metadataLimits.bytes });
}

function explainRefusal(reason: ScanRefusal, text: string, facts: Finding['facts']): Finding {
  if (reason === 'limit_bytes') return tooLarge();
  if (/^\s*(?:<!doctype html|<html[\s>])/i.test(text)) return finding('stop', 'metadata_login_page');
  if (reason === 'not_well_formed' || reason === 'encoding' || reason === 'xml_version') {
    return finding('stop', 'metadata_not_xml', { reason, ...facts });
  }
  return finding('stop', 'metadata_forbidden_xml', { reason, ...facts });
}

function isHtml(root: XmlElement): boolean {
  return root.local.toLowerCase() === 'html';
}

function readRoot(root: XmlElement, options: MetadataOptions, signedByMetadataKey: boolean): MetadataReading {
  const isWrapped = isNamed(root, ns.metadata, 'EntitiesDescriptor');
  const found = [...everyElement(root)].filter((element) =>
    isNamed(element, ns.metadata, 'EntityDescriptor'),
  );
  const entities = found.map((entity) => readEntity(entity, options));
  return { entities, isWrapped, signedByMetadataKey, findings: judgeDocument(root, entities, options) };
}

function judgeDocument(
  root: XmlElement,
  entities: readonly EntityReading[],
  { now, ownEntityIdPrefix }: MetadataOptions,
): Finding[] {
  const entityIds = entities.map(({ entityId }) => entityId);
  const idps = entities.filter(({ isIdp }) => isIdp);
  if (idps.length === 0) {
    if (!entities.some(({ isSp }) => isSp)) {
      return [finding('stop', 'metadata_no_idp', { received: root.local.slice(0, 100) })];
    }
    const isOurs =
      ownEntityIdPrefix !== undefined && entityIds.some((entityId) => entityId.startsWith(ownEntityIdPrefix));
    return [
      finding('stop', isOurs ? 'metadata_is_ours' : 'metadata_is_sp', { entityIds: entityIds.slice(0, 20) }),
    ];
  }
  const ends = idps.map(({ validUntil }) => validUntil).filter((end) => end !== undefined && end <= now);
  if (idps.length > 1 && ends.length === idps.length) {
    return [finding('stop', 'metadata_ended', { validUntil: ends[0]?.toISOString() ?? '' })];
  }
  const ids = idps.map(({ entityId }) => entityId);
  if (new Set(ids).size < ids.length) {
    return [finding('stop', 'metadata_several_entities', { reason: 'same_entity_id', entityIds: ids })];
  }
  return [];
}

const samlProtocol = ns.protocol;

function rolesOf(entity: XmlElement, local: string): XmlElement[] {
  return childrenNamed(entity, ns.metadata, local).filter((role) =>
    (attributeOf(role, 'protocolSupportEnumeration') ?? '').split(/\s+/).includes(samlProtocol),
  );
}

function readEntity(entity: XmlElement, options: MetadataOptions): EntityReading {
  const entityId = (attributeOf(entity, 'entityID') ?? '').trim();
  const [role, ...moreRoles] = rolesOf(entity, 'IDPSSODescriptor');
  const described = describe(entity, role, options);
  const shared = {
    entityId,
    isSp: rolesOf(entity, 'SPSSODescriptor').length > 0,
    ...described,
  };
  if (!role || moreRoles.length > 0 || entityId === '' || entityId.length > 1024) {
    return { ...shared, ...emptyIdp };
  }

  const endpoints = readEndpoints(role, options);
  const keys = readSigningKeys(role, options);
  return {
    ...shared,
    isIdp: true,
    ssoRedirectUrl: endpoints.ssoRedirectUrl,
    ssoPostUrl: endpoints.ssoPostUrl,
    sloUrl: endpoints.sloUrl,
    certificates: keys.certificates,
    wantAuthnRequestsSigned: isTrue(attributeOf(role, 'WantAuthnRequestsSigned')),
    nameIdFormats: childrenNamed(role, ns.metadata, 'NameIDFormat').map((format) => textOf(format).trim()),
    findings: [
      ...judgeEntity(entityId, described.validUntil, role, options),
      ...endpoints.findings,
      ...keys.findings,
      ...judgeTenant(entityId, keys.certificates),
    ],
  };
}

const emptyIdp = {
  isIdp: false,
  ssoRedirectUrl: undefined,
  ssoPostUrl: undefined,
  sloUrl: undefined,
  certificates: [],
  wantAuthnRequestsSigned: false,
  nameIdFormats: [],
  findings: [],
} as const;

function isTrue(value: string | undefined): boolean {
  return value === 'true' || value === '1';
}

function describe(entity: XmlElement, role: XmlElement | undefined, options: MetadataOptions) {
  const ancestors: XmlElement[] = role ? [role] : [];
  for (let element: XmlElement | undefined = entity; element; element = element.parent)
    ancestors.push(element);
  const ends = ancestors.flatMap((element) => {
    const text = attributeOf(element, 'validUntil');
    // An end that cannot be read must not mean "for ever".
    return text === undefined ? [] : [readInstant(text.trim()) ?? new Date(options.now.getTime() - 1)];
  });
  const durations = ancestors.flatMap((element) => readDuration(attributeOf(element, 'cacheDuration')) ?? []);
  return {
    validUntil: ends.toSorted((a, b) => a.getTime() - b.getTime())[0],
    cacheDurationMs: durations.length > 0 ? Math.min(...durations) : undefined,
    displayName: readDisplayName(entity, role),
  };
}

const durationPattern =
  /^P(?:(\d{1,4})Y)?(?:(\d{1,5})M)?(?:(\d{1,6})D)?(?:T(?:(\d{1,7})H)?(?:(\d{1,9})M)?(?:(\d{1,10})(?:\.\d+)?S)?)?$/;

/** An xs:duration in milliseconds; years and months by their usual length, for it only paces our looking again. */
function readDuration(text: string | undefined): number | undefined {
  const parts = durationPattern.exec(text?.trim() ?? '');
  if (!parts) return undefined;
  const lengths = [365 * 86_400, 30 * 86_400, 86_400, 3600, 60, 1];
  const seconds = lengths.reduce((sum, length, index) => sum + length * Number(parts[index + 1] ?? 0), 0);
  return seconds > 0 ? seconds * 1000 : undefined;
}

function readDisplayName(entity: XmlElement, role: XmlElement | undefined): string | undefined {
  const named = [
    ...(role
      ? [...everyElement(role)].filter((element) => isNamed(element, ns.metadataUi, 'DisplayName'))
      : []),
    ...childrenNamed(entity, ns.metadata, 'Organization').flatMap((organization) =>
      childrenNamed(organization, ns.metadata, 'OrganizationDisplayName'),
    ),
  ];
  const isEnglish = (element: XmlElement) =>
    element.attributes.some(
      ({ uri, local, value }) => uri === ns.xml && local === 'lang' && /^en\b/i.test(value),
    );
  const chosen = named.find(isEnglish) ?? named[0];
  const name = chosen && textOf(chosen).replace(/\s+/g, ' ').trim().slice(0, 200);
  return name === '' ? undefined : name;
}

function judgeEntity(
  entityId: string,
  validUntil: Date | undefined,
  role: XmlElement,
  { now, ownEntityIdPrefix }: MetadataOptions,
): Finding[] {
  const findings: Finding[] = [];
  if (ownEntityIdPrefix !== undefined && entityId.startsWith(ownEntityIdPrefix)) {
    findings.push(finding('stop', 'metadata_is_ours', { entityId }));
  }
  if (validUntil && validUntil <= now) {
    findings.push(finding('stop', 'metadata_ended', { validUntil: validUntil.toISOString() }));
  }
  if (!/^[a-z][a-z0-9+.-]*:\S+$/i.test(entityId)) {
    findings.push(finding('warn', 'metadata_entity_id_unusual', { received: entityId.slice(0, 200) }));
  }
  // No reason to hesitate: every Keycloak realm says so, whatever the client in it wants, and the test shows the rest.
  if (isTrue(attributeOf(role, 'WantAuthnRequestsSigned'))) {
    findings.push(finding('note', 'metadata_wants_signed_requests'));
  }
  const names = elementsIn(role).map(({ local }) => local);
  if (names.lastIndexOf('KeyDescriptor') > names.indexOf('SingleSignOnService')) {
    findings.push(finding('note', 'metadata_element_order'));
  }
  return findings;
}

/** Entra signs each application with a key of its own; the document without `?appid=` lists the tenant's instead. */
function judgeTenant(entityId: string, certificates: readonly CertificateReading[]): Finding[] {
  const isTenantWide =
    entityId.startsWith('https://sts.windows.net/') &&
    certificates.some(({ subject }) =>
      /CN=(?:accounts\.accesscontrol\.|login\.microsoftonline\.)/i.test(subject),
    );
  return isTenantWide ? [finding('warn', 'metadata_tenant_wide')] : [];
}

function readSigningKeys(role: XmlElement, options: MetadataOptions) {
  const descriptors = childrenNamed(role, ns.metadata, 'KeyDescriptor').filter(
    (descriptor) => (attributeOf(descriptor, 'use') ?? 'signing') === 'signing',
  );
  const texts = descriptors.flatMap((descriptor) =>
    childrenNamed(descriptor, ns.signature, 'KeyInfo')
      .flatMap((keyInfo) => childrenNamed(keyInfo, ns.signature, 'X509Data'))
      .flatMap((data) => childrenNamed(data, ns.signature, 'X509Certificate'))
      .map((certificate) => textOf(certificate).trim()),
  );
  const listed = texts.filter((text) => text !== '');
  if (listed.length === 0) {
    return {
      certificates: [],
      findings: [finding('stop', 'metadata_no_signing_key', whyNoKey(role, texts))],
    };
  }
  // What is not base64 becomes empty bytes, which no certificate is: counted as unreadable, not skipped.
  return judgeCertificates(
    listed.map((text) => decodeBase64(text) ?? Buffer.alloc(0)),
    options,
  );
}

function whyNoKey(role: XmlElement, texts: readonly string[]): Finding['facts'] {
  if (texts.length > 0) return { reason: 'empty' };
  const lookAlike = [...everyElement(role)].some(
    ({ uri, local }) => local === 'X509Certificate' && uri !== ns.signature,
  );
  if (lookAlike) return { reason: 'wrong_namespace' };
  return { reason: childNamed(role, ns.metadata, 'KeyDescriptor') ? 'no_certificate' : 'no_key_descriptor' };
}
