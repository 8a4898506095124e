import { getServers } from 'node:dns';
import { Resolver } from 'node:dns/promises';
import { lookUpPatience } from './limits.ts';

/**
 * A and AAAA from DNS itself, not the hosts file; the names of this machine need no question (RFC 6761 §6.3). Asks the
 * resolvers of the system unless told, `192.0.2.1` or `[2001:db8::1]:5353`. Nothing where there is no answer.
 */
export async function resolveHost(
  host: string,
  {
    servers = getServers(),
    patience = lookUpPatience,
  }: { servers?: readonly string[]; patience?: typeof lookUpPatience } = {},
): Promise<string[]> {
  if (host === 'localhost' || host.endsWith('.localhost')) return ['127.0.0.1', '::1'];
  const resolver = new Resolver(patience);
  resolver.setServers(servers);
  const answers = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
  return answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
}

/** The name to resolve and to check the certificate for: no brackets, no final dot. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
}

export function portOf(url: URL): number {
  return Number(url.port) || (url.protocol === 'https:' ? 443 : 80);
}
