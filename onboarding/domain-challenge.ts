/**
 * How an organization proves that a domain is its own: the DNS record we ask for, the names we look at, and when.
 * `adapters/dns-resolver.ts` does the asking, `domain-verdict.ts` says what the answers mean.
 */
import type { DnsAnswer } from './dns-look.ts';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** A challenge ends unproved after this long [DOM-01]; the contract calls it `domain_verification_period_expired`. */
export const challengeLifeMs = 30 * dayMs;

export type DomainChallenge = {
  /** A-labels, as `normaliseDomain` returns them */
  domain: string;
  /** the environment's label, `[a-z0-9-]`, so that the customer sees the vendor's name in the record */
  label: string;
  /** random, at least 128 bits, one per organization, domain and attempt [DOM-01] */
  token: string;
  /** `verification_prefix` of the developer API, where the domain was made with one */
  prefix?: string | undefined;
};

/** The challenge kept with a domain; undefined where nobody is asked for one, because the vendor vouched for it. */
export function challengeOf(row: {
  domain: string;
  label: string | null;
  token: string | null;
  prefix: string | null;
}): DomainChallenge | undefined {
  const { domain, label, token, prefix } = row;
  if (label === null || token === null) return undefined;
  return { domain, label, token, prefix: prefix ?? undefined };
}

export type TxtRecord = {
  type: 'TXT';
  /** the full name, without a dot at the end */
  name: string;
  /** the name relative to the zone, which is what most consoles ask for; empty for the zone's own name */
  host: string;
  value: string;
};

/**
 * The record we ask for. `zone` is the zone that holds the domain's records, where known: for `eu.acme.com` inside
 * `acme.com` the console wants `_vestibule-challenge.eu`.
 */
export function challengeRecord(challenge: DomainChallenge, zone: string = challenge.domain): TxtRecord {
  const { domain, label, token } = challenge;
  return txt(`_${label}-challenge.${domain}`, `${label}-verify=${token}`, zone);
}

/**
 * Every record that counts as proof: ours first, then the forms in which developers of the compatible API may have
 * passed the token on to their customer. All of them hold the same random token.
 */
export function honouredRecords(challenge: DomainChallenge, zone: string = challenge.domain): TxtRecord[] {
  const { domain, token, prefix } = challenge;
  const bare = `verification_token=${token}`;
  return [
    challengeRecord(challenge, zone),
    ...(prefix ? [txt(domain, `${prefix}=${token}`, zone), txt(`${prefix}.${domain}`, token, zone)] : []),
    txt(domain, bare, zone),
    txt(`_acme-challenge.${domain}`, bare, zone),
  ];
}

/**
 * What a look asks every server: the names that can hold the proof, the name with the zone twice (consoles that append
 * it themselves), and one that nobody can have made, which shows a wildcard. `controlLabel` is random.
 */
export function namesToAsk(
  challenge: DomainChallenge,
  zone: string,
  controlLabel: string,
): { name: string; asked: DnsAnswer['asked'] }[] {
  const names = honouredRecords(challenge).map(({ name }) => name);
  const questions = [
    ...[...new Set(names)].map((name) => ({ name, asked: 'proof' as const })),
    { name: `${challengeRecord(challenge).name}.${zone}`, asked: 'doubled' as const },
    { name: `${controlLabel}.${challenge.domain}`, asked: 'control' as const },
  ];
  return questions.filter(({ name }) => name.length <= 253);
}

/**
 * How long to wait until the next look at a record asked for `ageMs` ago: a minute for 10 minutes, 15 minutes for a
 * day, an hour for 30 days, and the daily watch after that (design: DNS polling).
 */
export function nextLookDelayMs(ageMs: number): number {
  if (ageMs < 10 * minuteMs) return minuteMs;
  if (ageMs < dayMs) return 15 * minuteMs;
  if (ageMs < challengeLifeMs) return 60 * minuteMs;
  return dayMs;
}

function txt(name: string, value: string, zone: string): TxtRecord {
  const host = name === zone ? '' : name.endsWith(`.${zone}`) ? name.slice(0, -zone.length - 1) : name;
  return { type: 'TXT', name, host, value };
}
