/** What was seen in DNS, as plain data: asked by `adapters/dns-resolver.ts`, judged by `domain-verdict.ts`. */

export type DnsOutcome =
  'noerror' | 'nxdomain' | 'servfail' | 'refused' | 'other_rcode' | 'timeout' | 'unreachable' | 'malformed';

/** One server's answer to a TXT question. */
export type DnsAnswer = {
  name: string;
  /** why we asked: for the proof itself, for the name with the domain twice, or for a name that nobody can have made */
  asked: 'proof' | 'doubled' | 'control';
  outcome: DnsOutcome;
  /** whole values: the segments of a TXT record joined (RFC 7208 §3.3) */
  txt: readonly string[];
  /** where the asked name itself is an alias; `txt` then holds what the server found behind it */
  cname: string | null;
  /** how long a cache may repeat this answer; for an empty one the limit of RFC 2308 §5 */
  cachedForSeconds: number | null;
};

export type ServerLook = {
  /** the name people know it by, `ns1.example.net`; a resolver's address */
  server: string;
  address: string;
  /** `undelegated`: named by the zone itself, but not by its parent, so nobody is sent there */
  role: 'authoritative' | 'undelegated' | 'resolver';
  answers: readonly DnsAnswer[];
};

export type DnsLook = {
  domain: string;
  /** the zone that holds the domain's records; null when it could not be found */
  zone: string | null;
  /** names of the delegated servers, for recognising the DNS host */
  nameServers: readonly string[];
  servers: readonly ServerLook[];
  /** set when a validating resolver refuses what it gives out with checking disabled (RFC 4035 §3.2.2) */
  dnssec: { code: string; servers: readonly string[] } | null;
  /** ISO 8601 */
  lookedAt: string;
};
