import { discoverProvider } from '../../../adapters/oidc/discovery.ts';
import { fetchKeySet } from '../../../adapters/oidc/key-sets.ts';
import { AnswerRefused } from '../../../adapters/oidc/verdict.ts';
import type { EnvironmentRow } from '../../../db/index.ts';
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
import type { OidcOptions } from '../../contract/developer-connections.ts';
import type { ApiDeps } from '../../deps.ts';

/** What `POST /connections` takes of OpenID Connect, and what it says about the provider. */
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
  if (!server.tokenAuthMethods.includes(clientAuth)) throw methodRefused();
  const isTestIdp = server.issuer.startsWith(`${deps.urls.testIdp}/test-idp`);
  if (isTestIdp && environment.kind === 'production') throw new OnboardingError('test_idp_refused');
  const tokenAlg = tokenAlgOf(options, server);
  await requireKeys(deps, { ...source, jwksUri: server.jwksUri }, now);
  return {
    ...{ discoveryUrl: url, server, clientId, clientAuth, tokenAlg },
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
    throw refusal('client_secret_required', `${method} needs the client_secret.`);
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
