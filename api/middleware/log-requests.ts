import type { RequestHandler } from 'express';
import type { Logger } from 'pino';
import { newId } from '../../adapters/ids.ts';
import { ourTokenPattern } from '../../adapters/tokens.ts';
import type { Surface } from '../route.ts';
import { newNonce } from './security-headers.ts';

declare global {
  // eslint-disable-next-line @typescript-eslint/no-namespace -- Express types its locals by this global and no other way
  namespace Express {
    interface Locals {
      requestId: string;
      nonce: string;
      surfaces: readonly Surface[];
      /** Code of the refusal that was answered, for the log. */
      refusal?: string;
      /** The id in the path, for "not found". */
      objectId?: string | undefined;
      /** The path pattern of the route that matched, for log and metrics. */
      route?: string;
    }
  }
}

/** Gives every request an id, on every answer as `X-Request-Id`. Ids of callers are not taken over. */
export const identifyRequests: RequestHandler = (_request, response, next) => {
  response.locals.requestId = newId('req_');
  response.locals.nonce = newNonce();
  response.setHeader('X-Request-Id', response.locals.requestId);
  next();
};

/**
 * One line a request: method, path, status, time. Never a body, a header or a query, because those hold codes and
 * assertions; tokens in paths are cut [LNK-07].
 */
export function logRequests(logger: Logger): RequestHandler {
  return (request, response, next) => {
    const startedMs = performance.now();
    const { method, originalUrl } = request;
    response.on('close', () => {
      const { requestId, route, refusal } = response.locals;
      const { statusCode: status, writableFinished } = response;
      // 501 is an answer of ours to what no directory has, not something that broke.
      const level = status >= 500 && status !== 501 ? 'error' : 'info';
      if (!logger.isLevelEnabled(level)) return;
      const facts = { requestId, method, path: redactPath(originalUrl), status, route, refusal };
      const tookMs = Math.round(performance.now() - startedMs);
      logger[level]({ ...facts, tookMs }, writableFinished ? 'request answered' : 'request cut off');
    });
    next();
  };
}

/** The path without its query, every token of ours in it shortened to its prefix. */
function redactPath(target: string): string {
  const [path = ''] = target.split('?');
  return path.replace(ourTokenPattern, (token) => `${token.slice(0, token.lastIndexOf('_', 10) + 1)}…`);
}
