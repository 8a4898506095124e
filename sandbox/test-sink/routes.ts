import { Router, type Request, type RequestHandler, type Response } from 'express';
import { receivers, type Receiver } from './faults.ts';
import type { Sinks } from './panel.ts';

const mostBytes = 64 * 1024 * 1024;

/**
 * The test sink over HTTP, below `/test-sink/<token>/<receiver>`, for streams and webhooks of sandbox environments. Requests
 * that are not for it are passed on.
 */
export function createTestSink({ sinks, url }: { sinks: Sinks; url: string }): RequestHandler {
  const { host } = new URL(url);
  const router = Router({ caseSensitive: true });
  router.use(
    '/test-sink/:token/:receiver',
    (request, _response, next) => {
      next(request.host === host && isReceiver(request.params['receiver']) ? undefined : 'router');
    },
    (request, response, next) => {
      answer(sinks, request, response).catch(next);
    },
  );
  return router;
}

async function answer(sinks: Sinks, request: Request, response: Response): Promise<void> {
  const { token, receiver } = request.params;
  const sink = await sinks.find(String(token));
  if (sink === undefined || !isReceiver(receiver)) {
    response.status(404).json({ message: 'There is no test sink at this address.' });
    return;
  }
  const given = await bodyOf(request);
  if (given === undefined) {
    response
      .status(413)
      .set('Connection', 'close')
      .json({ message: 'That is more than the test sink takes at once.' });
    return;
  }
  const { pathname, searchParams } = new URL(request.url, 'http://sink.invalid');
  const { status, headers, body } = await sink.receive(receiver, {
    method: request.method,
    path: decodeURI(pathname),
    query: searchParams,
    headers: textsOf(request),
    body: given,
    url: `http://${request.host ?? ''}${request.originalUrl}`,
  });
  response.status(status).set('Cache-Control', 'no-store');
  if (headers !== undefined) response.set({ ...headers });
  response.end(body);
}

/** As it came, packed or not: digests and signatures are of these bytes. Undefined: too long. */
async function bodyOf(request: Request): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > mostBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function textsOf({ headers }: Request): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );
}

const isReceiver = (name: unknown): name is Receiver => receivers.some((known) => known === name);
