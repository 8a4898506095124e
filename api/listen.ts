import { once } from 'node:events';
import {
  createServer,
  STATUS_CODES,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';

/** The HTTP servers of a program, from listening to an end that nobody's request notices [REL-22]. */

export interface Listen {
  /** Addresses to listen on, all with the same port; 0 takes a free one. */
  hosts: readonly string[];
  port: number;
}

/** Listens, and gives the port, and the way to stop. */
export async function listen(app: RequestListener, { hosts, port }: Listen) {
  const servers: Server[] = [];
  const underWay = createUnderWay();
  let taken = port;
  for (const host of hosts) {
    const server = createServer({ requestTimeout: 60_000, headersTimeout: 15_000, keepAliveTimeout: 65_000 });
    server.on('request', underWay.note);
    server.on('request', app);
    server.on('clientError', answerClientError);
    server.listen(taken, host);
    await once(server, 'listening');
    taken = portOf(server.address());
    servers.push(server);
  }
  return {
    port: taken,
    close: async (drainMs: number) => {
      underWay.end();
      await Promise.all(servers.map((server) => drain(server, drainMs)));
    },
  };
}

/**
 * The answers that are being written. At the end, clients that keep their connection are told to close it, or they would
 * go on asking here; live streams, which have no end of their own, are ended, and their readers come back to whoever
 * listens then.
 */
function createUnderWay() {
  const answers = new Set<ServerResponse>();
  let isOver = false;
  return {
    note(_: IncomingMessage, response: ServerResponse) {
      response.shouldKeepAlive &&= !isOver;
      answers.add(response);
      response.once('close', () => answers.delete(response));
    },
    end() {
      isOver = true;
      for (const response of answers) {
        response.shouldKeepAlive = false;
        if (isLiveStream(response)) response.end();
      }
    },
  };
}

const isLiveStream = (response: ServerResponse): boolean =>
  response.headersSent && String(response.getHeader('content-type')).startsWith('text/event-stream');

async function drain(server: Server, drainMs: number): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  const cut = setTimeout(() => server.closeAllConnections(), drainMs);
  await closed;
  clearTimeout(cut);
}

/** What is no HTTP, or has headers beyond all measure, gets a JSON body too: some clients read nothing else. */
function answerClientError(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const status =
    error.code === 'HPE_HEADER_OVERFLOW' ? 431 : error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400;
  const body = JSON.stringify({ message: STATUS_CODES[status] });
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('the server listens on no port');
  return address.port;
}
