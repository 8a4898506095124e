/**
 * What the sandbox's name servers answer for names below `.test`: a pure walk over the records that the caller lists.
 * Every name directly below `.test` is a zone of its own, as if somebody had registered it.
 */
import type { SandboxDnsRecord } from './records.ts';

export type ZoneReply = {
  rcode: 'noerror' | 'nxdomain' | 'refused';
  answers: readonly SandboxDnsRecord[];
  /** the SOA's owner, for the authority section of an empty answer (RFC 2308 §3) */
  zone: string | null;
};

/** Names of the two servers where a zone has no NS records of its own. */
export const ownNameServers = ['ns1.sandbox-dns.test', 'ns2.sandbox-dns.test'] as const;

/** RFC 1034 §3.6.2 has no limit; ours keeps a loop of aliases short. */
const maxAliases = 8;

/** Answers `type` at `name` (lower case, no dot at the end) from what `listRecords` gives for single names. */
export async function answerFromZone(
  name: string,
  type: string,
  listRecords: (name: string) => Promise<readonly SandboxDnsRecord[]>,
): Promise<ZoneReply> {
  const zone = zoneOf(name);
  if (zone === null) return { rcode: 'refused', answers: [], zone: null };

  const answers: SandboxDnsRecord[] = [];
  let at = name;
  for (let aliases = 0; aliases <= maxAliases; aliases += 1) {
    const held = await recordsAt(at, listRecords);
    const alias = held.find((record) => record.type === 'CNAME');
    if (alias && type !== 'CNAME') {
      answers.push(alias);
      at = alias.value.toLowerCase().replace(/\.$/, '');
      if (zoneOf(at) === null) break;
      continue;
    }
    answers.push(...held.filter((record) => record.type === type));
    const exists = held.length > 0 || answers.length > 0 || at === zoneOf(at);
    return { rcode: exists ? 'noerror' : 'nxdomain', answers, zone };
  }
  return { rcode: 'noerror', answers, zone };
}

/** `_x.acme.test` → `acme.test`; null for what is not below `.test`. */
export function zoneOf(name: string): string | null {
  const labels = name.split('.');
  return labels.length >= 2 && labels.at(-1) === 'test' ? labels.slice(-2).join('.') : null;
}

async function recordsAt(
  name: string,
  listRecords: (name: string) => Promise<readonly SandboxDnsRecord[]>,
): Promise<readonly SandboxDnsRecord[]> {
  const zone = zoneOf(name);
  const own = await listRecords(name);
  if (name === zone)
    return own.some(({ type }) => type === 'NS') ? own : [...own, ...defaultNameServers(name)];
  if (own.length > 0 || zone === null) return own;

  // A wildcard speaks for names that nobody made; the closest one wins (RFC 4592 §3.3).
  const labels = name.split('.');
  for (let cut = 1; labels.length - cut >= 2; cut += 1) {
    const wildcard = await listRecords(`*.${labels.slice(cut).join('.')}`);
    if (wildcard.length > 0) return wildcard.map((record) => ({ ...record, name }));
  }
  return [];
}

function defaultNameServers(zone: string): SandboxDnsRecord[] {
  return ownNameServers.map((value) => ({ name: zone, type: 'NS', value }));
}
