import { discoveryUrlOf } from './oidc-discovery.ts';
import { addressShape, pastedKind, type PreflightCode, type PreflightContext } from './preflight.ts';
import { findAddressMistakes } from './provider-detection.ts';

/** The fields in which an admin gives us a provider of OpenID Connect. */
export const oidcFields = ['discoveryUrl', 'clientId', 'clientSecret', 'secretEndsOn'] as const;
export type OidcField = (typeof oidcFields)[number];

/** What was typed. An empty secret means the one that is kept already, if there is one. */
export interface TypedOidc {
  readonly discoveryUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** `YYYY-MM-DD`, or empty where the provider's secrets do not end. */
  readonly secretEndsOn: string;
}

export interface OidcPreflightFinding {
  readonly severity: 'stop' | 'warn' | 'ok';
  readonly code: OidcPreflightCode;
  readonly field: OidcField;
  readonly facts: Readonly<Record<string, string>>;
  readonly repair: string | null;
}

export type OidcPreflightCode =
  | PreflightCode
  /** The issuer where the discovery address belongs; its document is where the standard says. */
  | 'issuer_completed'
  /** Entra's `common`, `organizations` or `consumers`: one address for every tenant. */
  | 'shared_tenant_address'
  /** SAML metadata where the discovery address belongs. */
  | 'saml_metadata_pasted'
  | 'client_id_unlikely'
  /** Entra's *Secret ID*, which proves nothing, instead of its *Value*. */
  | 'secret_id_pasted'
  | 'secret_is_client_id'
  | 'value_too_long'
  | 'date_unreadable'
  | 'secret_ended'
  | 'secret_ends_soon';

export interface OidcPreflightContext extends PreflightContext {
  /** A secret is kept already, so the field may stay empty. */
  readonly hasSecret: boolean;
  readonly now: Date;
}

/**
 * The first look at what an admin typed, in the page and again in the api: what stops here is not fetched. The secret is
 * looked at for its shape only and appears in no fact.
 */
export function preflightOidc(
  typed: TypedOidc,
  context: OidcPreflightContext,
): readonly OidcPreflightFinding[] {
  return [
    ...preflightDiscoveryUrl(typed.discoveryUrl, context),
    ...preflightClientId(typed.clientId, typed.discoveryUrl),
    ...preflightSecret(typed, context),
    ...preflightEnd(typed.secretEndsOn, context.now),
  ];
}

const field = 'discoveryUrl';

function preflightDiscoveryUrl(text: string, context: OidcPreflightContext): OidcPreflightFinding[] {
  const shape = addressShape(text, 'url', context).map((found) => ({
    ...found,
    field: 'discoveryUrl' as const,
  }));
  if (shape.some(({ severity }) => severity === 'stop')) return shape;
  const typed = text.trim();
  const url = new URL(typed);
  if (isEntra(typed) && /^\/(common|organizations|consumers)(\/|$)/i.test(url.pathname)) {
    return [finding('stop', 'shared_tenant_address', field)];
  }
  if (/\/(metadata|descriptor|federationmetadata\.xml)$/i.test(url.pathname)) {
    return [finding('stop', 'saml_metadata_pasted', field)];
  }
  const page = findAddressMistakes(typed).find(({ code }) => code === 'admin_console_page');
  if (page) return [finding('stop', page.code, field, { provider: page.provider })];
  const complete = discoveryUrlOf(typed);
  return complete === typed ? shape : [...shape, finding('ok', 'issuer_completed', field, { url: complete })];
}

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const longestValue = 1000;

function preflightClientId(text: string, discoveryUrl: string): OidcPreflightFinding[] {
  const typed = text.trim();
  const plain = plainValue(text, 'clientId');
  if (plain) return [plain];
  const isOdd = pastedKind(typed) === 'address' || (isEntra(discoveryUrl) && !guid.test(typed));
  return isOdd ? [finding('warn', 'client_id_unlikely', 'clientId')] : [];
}

function preflightSecret(
  { clientSecret, clientId, discoveryUrl }: TypedOidc,
  { hasSecret }: OidcPreflightContext,
): OidcPreflightFinding[] {
  const typed = clientSecret.trim();
  if (typed === '' && hasSecret) return [];
  const plain = plainValue(clientSecret, 'clientSecret');
  if (plain) return [plain];
  if (typed === clientId.trim()) return [finding('stop', 'secret_is_client_id', 'clientSecret')];
  const isId = isEntra(discoveryUrl) && guid.test(typed);
  return isId ? [finding('stop', 'secret_id_pasted', 'clientSecret')] : [];
}

function plainValue(text: string, at: 'clientId' | 'clientSecret'): OidcPreflightFinding | undefined {
  const typed = text.trim();
  const kind = pastedKind(text);
  if (typed === '') return finding('stop', 'empty', at);
  if (kind === 'private_key') return finding('stop', 'private_key', at);
  if (kind === 'certificate' || kind === 'xml' || kind === 'html') {
    return finding('stop', 'document_pasted', at, { kind });
  }
  return typed.length > longestValue ? finding('stop', 'value_too_long', at) : undefined;
}

const soonDays = 30;

function preflightEnd(text: string, now: Date): OidcPreflightFinding[] {
  const typed = text.trim();
  if (typed === '') return [];
  const day = new Date(`${typed}T23:59:59Z`);
  const isDay =
    /^\d{4}-\d{2}-\d{2}$/.test(typed) && !Number.isNaN(day.getTime()) && day.toISOString().startsWith(typed);
  if (!isDay) return [finding('stop', 'date_unreadable', 'secretEndsOn')];
  const days = (day.getTime() - now.getTime()) / 86_400_000;
  if (days < 0) return [finding('stop', 'secret_ended', 'secretEndsOn')];
  return days < soonDays
    ? [finding('warn', 'secret_ends_soon', 'secretEndsOn', { days: String(Math.floor(days)) })]
    : [];
}

function isEntra(address: string): boolean {
  const typed = address.trim();
  return (
    URL.canParse(typed) &&
    /^login\.(microsoftonline\.(com|us)|partner\.microsoftonline\.cn)$/.test(new URL(typed).hostname)
  );
}

function finding(
  severity: OidcPreflightFinding['severity'],
  code: OidcPreflightCode,
  at: OidcField,
  facts: Readonly<Record<string, string>> = {},
): OidcPreflightFinding {
  return { severity, code, field: at, facts, repair: null };
}
