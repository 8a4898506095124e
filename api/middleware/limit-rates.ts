import { isIPv4 } from 'node:net';
import ipaddr from 'ipaddr.js';
import { RateLimiterMemory, RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import { OnboardingError } from '../../onboarding/errors.ts';
import type { Db } from '../../db/index.ts';

/**
 * Rate limits [RATE]. Hot paths count in memory, per process; credentials, codes and links count in Postgres, for all
 * processes together, and when it is away nobody gets in. Per source only failures count on hot paths, so that many
 * people behind one address do not lock each other out.
 */
interface Limit {
  points: number;
  seconds: number;
  store: 'memory' | 'postgres';
}

const limits = {
  /** developer requests per source */
  api_requests: { points: 6_000, seconds: 60, store: 'memory' },
  /** what members and API keys may not do, per member and key: so many refusals are on record */
  refused_acts: { points: 20, seconds: 60, store: 'memory' },
  /** failed API keys per source */
  api_key_failures: { points: 20, seconds: 60, store: 'memory' },
  /** calls of a directory's client, per token: 50 a second with bursts of 100 */
  scim_requests: { points: 100, seconds: 2, store: 'memory' },
  /** wrong SCIM tokens, per source and directory; per source at addresses of no directory */
  scim_token_failures: { points: 20, seconds: 60, store: 'memory' },
  organization_deletes: { points: 50, seconds: 60, store: 'memory' },
  /** sign-ins started per connection */
  sign_in_starts: { points: 1_000, seconds: 60, store: 'memory' },
  /** sign-ins started by the name of a domain, per source: nobody finds out customers by trying names [DOM-09] */
  domain_lookups: { points: 600, seconds: 60, store: 'memory' },
  /** answers of identity providers: failures per source, all per connection */
  sign_in_failures: { points: 60, seconds: 60, store: 'memory' },
  sign_in_answers: { points: 600, seconds: 60, store: 'memory' },
  /** wrong codes and secrets at the token endpoint, per source */
  token_failures: { points: 20, seconds: 60, store: 'postgres' },
  /** wrong secrets of mail providers, per source */
  mail_notice_failures: { points: 20, seconds: 60, store: 'postgres' },
  /** link pages and openings per source; openings per link; unknown links per source */
  link_pages: { points: 30, seconds: 60, store: 'memory' },
  link_openings: { points: 10, seconds: 3_600, store: 'postgres' },
  fresh_link_requests: { points: 10, seconds: 3_600, store: 'postgres' },
  /** six-digit codes: asked for, and entered, per source and address */
  staff_code_requests: { points: 10, seconds: 60, store: 'postgres' },
  staff_code_entries: { points: 10, seconds: 60, store: 'postgres' },
  /** how a domain signs in, and sign-ins by single sign-on begun, per source */
  staff_ways: { points: 30, seconds: 60, store: 'postgres' },
  codes_per_recipient: { points: 10, seconds: 3_600, store: 'postgres' },
  /** what makes us connect to somebody: per organization */
  outbound_per_minute: { points: 10, seconds: 60, store: 'memory' },
  outbound_per_hour: { points: 60, seconds: 3_600, store: 'memory' },
  /** connections to the SFTP server that proved nothing, per source; files sent, per directory */
  sftp_failures: { points: 30, seconds: 60, store: 'memory' },
  sftp_files: { points: 120, seconds: 3_600, store: 'memory' },
  /** domains named by customers, per organization: servers of others are asked about each at once */
  domain_claims: { points: 120, seconds: 3_600, store: 'memory' },
  /** reports about guides, per session */
  guide_reports: { points: 20, seconds: 3_600, store: 'memory' },
  /** rehearsals begun, per environment */
  rehearsals: { points: 5, seconds: 60, store: 'postgres' },
  /** environments made, per person */
  environments_made: { points: 5, seconds: 3_600, store: 'postgres' },
  /** everything else that a page of the portal or the dashboard asks for, per session */
  session_requests: { points: 600, seconds: 60, store: 'memory' },
} as const satisfies Record<string, Limit>;
export type LimitName = keyof typeof limits;

export interface RateLimits {
  /** Counts one. Throws `too_many_requests` with `retry_after_s` once the limit is reached. */
  spend(name: LimitName, key: string): Promise<void>;
  /** Throws like `spend` when the limit is reached already; counts nothing. For limits on failures. */
  refuseSpent(name: LimitName, key: string): Promise<void>;
  /** Where a limit in Postgres counts, for a statement that looks for itself before it does anything else. */
  counterOf(name: LimitName, key: string): { counter: string; atMost: number };
}

/**
 * @param factor raises every limit, for the bench; it is never 0
 * @param windowFactor lengthens what each counts over, for tests: on a busy machine a minute is soon over
 */
export function createRateLimits({
  db,
  factor,
  windowFactor = 1,
}: {
  db: Db;
  factor: number;
  windowFactor?: number;
}): RateLimits {
  const limiters = new Map(Object.entries(limits).map(([name, limit]) => [name, limiterOf(name, limit)]));

  function limiterOf(name: string, { points, seconds, store }: Limit) {
    const options = { keyPrefix: name, points: Math.ceil(points * factor), duration: seconds * windowFactor };
    return store === 'memory'
      ? new RateLimiterMemory(options)
      : new RateLimiterPostgres({
          ...options,
          storeClient: db.pool,
          tableName: 'rate_limits',
          tableCreated: true,
        });
  }

  function limiter(name: LimitName) {
    const found = limiters.get(name);
    if (found === undefined) throw new Error(`there is no limit "${name}"`);
    return found;
  }

  return {
    async spend(name, key) {
      try {
        await limiter(name).consume(key.slice(0, 200));
      } catch (error) {
        throw error instanceof RateLimiterRes ? tooMany(error.msBeforeNext) : error;
      }
    },
    async refuseSpent(name, key) {
      const used = await limiter(name).get(key.slice(0, 200));
      if (used !== null && used.remainingPoints <= 0) throw tooMany(used.msBeforeNext);
    },
    counterOf(name, key) {
      const { points } = limiter(name);
      return { counter: limiter(name).getKey(key.slice(0, 200)), atMost: points };
    },
  };
}

function tooMany(msBeforeNext: number): OnboardingError {
  return new OnboardingError('too_many_requests', {
    retry_after_s: Math.max(1, Math.ceil(msBeforeNext / 1000)),
  });
}

/** One key per client: an IPv6 client has a /64 to itself. */
export function sourceKey(address: string): string {
  if (isIPv4(address)) return address;
  if (!ipaddr.isValid(address)) return 'unknown';
  const parsed = ipaddr.process(address);
  if (parsed.kind() === 'ipv4') return parsed.toString();
  return parsed
    .toByteArray()
    .slice(0, 8)
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');
}
