import { createSocket } from 'node:dgram';
import { Packet } from 'dns2';
import type DNS from 'dns2';
import { afterEach, describe, expect, it } from 'vitest';
import { aNameServer, record, reply } from '../../test/support/dns.ts';
import { createDnsExchange } from './exchange.ts';
import type { DnsQuestion } from './message.ts';
import { readReply } from './message.ts';
import { toAnswer } from './records.ts';

const question: DnsQuestion = { name: '_x.acme.com', type: 'TXT', recursive: false };
const never = new AbortController().signal;

const running: { stop: () => Promise<unknown> }[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.stop()));
});

type Answer = Parameters<typeof aNameServer>[0];
async function serverThat(answer: Answer) {
  const server = await aNameServer(answer);
  running.push(server);
  return { host: server.address, port: server.port };
}
const ask = createDnsExchange({ timeoutMs: 150 });
const ours = (request: DNS.Packet) =>
  reply(request, { answers: [record('_x.acme.com', 'TXT', { data: ['ours'] })] });

async function outcomeOf(answer: Answer) {
  const { outcome } = await ask(await serverThat(answer), question, never);
  return outcome;
}

describe('what counts as the answer [DNS-01]', () => {
  it('is the one with our id and our question; forgeries before it are passed over', async () => {
    const server = createSocket('udp4');
    await new Promise<void>((listening) => server.bind(0, '127.0.0.1', listening));
    server.on('message', (message, from) => {
      const request = Packet.parse(message);
      const wrongId = reply(request);
      wrongId.header.id = (request.header.id + 1) & 0xffff;
      const wrongName = reply(request);
      wrongName.questions = [new Packet.Question('evil.com', Packet.TYPE.TXT, Packet.CLASS.IN)];
      const wrongType = reply(request);
      wrongType.questions = [new Packet.Question('_x.acme.com', Packet.TYPE.A, Packet.CLASS.IN)];
      const aQuestion = Packet.parse(message);
      for (const forged of [wrongId, wrongName, wrongType, aQuestion, ours(request)]) {
        server.send(forged.toBuffer(), from.port, from.address);
      }
    });
    const read = await ask({ host: '127.0.0.1', port: server.address().port }, question, never);
    expect(toAnswer({ name: '_x.acme.com', asked: 'proof' }, read)).toMatchObject({
      outcome: 'noerror',
      txt: ['ours'],
    });
    server.close();
  });

  it('comes over TCP when UDP is cut off or lost', async () => {
    const cutOff: Answer = (_question, request, over) => {
      if (over === 'tcp') return ours(request);
      const short = reply(request);
      short.header.tc = 1;
      return short;
    };
    expect(await outcomeOf(cutOff)).toBe('noerror');
    expect(await outcomeOf((_question, request, over) => (over === 'tcp' ? ours(request) : null))).toBe(
      'noerror',
    );
  });

  it('is asked for again without EDNS where a server does not know it', async () => {
    const old: Answer = (_question, request) =>
      request.additionals.length > 0 ? reply(request, {}, Packet.RCODE.FORMERR) : ours(request);
    expect(await outcomeOf(old)).toBe('noerror');
  });

  it.each([
    ['servfail', Packet.RCODE.SERVFAIL],
    ['refused', Packet.RCODE.REFUSED],
    ['nxdomain', Packet.RCODE.NXDOMAIN],
    ['other_rcode', Packet.RCODE.NOTIMP],
  ])('tells %s', async (outcome, rcode) => {
    expect(await outcomeOf((_question, request) => reply(request, {}, rcode))).toBe(outcome);
  });

  it('is missing where nobody answers or nobody listens', async () => {
    expect(await outcomeOf(() => null)).toBe('timeout');
    const closed = await aNameServer(() => null);
    await closed.stop();
    expect(await ask({ host: '127.0.0.1', port: closed.port }, question, never)).toMatchObject({
      outcome: 'unreachable',
    });
  });

  it('asks a server one question only once at a time [DNS-02]', async () => {
    let asked = 0;
    const server = await serverThat((_question, request) => {
      asked += 1;
      return ours(request);
    });
    await Promise.all([ask(server, question, never), ask(server, { ...question }, never)]);
    expect(asked).toBe(1);
    await ask(server, question, never);
    expect(asked).toBe(2);
  });

  it('gives up when told to', async () => {
    const server = await serverThat(() => null);
    const giveUp = new AbortController();
    const reading = ask(server, question, giveUp.signal);
    giveUp.abort();
    expect(await reading).toMatchObject({ outcome: 'timeout' });
  });
});

describe('hostile messages [DNS-03]', () => {
  const name = Buffer.from([2, 0x5f, 0x78, 4, 0x61, 0x63, 0x6d, 0x65, 3, 0x63, 0x6f, 0x6d, 0]);
  const asked = Buffer.concat([name, Buffer.from([0, 16, 0, 1])]);
  function aMessage(answers: number, ...rest: Buffer[]): Buffer {
    const header = Buffer.alloc(12);
    header.writeUInt16BE(7, 0);
    header.writeUInt16BE(0x8400, 2);
    header.writeUInt16BE(1, 4);
    header.writeUInt16BE(answers, 6);
    return Buffer.concat([header, asked, ...rest]);
  }
  const txt = Buffer.from([0xc0, 12, 0, 16, 0, 1, 0, 0, 0, 60, 0, 3, 2, 0x68, 0x69]);
  const read = (bytes: Buffer) => readReply(bytes, 7, question);

  it('reads a sound one', () => {
    expect(read(aMessage(1, txt))).toMatchObject({ outcome: 'noerror', answers: [{ data: ['hi'] }] });
  });

  it.each([
    ['a name that points at itself', aMessage(1, Buffer.from([0xc0, 29, 0, 16, 0, 1, 0, 0, 0, 60, 0, 0]))],
    [
      'a name that points forward',
      aMessage(1, Buffer.from([0xc0, 200, 0, 16, 0, 1, 0, 0, 0, 60, 0, 0]), Buffer.alloc(200)),
    ],
    [
      'a record longer than the message',
      aMessage(1, Buffer.from([0xc0, 12, 0, 16, 0, 1, 0, 0, 0, 60, 0xff, 0xff, 1])),
    ],
    [
      'a text longer than its record',
      aMessage(1, Buffer.from([0xc0, 12, 0, 16, 0, 1, 0, 0, 0, 60, 0, 3, 9, 0x68, 0x69])),
    ],
    ['fewer records than announced', aMessage(2, txt)],
    ['more records than anybody needs', aMessage(201, ...Array.from({ length: 201 }, () => txt))],
    ['more octets than anybody needs', aMessage(1, txt, Buffer.alloc(20_000))],
    ['a label of a reserved kind', aMessage(1, Buffer.from([0x80, 12, 0, 16, 0, 1, 0, 0, 0, 60, 0, 0]))],
  ])('refuses %s', (_what, bytes) => {
    expect(read(bytes)).toMatchObject({ outcome: 'malformed' });
  });

  it('refuses a chain of pointers instead of walking it for every record', () => {
    // 6,000 pointers, each to the one before, in the data of the first record; 190 records start at the end of the chain.
    const chainAt = 12 + asked.length + 12;
    const chain = Buffer.alloc(12_000);
    for (let link = 0; link < 6_000; link += 1) {
      chain.writeUInt16BE(0xc000 | (link === 0 ? 12 : chainAt + 2 * (link - 1)), 2 * link);
    }
    const carrier = Buffer.concat([Buffer.from([0xc0, 12, 0, 99, 0, 1, 0, 0, 0, 60, 0, 0]), chain]);
    carrier.writeUInt16BE(chain.length, 10);
    const walker = Buffer.concat([Buffer.alloc(2), txt.subarray(2)]);
    walker.writeUInt16BE(0xc000 | (chainAt + 2 * 5_999), 0);
    expect(read(aMessage(191, carrier, ...Array.from({ length: 190 }, () => walker)))).toMatchObject({
      outcome: 'malformed',
    });
  });

  it('never throws on noise', () => {
    for (let seed = 1; seed <= 500; seed += 1) {
      const noise = Buffer.from(Array.from({ length: seed }, (_, at) => (seed * 7919 + at * at * 31) % 256));
      if (seed >= 2) noise.writeUInt16BE(7, 0);
      expect(() => read(noise)).not.toThrow();
      expect(() => read(aMessage(3, noise))).not.toThrow();
    }
  });

  it('lets a stream announce no more than it may send', async () => {
    const huge: Answer = (_question, request, over) => {
      if (over === 'tcp') return Buffer.alloc(60_000);
      const short = reply(request);
      short.header.tc = 1;
      return short;
    };
    expect(await outcomeOf(huge)).toBe('malformed');
  });
});

describe('toAnswer', () => {
  const asked = { name: '_x.acme.com', asked: 'proof' } as const;
  const read = (answers: DNS.Packet.Resource[]) =>
    toAnswer(asked, { outcome: 'noerror', answers, authorities: [], extendedError: null });
  const alias = (from: string, to: string) => record(from, 'CNAME', { domain: to });

  it('joins the segments of a text and takes texts of the asked name only', () => {
    const mine = record('_X.acme.com.', 'TXT', { data: ['ab', 'cd'] });
    const other = record('evil.com', 'TXT', { data: ['other'] });
    expect(read([mine, other])).toMatchObject({ txt: ['abcd'], cname: null });
  });

  it('follows aliases inside the answer, eight deep [DOM-03]', () => {
    const chain = (length: number) => [
      alias('_x.acme.com', 'n0'),
      ...Array.from({ length: length - 1 }, (_, n) => alias(`n${n}`, `n${n + 1}`)),
      record(`n${length - 1}`, 'TXT', { data: ['end'] }),
    ];
    expect(read(chain(8))).toMatchObject({ txt: ['end'], cname: 'n0' });
    expect(read(chain(9))).toMatchObject({ txt: [], cname: 'n0' });
    expect(read([alias('_x.acme.com', '_x.acme.com')])).toMatchObject({ txt: [], cname: '_x.acme.com' });
  });
});
