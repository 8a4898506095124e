import type { SsoState } from '../../api/contract/setup-connections.ts';
import { pastedKind } from '../../onboarding/preflight.ts';
import {
  detectFromDiscovery,
  detectFromMetadata,
  detectFromUrl,
  type Detection,
} from '../../onboarding/provider-detection.ts';
import { parseMarkup } from '../shared/markup.ts';

/** What was pasted to find the provider by: whose it is, and what of it the next page can use. */
export interface Pasted {
  readonly protocol: 'saml' | 'oidc';
  /** Null for what we can read but know nobody of. */
  readonly detection: Detection | null;
  readonly drafts: Partial<Pick<SsoState['drafts'], 'way' | 'metadataUrl' | 'metadataText' | 'discoveryUrl'>>;
}

const metadataNamespace = 'urn:oasis:names:tc:SAML:2.0:metadata';

/** Reads an address, metadata or a discovery document. Null for anything else; a private key is never looked into. */
export function readPasted(text: string): Pasted | null {
  const typed = text.trim();
  const kind = pastedKind(typed);
  if (kind === 'address') return readAddress(typed);
  if (kind === 'xml') return readMetadata(typed);
  return typed.startsWith('{') ? readDiscovery(typed) : null;
}

function readAddress(typed: string): Pasted | null {
  if (!URL.canParse(typed)) return null;
  const isDiscovery = new URL(typed).pathname.includes('/.well-known/openid-configuration');
  return isDiscovery
    ? { protocol: 'oidc', detection: detectFromDiscovery(typed), drafts: { discoveryUrl: typed } }
    : {
        protocol: 'saml',
        detection: detectFromUrl(typed),
        drafts: { way: 'metadata_url', metadataUrl: typed },
      };
}

function readMetadata(typed: string): Pasted | null {
  const page = parseMarkup(typed, 'text/xml');
  const entity = page.getElementsByTagNameNS(metadataNamespace, 'EntityDescriptor')[0];
  if (entity === undefined) return null;
  const ssoUrl = entity
    .getElementsByTagNameNS(metadataNamespace, 'SingleSignOnService')[0]
    ?.getAttribute('Location');
  return {
    protocol: 'saml',
    detection: detectFromMetadata({
      entityId: entity.getAttribute('entityID') ?? '',
      ssoUrl: ssoUrl ?? '',
    }),
    drafts: { way: 'metadata_file', metadataText: typed },
  };
}

function readDiscovery(typed: string): Pasted | null {
  const issuer = issuerOf(typed);
  return issuer === null ? null : { protocol: 'oidc', detection: detectFromDiscovery(issuer), drafts: {} };
}

function issuerOf(json: string): string | null {
  try {
    const found: unknown = JSON.parse(json);
    const isObject = typeof found === 'object' && found !== null && 'issuer' in found;
    return isObject && typeof found.issuer === 'string' ? found.issuer : null;
  } catch {
    return null;
  }
}
