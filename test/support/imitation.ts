import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { gunzipSync } from 'node:zlib';

/** A request as an imitation of somebody's API sees it. */
export interface Asked {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingMessage['headers'];
  /** Unpacked where it came packed. */
  body: string;
  bytes: Buffer;
}

export interface Answered {
  status: number;
  headers?: Record<string, string>;
  /** JSON unless it is a text or bytes. */
  body: unknown;
}

/** A real HTTP server on loopback that answers as `answer` says, and remembers what it was asked. */
export async function serveImitation(answer: (asked: Asked) => Answered | Promise<Answered>) {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(Buffer.from(chunk));
      const url = new URL(request.url ?? '/', 'http://127.0.0.1');
      const one: Asked = {
        method: request.method ?? 'GET',
        path: url.pathname,
        query: url.searchParams,
        headers: request.headers,
        ...bodyOf(request, Buffer.concat(chunks)),
      };
      asked.push(one);
      const { status, headers, body } = await told(answer, one);
      const isText = typeof body === 'string' || Buffer.isBuffer(body);
      response.writeHead(status, {
        'content-type': isText ? 'text/html; charset=utf-8' : 'application/json; charset=UTF-8',
        ...headers,
      });
      response.end(isText ? body : JSON.stringify(body));
    })();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    asked,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** User and password of HTTP Basic. */
export function basicOf({ headers }: Asked): { user: string; password: string } | undefined {
  const [scheme, encoded = ''] = (headers.authorization ?? '').split(' ');
  if (scheme !== 'Basic') return undefined;
  const [user = '', ...password] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
  return { user, password: password.join(':') };
}

function bodyOf({ headers }: IncomingMessage, bytes: Buffer): Pick<Asked, 'body' | 'bytes'> {
  const isPacked = headers['content-encoding'] === 'gzip';
  return { bytes, body: (isPacked ? gunzipSync(bytes) : bytes).toString('utf8') };
}

/** An imitation that breaks says so, and nobody waits for it. */
async function told(answer: (asked: Asked) => Answered | Promise<Answered>, asked: Asked): Promise<Answered> {
  try {
    return await answer(asked);
  } catch (error) {
    return { status: 400, body: { error: 'imitation_broke', error_description: String(error) } };
  }
}
