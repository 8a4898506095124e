/**
 * Names of domains as people type them, turned into one form and refused in words [DOM-02]. Everything behind this file
 * works with A-labels in lower case (RFC 5890), which is what DNS and certificates compare.
 */
import { isIP } from 'node:net';
import { domainToASCII, domainToUnicode } from 'node:url';
import { parse } from 'tldts';
import { OnboardingError } from '../onboarding/errors.ts';
import { publicMailBrands, publicMailDomains } from './public-mail-domains.ts';

/** Why a text is no domain name, as the fact `reason` of `domain_invalid`. */
export type DomainFault =
  | 'empty'
  | 'too_long'
  | 'url'
  | 'email'
  | 'port'
  | 'wildcard'
  | 'underscore'
  | 'characters'
  | 'ip_address'
  | 'single_label'
  | 'unknown_suffix';

/**
 * Names that no customer can own: RFC 6761 and the IANA registry beside it, `internal` (reserved by ICANN), and the
 * documentation names of RFC 2606. `test` is here too; a sandbox lifts it.
 */
const specialUse = [
  'test',
  'localhost',
  'invalid',
  'example',
  'example.com',
  'example.net',
  'example.org',
  'local',
  'localdomain',
  'onion',
  'alt',
  'internal',
  'arpa',
];

/**
 * The one form of a domain name: A-labels, lower case, no dot at the end. Accepts Unicode and any case.
 * `allowTestSuffix` (sandbox environments under SANDBOX_LOOPBACK) makes `.test` an ending like `.com`.
 * Throws `domain_invalid` {domain, reason: DomainFault}, `domain_special_use` {domain}, `domain_public_suffix` {domain},
 * `domain_public_mail` {domain}.
 */
export function normaliseDomain(input: string, options: { allowTestSuffix: boolean }): string {
  const typed = input.trim();
  const fault = faultOf(typed);
  if (fault) throw new OnboardingError('domain_invalid', { domain: printable(typed), reason: fault });

  const domain = toALabels(typed);
  if (domain === null) {
    throw new OnboardingError('domain_invalid', { domain: printable(typed), reason: 'characters' });
  }
  // An address hides in many spellings (`0x7f.1`, full-width digits); what is left of it is numbers.
  if (isIP(domain) || /(^|\.)[0-9]+$/.test(domain)) {
    throw new OnboardingError('domain_invalid', { domain, reason: 'ip_address' });
  }

  if (options.allowTestSuffix && isAtOrBelow(domain, 'test')) {
    if (domain === 'test') throw new OnboardingError('domain_public_suffix', { domain });
    return domain;
  }
  if (specialUse.some((name) => isAtOrBelow(domain, name))) {
    throw new OnboardingError('domain_special_use', { domain });
  }

  const registry = parse(domain, { extractHostname: false, allowPrivateDomains: false });
  if (!registry.isIcann) {
    const reason = domain.includes('.') ? 'unknown_suffix' : 'single_label';
    throw new OnboardingError('domain_invalid', { domain, reason });
  }
  // The private section counts: github.io is shared by its tenants as com is.
  const shared = parse(domain, { extractHostname: false, allowPrivateDomains: true });
  if (shared.publicSuffix === domain) throw new OnboardingError('domain_public_suffix', { domain });
  if (
    publicMailDomains.has(registry.domain ?? domain) ||
    publicMailBrands.has(registry.domainWithoutSuffix ?? '')
  ) {
    throw new OnboardingError('domain_public_mail', { domain });
  }
  return domain;
}

/** The form people read: `xn--mnchen-3ya.de` → `münchen.de`. Give it only what `normaliseDomain` returned. */
export function toUnicodeDomain(domain: string): string {
  return domainToUnicode(domain) || domain;
}

/**
 * Converts a host name to A-labels and checks every label (letters, digits, inner hyphens, RFC 5890 §2.3.1).
 * Null for anything that does not survive the way there and back.
 */
export function toALabels(host: string): string | null {
  if (invisible.test(host) || strayAscii.test(host)) return null;
  const ascii = domainToASCII(host.replace(/[.。．｡]$/u, ''));
  if (ascii === '' || ascii.length > 253 || !ascii.split('.').every((label) => ldhLabel.test(label)))
    return null;
  const unicode = domainToUnicode(ascii);
  // From Node 24 on, a label that cannot be decoded is left as it stands (URL standard, "domain to ASCII" of ASCII).
  if (unicode.split('.').some((label) => label.startsWith('xn--'))) return null;
  // A hand-made `xn--` label can decode to another name than it encodes: such a name has two faces.
  return domainToASCII(unicode) === ascii ? ascii : null;
}

/** A name that is only looked for: in the form of those that are stored, whatever its spelling; what is no name finds none. */
export const comparableDomain = (typed: string): string =>
  toALabels(typed.trim()) ?? typed.trim().toLowerCase();

const ldhLabel = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
/** ASCII that is no part of a name; above all %, which domainToASCII decodes, and / ? #, at which it stops. */
const strayAscii = /[\x00-\x2c\x2f\x3a-\x40\x5b-\x60\x7b-\x7f]/;
/** Controls, formatting and bidi marks, separators, unassigned: domainToASCII would drop some of them silently. */
const invisible = /[\p{C}\p{Z}]/u;

function faultOf(typed: string): DomainFault | null {
  if (typed === '' || typed === '.') return 'empty';
  if (typed.length > 253 + 1) return 'too_long';
  if (isIP(typed.replace(/^\[|\]$/g, ''))) return 'ip_address';
  if (typed.includes('/') || typed.includes('\\')) return 'url';
  if (typed.includes('@')) return 'email';
  if (typed.includes(':')) return 'port';
  if (typed.includes('*')) return 'wildcard';
  if (typed.includes('_')) return 'underscore';
  return null;
}

function isAtOrBelow(domain: string, ancestor: string): boolean {
  return domain === ancestor || domain.endsWith(`.${ancestor}`);
}

function printable(text: string): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '').slice(0, 120);
}
