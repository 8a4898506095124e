import { discoverProvider } from '../../../adapters/oidc/discovery.ts';
import { fetchKeySet } from '../../../adapters/oidc/key-sets.ts';
import { AnswerRefused } from '../../../adapters/oidc/verdict.ts';
import type { ConnectionRow, EnvironmentRow } from '../../../db/index.ts';
import {
  oidcClientAuths,
  oidcTokenAlgs,
  type OidcClientAuth,
  type OidcServer,
  type OidcTokenAlg,
} from '../../../onboarding/connection-configuration.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { pinnedAlgOf } from '../../../onboarding/oidc-discovery.ts';
import { InsteadAnswer } from '../../answers.ts';
import type { OidcOptions, UpdateConnectionBody } from '../../contract/developer-connections.ts';
import type { ApiDeps } from '../../deps.ts';
import { clientSecretPlace } from '../../sign-in/oidc-trust.ts';

/** What `POST /connections` and `PATCH` take of OpenID Connect, and what it says about the provider. */
export interface OidcProviderSettings {
  readonly discoveryUrl: string;
  readonly server: OidcServer;
  readonly clientId: string;
  readonly clientSecret: string | null;
  readonly clientAuth: OidcClientAuth;
  readonly tokenAlg: OidcTokenAlg;
  readonly fetchesUserInfo: boolean;
}

/** Reads the options and the provider's own document. Throws the contract's errors. */
export async function readOidcOptions(
  deps: ApiDeps,
  environment: EnvironmentRow,
  organizationId: string,
  options: OidcOptions,
  now: Date,
): Promise<OidcProviderSettings> {
  const { discovery_endpoint: discoveryUrl, client_id: clientId } = options;
  if (!discoveryUrl || !clientId) {
    throw refusal('oidc_options_required', 'Give discovery_endpoint and client_id.');
  }
  const clientAuth = clientAuthOf(options);
  const sandboxLoopback = deps.settings.sandboxLoopback && environment.kind === 'sandbox';
  if (!isSecure(discoveryUrl, sandboxLoopback)) {
    throw refusal('discovery_endpoint_must_use_https', 'The discovery_endpoint must use https.');
  }
  await deps.limits.spend('outbound_per_minute', organizationId);
  await deps.limits.spend('outbound_per_hour', organizationId);
  const source = { organizationId, sandboxLoopback };
  const { url, remarks, server } = await discoverProvider(deps.egress, { url: discoveryUrl, ...source });
  const stop = remarks.find(({ severity }) => severity === 'stop');
  if (stop?.code === 'client_auth_unsupported') throw methodRefused();
  if (server === undefined || stop !== undefined) throw unverified(stop?.code ?? 'discovery_not_oidc');
  const settings = agreedWith({ discoveryUrl: url, server }, { ...options, client_id: clientId }, clientAuth);
  const isTestIdp = server.issuer.startsWith(`${deps.urls.testIdp}/test-idp`);
  if (isTestIdp && environment.kind === 'production') throw new OnboardingError('test_idp_refused');
  await requireKeys(deps, { ...source, jwksUri: server.jwksUri }, now);
  return settings;
}

type OidcChanges = NonNullable<UpdateConnectionBody['oidc_options']>;

/**
 * The provider's side as it shall be: what is not named stays, null takes what was given back. Only another address is
 * fetched. Throws the contract's errors.
 */
export async function readOidcChange(
  deps: ApiDeps,
  environment: EnvironmentRow,
  row: ConnectionRow,
  changes: OidcChanges,
  now: Date,
): Promise<OidcProviderSettings> {
  const { discovery_endpoint: address, client_secret: secret } = changes;
  const options = merged(deps, row, changes);
  const { oidcDiscoveryUrl: discoveryUrl, oidcServer: server, oidcClientId } = row;
  if (address !== undefined || discoveryUrl === null || server === null || oidcClientId === null) {
    const settings = await readOidcOptions(deps, environment, row.organizationId, options, now);
    // What one provider has shared with us is never shown to another [OIDC-08].
    const isElsewhere = settings.server.issuer !== row.oidcIssuer;
    if (isElsewhere && settings.clientSecret !== null && !secret) throw secretRequired(settings.clientAuth);
    return settings;
  }
  const known = { ...options, client_id: options.client_id ?? oidcClientId };
  return agreedWith({ discoveryUrl, server }, known, clientAuthOf(known));
}

function merged(
  { secrets }: Pick<ApiDeps, 'secrets'>,
  row: ConnectionRow,
  changes: OidcChanges,
): OidcOptions {
  const method = given(changes.token_authentication_method, row.oidcClientAuth);
  const sealed = method === 'private_key_jwt' ? null : row.oidcClientSecretSealed;
  const kept = sealed === null ? null : secrets.open(sealed, clientSecretPlace(row));
  // Another provider may offer other algorithms than the one that was pinned.
  const pinned = changes.discovery_endpoint === undefined ? row.oidcTokenAlg : null;
  return {
    discovery_endpoint: given(changes.discovery_endpoint, row.oidcDiscoveryUrl),
    client_id: given(changes.client_id, row.oidcClientId),
    client_secret: given(changes.client_secret, kept),
    token_authentication_method: method,
    ...(changes.jwt_signing_key_pair == null ? {} : { jwt_signing_key_pair: changes.jwt_signing_key_pair }),
    id_token_signature_algorithm: given(changes.id_token_signature_algorithm, pinned),
    fetch_user_info: given(changes.fetch_user_info, row.oidcFetchUserInfo),
  };
}

/** The value named, else the one that stays; undefined for null. */
function given<Value>(named: Value | null | undefined, kept: Value | null): Value | undefined {
  return (named === undefined ? kept : named) ?? undefined;
}

/** What both sides can do. */
function agreedWith(
  { discoveryUrl, server }: Pick<OidcProviderSettings, 'discoveryUrl' | 'server'>,
  options: OidcOptions & { client_id: string },
  clientAuth: OidcClientAuth,
): OidcProviderSettings {
  if (!server.tokenAuthMethods.includes(clientAuth)) throw methodRefused();
  return {
    discoveryUrl,
    server,
    clientAuth,
    clientId: options.client_id,
    tokenAlg: tokenAlgOf(options, server),
    clientSecret: options.client_secret ?? null,
    fetchesUserInfo: options.fetch_user_info === true,
  };
}

function clientAuthOf(options: OidcOptions): OidcClientAuth {
  const { token_authentication_method: asked = 'client_secret_basic', client_secret: secret } = options;
  const method = oidcClientAuths.find((one) => one === asked);
  if (method === undefined) throw methodRefused();
  if (options.jwt_signing_key_pair !== undefined) {
    throw refusal('key_pair_not_accepted', 'The key pair is made by the service.');
  }
  if (method === 'private_key_jwt' && secret !== undefined) {
    throw refusal('client_secret_not_accepted', 'private_key_jwt takes no client_secret.');
  }
  if (method !== 'private_key_jwt' && !secret) {
    throw secretRequired(method);
  }
  return method;
}

/** The one asked for, if we accept it and the provider offers it [OIDC-05]. */
function tokenAlgOf({ id_token_signature_algorithm: asked }: OidcOptions, server: OidcServer): OidcTokenAlg {
  const alg = asked === undefined ? pinnedAlgOf(server) : oidcTokenAlgs.find((one) => one === asked);
  if (alg === undefined || !server.tokenAlgs.includes(alg)) throw unverified('no_accepted_algorithm');
  return alg;
}

async function requireKeys(
  { egress }: ApiDeps,
  source: Parameters<typeof fetchKeySet>[1],
  now: Date,
): Promise<void> {
  try {
    const { keys } = await fetchKeySet(egress, source, now);
    if (keys.length === 0) throw unverified('no_usable_key');
  } catch (error) {
    if (error instanceof AnswerRefused) throw unverified('no_usable_key');
    if (error instanceof OnboardingError && error.code === 'egress_refused')
      throw unverified('keys_unreachable');
    throw error;
  }
}

function isSecure(text: string, sandboxLoopback: boolean): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  const isLoopback = /^(localhost|.+\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
  return protocol === 'https:' || (protocol === 'http:' && isLoopback && sandboxLoopback);
}

const methodRefused = () =>
  refusal(
    'token_authentication_method_not_supported',
    `The method must be one that the provider offers, of ${oidcClientAuths.join(', ')}.`,
  );

const secretRequired = (method: OidcClientAuth) =>
  refusal('client_secret_required', `${method} needs the client_secret.`);

const refusal = (code: string, message: string) =>
  new InsteadAnswer({ status: 400, body: { code, message } });

const unverified = (reason: string) =>
  new InsteadAnswer({
    status: 422,
    body: {
      code: 'connection_could_not_be_verified',
      message: `The provider could not be verified: ${reason}.`,
    },
  });
