import { createServer, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { receivers } from '../../sandbox/test-sink/faults.ts';
import { createSink, type Sink } from '../../sandbox/test-sink/sink.ts';

/**
 * Test sinks in the process of the test, which outlive the product: one for each name, below `/<name>/<receiver>`. Each takes
 * `slowMs` for a request, so that one is under way whenever something is killed.
 */
export async function startOutsideSinks<Name extends string>(names: readonly Name[], slowMs: number) {
  const sinks = new Map<string, { sink: Sink; ids: string[] }>(
    names.map((name) => [
      name,
      { sink: createSink({ token: name, now: () => new Date(), slowMs }), ids: [] },
    ]),
  );
  const at = (name: string) => {
    const found = sinks.get(name);
    if (found === undefined) throw new Error(`there is no sink ${name}`);
    return found;
  };
  for (const { sink } of sinks.values()) sink.setFaults(['slow']);

  async function answer(request: IncomingMessage) {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://sink.invalid');
    const [, name = '', asked, ...path] = pathname.split('/');
    const receiver = receivers.find((known) => known === asked);
    if (receiver === undefined) throw new Error(`a sink does not play ${asked ?? 'nothing'}`);
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const { sink, ids } = at(name);
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([header, value]) => [header, String(value)]),
    );
    const reply = await sink.receive(receiver, {
      method: request.method ?? '',
      path: decodeURI(`/${path.join('/')}`),
      query: searchParams,
      headers,
      body,
      url: `http://${headers['host'] ?? ''}${request.url ?? ''}`,
    });
    const sent: unknown = body[0] === 0x7b && receiver === 'https' ? JSON.parse(body.toString()) : null;
    if (reply.status < 300 && typeof sent === 'object' && sent !== null && 'id' in sent)
      ids.push(String(sent.id));
    return reply;
  }

  const server = createServer((request, response) => {
    answer(request).then(
      ({ status, headers, body }) => response.writeHead(status, headers).end(body),
      // Whoever sent it was killed in the middle.
      () => response.destroy(),
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    urlOf: (name: Name) => `${url}/${name}`,
    sinkOf: (name: Name) => at(name).sink,
    /** Ids of what one took as a webhook, in their order. */
    idsOf: (name: Name) => at(name).ids,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
