/**
 * A small mail server that takes delivery reports and nothing else: from the empty sender, for one of our own bounce
 * addresses [MAIL-05]. It relays nothing, keeps nothing, and answers at the recipient to what anybody else sends.
 */
import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';
import type { BounceAddresses } from './mail/bounce-addresses.ts';
import { readDeliveryReport, type DeliveryReport } from './mail/delivery-report.ts';

interface BounceListenerOptions {
  addresses: BounceAddresses;
  /** Keeps the report. When it throws, the other side is asked to try again later. */
  onReport(mailId: string, report: DeliveryReport): Promise<void>;
  /** How long one connection may last. */
  sessionMs?: number;
}

export interface BounceListener {
  /** Gives the port; 0 takes a free one, the same for all hosts. */
  start(listen: { hosts: readonly string[]; port: number }): Promise<number>;
  stop(): Promise<void>;
}

const reportBytes = 256 * 1024;

export function createBounceListener({
  addresses,
  onReport,
  sessionMs = 60_000,
}: BounceListenerOptions): BounceListener {
  const servers: SMTPServer[] = [];

  function createServer(): SMTPServer {
    const server = new SMTPServer({
      size: reportBytes,
      maxClients: 50,
      socketTimeout: 20_000,
      closeTimeout: 2_000,
      authOptional: true,
      disabledCommands: ['AUTH', 'STARTTLS'],
      disableReverseLookup: true,
      banner: 'delivery reports only',
      onConnect(session, callback) {
        // Whoever drips bytes keeps a place no longer than this.
        setTimeout(() => hangUp(server, session), sessionMs).unref();
        callback();
      },
      onMailFrom({ address }, _session, callback) {
        if (address === '') callback();
        else callback(answer(550, '5.7.1 Only delivery reports are taken here'));
      },
      onRcptTo({ address }, session, callback) {
        if (session.envelope.rcptTo.length > 0) callback(answer(452, '4.5.3 One recipient at a time'));
        else if (addresses.mailIdIn(address) === undefined) callback(answer(550, '5.1.1 No such address'));
        else callback();
      },
      onData(stream, session, callback) {
        const mailId = addresses.mailIdIn(session.envelope.rcptTo[0]?.address ?? '');
        take(stream, mailId).then(
          () => callback(),
          (error: unknown) => callback(isAnswer(error) ? error : answer(451, '4.3.0 Try again later')),
        );
      },
    });
    // A client that hangs up in the middle is no reason to end the program.
    server.on('error', () => undefined);
    return server;
  }

  async function take(stream: SMTPServerDataStream, mailId: string | undefined): Promise<void> {
    const source = await collect(stream);
    // What cannot be read will not be better next time, so it is taken and forgotten.
    const report = await readDeliveryReport(source).catch(() => undefined);
    if (mailId !== undefined && report !== undefined) await onReport(mailId, report);
  }

  return {
    async start({ hosts, port }) {
      let taken = port;
      for (const host of hosts) {
        const server = createServer();
        taken = await listen(server, host, taken);
        servers.push(server);
      }
      return taken;
    },
    async stop() {
      await Promise.all(servers.map((server) => new Promise<void>((resolve) => server.close(resolve))));
    },
  };
}

function listen(server: SMTPServer, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve((server.server.address() as AddressInfo).port);
    });
  });
}

function hangUp(server: SMTPServer, { id }: SMTPServerSession): void {
  for (const connection of server.connections) if (connection.id === id) connection.close();
}

async function collect(stream: SMTPServerDataStream): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream) {
    length += chunk.length;
    // The stream has to be read to its end even when nothing more is kept.
    if (length <= reportBytes) chunks.push(chunk);
  }
  if (stream.sizeExceeded || length > reportBytes) throw answer(552, '5.3.4 Message too big');
  return Buffer.concat(chunks);
}

function answer(responseCode: number, words: string): Error & { responseCode: number } {
  return Object.assign(new Error(words), { responseCode });
}

function isAnswer(error: unknown): error is Error {
  return error instanceof Error && 'responseCode' in error;
}
