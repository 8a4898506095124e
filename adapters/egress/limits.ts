/** What each kind of outbound request may cost: time, bytes, hops, ports and how often [NET-02], [NET-06], [NET-07], [NET-11]. */
import { sftpPorts } from '../../onboarding/directory-sources.ts';
import { OnboardingError } from '../../onboarding/errors.ts';

export type EgressFeature =
  | 'metadata'
  | 'discovery'
  | 'jwks'
  | 'token'
  | 'directory'
  | 'webhook'
  | 'stream'
  | 'syslog'
  | 'sftp'
  // the sandbox's SCIM client
  | 'test_directory';

export interface FeatureLimits {
  /** redirects that are followed; 0: a redirect is an answer like any other */
  redirects: number;
  totalMs: number;
  /** until the answer begins; `headersMs` unless told */
  headersMs?: number;
  /** of decoded bytes */
  bodyBytes: number;
  /** a body over the cap: `refuse` the answer, or `cut` it, where only its beginning is of interest */
  overflow: 'refuse' | 'cut';
  /** true: an answer outside 2xx is an error; false: the caller reads the status */
  mustBe2xx: boolean;
  ports: readonly number[];
  /** requests a minute by one organization to one host */
  perMinute: number;
}

export const connectMs = 5_000;
export const headersMs = 10_000;
/** Of a look-up in DNS: milliseconds of the first try, and how many; each try waits twice as long as the one before it. */
export const lookUpPatience = { timeout: 2_000, tries: 2 };

const webPorts = [443, 8443, 9443, 9031];
const kilobyte = 1024;

export const featureLimits: Record<EgressFeature, FeatureLimits> = {
  metadata: {
    redirects: 3,
    totalMs: 20_000,
    bodyBytes: 1024 * kilobyte,
    overflow: 'refuse',
    mustBe2xx: true,
    ports: webPorts,
    perMinute: 30,
  },
  discovery: {
    redirects: 3,
    totalMs: 15_000,
    bodyBytes: 256 * kilobyte,
    overflow: 'refuse',
    mustBe2xx: true,
    ports: webPorts,
    perMinute: 30,
  },
  jwks: {
    redirects: 0,
    totalMs: 15_000,
    bodyBytes: 64 * kilobyte,
    overflow: 'refuse',
    mustBe2xx: true,
    ports: webPorts,
    perMinute: 60,
  },
  token: {
    redirects: 0,
    totalMs: 15_000,
    bodyBytes: 256 * kilobyte,
    overflow: 'refuse',
    mustBe2xx: false,
    ports: webPorts,
    perMinute: 1200,
  },
  // Pages of people, and reports that their source works out while it is asked.
  directory: {
    redirects: 0,
    totalMs: 300_000,
    headersMs: 240_000,
    bodyBytes: 64 * 1024 * kilobyte,
    overflow: 'refuse',
    mustBe2xx: false,
    ports: webPorts,
    perMinute: 1200,
  },
  webhook: {
    redirects: 0,
    totalMs: 15_000,
    bodyBytes: 16 * kilobyte,
    overflow: 'cut',
    mustBe2xx: false,
    ports: webPorts,
    perMinute: 1200,
  },
  // An answer may have a line for each of a thousand records.
  stream: {
    redirects: 0,
    totalMs: 30_000,
    headersMs: 20_000,
    bodyBytes: 256 * kilobyte,
    overflow: 'cut',
    mustBe2xx: false,
    ports: [...webPorts, 8088, 9200, 9243],
    perMinute: 1200,
  },
  syslog: {
    redirects: 0,
    totalMs: 30_000,
    bodyBytes: 0,
    overflow: 'cut',
    mustBe2xx: false,
    ports: [...webPorts, 6514],
    perMinute: 1200,
  },
  // A server of a customer's that files are fetched from.
  sftp: {
    redirects: 0,
    totalMs: 30_000,
    bodyBytes: 0,
    overflow: 'cut',
    mustBe2xx: false,
    ports: sftpPorts,
    perMinute: 60,
  },
  test_directory: {
    redirects: 0,
    totalMs: 30_000,
    bodyBytes: 2048 * kilobyte,
    overflow: 'refuse',
    mustBe2xx: false,
    ports: webPorts,
    perMinute: 12_000,
  },
};

const concurrentPerOrganization = 20;
const concurrentPerDestination = 10;
const minuteMs = 60_000;

interface Counter {
  active: number;
  /** of the minute that runs */
  count: number;
}

/**
 * Keeps us from being used to flood somebody [NET-11]: counts in memory, per process. A destination is one host as one
 * organization sees it, so that a busy customer of a large provider does not lock out the others.
 */
export function createCaps(now: () => Date) {
  const counters = new Map<string, Counter>();
  let since = now().getTime();

  function counterOf(key: string): Counter {
    const counter = counters.get(key) ?? { active: 0, count: 0 };
    counters.set(key, counter);
    return counter;
  }

  /** One minute for all of them: whoever is not there any more is forgotten, whoever is, is counted anew. */
  function passTime(): void {
    const time = now().getTime();
    if (time - since < minuteMs) return;
    since = time;
    for (const [key, counter] of counters) {
      if (counter.active === 0) counters.delete(key);
      counter.count = 0;
    }
  }

  return {
    /** Takes a place and returns how to give it back; throws `too_many_requests` when there is none. */
    enter(organizationId: string | null, host: string, feature: EgressFeature): () => void {
      passTime();
      const organization = counterOf(JSON.stringify([organizationId]));
      const destination = counterOf(JSON.stringify([organizationId, host, feature]));
      if (
        organization.active >= concurrentPerOrganization ||
        destination.active >= concurrentPerDestination ||
        destination.count >= featureLimits[feature].perMinute
      ) {
        throw new OnboardingError('too_many_requests', { host });
      }
      organization.active += 1;
      destination.active += 1;
      destination.count += 1;
      return () => {
        organization.active -= 1;
        destination.active -= 1;
      };
    },
  };
}
