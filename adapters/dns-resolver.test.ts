import { Packet } from 'dns2';
import type DNS from 'dns2';
import { afterEach, describe, expect, it } from 'vitest';
import { judgeLook } from '../onboarding/domain-verdict.ts';
import type { DnsResolver } from './dns-resolver.ts';
import { createDnsResolver } from './dns-resolver.ts';
import { sandboxDnsFaults, type SandboxDnsFaultName } from '../sandbox/dns/records.ts';
import { aNameServer, aZone, record, reply } from '../test/support/dns.ts';

const running: { stop: () => Promise<unknown> }[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.stop()));
});
async function started<T extends { stop: () => Promise<unknown> }>(server: Promise<T>): Promise<T> {
  running.push(await server);
  return await server;
}

describe('a look at a domain of the sandbox', () => {
  const challenge = { domain: 'acme.test', label: 'vestibule', token: '8c1f' };
  const asked = {
    name: '_vestibule-challenge.acme.test',
    type: 'TXT',
    value: 'vestibule-verify=8c1f',
  } as const;
  const verdictOf = async (resolver: DnsResolver) =>
    judgeLook(await resolver.lookAtChallenge(challenge), challenge);

  it('finds the record on both servers', async () => {
    const zone = await started(aZone([asked, { name: 'acme.test', type: 'TXT', value: 'v=spf1 -all' }]));
    const look = await zone.resolver.lookAtChallenge(challenge);
    expect(look).toMatchObject({ zone: 'acme.test', dnssec: null, lookedAt: '2026-03-02T09:12:00.000Z' });
    expect(look.nameServers).toEqual(['ns1.sandbox-dns.test', 'ns2.sandbox-dns.test']);
    expect(judgeLook(look, challenge)).toMatchObject({ kind: 'found', servers: look.nameServers });
  });

  it.each([
    ['not_there', []],
    ['domain_twice', [{ ...asked, name: `${asked.name}.acme.test` }]],
    ['on_apex', [{ ...asked, name: 'acme.test' }]],
    ['wrong_value', [{ ...asked, value: 'vestibule-verify=77' }]],
    ['quoted', [{ ...asked, value: `"${asked.value}"` }]],
    ['cname_hides', [{ ...asked, type: 'CNAME', value: 'www.acme.test' }]],
    ['wildcard', [{ name: '*.acme.test', type: 'TXT', value: 'parked' }]],
    ['disagree', [{ ...asked, onlyOn: 2 }]],
  ] as const)('tells %s', async (kind, records) => {
    const zone = await started(aZone(records));
    expect(await verdictOf(zone.resolver)).toMatchObject({ kind });
  });

  it('finds a value in segments, over TCP', async () => {
    const long = Array.from({ length: 10 }, (_, n) => ({ ...asked, value: `${n}`.repeat(300) }));
    const zone = await started(aZone([...long, asked]));
    expect(await verdictOf(zone.resolver)).toMatchObject({ kind: 'found' });
    zone.rehearse({ fault: 'truncated' });
    expect(await verdictOf(zone.resolver)).toMatchObject({ kind: 'found' });
  });

  it.each(Object.entries(sandboxDnsFaults))(
    'meets a server that is %s with: %s [REL-17]',
    async (fault, kind) => {
      const zone = await started(aZone([asked]));
      zone.rehearse({ fault: fault as SandboxDnsFaultName });
      expect(await verdictOf(zone.resolver)).toMatchObject({ kind });
    },
  );

  it.each([
    ['servfail', 'broken'],
    ['refused', 'broken'],
    ['silent', 'unknown'],
  ] as const)('reads %s as %s, on one server as one voice too few [DOM-03] [DOM-06]', async (fault, kind) => {
    const zone = await started(aZone([asked]));
    zone.rehearse({ fault });
    expect(await verdictOf(zone.resolver)).toMatchObject({ kind, proof: 'unknown' });
    zone.rehearse({ fault, onlyOn: 1 });
    expect(await verdictOf(zone.resolver)).toMatchObject({ kind: 'unknown', reason: 'one_vantage_point' });
  });

  it('ends when it is told to, with what there is', async () => {
    const zone = await started(aZone([asked]));
    const look = await zone.resolver.lookAtChallenge(challenge, AbortSignal.abort());
    expect(judgeLook(look, challenge)).toMatchObject({ kind: 'unknown' });
  });

  it('names the DNS and mail hosts', async () => {
    const zone = await started(
      aZone([
        { name: 'acme.test', type: 'NS', value: 'Kate.NS.cloudflare.com' },
        { name: 'acme.test', type: 'MX', value: 'second.example.net', priority: 20 },
        { name: 'acme.test', type: 'MX', value: 'first.example.net', priority: 10 },
      ]),
    );
    expect(await zone.resolver.nameServersOf('eu.acme.test')).toEqual(['kate.ns.cloudflare.com']);
    expect(await zone.resolver.mailHostsOf('acme.test')).toEqual(['first.example.net', 'second.example.net']);
    expect(await zone.resolver.mailHostsOf('none.test')).toEqual([]);
  });
});

/**
 * A small internet: a resolver, the servers of `com`, and those of `acme.com`. All share a port, as they do port 53
 * outside, on addresses of their own; Linux takes all of 127.0.0.0/8 for loopback.
 */
describe.runIf(process.platform === 'linux')('a look at a domain of the internet', () => {
  const challenge = { domain: 'acme.com', label: 'vestibule', token: '8c1f' };
  const name = '_vestibule-challenge.acme.com';
  const value = 'vestibule-verify=8c1f';
  const soa = { primary: 'a', admin: 'b', serial: 1, refresh: 1, retry: 1, expiration: 1, minimum: 30 };

  type Texts = Record<string, string>;
  type Settings = {
    ns1?: Texts | 'silent';
    ns2?: Texts | 'silent';
    old?: Texts;
    /** what the resolver says about texts; `bogus` fails unless checking is disabled */
    resolver?: Texts | 'bogus';
    /** the NS records that the zone itself holds */
    ownWord?: string[];
    resolvers?: number;
    mayAsk?: (address: string) => boolean;
  };

  async function anInternet(settings: Settings) {
    const ownWord = settings.ownWord ?? ['ns1.host.net', 'ns2.host.net'];
    const seen: string[] = [];
    const nameServers = (names: string[]) => names.map((ns) => record('acme.com', 'NS', { ns }));
    const inZone = (texts: Texts | 'silent') => (question: DNS.Packet.Question, request: DNS.Packet) => {
      if (texts === 'silent') return null;
      if (question.type === Packet.TYPE.NS) return reply(request, { answers: nameServers(ownWord) });
      const text = texts[question.name];
      if (text !== undefined)
        return reply(request, { answers: [record(question.name, 'TXT', { data: [text] })] });
      return reply(request, { authorities: [record('acme.com', 'SOA', soa)] }, Packet.RCODE.NXDOMAIN);
    };
    const addresses: Record<string, string> = {
      'tld.net': '127.0.0.2',
      'ns1.host.net': '127.0.0.3',
      'ns2.host.net': '127.0.0.4',
      'ns.old.net': '127.0.0.5',
    };
    const fromCom = (_question: DNS.Packet.Question, request: DNS.Packet) =>
      reply(request, { authorities: nameServers(['ns1.host.net', 'ns2.host.net']) });
    const resolve = (question: DNS.Packet.Question, request: DNS.Packet) => {
      const isChecked = !('cd' in request.header && request.header.cd === 1);
      seen.push(`${Packet.typeName(question.type)} ${question.name}`);
      switch (question.type) {
        case Packet.TYPE.A: {
          const address = addresses[question.name];
          return reply(request, { answers: address ? [record(question.name, 'A', { address })] : [] });
        }
        case Packet.TYPE.NS:
          if (question.name === 'com')
            return reply(request, { answers: [record('com', 'NS', { ns: 'tld.net' })] });
          return reply(request, { answers: question.name === 'acme.com' ? nameServers(ownWord) : [] });
        case Packet.TYPE.SOA:
          return reply(request, { answers: [record('acme.com', 'SOA', soa)] });
        case Packet.TYPE.TXT:
          if (settings.resolver !== 'bogus') return inZone(settings.resolver ?? {})(question, request);
          if (!isChecked) return inZone({})(question, request);
          return Packet.createErrorResponseFromRequest(request, Packet.RCODE.SERVFAIL, {
            infoCode: Packet.EDE.SIGNATURE_EXPIRED,
          });
        default:
          return reply(request);
      }
    };

    const first = await started(aNameServer(inZone(settings.ns1 ?? {}), { address: '127.0.0.3' }));
    const { port } = first;
    await started(aNameServer(inZone(settings.ns2 ?? {}), { address: '127.0.0.4', port }));
    await started(aNameServer(fromCom, { address: '127.0.0.2', port }));
    if (settings.old) await started(aNameServer(inZone(settings.old), { address: '127.0.0.5', port }));
    const servers = await Promise.all(
      Array.from({ length: settings.resolvers ?? 1 }, () => started(aNameServer(resolve))),
    );
    const resolver = createDnsResolver({
      servers: servers.map((server) => `${server.address}:${server.port}`),
      timeoutMs: 500,
      totalMs: 6_000,
      mayAsk: settings.mayAsk ?? (() => true),
      authoritativePort: port,
      now: () => new Date('2026-03-02T09:12:00Z'),
    });
    const look = await resolver.lookAtChallenge(challenge);
    return { look, seen, verdict: judgeLook(look, challenge) };
  }

  it('asks each of the zone’s own servers, and then the resolver [DOM-03]', async () => {
    const texts = { [name]: value };
    const { look, verdict } = await anInternet({ ns1: texts, ns2: texts, resolver: texts });
    expect(look.servers.map(({ server, address, role }) => [server, address, role])).toEqual([
      ['ns1.host.net', '127.0.0.3', 'authoritative'],
      ['ns2.host.net', '127.0.0.4', 'authoritative'],
      ['127.0.0.1', '127.0.0.1', 'resolver'],
    ]);
    expect(verdict).toMatchObject({ kind: 'found', servers: ['ns1.host.net', 'ns2.host.net', '127.0.0.1'] });
  });

  it('does not make a resolver remember that the record was missing', async () => {
    const { seen, verdict } = await anInternet({});
    expect(verdict).toMatchObject({ kind: 'not_there', missing: 2, asked: 2 });
    expect(seen.filter((question) => question.startsWith('TXT'))).toEqual([]);
  });

  it('takes a resolver for the second voice where one server is silent', async () => {
    const texts = { [name]: value };
    const { verdict } = await anInternet({ ns1: texts, ns2: 'silent', resolver: texts });
    expect(verdict).toMatchObject({ kind: 'found', servers: ['ns1.host.net', '127.0.0.1'] });
  });

  it('needs two resolvers where a firewall hides the zone’s servers', async () => {
    const hidden = { ns1: 'silent', ns2: 'silent', resolver: { [name]: value } } as const;
    expect((await anInternet(hidden)).verdict).toMatchObject({
      kind: 'unknown',
      reason: 'one_vantage_point',
    });
    expect((await anInternet({ ...hidden, resolvers: 2 })).verdict).toMatchObject({ kind: 'found' });
  });

  it('believes no servers when a resolver finds DNSSEC broken [DOM-03]', async () => {
    const texts = { [name]: value };
    const { verdict } = await anInternet({ ns1: texts, ns2: texts, resolver: 'bogus' });
    expect(verdict).toMatchObject({ kind: 'broken', reason: 'dnssec', code: 'SIGNATURE_EXPIRED' });
  });

  it('follows the parent’s delegation and says where else the record is', async () => {
    const { verdict } = await anInternet({ old: { [name]: value }, ownWord: ['ns.old.net'] });
    expect(verdict).toMatchObject({
      kind: 'other_servers',
      delegatedTo: ['ns1.host.net', 'ns2.host.net'],
      foundAt: ['ns.old.net'],
    });
  });

  it('sends nothing to an address that may not be asked [NET-05]', async () => {
    const texts = { [name]: value };
    const { look } = await anInternet({
      ns1: texts,
      ns2: texts,
      mayAsk: (address) => address !== '127.0.0.4',
    });
    expect(look.servers.find(({ server }) => server === 'ns2.host.net')).toMatchObject({ address: '' });
    expect(look.servers.filter(({ address }) => address === '127.0.0.4')).toEqual([]);
  });
});

it('refuses a resolver that is no IP literal: the sender of its answers could not be checked [DNS-01]', () => {
  const deps = { timeoutMs: 1, totalMs: 1, mayAsk: () => false, now: () => new Date(0) };
  expect(() => createDnsResolver({ ...deps, servers: ['dns.example.com'] })).toThrow(
    '"dns.example.com" is no address',
  );
  expect(() =>
    createDnsResolver({ ...deps, servers: ['192.0.2.1', '[2001:db8::1]:53', '2001:db8::1'] }),
  ).not.toThrow();
});

it('says whether one of the resolvers answers, and a dead one beside it makes no difference', async () => {
  const alive = await started(aNameServer((_question, request) => reply(request)));
  const refusing = await started(
    aNameServer((_question, request) => reply(request, {}, Packet.RCODE.REFUSED)),
  );
  const answersOf = (...servers: readonly { address: string; port: number }[]) =>
    createDnsResolver({
      timeoutMs: 200,
      totalMs: 500,
      mayAsk: () => false,
      now: () => new Date(),
      servers: servers.map(({ address, port }) => `${address}:${port}`),
    }).isAnswered();
  const dead = { address: '127.0.0.1', port: 9 };

  expect(await answersOf(dead, alive)).toBe(true);
  expect(await answersOf(dead)).toBe(false);
  expect(await answersOf(refusing)).toBe(false);
  expect(await answersOf()).toBe(false);
});
