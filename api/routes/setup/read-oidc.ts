import type { z } from 'zod';
import { discoverProvider, type FetchRemark } from '../../../adapters/oidc/discovery.ts';
import { fetchKeySet, isOfAlg } from '../../../adapters/oidc/key-sets.ts';
import { AnswerRefused } from '../../../adapters/oidc/verdict.ts';
import type { EnvironmentRow } from '../../../db/index.ts';
import type {
  OidcClientAuth,
  OidcServer,
  OidcTokenAlg,
} from '../../../onboarding/connection-configuration.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { clientAuthOf, pinnedAlgOf } from '../../../onboarding/oidc-discovery.ts';
import { preflightOidc, type OidcPreflightFinding } from '../../../onboarding/oidc-preflight.ts';
import type { OidcBody, oidcFinding } from '../../contract/setup-provider-settings.ts';
import type { ApiDeps } from '../../deps.ts';

export type OidcFinding = z.infer<typeof oidcFinding>;

/** The provider's side as it would be saved. */
export interface OidcSide {
  readonly discoveryUrl: string;
  readonly server: OidcServer;
  readonly clientId: string;
  readonly clientAuth: OidcClientAuth;
  readonly tokenAlg: OidcTokenAlg;
  /** Null keeps the secret that is there. */
  readonly clientSecret: string | null;
  readonly secretEndsOn: string | null;
}

export interface OidcReading {
  readonly findings: readonly OidcFinding[];
  readonly side: OidcSide | undefined;
}

export interface OidcReadingContext {
  readonly environment: EnvironmentRow;
  readonly organizationId: string;
  readonly guideId: string | null;
  readonly hasSecret: boolean;
  /** The token endpoint that the kept secret is for. */
  readonly secretGoesTo: string | null;
  readonly now: Date;
}

/**
 * Looks at what the admin gave, in this order: shape, reach, document, issuer, endpoints, algorithms, ways to prove
 * ourselves, keys [OIDC-04] to [OIDC-06]. What the shape stops is not fetched. Nothing is stored, and no finding holds
 * the secret. Throws only what is no finding, such as `too_many_requests`.
 */
export async function readOidc(
  deps: ApiDeps,
  body: OidcBody,
  context: OidcReadingContext,
): Promise<OidcReading> {
  const first = firstLook(deps, body, context);
  if (first.some((found) => found.severity === 'stop' && !isMissingSecret(found))) {
    return { findings: first.map(fromPreflight), side: undefined };
  }
  const { environment, organizationId } = context;
  await deps.limits.spend('outbound_per_minute', organizationId);
  await deps.limits.spend('outbound_per_hour', organizationId);
  const sandboxLoopback = mayUseLoopback(deps, environment);
  const source = { url: body.discoveryUrl, organizationId, sandboxLoopback };
  const { url, remarks, server } = await discoverProvider(deps.egress, source);
  const clientAuth = server && clientAuthOf(server);
  const tokenAlg = server && pinnedAlgOf(server);
  // A provider that takes no secret is proved to with a key of ours.
  const kept = first.filter((found) => !(isMissingSecret(found) && clientAuth === 'private_key_jwt'));
  const findings = [...kept.map(fromPreflight), ...remarks.map(fromRemark)];
  if (server === undefined || clientAuth === undefined || tokenAlg === undefined || hasStop(findings)) {
    return { findings, side: undefined };
  }
  const secret = body.clientSecret.trim();
  const usesKey = clientAuth === 'private_key_jwt';
  const side: OidcSide = {
    discoveryUrl: url,
    server,
    clientId: body.clientId.trim(),
    clientAuth,
    tokenAlg,
    clientSecret: secret === '' || usesKey ? null : secret,
    secretEndsOn: body.secretEndsOn.trim() || null,
  };
  const more = await judgeSide(deps, side, context, sandboxLoopback);
  return { findings: [...findings, ...lookAtKeptSecret(side, context), ...more], side };
}

/** A kept secret goes to its own provider only: whoever may change the address could have it sent to themselves [STR-01]. */
function lookAtKeptSecret(
  { server, clientAuth, clientSecret }: OidcSide,
  { hasSecret, secretGoesTo }: OidcReadingContext,
): OidcFinding[] {
  if (clientAuth === 'private_key_jwt' || clientSecret !== null || !hasSecret) return [];
  if (secretGoesTo !== null && new URL(secretGoesTo).origin === new URL(server.tokenEndpoint).origin)
    return [];
  return [{ ...finding('stop', 'secret_of_another_host'), field: 'clientSecret' }];
}

export const hasStop = (findings: readonly Pick<OidcFinding, 'severity'>[]): boolean =>
  findings.some(({ severity }) => severity === 'stop');

function firstLook(
  deps: ApiDeps,
  body: OidcBody,
  { environment, guideId, hasSecret, now }: OidcReadingContext,
): readonly OidcPreflightFinding[] {
  const ownPrefixes = [`${deps.urls.api}/sso/`];
  const allowsLoopback = mayUseLoopback(deps, environment);
  return preflightOidc(body, { ownPrefixes, allowsLoopback, guideId, hasSecret, now });
}

const isMissingSecret = ({ field, code }: OidcPreflightFinding): boolean =>
  field === 'clientSecret' && code === 'empty';

/** What no document can say about itself: whether it belongs here, and whether its keys are there. */
async function judgeSide(
  deps: ApiDeps,
  { server, tokenAlg, clientAuth }: OidcSide,
  { environment, organizationId, now }: OidcReadingContext,
  sandboxLoopback: boolean,
): Promise<OidcFinding[]> {
  const isTestIdp = server.issuer.startsWith(`${deps.urls.testIdp}/test-idp`);
  if (isTestIdp && environment.kind === 'production') return [finding('stop', 'test_idp_refused')];
  const key = clientAuth === 'private_key_jwt' ? [finding('ok', 'key_instead_of_secret')] : [];
  const source = { organizationId, sandboxLoopback, jwksUri: server.jwksUri };
  try {
    const { keys } = await fetchKeySet(deps.egress, source, now);
    if (!keys.some((key) => isOfAlg(key, tokenAlg)))
      return [finding('stop', 'no_usable_key', { alg: tokenAlg })];
    return key;
  } catch (error) {
    if (error instanceof AnswerRefused) return [finding('stop', 'no_usable_key', { alg: tokenAlg })];
    if (!(error instanceof OnboardingError) || error.code !== 'egress_refused') throw error;
    return [finding('stop', 'keys_unreachable', plain(error.facts))];
  }
}

const mayUseLoopback = ({ settings }: ApiDeps, { kind }: EnvironmentRow): boolean =>
  settings.sandboxLoopback && kind === 'sandbox';

const fromPreflight = ({ facts, ...found }: OidcPreflightFinding): OidcFinding => ({
  ...found,
  facts: { ...facts },
});

const fromRemark = ({ severity, code, facts, repair }: FetchRemark): OidcFinding => ({
  ...finding(severity, code, plain(facts)),
  repair,
});

function finding(
  severity: OidcFinding['severity'],
  code: string,
  facts: OidcFinding['facts'] = {},
): OidcFinding {
  return { severity, code, field: 'discoveryUrl', facts, repair: null };
}

function plain(facts: FetchRemark['facts']): OidcFinding['facts'] {
  return Object.fromEntries(
    Object.entries(facts).map(([name, fact]) => [name, typeof fact === 'object' ? [...fact] : fact]),
  );
}
