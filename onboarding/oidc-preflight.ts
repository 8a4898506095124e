import { addressShape, pastedKind, type PreflightCode, type PreflightContext } from './preflight.ts';
import { findDiscoveryMistakes, findSecretMistakes, type SecretMistake } from './provider-detection.ts';

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
  | SecretMistake['code']
  | 'client_id_unlikely'
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
    ...preflightClientId(typed.clientId),
    ...preflightSecret(typed, context),
    ...preflightEnd(typed.secretEndsOn, context.now),
  ];
}

function preflightDiscoveryUrl(text: string, context: OidcPreflightContext): OidcPreflightFinding[] {
  const field = 'discoveryUrl';
  const shape = addressShape(text, 'url', context).map((found) => ({ ...found, field }) as const);
  if (shape.some(({ severity }) => severity === 'stop')) return shape;
  const mistakes = findDiscoveryMistakes(text).map(
    ({ severity, code, provider, repair }): OidcPreflightFinding => ({
      ...finding(severity, code, field, { provider }),
      repair: repair ?? null,
    }),
  );
  return mistakes.length > 0 ? mistakes : shape;
}

const longestValue = 1000;

function preflightClientId(text: string): OidcPreflightFinding[] {
  const plain = plainValue(text, 'clientId');
  if (plain) return [plain];
  return pastedKind(text) === 'address' ? [finding('warn', 'client_id_unlikely', 'clientId')] : [];
}

function preflightSecret(
  { clientSecret, clientId }: TypedOidc,
  { hasSecret, guideId }: OidcPreflightContext,
): OidcPreflightFinding[] {
  if (clientSecret.trim() === '' && hasSecret) return [];
  const plain = plainValue(clientSecret, 'clientSecret');
  if (plain) return [plain];
  const mistakes = findSecretMistakes(clientSecret, { clientId, guideId: guideId ?? '' });
  return mistakes.map(({ code }) => finding('stop', code, 'clientSecret'));
}

function plainValue(text: string, field: 'clientId' | 'clientSecret'): OidcPreflightFinding | undefined {
  const kind = pastedKind(text);
  if (text.trim() === '') return finding('stop', 'empty', field);
  if (kind === 'private_key') return finding('stop', 'private_key', field);
  if (kind === 'certificate' || kind === 'xml' || kind === 'html') {
    return finding('stop', 'document_pasted', field, { kind });
  }
  return text.trim().length > longestValue ? finding('stop', 'value_too_long', field) : undefined;
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

function finding(
  severity: OidcPreflightFinding['severity'],
  code: OidcPreflightCode,
  field: OidcField,
  facts: Readonly<Record<string, string>> = {},
): OidcPreflightFinding {
  return { severity, code, field, facts, repair: null };
}
