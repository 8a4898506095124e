/**
 * The name servers of `.test` in the embedded default: two of them, so that a proof has two vantage points and servers
 * can be made to disagree. They speak real DNS over UDP and TCP on loopback (RFC 1035, RFC 7766) and know nothing but
 * what the source lists.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type DNS from 'dns2';
import { Packet } from 'dns2';
import type { DnsListener } from './listener.ts';
import { listen } from './listener.ts';
import type { SandboxDnsRecord, SandboxDnsSource } from './records.ts';
import { answerFromZone, ownNameServers, zoneOf } from './zone.ts';

export type SandboxDns = {
  /** where the two servers listen, in order */
  addresses: () => { host: string; port: number }[];
  start: () => Promise<void>;
  stop: () => Promise<void>;
};

type ServerNumber = 1 | 2;

const slowMs = 2_000;
const defaultTtl = 60;
/** The biggest character-string of a TXT record (RFC 1035 §3.3). */
const maxSegment = 255;

/** Two servers on `ports` of 127.0.0.1; 0 takes a free port. Answers only names below `.test` and refuses all others. */
export function createSandboxDns(deps: {
  ports: readonly [number, number];
  source: SandboxDnsSource;
}): SandboxDns {
  const host = '127.0.0.1';
  let listeners: DnsListener[] = [];
  const stopping = new AbortController();

  return {
    addresses: () => listeners.map(({ port }) => ({ host, port })),
    start: async () => {
      const first = await listen(deps.ports[0], host);
      const second = await listen(deps.ports[1], host).catch(async (error: unknown) => {
        await first.close();
        throw error;
      });
      listeners = [first, second];
      listeners.forEach((listener, index) => {
        serve(listener, index === 0 ? 1 : 2, deps.source, stopping.signal);
      });
    },
    stop: async () => {
      stopping.abort();
      await Promise.all(listeners.map((listener) => listener.close()));
      listeners = [];
    },
  };
}

function serve(
  { udp, tcp }: DnsListener,
  server: ServerNumber,
  source: SandboxDnsSource,
  stopping: AbortSignal,
): void {
  const respond = async (request: Packet, send: (reply: Packet) => unknown, over: 'udp' | 'tcp') => {
    const reply = await replyTo(request, server, source, over, stopping).catch(() =>
      Packet.createErrorResponseFromRequest(request, Packet.RCODE.SERVFAIL),
    );
    if (reply && !stopping.aborted) send(reply);
  };
  udp.on('request', (request, send) => void respond(request, send, 'udp'));
  tcp.on('request', (request, send) => void respond(request, send, 'tcp'));
}

async function replyTo(
  request: Packet,
  server: ServerNumber,
  source: SandboxDnsSource,
  over: 'udp' | 'tcp',
  stopping: AbortSignal,
): Promise<Packet | null> {
  const question = request.questions[0];
  if (!question || request.questions.length !== 1 || request.header.qr === 1) {
    return Packet.createErrorResponseFromRequest(request, Packet.RCODE.FORMERR);
  }
  const name = question.name.toLowerCase();
  const switches = (await source.listFaults(zoneOf(name) ?? name)).filter(isOn(server));
  const faults = new Set(switches.map(({ fault }) => fault));
  if (faults.has('silent')) return null;
  if (faults.has('slow')) await delay(slowMs, undefined, { signal: stopping });
  if (faults.has('servfail')) return Packet.createErrorResponseFromRequest(request, Packet.RCODE.SERVFAIL);
  if (faults.has('refused')) return Packet.createErrorResponseFromRequest(request, Packet.RCODE.REFUSED);

  const reply = Packet.createResponseFromRequest(request);
  if (faults.has('truncated') && over === 'udp') {
    reply.header.tc = 1;
    return reply;
  }
  const found = await answerFromZone(name, Packet.typeName(question.type), async (at) =>
    (await source.listRecords(at)).filter(isOn(server)),
  );
  reply.header.aa = found.zone === null ? 0 : 1;
  reply.header.rcode = { noerror: 0, nxdomain: 3, refused: 5 }[found.rcode];
  reply.answers = found.answers.map(toResource);
  if (found.zone !== null && question.type === Packet.TYPE.SOA && name === found.zone) {
    reply.answers = [soaOf(found.zone)];
  } else if (found.zone !== null && reply.answers.length === 0) {
    reply.authorities = [soaOf(found.zone)];
  }
  return reply;
}

function isOn(server: ServerNumber) {
  return ({ onlyOn }: { onlyOn?: ServerNumber | undefined }) => onlyOn === undefined || onlyOn === server;
}

function toResource(record: SandboxDnsRecord): DNS.Packet.Resource {
  const owner = new Packet.Resource(
    record.name,
    Packet.TYPE[record.type],
    Packet.CLASS.IN,
    record.ttl ?? defaultTtl,
  );
  switch (record.type) {
    case 'TXT':
      return Object.assign(owner, { data: segmentsOf(record.value) });
    case 'CNAME':
      return Object.assign(owner, { domain: record.value });
    case 'NS':
      return Object.assign(owner, { ns: record.value });
    case 'MX':
      return Object.assign(owner, { exchange: record.value, priority: record.priority ?? 10 });
  }
}

function segmentsOf(value: string): Buffer[] {
  const bytes = Buffer.from(value, 'utf8');
  const segments: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += maxSegment) segments.push(bytes.subarray(at, at + maxSegment));
  return segments.length > 0 ? segments : [Buffer.alloc(0)];
}

function soaOf(zone: string): DNS.Packet.Resource {
  const owner = new Packet.Resource(zone, Packet.TYPE.SOA, Packet.CLASS.IN, defaultTtl);
  const times = { serial: 1, refresh: 3600, retry: 600, expiration: 86400, minimum: defaultTtl };
  return Object.assign(owner, { primary: ownNameServers[0], admin: `hostmaster.${zone}`, ...times });
}
