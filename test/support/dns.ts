import { Packet } from 'dns2';
import type DNS from 'dns2';
import { createDnsResolver } from '../../adapters/dns-resolver.ts';
import { listen } from '../../sandbox/dns/listener.ts';
import type { SandboxDnsFault, SandboxDnsRecord } from '../../sandbox/dns/records.ts';
import { createSandboxDns } from '../../sandbox/dns/server.ts';

/**
 * `.test` on two real name servers on free loopback ports, with records and faults that a test changes at will, and a
 * resolver that asks them. `timeoutMs` is short, so that silence costs a test little, and
 * long enough for a machine that is busy with other tests.
 */
export async function aZone(records: readonly SandboxDnsRecord[] = []) {
  let held = [...records];
  let faults: readonly SandboxDnsFault[] = [];
  const dns = createSandboxDns({
    ports: [0, 0],
    source: {
      listRecords: (name) => Promise.resolve(held.filter((record) => record.name === name)),
      listFaults: () => Promise.resolve(faults),
    },
  });
  await dns.start();
  const resolver = createDnsResolver({
    servers: [],
    timeoutMs: 500,
    totalMs: 6_000,
    mayAsk: () => false,
    zones: { test: dns.addresses() },
    now: () => new Date('2026-03-02T09:12:00Z'),
  });
  return {
    /** for `createDnsResolver({ zones: { test: zone.servers } })` */
    servers: dns.addresses(),
    resolver,
    add(...added: readonly SandboxDnsRecord[]): void {
      held.push(...added);
    },
    remove(name: string): void {
      held = held.filter((record) => record.name !== name);
    },
    rehearse(...switches: readonly SandboxDnsFault[]): void {
      faults = switches;
    },
    stop: () => dns.stop(),
  };
}

/**
 * A name server that says whatever a test wants, over UDP and TCP at `address`. `port` 0 takes a free one; several
 * servers of one hierarchy share a port on 127.0.0.1, 127.0.0.2, …. A Buffer is sent as it is, null is silence.
 */
export async function aNameServer(
  answer: (
    question: DNS.Packet.Question,
    request: DNS.Packet,
    over: 'udp' | 'tcp',
  ) => DNS.Packet | Buffer | null,
  { address = '127.0.0.1', port = 0 } = {},
) {
  const listener = await listen(port, address);
  const respond = (over: 'udp' | 'tcp'): DNS.DnsHandler => {
    return (request, send) => {
      const [question] = request.questions;
      const reply = question ? answer(question, request, over) : null;
      if (reply) void send(reply);
    };
  };
  listener.udp.on('request', respond('udp'));
  listener.tcp.on('request', respond('tcp'));
  return { address, port: listener.port, stop: listener.close };
}

type Records = Partial<Record<'answers' | 'authorities', readonly DNS.Packet.Resource[]>>;

/** A reply of `rcode` with these records, for `aNameServer`. */
export function reply(
  request: DNS.Packet,
  records: Records = {},
  rcode: number = Packet.RCODE.NOERROR,
): DNS.Packet {
  const message = Packet.createResponseFromRequest(request);
  message.header.rcode = rcode;
  message.answers = [...(records.answers ?? [])];
  message.authorities = [...(records.authorities ?? [])];
  return message;
}

/** A record for `reply`, `fields` being those of dns2: `record('acme.com', 'NS', { ns: 'ns1.example.net' })`. */
export function record(
  name: string,
  type: keyof typeof Packet.TYPE,
  fields: Partial<DNS.Packet.Resource>,
): DNS.Packet.Resource {
  return Object.assign(new Packet.Resource(name, Packet.TYPE[type], Packet.CLASS.IN, 60), fields);
}
