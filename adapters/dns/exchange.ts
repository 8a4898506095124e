/** One question to one server: UDP first, TCP where UDP was cut off or lost. Knows sockets, but not what to ask. */
import { createSocket } from 'node:dgram';
// eslint-disable-next-line no-restricted-imports -- DNS over TCP; the resolver refuses private addresses first
import { connect, isIPv6 } from 'node:net';
import type { DnsQuestion, DnsReply, ReadReply } from './message.ts';
import { maxMessageBytes, readReply, replyWithout, writeQuery } from './message.ts';

/** An IP literal and a port: only for literals can the sender of an answer be checked [DNS-01]. */
export type DnsServer = { host: string; port: number };

export type DnsExchange = (
  server: DnsServer,
  question: DnsQuestion,
  signal: AbortSignal,
) => Promise<DnsReply>;

/**
 * Asks and always answers: what goes wrong is the outcome of the reply. Each transport gets `timeoutMs`. The same
 * question to the same server is out only once at a time, however many wait for it [DNS-02]; who gives up by `signal`
 * reads `timeout`.
 */
export function createDnsExchange({ timeoutMs }: { timeoutMs: number }): DnsExchange {
  const underWay = new Map<string, Promise<DnsReply>>();
  return async (server, question, signal) => {
    const key = JSON.stringify([server.host, server.port, question]);
    const reply = underWay.get(key) ?? ask(server, question, timeoutMs).finally(() => underWay.delete(key));
    underWay.set(key, reply);
    return await givenUp(reply, signal);
  };
}

async function ask(
  server: DnsServer,
  question: DnsQuestion,
  timeoutMs: number,
  edns = true,
): Promise<DnsReply> {
  let read: ReadReply;
  try {
    read = await askOverUdp(server, question, timeoutMs, edns);
    const isLost = read === 'truncated' || (typeof read === 'object' && read.outcome === 'timeout');
    if (isLost) read = await askOverTcp(server, question, timeoutMs, edns);
  } catch {
    // A name that cannot be written, or a socket that cannot be opened.
    return replyWithout('unreachable');
  }
  if (read === 'formerr' && edns) return await ask(server, question, timeoutMs, false);
  return typeof read === 'object' ? read : replyWithout('malformed');
}

function askOverUdp(
  server: DnsServer,
  question: DnsQuestion,
  timeoutMs: number,
  edns: boolean,
): Promise<ReadReply> {
  const { id, bytes } = writeQuery(question, edns);
  const socket = createSocket(isIPv6(server.host) ? 'udp6' : 'udp4');
  return new Promise<ReadReply>((resolve) => {
    const timer = setTimeout(() => {
      resolve(replyWithout('timeout'));
    }, timeoutMs);
    const settle = (read: ReadReply) => {
      clearTimeout(timer);
      resolve(read);
    };
    socket.on('error', () => {
      settle(replyWithout('unreachable'));
    });
    // Strays and forgeries are passed over; the true answer may still come.
    socket.on('message', (message) => {
      const read = readReply(message, id, question);
      if (read !== 'not_ours') settle(read);
    });
    // A connected socket takes datagrams from its peer only, and hears of a closed port.
    socket.connect(server.port, server.host, () => {
      socket.send(bytes);
    });
  }).finally(() => {
    socket.close();
  });
}

function askOverTcp(
  server: DnsServer,
  question: DnsQuestion,
  timeoutMs: number,
  edns: boolean,
): Promise<ReadReply> {
  const { id, bytes } = writeQuery(question, edns);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.length);
  const socket = connect({ host: server.host, port: server.port });
  return new Promise<ReadReply>((resolve) => {
    const timer = setTimeout(() => {
      resolve(replyWithout('timeout'));
    }, timeoutMs);
    const settle = (read: ReadReply) => {
      clearTimeout(timer);
      resolve(read);
    };
    let received = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      if (received.length < 2) return;
      const expected = received.readUInt16BE(0);
      if (expected > maxMessageBytes) settle(replyWithout('malformed'));
      else if (received.length >= 2 + expected)
        settle(readReply(received.subarray(2, 2 + expected), id, question));
    });
    socket.on('error', () => {
      settle(replyWithout('unreachable'));
    });
    socket.on('close', () => {
      settle(replyWithout('unreachable'));
    });
    // Not end(): some servers take a half-closed connection for one that nobody listens on.
    socket.write(Buffer.concat([length, bytes]));
  }).finally(() => {
    socket.destroy();
  });
}

function givenUp(reply: Promise<DnsReply>, signal: AbortSignal): Promise<DnsReply> {
  if (signal.aborted) return Promise.resolve(replyWithout('timeout'));
  return new Promise((resolve, reject) => {
    const giveUp = () => {
      resolve(replyWithout('timeout'));
    };
    signal.addEventListener('abort', giveUp, { once: true });
    void reply.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', giveUp);
    });
  });
}
