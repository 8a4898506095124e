import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';

/** A SCIM server that takes everything and writes down what it was sent: for what a client says, word by word. */
export interface RecordingScim {
  url: string;
  /** Since the last look: method, path with its query decoded, body, and headers. */
  taken(): Recorded[];
  /** Answers the next calls of this method with the status, until told otherwise. */
  refuse(method: string, status: number | undefined): void;
  /** Answers the next call of this method with 429 and these seconds to wait. */
  putOff(method: string, seconds: number): void;
  close(): Promise<void>;
}
export interface Recorded {
  line: string;
  // A test looks into bodies where it pleases.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  body: any;
  headers: IncomingMessage['headers'];
}

type Resource = { id: string } & Record<string, unknown>;

export async function aRecordingScim(): Promise<RecordingScim> {
  let recorded: Recorded[] = [];
  const refusals = new Map<string, number>();
  const putOffs = new Map<string, number>();
  const kept = new Map<string, Resource>();

  /** Created and found by name, so that a client can go on; nothing else of SCIM. */
  function answerTo(method: string, url: URL, body: Record<string, unknown>): [number, unknown] {
    const refusal = refusals.get(method);
    if (refusal !== undefined) return [refusal, { status: String(refusal) }];
    const [, kind = '', id] = url.pathname.replace('/scim', '').split('/');
    if (method === 'POST') {
      const made = { ...body, id: randomUUID() };
      kept.set(made.id, made);
      return [201, made];
    }
    if (id === undefined) {
      const name = /^(?:userName|displayName) eq "(.*)"$/.exec(url.searchParams.get('filter') ?? '')?.[1];
      const key = kind === 'Users' ? 'userName' : 'displayName';
      const found = [...kept.values()].filter((one) => one[key] === name);
      return [200, { totalResults: found.length, Resources: found }];
    }
    if (method === 'DELETE') kept.delete(id);
    return method === 'DELETE' ? [204, undefined] : kept.has(id) ? [200, kept.get(id)] : [404, {}];
  }

  const server = createServer((request, response) => {
    void (async () => {
      const text = (await buffer(request)).toString('utf8');
      const body = text === '' ? undefined : JSON.parse(text);
      const url = new URL(request.url ?? '/', 'http://127.0.0.1');
      const { method = '' } = request;
      recorded.push({
        line: `${method} ${decodeURIComponent(request.url ?? '')}`,
        body,
        headers: request.headers,
      });
      const seconds = putOffs.get(method);
      putOffs.delete(method);
      const [status, answer] = seconds === undefined ? answerTo(method, url, body ?? {}) : [429, {}];
      response.writeHead(status, {
        'content-type': 'application/scim+json',
        ...(seconds !== undefined && { 'retry-after': String(seconds) }),
      });
      response.end(answer === undefined ? undefined : JSON.stringify(answer));
    })();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');

  return {
    url: `http://127.0.0.1:${address.port}/scim`,
    taken() {
      const taken = recorded;
      recorded = [];
      return taken;
    },
    refuse(method, status) {
      if (status === undefined) refusals.delete(method);
      else refusals.set(method, status);
    },
    putOff: (method, seconds) => void putOffs.set(method, seconds),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
