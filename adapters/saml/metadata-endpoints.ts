import type { ErrorFacts } from '../../onboarding/errors.ts';
import { type Finding, finding } from './import-findings.ts';
import { attributeOf, childrenNamed, type XmlElement, xmlNamespaces as ns } from './xml-tree.ts';

export interface EndpointOptions {
  /** Plain http and loopback names, and our own hosts: for sandbox environments on one machine. */
  readonly sandboxLoopback: boolean;
  /** Hosts (with port) that are ours: an identity provider's endpoint is never there [MD-03]. */
  readonly ownHosts: readonly string[];
  /** Our own entity ids begin with this: metadata that carries one is ours, pasted back. */
  readonly ownEntityIdPrefix?: string | undefined;
}

const redirectBinding = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect';
const postBinding = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST';

/** Where to send requests: the binding counts, not what the path looks like (OneLogin's says `http-post`). */
export function readEndpoints(role: XmlElement, options: EndpointOptions) {
  const services = childrenNamed(role, ns.metadata, 'SingleSignOnService');
  const redirect = firstOf(services, redirectBinding, options);
  const post = firstOf(services, postBinding, options);
  const slo = firstOf(childrenNamed(role, ns.metadata, 'SingleLogoutService'), redirectBinding, options);

  const findings: Finding[] = [];
  if (!redirect && !post) findings.push(finding('stop', 'metadata_no_endpoint'));
  const isUsable = Boolean(redirect?.url ?? post?.url);
  for (const endpoint of [redirect, post]) {
    if (endpoint?.refused) {
      findings.push(finding(isUsable ? 'warn' : 'stop', 'metadata_endpoint_refused', endpoint.refused));
    }
  }
  if (!redirect?.url && post?.url) findings.push(finding('note', 'metadata_post_only'));
  return { ssoRedirectUrl: redirect?.url, ssoPostUrl: post?.url, sloUrl: slo?.url, findings };
}

interface Endpoint {
  readonly url?: string;
  readonly refused?: ErrorFacts;
}

function firstOf(
  services: readonly XmlElement[],
  binding: string,
  options: EndpointOptions,
): Endpoint | undefined {
  const service = services.find((element) => attributeOf(element, 'Binding') === binding);
  return service && readLocation((attributeOf(service, 'Location') ?? '').trim(), options);
}

function readLocation(location: string, { sandboxLoopback, ownHosts }: EndpointOptions): Endpoint {
  const refuse = (reason: string): Endpoint => ({
    refused: { reason, received: location.replace(/\p{Cc}/gu, ' ').slice(0, 300) },
  });
  if (/\p{Cc}/u.test(location) || location.length > 2048) return refuse('not_a_url');
  const url = URL.canParse(location) ? new URL(location) : undefined;
  if (!url) return refuse('not_a_url');

  const isLoopback = /^(?:localhost|.+\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname);
  const isAllowedHttp = sandboxLoopback && isLoopback && url.protocol === 'http:';
  if (url.protocol !== 'https:' && !isAllowedHttp) return refuse('not_https');
  if (url.username !== '' || url.password !== '') return refuse('user_info');
  if (url.hash !== '') return refuse('fragment');
  if (isLoopback && !sandboxLoopback) return refuse('loopback');
  if (ownHosts.includes(url.host) && !sandboxLoopback) return refuse('ours');
  return { url: location };
}
