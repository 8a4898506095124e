import { discoverProvider } from '../adapters/oidc/discovery.ts';
import { fetchKeySet, isOfAlg } from '../adapters/oidc/key-sets.ts';
import { AnswerRefused } from '../adapters/oidc/verdict.ts';
import type { Egress } from '../adapters/egress.ts';
import type { ConnectionRow } from '../db/index.ts';
import type { OidcTokenAlg } from '../onboarding/connection-configuration.ts';
import { OnboardingError, type ErrorCode } from '../onboarding/errors.ts';

interface Asking {
  readonly egress: Egress;
  readonly sandboxLoopback: boolean;
  readonly now: Date;
}

/**
 * Asks a provider of OpenID Connect again for what its answers are verified with: its document must still name the
 * issuer that was kept [OIDC-04], and its keys must hold one for the pinned algorithm [OIDC-06]. Undefined when all
 * holds; throws `too_many_requests`.
 */
export async function openIdProviderFault(
  { oidcDiscoveryUrl, oidcIssuer, oidcServer, oidcTokenAlg, organizationId }: ConnectionRow,
  { egress, sandboxLoopback, now }: Asking,
): Promise<ErrorCode | undefined> {
  if (oidcDiscoveryUrl === null || oidcServer === null || oidcTokenAlg === null)
    return 'connection_incomplete';
  const source = { url: oidcDiscoveryUrl, organizationId, sandboxLoopback };
  const { remarks, server } = await discoverProvider(egress, source);
  const stops = remarks.filter(({ severity }) => severity === 'stop').map(({ code }) => code);
  if (stops.some((code) => code === 'discovery_unreachable' || code === 'discovery_slow')) {
    return 'discovery_unreachable';
  }
  if (stops.length > 0 || server?.issuer !== oidcIssuer) return 'discovery_refused';
  return keysFault(oidcServer.jwksUri, oidcTokenAlg, organizationId, { egress, sandboxLoopback, now });
}

async function keysFault(
  jwksUri: string,
  alg: OidcTokenAlg,
  organizationId: string,
  { egress, sandboxLoopback, now }: Asking,
): Promise<ErrorCode | undefined> {
  try {
    const { keys } = await fetchKeySet(egress, { jwksUri, organizationId, sandboxLoopback }, now);
    return keys.some((key) => isOfAlg(key, alg)) ? undefined : 'provider_keys_unusable';
  } catch (error) {
    if (error instanceof AnswerRefused) return 'provider_keys_unusable';
    if (error instanceof OnboardingError && error.code === 'egress_refused') return 'discovery_unreachable';
    throw error;
  }
}
