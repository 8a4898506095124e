import { OnboardingError } from '../../onboarding/errors.ts';
import {
  discoveryUrlOf,
  readDiscoveryDocument,
  type DiscoveryReading,
  type DiscoveryRemark,
} from '../../onboarding/oidc-discovery.ts';
import type { Egress } from '../egress.ts';

export interface DiscoverySource {
  /** As typed: the document's address, or the issuer's. */
  readonly url: string;
  readonly organizationId: string;
  readonly sandboxLoopback: boolean;
}

export type FetchRemark = Omit<DiscoveryRemark, 'code' | 'facts'> & {
  readonly code:
    | DiscoveryRemark['code']
    | 'discovery_unreachable'
    | 'discovery_not_found'
    | 'discovery_slow'
    | 'discovery_moved'
    | 'discovery_page'
    | 'discovery_not_json';
  readonly facts: Readonly<Record<string, string | number | boolean | readonly string[]>>;
};

export type FetchedDiscovery = Omit<DiscoveryReading, 'remarks'> & {
  readonly remarks: readonly FetchRemark[];
  /** The document's address. */
  readonly url: string;
};

/**
 * Fetches and reads a discovery document. Redirects are followed on the same host only: elsewhere somebody else would
 * speak for the issuer [OIDC-04]. Everything that a provider can do wrong is a remark; throws `too_many_requests`.
 */
export async function discoverProvider(
  egress: Egress,
  { url: typed, organizationId, sandboxLoopback }: DiscoverySource,
): Promise<FetchedDiscovery> {
  const url = discoveryUrlOf(typed);
  const refuse = (remark: FetchRemark): FetchedDiscovery => ({ url, remarks: [remark], server: undefined });
  try {
    const answer = await egress.fetch(url, {
      feature: 'discovery',
      organizationId,
      sandboxLoopback,
      headers: { accept: 'application/json' },
    });
    if (new URL(answer.url).host !== new URL(url).host) {
      return refuse(stop('discovery_moved', { host: new URL(answer.url).host }));
    }
    const text = answer.body.toString('utf8');
    const document = parsed(text);
    if (document === undefined) {
      return refuse(stop(text.trimStart().startsWith('<') ? 'discovery_page' : 'discovery_not_json'));
    }
    return { url, ...readDiscoveryDocument(document, { url, allowsHttp: sandboxLoopback }) };
  } catch (error) {
    if (!(error instanceof OnboardingError) || error.code !== 'metadata_unreachable') throw error;
    return refuse(unreachable(error));
  }
}

function unreachable({ facts }: OnboardingError): FetchRemark {
  const { reason, status } = facts;
  if (status === 404 || status === 410) return stop('discovery_not_found', facts);
  if (reason === 'too_slow') return stop('discovery_slow', facts);
  return stop(reason === 'redirected' ? 'discovery_moved' : 'discovery_unreachable', facts);
}

const stop = (code: FetchRemark['code'], facts: FetchRemark['facts'] = {}): FetchRemark => ({
  severity: 'stop',
  code,
  facts,
  repair: null,
});

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
