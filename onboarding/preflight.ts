import {
  detectFromMetadata,
  detectFromUrl,
  findAddressMistakes,
  isMetadataPath,
  type AddressMistake,
} from './provider-detection.ts';

/**
 * Looks at what somebody typed or pasted, before anything is fetched or stored. Pure and instant, so the page runs it
 * while typing and the api runs the same again: what stops here never leaves the machine.
 */
export interface PreflightFinding {
  readonly severity: 'stop' | 'warn' | 'ok';
  readonly code: PreflightCode;
  readonly field: 'url' | 'text' | 'entityId' | 'ssoUrl' | 'certificate' | 'signingCertificate';
  readonly facts: Readonly<Record<string, string>>;
  /** What the field should hold instead, when it follows from what was typed. */
  readonly repair: string | null;
}

export type PreflightCode =
  | AddressMistake['code']
  /** Nothing in the field yet. */
  | 'empty'
  /** Not an address at all. */
  | 'not_an_address'
  /** http or another scheme (M13); the repair is the same address with https. */
  | 'not_https'
  /** A user name or password stands in the address. */
  | 'address_has_credentials'
  | 'address_too_long'
  /** Our own address instead of the provider's (M15). */
  | 'own_address'
  /** A document was pasted where an address belongs; `kind` says which. */
  | 'document_pasted'
  /** Spaces or line ends round the value; the repair is without them. */
  | 'spaces_around'
  /** The field's label instead of its value. */
  | 'label_pasted'
  | 'entity_id_too_long'
  /** An Entra issuer without its slash at the end. */
  | 'slash_missing'
  /** Google's SSO URL where its entity ID belongs. */
  | 'sso_url_as_entity_id'
  /** A metadata address where the sign-in address belongs. */
  | 'metadata_as_sso_url'
  /** Looks like another provider than the guide that was chosen; `guideId` and `provider` say which. */
  | 'other_provider'
  | 'provider_recognised'
  | 'shape_right'
  /** A sign-in or console page was saved instead of metadata (M10). */
  | 'html'
  /** A private key (M20): treat it as leaked. Nothing of it is kept. */
  | 'private_key'
  /** A certificate where metadata belongs, or the other way round. */
  | 'certificate_pasted'
  | 'xml_pasted'
  /** An address where a document belongs. */
  | 'address_pasted'
  | 'not_readable';

export interface PreflightContext {
  /** Beginnings of our own addresses, such as `https://auth.example/sso/`; the sandbox's Test IdP is not among them. */
  readonly ownPrefixes: readonly string[];
  /** Sandboxes with loopback allowed take http for loopback names and `.test`. */
  readonly allowsLoopback: boolean;
  /** The guide in use, to notice another provider's address. */
  readonly guideId: string | null;
}

export type PastedKind =
  'empty' | 'private_key' | 'certificate' | 'xml' | 'html' | 'address' | 'base64' | 'other';

const maxAddressLength = 2000;
/** SAML 2.0 core §8.3.6. */
const maxEntityIdLength = 1024;

/** What kind of text this is, by its beginning and its marks. A private key is noticed anywhere in it. */
export function pastedKind(text: string): PastedKind {
  const start = text.replace(/^\uFEFF/, '').trimStart();
  if (start.trim() === '') return 'empty';
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(start) || isBareKey(start)) return 'private_key';
  if (/-----BEGIN [A-Z0-9 ]*CERTIFICATE-----/.test(start)) return 'certificate';
  if (/^(<!doctype html|<html)/i.test(start) || /^<\?xml[^>]*>\s*<!doctype html/i.test(start)) return 'html';
  if (start.startsWith('<')) return 'xml';
  if (/^https?:\/\/\S+\s*$/i.test(start)) return 'address';
  return start.length >= 64 && /^[A-Za-z0-9+/\s]+={0,2}\s*$/.test(start) ? 'base64' : 'other';
}

/**
 * A key in base64 without its armour. PKCS #1, PKCS #8 and SEC 1 begin with a sequence that begins with the version, 0
 * or 1; the three patterns are its lengths of one, two and three bytes. A certificate begins with two sequences.
 */
function isBareKey(text: string): boolean {
  const packed = text.replace(/\s/g, '');
  return /^(?:M..CAQ[AE]|MI[GH].AgE[AB]|MII..[AQgw]IBA)[A-Za-z0-9+/]{40,}={0,2}$/.test(packed);
}

/** The metadata address: shape, whose it is, and the habits of its provider. Stops come before what is good. */
export function preflightMetadataUrl(text: string, context: PreflightContext): readonly PreflightFinding[] {
  const shape = addressShape(text, 'url', context);
  if (shape.some(({ severity }) => severity === 'stop')) return shape;
  const typed = text.trim();
  const mistakes = findAddressMistakes(typed).map((mistake): PreflightFinding => {
    return finding(mistake.severity, mistake.code, 'url', { provider: mistake.provider }, mistake.repair);
  });
  const recognised = recognition(detectFromUrl(typed), 'url', context);
  return ordered([...shape, ...mistakes, ...recognised]);
}

/** The identity provider's entity ID: any string to 1,024 characters, often but not always an address. */
export function preflightEntityId(text: string, context: PreflightContext): readonly PreflightFinding[] {
  const field = 'entityId';
  const typed = text.trim();
  const kind = pastedKind(text);
  if (typed === '') return [finding('stop', 'empty', field)];
  if (kind === 'private_key') return [finding('stop', 'private_key', field)];
  if (kind === 'xml' || kind === 'html' || kind === 'certificate') {
    return [finding('stop', 'document_pasted', field, { kind })];
  }
  if (typed.length > maxEntityIdLength) return [finding('stop', 'entity_id_too_long', field)];
  if (isOurs(typed, context)) return [finding('stop', 'own_address', field)];
  const findings: PreflightFinding[] = [];
  if (typed !== text) findings.push(finding('warn', 'spaces_around', field, {}, typed));
  if (/^https:\/\/sts\.windows\.net\/[0-9a-f-]{36}$/i.test(typed)) {
    findings.push(finding('stop', 'slash_missing', field, {}, `${typed}/`));
  }
  const google = /^https:\/\/accounts\.google\.com\/o\/saml2\/idp(\?idpid=.+)$/.exec(typed);
  if (google) {
    const repair = `https://accounts.google.com/o/saml2${google[1]}`;
    findings.push(finding('stop', 'sso_url_as_entity_id', field, {}, repair));
  }
  if (/^(idp |sp )?(entity ?id|issuer)( url)?:?$/i.test(typed)) {
    findings.push(finding('warn', 'label_pasted', field, { typed }));
  }
  findings.push(...recognition(detectFromMetadata({ entityId: typed, ssoUrl: '' }), field, context));
  return ordered(findings.length > 0 ? findings : [finding('ok', 'shape_right', field)]);
}

/** The address people are sent to for signing in. */
export function preflightSsoUrl(text: string, context: PreflightContext): readonly PreflightFinding[] {
  const shape = addressShape(text, 'ssoUrl', context);
  if (shape.some(({ severity }) => severity === 'stop')) return shape;
  const typed = text.trim();
  const mistake = findAddressMistakes(typed).find(({ code }) => code === 'admin_console_page');
  const findings = [...shape];
  if (mistake) findings.push(finding('stop', mistake.code, 'ssoUrl', { provider: mistake.provider }));
  if (isMetadataPath(new URL(typed).pathname)) {
    findings.push(finding('stop', 'metadata_as_sso_url', 'ssoUrl'));
  }
  return ordered([...findings, ...recognition(detectFromUrl(typed), 'ssoUrl', context)]);
}

/** Metadata as text: a first look at what kind of document it is. Reading it is the importer's. */
export function preflightMetadataText(text: string): PreflightFinding {
  const kind = pastedKind(text);
  if (kind === 'xml') return finding('ok', 'shape_right', 'text');
  if (kind === 'empty' || kind === 'private_key' || kind === 'html') return finding('stop', kind, 'text');
  if (kind === 'address') return finding('stop', 'address_pasted', 'text', {}, text.trim());
  // Base64 of a sequence: the file of a certificate alone.
  const isCertificate = kind === 'certificate' || (kind === 'base64' && text.trimStart().startsWith('MI'));
  return finding('stop', isCertificate ? 'certificate_pasted' : 'not_readable', 'text');
}

/** A certificate as text: PEM, or its base64 alone. */
export function preflightCertificate(text: string): PreflightFinding {
  const kind = pastedKind(text);
  if (kind === 'certificate' || kind === 'base64') return finding('ok', 'shape_right', 'certificate');
  if (kind === 'empty' || kind === 'private_key' || kind === 'html')
    return finding('stop', kind, 'certificate');
  if (kind === 'address') return finding('stop', 'address_pasted', 'certificate');
  return finding('stop', kind === 'xml' ? 'xml_pasted' : 'not_readable', 'certificate');
}

/** The certificate that metadata is signed with: mostly there is none, and an empty field is right. */
export function preflightSigningCertificate(text: string): readonly PreflightFinding[] {
  return text.trim() === '' ? [] : [{ ...preflightCertificate(text), field: 'signingCertificate' }];
}

/** Whether it is an address that we could use at all. */
export function addressShape(
  text: string,
  field: PreflightFinding['field'],
  context: PreflightContext,
): readonly PreflightFinding[] {
  const typed = text.trim();
  const kind = pastedKind(text);
  if (typed === '') return [finding('stop', 'empty', field)];
  if (kind === 'private_key') return [finding('stop', 'private_key', field)];
  if (kind === 'xml' || kind === 'html' || kind === 'certificate') {
    return [finding('stop', 'document_pasted', field, { kind })];
  }
  if (typed.length > maxAddressLength) return [finding('stop', 'address_too_long', field)];
  if (/\s/.test(typed) || !URL.canParse(typed)) {
    const guess = `https://${typed}`;
    const isHost = /^[a-z0-9-]+(\.[a-z0-9-]+)+(:\d+)?(\/\S*)?$/i.test(typed) && URL.canParse(guess);
    return [finding('stop', 'not_an_address', field, {}, isHost ? guess : null)];
  }
  const url = new URL(typed);
  if (url.username !== '' || url.password !== '') return [finding('stop', 'address_has_credentials', field)];
  if (isOurs(typed, context)) return [finding('stop', 'own_address', field)];
  const isAllowedHttp = url.protocol === 'http:' && context.allowsLoopback && isLoopbackName(url.hostname);
  if (url.protocol !== 'https:' && !isAllowedHttp) {
    const repair = url.protocol === 'http:' ? typed.replace(/^http:/i, 'https:') : null;
    return [finding('stop', 'not_https', field, { scheme: url.protocol.replace(':', '') }, repair)];
  }
  return [finding('ok', 'shape_right', field, { host: url.hostname })];
}

function recognition(
  detection: ReturnType<typeof detectFromUrl>,
  field: PreflightFinding['field'],
  context: PreflightContext,
): readonly PreflightFinding[] {
  if (!detection) return [];
  const facts = { provider: detection.name, guideId: detection.guideId, ...detection.evidence };
  if (context.guideId === null || context.guideId === detection.guideId) {
    return [finding('ok', 'provider_recognised', field, facts)];
  }
  // The custom guide works for every provider: there the other guide is an offer, not a doubt.
  return [finding(context.guideId === 'custom-saml' ? 'ok' : 'warn', 'other_provider', field, facts)];
}

/** Compared as origins and path beginnings, so that another spelling of our host is still ours. */
function isOurs(typed: string, context: PreflightContext): boolean {
  if (!URL.canParse(typed)) return false;
  const url = new URL(typed);
  return context.ownPrefixes.some((prefix) => {
    if (!URL.canParse(prefix)) return false;
    const own = new URL(prefix);
    return url.host === own.host && url.pathname.startsWith(own.pathname);
  });
}

function isLoopbackName(hostname: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname) || /\.(localhost|test)$/.test(hostname);
}

function ordered(findings: readonly PreflightFinding[]): readonly PreflightFinding[] {
  const rank = { stop: 0, warn: 1, ok: 2 };
  return findings.toSorted((a, b) => rank[a.severity] - rank[b.severity]);
}

function finding(
  severity: PreflightFinding['severity'],
  code: PreflightCode,
  field: PreflightFinding['field'],
  facts: Readonly<Record<string, string>> = {},
  repair: string | null = null,
): PreflightFinding {
  return { severity, code, field, facts, repair };
}
