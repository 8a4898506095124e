/**
 * Looks at DNS for the product: whether a challenge is answered, who hosts a domain's DNS, who takes its mail. Each of a
 * zone's own servers is asked by itself, without caches in between; resolvers are the second opinion [DOM-03], [DNS-01].
 */
import { randomBytes } from 'node:crypto';
import { getServers } from 'node:dns';
import { setMaxListeners } from 'node:events';
import { isIP } from 'node:net';
import type { DnsAnswer, DnsLook, ServerLook } from '../onboarding/dns-look.ts';
import type { DomainChallenge } from '../onboarding/domain-challenge.ts';
import { namesToAsk } from '../onboarding/domain-challenge.ts';
import { judgeLook } from '../onboarding/domain-verdict.ts';
import type { DnsServer } from './dns/exchange.ts';
import { createDnsExchange } from './dns/exchange.ts';
import type { DnsQuestion } from './dns/message.ts';
import { mailHostsIn, toAnswer } from './dns/records.ts';
import type { NamedServer } from './dns/zone-walk.ts';
import { askAny, delegationOf, findZone, maxDelegated, nameServersOfZone } from './dns/zone-walk.ts';

export type DnsResolver = {
  /**
   * Asks for everything that `judgeLook` needs. Never throws and takes at most `totalMs`: what is not answered by then,
   * or when `signal` fires, is a `timeout` in the look.
   */
  lookAtChallenge: (challenge: DomainChallenge, signal?: AbortSignal) => Promise<DnsLook>;
  /** Names of the servers of the zone that holds the domain, lower case; empty when nothing could be learned. */
  nameServersOf: (domain: string, signal?: AbortSignal) => Promise<string[]>;
  /** Names of the hosts that take the domain's mail, the preferred first; empty when there are none or no answer. */
  mailHostsOf: (domain: string, signal?: AbortSignal) => Promise<string[]>;
  /** Whether any resolver answers for a name that is always there. Never throws. */
  isAnswered: (signal?: AbortSignal) => Promise<boolean>;
};

export type DnsResolverDeps = {
  /**
   * Resolvers, `192.0.2.1` or `[2001:db8::1]:5353`; those of the system when left out. Two of them make a proof possible
   * where a firewall hides zones' own servers.
   */
  servers?: readonly string[] | undefined;
  /** for one question over one transport */
  timeoutMs: number;
  /** for a whole look */
  totalMs: number;
  /** whether a zone's server may be asked at this address: its owner chose it, so private ones are refused [NET-05] */
  mayAsk: (address: string) => boolean;
  /** where zones' own servers listen; 53 everywhere but in tests */
  authoritativePort?: number | undefined;
  /** endings that fixed servers answer instead: `{ test: [...] }` in the embedded sandbox. Two make two vantage points */
  zones?: Readonly<Record<string, readonly DnsServer[]>> | undefined;
  now: () => Date;
};

type Place = {
  zone: string | null;
  delegated: readonly NamedServer[];
  undelegated: readonly NamedServer[];
  resolvers: readonly DnsServer[];
  dnssec: DnsLook['dnssec'];
};

/** Kept for examples (RFC 2606), and served. */
const alwaysThere = 'example.com';

export function createDnsResolver(deps: DnsResolverDeps): DnsResolver {
  const { authoritativePort = 53, zones = {} } = deps;
  const ask = createDnsExchange({ timeoutMs: deps.timeoutMs });
  const resolvers = (deps.servers ?? getServers()).map(parseServer);

  function fixedServersOf(domain: string): readonly DnsServer[] | null {
    const ending = Object.keys(zones).find((name) => domain === name || domain.endsWith(`.${name}`));
    return (ending === undefined ? undefined : zones[ending]) ?? null;
  }

  function anyFor(domain: string, signal: AbortSignal) {
    const fixed = fixedServersOf(domain);
    return askAny(ask, fixed ?? resolvers, fixed === null, signal);
  }

  async function findPlace(domain: string, signal: AbortSignal): Promise<Place> {
    const any = anyFor(domain, signal);
    const { zone, reply } = await findZone(domain, any);
    const fixed = fixedServersOf(domain);
    if (fixed) {
      const names = zone === null ? [] : await nameServersOfZone(zone, any);
      const named = fixed.map((server, index) => ({
        name: names[index] ?? `${server.host}:${server.port}`,
        server,
      }));
      return { zone: zone ?? domain, delegated: named, undelegated: [], resolvers: [], dnssec: null };
    }

    const nowhere = { zone, delegated: [], undelegated: [], resolvers };
    if (reply.outcome === 'servfail') return { ...nowhere, dnssec: await findBogus(domain, 'SOA', signal) };
    if (zone === null) return { ...nowhere, dnssec: null };

    const directly = (server: DnsServer, name: string, type: DnsQuestion['type']) =>
      ask(server, { name, type, recursive: false }, signal);
    const addressOf = async (name: string): Promise<DnsServer | null> => {
      const replies = await Promise.all([any(name, 'A'), any(name, 'AAAA')]);
      const addresses = replies.flatMap(({ answers }) =>
        answers.flatMap(({ address }) => (address ? [address] : [])),
      );
      const host = addresses.find(deps.mayAsk);
      return host === undefined ? null : { host, port: authoritativePort };
    };
    const { delegated, undelegated } = await delegationOf(zone, any, directly, addressOf);
    return { zone, delegated: distinct(delegated), undelegated, resolvers, dnssec: null };
  }

  /** A resolver that fails, but answers once it need not check signatures, has found DNSSEC broken. */
  async function findBogus(
    name: string,
    type: 'SOA' | 'TXT',
    signal: AbortSignal,
  ): Promise<DnsLook['dnssec']> {
    const found = await Promise.all(
      resolvers.map(async (server) => {
        const [checked, unchecked] = await Promise.all([
          ask(server, { name, type, recursive: true }, signal),
          ask(server, { name, type, recursive: true, unchecked: true }, signal),
        ]);
        const isBogus = checked.outcome === 'servfail' && ['noerror', 'nxdomain'].includes(unchecked.outcome);
        return isBogus ? [{ code: checked.extendedError ?? 'SERVFAIL', server: server.host }] : [];
      }),
    );
    const [first, ...more] = found.flat();
    return first ? { code: first.code, servers: [first, ...more].map(({ server }) => server) } : null;
  }

  async function lookAtServer(
    { name, server }: NamedServer,
    role: ServerLook['role'],
    questions: readonly { name: string; asked: DnsAnswer['asked'] }[],
    signal: AbortSignal,
  ): Promise<ServerLook> {
    const recursive = role === 'resolver';
    const answers = await Promise.all(
      questions.map(async (question) => {
        const reply = server
          ? await ask(server, { name: question.name, type: 'TXT', recursive }, signal)
          : null;
        return toAnswer(question, reply);
      }),
    );
    return { server: name, address: server?.host ?? '', role, answers };
  }

  async function lookAt(challenge: DomainChallenge, signal: AbortSignal): Promise<DnsLook> {
    const { domain } = challenge;
    const place = await findPlace(domain, signal);
    const questions = namesToAsk(challenge, place.zone ?? domain, randomBytes(8).toString('hex'));
    const look: DnsLook = {
      domain,
      zone: place.zone,
      nameServers: place.delegated.map(({ name }) => name),
      servers: await Promise.all([
        ...place.delegated.map((named) => lookAtServer(named, 'authoritative', questions, signal)),
        ...place.undelegated.map((named) => lookAtServer(named, 'undelegated', questions, signal)),
      ]),
      dnssec: place.dnssec,
      lookedAt: deps.now().toISOString(),
    };
    if (look.dnssec || !needsResolvers(look, challenge)) return look;

    const opinions = await Promise.all(
      place.resolvers.map((server) =>
        lookAtServer({ name: server.host, server }, 'resolver', questions, signal),
      ),
    );
    const failed = opinions.some(({ answers }) => answers[0]?.outcome === 'servfail');
    const record = questions[0];
    const dnssec = failed && record ? await findBogus(record.name, 'TXT', signal) : null;
    return { ...look, servers: [...look.servers, ...opinions], dnssec };
  }

  async function within<T>(
    signal: AbortSignal | undefined,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const ending = new AbortController();
    // One listener a question that is out; Node warns at eleven.
    setMaxListeners(0, ending.signal);
    const end = () => {
      ending.abort();
    };
    const timer = setTimeout(end, deps.totalMs);
    if (signal?.aborted) end();
    signal?.addEventListener('abort', end, { once: true });
    try {
      return await work(ending.signal);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
    }
  }

  return {
    lookAtChallenge: (challenge, signal) => within(signal, (ending) => lookAt(challenge, ending)),
    nameServersOf: (domain, signal) =>
      within(signal, async (ending) => {
        const any = anyFor(domain, ending);
        const { zone } = await findZone(domain, any);
        return zone === null ? [] : await nameServersOfZone(zone, any);
      }),
    mailHostsOf: (domain, signal) =>
      within(signal, async (ending) => mailHostsIn(await anyFor(domain, ending)(domain, 'MX'))),
    isAnswered: (signal) =>
      within(signal, async (ending) => {
        const { outcome } = await askAny(ask, resolvers, true, ending)(alwaysThere, 'NS');
        return outcome === 'noerror';
      }),
  };
}

/**
 * A resolver remembers that a name was empty, so it is asked only when there is something to see or nobody else to ask
 * (RFC 2308): the record is there, or hidden behind an alias, or the zone's servers say nothing.
 */
function needsResolvers(look: DnsLook, challenge: DomainChallenge): boolean {
  const { kind } = judgeLook(look, challenge);
  return kind === 'found' || kind === 'cname_hides' || kind === 'unknown' || kind === 'broken';
}

/** Two names of one machine are one vantage point. */
function distinct(servers: readonly NamedServer[]): NamedServer[] {
  const seen = new Set<string>();
  return servers.slice(0, maxDelegated).filter(({ server }) => {
    if (server === null) return true;
    const isNew = !seen.has(server.host);
    seen.add(server.host);
    return isNew;
  });
}

/** Reads `192.0.2.1`, `192.0.2.1:5353`, `2001:db8::1` and `[2001:db8::1]:5353`, the forms of `dns.getServers`. */
function parseServer(text: string): DnsServer {
  const [, bracketed, plain, port = '53'] = /^(?:\[(.+)\]|([^:]+))(?::(\d+))?$/.exec(text) ?? [];
  const host = bracketed ?? plain ?? text;
  if (!isIP(host))
    throw new Error(`"${text}" is no address of a DNS server, like 192.0.2.1 or [2001:db8::1]:53`);
  return { host, port: Number(port) };
}
