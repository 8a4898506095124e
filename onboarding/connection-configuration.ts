/**
 * The identity provider's side of a connection as one value: what a revision edits, what reset and replace put aside,
 * and what bringing back puts in place again. Our own addresses are not in it: they belong to the connection and never
 * change. Secrets lie beside it, sealed.
 */
export interface ConnectionConfiguration {
  readonly providerId: string | null;
  readonly connectionType: string;
  readonly protocol: 'saml' | 'oidc';
  readonly idpEntityId: string | null;
  readonly idpSsoUrl: string | null;
  readonly idpSsoBinding: 'redirect' | 'post' | null;
  readonly idpMetadataUrl: string | null;
  readonly idpMetadataKey: string | null;
  readonly idpSloUrl: string | null;
  readonly idpSloBinding: 'redirect' | 'post' | null;
  readonly signRequests: boolean;
  readonly encryptAssertions: boolean;
  readonly forceAuthn: boolean;
  readonly allowIdpInitiated: boolean;
  readonly singleLogout: boolean;
  readonly oidcIssuer: string | null;
  readonly oidcDiscoveryUrl: string | null;
  readonly oidcClientId: string | null;
  readonly oidcClientAuth: OidcClientAuth | null;
  readonly oidcServer: OidcServer | null;
  readonly oidcTokenAlg: OidcTokenAlg | null;
  readonly oidcScopes: string;
  readonly oidcFetchUserInfo: boolean;
  /** The day on which the client secret ends at the provider, `YYYY-MM-DD`, as the admin told us. */
  readonly oidcSecretEndsOn: string | null;
  /** When the client secret was given to us. */
  readonly oidcSecretSetAt: string | null;
  readonly attributeMapping: Readonly<Record<string, string>>;
}

/** What a connection has before anything was chosen. */
export const emptyConfiguration: ConnectionConfiguration = {
  providerId: null,
  connectionType: 'Pending',
  protocol: 'saml',
  idpEntityId: null,
  idpSsoUrl: null,
  idpSsoBinding: null,
  idpMetadataUrl: null,
  idpMetadataKey: null,
  idpSloUrl: null,
  idpSloBinding: null,
  signRequests: false,
  encryptAssertions: false,
  forceAuthn: false,
  allowIdpInitiated: false,
  singleLogout: false,
  oidcIssuer: null,
  oidcDiscoveryUrl: null,
  oidcClientId: null,
  oidcClientAuth: null,
  oidcServer: null,
  oidcTokenAlg: null,
  oidcScopes: 'openid email profile',
  oidcFetchUserInfo: false,
  oidcSecretEndsOn: null,
  oidcSecretSetAt: null,
  attributeMapping: {},
};

const fields = Object.keys(emptyConfiguration) as (keyof ConnectionConfiguration)[];

/** Only what belongs to the value, of whatever holds it beside other things. */
export function configurationOf(source: ConnectionConfiguration): ConnectionConfiguration {
  return Object.fromEntries(
    fields.map((field) => [field, source[field]]),
  ) as unknown as ConnectionConfiguration;
}

/** How we prove ourselves at the token endpoint (OpenID Connect Core §9) [OIDC-08]. */
export const oidcClientAuths = ['client_secret_basic', 'client_secret_post', 'private_key_jwt'] as const;
export type OidcClientAuth = (typeof oidcClientAuths)[number];

/** The algorithms an ID token may be signed with; one is pinned per connection [OIDC-05]. */
export const oidcTokenAlgs = ['RS256', 'PS256', 'ES256', 'EdDSA'] as const;
export type OidcTokenAlg = (typeof oidcTokenAlgs)[number];

/** What we keep of a provider's discovery document (OpenID Connect Discovery §3): read once, changed by people only. */
export interface OidcServer {
  readonly issuer: string;
  readonly authorizationEndpoint: string;
  readonly tokenEndpoint: string;
  readonly jwksUri: string;
  readonly userinfoEndpoint: string | null;
  readonly endSessionEndpoint: string | null;
  readonly tokenAuthMethods: readonly string[];
  readonly tokenAlgs: readonly string[];
  /** The provider names itself in every answer (RFC 9207): one without `iss` is then refused [OIDC-03]. */
  readonly namesItself: boolean;
}

/** A signing certificate that lies with a configuration that is not in use: a revision's, or a former one's. */
export interface ConfigurationCertificate {
  readonly pem: string;
  readonly fingerprint: string;
  readonly spkiFingerprint: string;
  readonly subject: string;
  readonly keyBits: number;
  readonly notBefore: string;
  readonly notAfter: string;
  readonly source: 'metadata' | 'pasted' | 'api' | 'refresh' | 'test' | 'renewal';
}
