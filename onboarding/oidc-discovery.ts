import {
  oidcTokenAlgs,
  type OidcClientAuth,
  type OidcServer,
  type OidcTokenAlg,
} from './connection-configuration.ts';

/**
 * A provider's discovery document (OpenID Connect Discovery §3) read into what a connection keeps of it, with
 * everything that stands against it. Pure: fetching is `adapters/oidc/discovery.ts`.
 */
export interface DiscoveryRemark {
  /** `ok` is worth knowing and stands in nobody's way. */
  readonly severity: 'stop' | 'ok';
  readonly code: DiscoveryCode;
  readonly facts: Readonly<Record<string, string | readonly string[]>>;
  /** The discovery address that should have been given, where it follows from the document. */
  readonly repair: string | null;
}

export type DiscoveryCode =
  /** Not OpenID Connect: an OAuth document, or something else in JSON. */
  | 'discovery_not_oidc'
  /** The issuer holds a blank such as `{tenantid}`: an address for many tenants. */
  | 'issuer_template'
  /** The issuer isn't the one that the address belongs to. */
  | 'issuer_differs'
  | 'endpoint_missing'
  /** An endpoint isn't an absolute https address, or holds a user name or a fragment. */
  | 'endpoint_refused'
  | 'no_code_flow'
  /** None of the algorithms we accept is offered for ID tokens. */
  | 'no_accepted_algorithm'
  /** Only ways to prove ourselves that we don't have. */
  | 'client_auth_unsupported'
  | 'weak_algorithms_offered'
  | 'no_user_info';

export interface DiscoveryReading {
  readonly remarks: readonly DiscoveryRemark[];
  /** Absent when a part that we need is missing. */
  readonly server: OidcServer | undefined;
}

const wellKnown = '/.well-known/openid-configuration';

/** The address of the document: an issuer's is completed as Discovery §4.1 says. */
export function discoveryUrlOf(typed: string): string {
  const address = typed.trim();
  return address.includes('/.well-known/') ? address : `${address.replace(/\/$/, '')}${wellKnown}`;
}

/** `url` is the address as somebody gave it: compared as text, because URL parsers fold capitals of hosts. */
export function readDiscoveryDocument(
  document: unknown,
  { url, allowsHttp }: { readonly url: string; readonly allowsHttp: boolean },
): DiscoveryReading {
  const fields = isRecord(document) ? document : {};
  const issuer = textOf(fields['issuer']);
  const algs = textsOf(fields['id_token_signing_alg_values_supported']);
  const responseTypes = textsOf(fields['response_types_supported']);
  if (issuer === undefined || algs === undefined || responseTypes === undefined) {
    return { remarks: [stop('discovery_not_oidc')], server: undefined };
  }
  const addresses = {
    authorization_endpoint: textOf(fields['authorization_endpoint']),
    token_endpoint: textOf(fields['token_endpoint']),
    jwks_uri: textOf(fields['jwks_uri']),
    userinfo_endpoint: textOf(fields['userinfo_endpoint']),
    end_session_endpoint: textOf(fields['end_session_endpoint']),
  };
  const authMethods = textsOf(fields['token_endpoint_auth_methods_supported']) ?? ['client_secret_basic'];
  const { authorization_endpoint: authorizationEndpoint, token_endpoint: tokenEndpoint } = addresses;
  const { jwks_uri: jwksUri } = addresses;
  const remarks = [
    ...judgeIssuer(issuer, url),
    ...judgeAddresses(addresses, allowsHttp),
    ...judgeMeans(responseTypes, algs, authMethods),
    ...(addresses.userinfo_endpoint === undefined ? [note('no_user_info')] : []),
  ];
  const isWhole = authorizationEndpoint !== undefined && tokenEndpoint !== undefined && jwksUri !== undefined;
  return {
    remarks,
    server: isWhole
      ? {
          issuer,
          authorizationEndpoint,
          tokenEndpoint,
          jwksUri,
          userinfoEndpoint: addresses.userinfo_endpoint ?? null,
          endSessionEndpoint: addresses.end_session_endpoint ?? null,
          tokenAuthMethods: authMethods.slice(0, 20),
          tokenAlgs: algs.slice(0, 20),
          namesItself: fields['authorization_response_iss_parameter_supported'] === true,
        }
      : undefined,
  };
}

/** The algorithm to pin: the standard's default where it is offered (Core §15.1), else the first that we accept. */
export function pinnedAlgOf({ tokenAlgs }: Pick<OidcServer, 'tokenAlgs'>): OidcTokenAlg | undefined {
  return oidcTokenAlgs.find((alg) => tokenAlgs.includes(alg));
}

const secretAuths: readonly OidcClientAuth[] = ['client_secret_basic', 'client_secret_post'];

/** How to prove ourselves with a secret; a key of our own where the provider takes no secret [OIDC-08]. */
export function clientAuthOf({
  tokenAuthMethods,
}: Pick<OidcServer, 'tokenAuthMethods'>): OidcClientAuth | undefined {
  const ways: readonly OidcClientAuth[] = [...secretAuths, 'private_key_jwt'];
  return ways.find((way) => tokenAuthMethods.includes(way));
}

/** Identical to the letter [OIDC-04]; an issuer may end in a slash that its document's address drops (Discovery §4.1). */
function judgeIssuer(issuer: string, url: string): readonly DiscoveryRemark[] {
  if (/[{}]/.test(issuer)) return [stop('issuer_template', { received: issuer })];
  const expected = url.endsWith(wellKnown) ? url.slice(0, -wellKnown.length) : url;
  if (issuer === expected || issuer === `${expected}/`) return [];
  const mayRepair = URL.canParse(issuer) && URL.canParse(url) && new URL(issuer).host === new URL(url).host;
  const repair = mayRepair ? discoveryUrlOf(issuer) : null;
  return [{ ...stop('issuer_differs', { expected, received: issuer }), repair }];
}

const needed = ['authorization_endpoint', 'token_endpoint', 'jwks_uri'];

function judgeAddresses(
  addresses: Readonly<Record<string, string | undefined>>,
  allowsHttp: boolean,
): readonly DiscoveryRemark[] {
  return Object.entries(addresses).flatMap(([name, address]): DiscoveryRemark[] => {
    if (address === undefined) return needed.includes(name) ? [stop('endpoint_missing', { name })] : [];
    return isUsable(address, allowsHttp) ? [] : [stop('endpoint_refused', { name, received: address })];
  });
}

/** As for endpoints of SAML [MD-03]: nobody's name or password, and nothing that a request would lose on its way. */
function isUsable(address: string, allowsHttp: boolean): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, username, password } = new URL(address);
  const isWeb = protocol === 'https:' || (allowsHttp && protocol === 'http:');
  return isWeb && username === '' && password === '' && !address.includes('#');
}

function judgeMeans(
  responseTypes: readonly string[],
  algs: readonly string[],
  authMethods: readonly string[],
): readonly DiscoveryRemark[] {
  const weak = algs.filter((alg) => alg === 'none' || alg.startsWith('HS'));
  const hasAlg = pinnedAlgOf({ tokenAlgs: algs }) !== undefined;
  return [
    ...(responseTypes.includes('code') ? [] : [stop('no_code_flow', { received: responseTypes })]),
    ...(hasAlg ? [] : [stop('no_accepted_algorithm', { received: algs })]),
    ...(hasAlg && weak.length > 0 ? [note('weak_algorithms_offered', { received: weak })] : []),
    ...(clientAuthOf({ tokenAuthMethods: authMethods }) === undefined
      ? [stop('client_auth_unsupported', { received: authMethods })]
      : []),
  ];
}

type Facts = DiscoveryRemark['facts'];

const stop = (code: DiscoveryCode, facts: Facts = {}): DiscoveryRemark => ({
  severity: 'stop',
  code,
  facts: shortened(facts),
  repair: null,
});
const note = (code: DiscoveryCode, facts: Facts = {}): DiscoveryRemark => ({
  ...stop(code, facts),
  severity: 'ok',
});

/** Documents of strangers: people are shown these. */
function shortened(facts: Facts): Facts {
  const short = (text: string) => text.replace(/\p{Cc}/gu, ' ').slice(0, 300);
  return Object.fromEntries(
    Object.entries(facts).map(([name, fact]) => [
      name,
      typeof fact === 'string' ? short(fact) : fact.slice(0, 20).map(short),
    ]),
  );
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= 2000 ? value : undefined;
}

function textsOf(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : undefined;
}
