import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/**
 * Where log streams go in the bench: a place for each path, which reads what it is sent as JSON and keeps little of it.
 * `?ms=50` has an answer take so long, `?never` has none. GET says what a place has got, DELETE forgets it.
 */

export interface SinkAccount {
  /** Without what came again. */
  records: number;
  duplicates: number;
  /** Records whose number is not the next one, but for those that came again. */
  outOfOrder: number;
  last: number;
  /** From the first request to the end of the last one that held something new. */
  ms: number;
  /** From when they happened until they were here. */
  p50: number;
  p99: number;
  /** Of the last test event. */
  code: string | null;
}

interface SinkRecord {
  sequence: number;
  occurred_at: string;
  metadata?: { code?: string };
}

const places = new Map<string, ReturnType<typeof createPlace>>();

function createPlace() {
  let [records, duplicates, outOfOrder, last] = [0, 0, 0, 0];
  let firstAt: number | undefined;
  let lastAt = 0;
  let code: string | null = null;
  const took: number[] = [];
  return {
    take(given: readonly SinkRecord[], at: number): void {
      firstAt ??= at;
      for (const { sequence, occurred_at: occurredAt, metadata } of given) {
        if (sequence === 0) code = metadata?.code ?? null;
        else if (sequence <= last) duplicates += 1;
        else {
          if (last > 0 && sequence !== last + 1) outOfOrder += 1;
          last = sequence;
          records += 1;
          took.push(Date.now() - Date.parse(occurredAt));
          lastAt = performance.now();
        }
      }
    },
    read(): SinkAccount {
      const sorted = took.toSorted((a, b) => a - b);
      const at = (share: number) => sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN;
      return {
        records,
        duplicates,
        outOfOrder,
        last,
        code,
        p50: at(0.5),
        p99: at(0.99),
        ms: firstAt === undefined ? 0 : lastAt - firstAt,
      };
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

async function answer(request: IncomingMessage): Promise<string | undefined> {
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://sink.invalid');
  const startedAt = performance.now();
  const place = places.get(pathname) ?? createPlace();
  places.set(pathname, place);
  if (request.method === 'GET') return JSON.stringify(place.read());
  if (request.method === 'DELETE') {
    places.delete(pathname);
    return '{}';
  }
  const body = await bodyOf(request);
  const given = JSON.parse(body) as SinkRecord[];
  // Dead for the log only: its stream could not be started otherwise.
  if (searchParams.has('never') && given.some(({ sequence }) => sequence > 0)) return undefined;
  const ms = Number(searchParams.get('ms') ?? 0);
  if (ms > 0) await pause(Math.max(0, ms - (performance.now() - startedAt)));
  place.take(given, startedAt);
  return '{}';
}

const server = createServer((request, response) => {
  answer(request).then(
    (text) => {
      if (text !== undefined) response.writeHead(200, { 'content-type': 'application/json' }).end(text);
    },
    () => response.writeHead(400).end(),
  );
});
// Every address of the loopback block is a host of its own to the caps of outbound connections.
server.listen(0, '0.0.0.0');
await once(server, 'listening');
process.stdout.write(`listening ${(server.address() as AddressInfo).port}\n`);
