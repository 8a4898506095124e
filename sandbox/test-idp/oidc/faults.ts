import type { FaultFacts } from '../faults.ts';
import type { OidcKeys } from './keys.ts';

type Claims = Record<string, unknown>;
type Document = Record<string, unknown>;

/** What reading our discovery document must say of it; no sign-in is begun then. */
type DiscoveryVerdict = 'discovery_issuer_differs' | 'discovery_moved' | 'discovery_page' | 'discovery_slow';

/**
 * A way in which the Test IdP can answer wrongly by OpenID Connect, with the verdict that the relying party owes it
 * [TIDP-05]. Each changes one of the provider's good answers; together they follow the list of the OpenID Foundation's
 * tests for relying parties.
 */
export interface OidcFault extends Omit<FaultFacts, 'group' | 'expected'> {
  readonly group: FaultFacts['group'] | 'discovery';
  readonly expected: FaultFacts['expected'] | DiscoveryVerdict;
  readonly idToken?: (claims: Claims) => Claims;
  readonly sign?: TokenSignature;
  /** The keys as published, in order; `unreadable` stands for one that nobody can parse. */
  readonly publishes?: readonly (Exclude<keyof OidcKeys, 'cookieSecret'> | 'unreadable')[];
  readonly userInfo?: (claims: Claims) => Claims;
  /** The query of the redirect back. */
  readonly redirect?: (query: URLSearchParams) => void;
  /** The person is not signed in: the provider says so instead. */
  readonly refusal?: { readonly error: string; readonly error_description: string };
  /** The token endpoint's whole answer. */
  readonly token?: { readonly status: number; readonly body: Document } | 'without_id_token' | 'breaks_off';
  readonly discovery?: ((document: Document) => Document) | 'redirects' | 'login_page' | 'never';
}

export interface TokenSignature {
  readonly by?: Exclude<keyof OidcKeys, 'cookieSecret'>;
  readonly as?: 'none' | 'HS256';
  readonly withoutKid?: boolean;
}

const hourS = 3_600;
const shifted = (claims: Claims, names: readonly string[], seconds: number): Claims => ({
  ...claims,
  ...Object.fromEntries(names.map((name) => [name, Number(claims[name]) + seconds])),
});

function without(claims: Claims, ...names: readonly string[]): Claims {
  return Object.fromEntries(Object.entries(claims).filter(([name]) => !names.includes(name)));
}

const withoutEmail = (claims: Claims) => without(claims, 'email', 'email_verified');
const foreign = 'https://other.test';
const tokenError = (error: string, status = 400) => ({
  status,
  body: { error, error_description: 'The Test IdP was told to answer so.' },
});

export const oidcFaults = {
  oidc_expired: {
    group: 'time',
    expected: 'expired',
    idToken: (claims) => shifted(claims, ['iat', 'exp', 'auth_time'], -2 * hourS),
  },
  oidc_issued_ahead: {
    group: 'time',
    expected: 'not_yet_valid',
    idToken: (claims) => shifted(claims, ['iat'], hourS),
  },
  oidc_issued_last_year: {
    group: 'time',
    expected: 'expired',
    idToken: (claims) => shifted(claims, ['iat'], -365 * 24 * hourS),
  },
  oidc_old_sign_in: {
    group: 'time',
    expected: 'ok',
    also: { when: 'fresh_sign_in_asked', expected: 'authn_too_old' },
    idToken: (claims) => ({ ...claims, auth_time: Number(claims['iat']) - hourS }),
  },
  oidc_no_sign_in_time: {
    group: 'time',
    expected: 'ok',
    also: { when: 'fresh_sign_in_asked', expected: 'authn_time_missing' },
    idToken: (claims) => without(claims, 'auth_time'),
  },
  oidc_wrong_issuer: {
    group: 'identity',
    expected: 'token_issuer_differs',
    idToken: (claims) => ({ ...claims, iss: `${String(claims['iss'])}/other` }),
  },
  oidc_wrong_audience: {
    group: 'identity',
    expected: 'token_audience_differs',
    idToken: (claims) => ({ ...claims, aud: 'another-client' }),
  },
  oidc_audiences_without_party: {
    group: 'identity',
    expected: 'token_audience_differs',
    idToken: (claims) => without({ ...claims, aud: [claims['aud'], 'another-client'] }, 'azp'),
  },
  oidc_foreign_party: {
    group: 'identity',
    expected: 'token_audience_differs',
    idToken: (claims) => ({ ...claims, azp: 'another-client' }),
  },
  oidc_missing_subject: {
    group: 'identity',
    expected: 'token_refused',
    idToken: (claims) => without(claims, 'sub'),
  },
  oidc_missing_issued_at: {
    group: 'identity',
    expected: 'token_refused',
    idToken: (claims) => without(claims, 'iat'),
  },
  oidc_missing_nonce: {
    group: 'identity',
    expected: 'token_nonce_differs',
    idToken: (claims) => without(claims, 'nonce'),
  },
  oidc_wrong_nonce: {
    group: 'identity',
    expected: 'token_nonce_differs',
    idToken: (claims) => ({ ...claims, nonce: 'another' }),
  },
  oidc_unsigned: {
    group: 'signature',
    expected: 'token_algorithm_refused',
    sign: { as: 'none' },
  },
  oidc_signed_with_secret: {
    group: 'signature',
    expected: 'token_algorithm_refused',
    sign: { as: 'HS256' },
  },
  oidc_unknown_key: {
    group: 'signature',
    expected: 'token_unknown_key',
    sign: { by: 'unpublished' },
  },
  oidc_forged_signature: {
    group: 'signature',
    expected: 'token_signature_invalid',
    sign: { by: 'unpublished', withoutKid: true },
  },
  oidc_unreadable_key: {
    group: 'signature',
    expected: 'ok',
    publishes: ['unreadable', 'current'],
  },
  oidc_two_keys: {
    group: 'signature',
    expected: 'ok',
    publishes: ['next', 'current'],
  },
  /**
   * Signs with a key that is published from now on: whoever has the old set must look again. The old key stays beside
   * it as in a real rollover; who has fetched the set is not left without the key of the sign-in after this fault.
   */
  oidc_key_rotated: {
    group: 'signature',
    expected: 'ok',
    publishes: ['next', 'current'],
    sign: { by: 'next' },
  },
  oidc_missing_email: {
    group: 'attributes',
    expected: 'email_missing',
    idToken: withoutEmail,
    userInfo: withoutEmail,
  },
  oidc_email_unverified: {
    group: 'attributes',
    expected: 'email_unverified',
    also: { when: 'own_domain_verified', expected: 'ok' },
    idToken: (claims) => ({ ...claims, email_verified: false }),
    userInfo: (claims) => ({ ...claims, email_verified: false }),
  },
  oidc_invalid_email: {
    group: 'attributes',
    expected: 'email_invalid',
    idToken: (claims) => ({ ...claims, email: 'not an address' }),
    userInfo: (claims) => ({ ...claims, email: 'not an address' }),
  },
  /** The ID token has no address, so that UserInfo is asked; it answers about somebody else. */
  oidc_user_info_of_another: {
    group: 'attributes',
    expected: 'user_info_refused',
    idToken: withoutEmail,
    userInfo: (claims) => ({ ...claims, sub: 'somebody-else' }),
  },
  oidc_denied: {
    group: 'protocol',
    expected: 'provider_error',
    refusal: {
      error: 'access_denied',
      error_description: 'The person is not assigned to this application.',
    },
  },
  oidc_temporarily_unavailable: {
    group: 'protocol',
    expected: 'provider_error',
    refusal: { error: 'temporarily_unavailable', error_description: 'Try again in a few minutes.' },
  },
  oidc_answer_of_another: {
    group: 'protocol',
    expected: 'answer_issuer_differs',
    redirect: (query) => query.set('iss', foreign),
  },
  oidc_answer_without_issuer: {
    group: 'protocol',
    expected: 'answer_issuer_differs',
    redirect: (query) => query.delete('iss'),
  },
  oidc_wrong_state: {
    group: 'protocol',
    expected: 'state_unknown',
    redirect: (query) => query.set('state', 'another'),
  },
  oidc_client_refused: {
    group: 'protocol',
    expected: 'client_refused',
    token: tokenError('invalid_client', 401),
  },
  oidc_code_refused: {
    group: 'protocol',
    expected: 'code_refused',
    token: tokenError('invalid_grant'),
  },
  oidc_no_id_token: {
    group: 'protocol',
    expected: 'token_answer_refused',
    token: 'without_id_token',
  },
  oidc_token_breaks_off: {
    group: 'protocol',
    expected: 'provider_unreachable',
    token: 'breaks_off',
  },
  oidc_discovery_of_another: {
    group: 'discovery',
    expected: 'discovery_issuer_differs',
    discovery: (document) => ({ ...document, issuer: foreign }),
  },
  oidc_discovery_redirects: {
    group: 'discovery',
    expected: 'discovery_moved',
    discovery: 'redirects',
  },
  oidc_discovery_login_page: {
    group: 'discovery',
    expected: 'discovery_page',
    discovery: 'login_page',
  },
  oidc_discovery_slow: {
    group: 'discovery',
    expected: 'discovery_slow',
    discovery: 'never',
  },
} as const satisfies Record<string, OidcFault>;

export type OidcFaultName = keyof typeof oidcFaults;

export const oidcFaultNames: readonly OidcFaultName[] = Object.keys(oidcFaults).filter(isOidcFaultName);

export function isOidcFaultName(name: string): name is OidcFaultName {
  return Object.hasOwn(oidcFaults, name);
}
