/** Network addresses and blocks of them (CIDR, RFC 4632), as people write them: `203.0.113.7`, `2001:db8::/32`. */
import ipaddr from 'ipaddr.js';

export type Address = ipaddr.IPv4 | ipaddr.IPv6;
export type Block = [Address, number];

/** An address alone is a block of one. Throws on anything else. */
export function parseBlock(text: string): Block {
  if (text.includes('/')) return ipaddr.parseCIDR(text);
  const address = ipaddr.process(text);
  return [address, address.kind() === 'ipv4' ? 32 : 128];
}

export function isWithin(address: Address, [base, bits]: Block): boolean {
  return address.kind() === base.kind() && address.match(base, bits);
}

/** The block in its one spelling, without bits of a host; undefined for what is none. Octal numbers are refused. */
export function readBlock(text: string): string | undefined {
  const [address = '', bits, ...more] = text.split('/');
  const isAddress = ipaddr.IPv4.isValidFourPartDecimal(address) || ipaddr.IPv6.isValid(address);
  if (!isAddress || more.length > 0 || (bits !== undefined && !/^\d{1,3}$/.test(bits))) return undefined;
  if (bits === undefined) return plainAddress(address);
  const kind = address.includes(':') ? ipaddr.IPv6 : ipaddr.IPv4;
  return kind.isValidCIDR(text) ? `${kind.networkAddressFromCIDR(text).toString()}/${bits}` : undefined;
}

/** The address in its one spelling, IPv4 out of IPv6; undefined for what is none. */
export function plainAddress(text: string): string | undefined {
  return ipaddr.isValid(text) ? ipaddr.process(text).toString() : undefined;
}

/** Whether the address lies in one of the blocks; where there is none, from everywhere. */
export function isFrom(blocks: readonly string[], address: string): boolean {
  if (blocks.length === 0) return true;
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  return blocks.some((block) => isWithin(parsed, parseBlock(block)));
}

/** Whether all of a block lies in one of these; where there is none, all does. */
export function holdsBlock(blocks: readonly string[], inner: string): boolean {
  const [base, bits] = parseBlock(inner);
  return (
    blocks.length === 0 || blocks.map(parseBlock).some((block) => block[1] <= bits && isWithin(base, block))
  );
}
