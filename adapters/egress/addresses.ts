/** Which network addresses may be connected to [NET-05], [NET-10]. Pure: no look-ups, no sockets. */
import ipaddr from 'ipaddr.js';
import { isWithin, parseBlock, type Address, type Block } from '../address-blocks.ts';

/**
 * `public`: anybody on the internet; `allowed`: named by the operator; `loopback`: this machine, where the caller has
 * leave to go there; `refused`: everything else.
 */
export type AddressVerdict = 'public' | 'allowed' | 'loopback' | 'refused';

// Called plain unicast by the library although they are tunnels to, or names for, other addresses, or a cloud's own.
const refusedBlocks = [
  '::/96',
  '64:ff9b::/96',
  '64:ff9b:1::/48',
  '2002::/16',
  '2001::/23',
  '3fff::/20',
  '100.64.0.0/10',
  '192.0.0.0/24',
  '198.18.0.0/15',
  // Azure's wire server, reachable from every Azure machine under a public-looking address
  '168.63.129.16/32',
].map(parseBlock);

// Of IPv6 only this has been given out for the internet; what is not classified is refused.
const globalUnicast = parseBlock('2000::/3');

/** Rules of the operator: CIDRs, single addresses and host names, mixed. Throws on an entry that is none of them. */
export function createAddressRules(entries: readonly string[]) {
  const blocks: Block[] = [];
  const hosts = new Set<string>();
  for (const entry of entries) {
    if (entry.includes('/') || ipaddr.isValid(entry)) blocks.push(parseBlock(entry));
    else if (/^[a-z0-9.-]+$/i.test(entry)) hosts.add(entry.toLowerCase());
    else throw new Error(`"${entry}" is neither a CIDR, nor an address, nor a host name`);
  }
  return {
    names: (host: string) => hosts.has(host),
    holds: (address: Address) => blocks.some((block) => isWithin(address, block)),
  };
}

export type AddressRules = ReturnType<typeof createAddressRules>;

/** Judges one resolved address of `host`. */
export function judgeAddress(
  text: string,
  host: string,
  rules: { allow: AddressRules; own: AddressRules; loopback: boolean },
): AddressVerdict {
  if (!ipaddr.isValid(text)) return 'refused';
  // Unwraps ::ffff:a.b.c.d first, or a mapped loopback address would be judged as IPv6.
  const address = ipaddr.process(text);
  if (address.range() === 'loopback' && rules.loopback) return 'loopback';
  if (rules.own.holds(address) || rules.own.names(host)) return 'refused';
  if (rules.allow.holds(address) || rules.allow.names(host)) return 'allowed';
  if (address.range() !== 'unicast') return 'refused';
  if (address.kind() === 'ipv6' && !isWithin(address, globalUnicast)) return 'refused';
  return refusedBlocks.some((block) => isWithin(address, block)) ? 'refused' : 'public';
}

/** True when two spellings mean one address. */
export function isSameAddress(left: string, right: string): boolean {
  return (
    ipaddr.isValid(left) &&
    ipaddr.isValid(right) &&
    ipaddr.process(left).toNormalizedString() === ipaddr.process(right).toNormalizedString()
  );
}
