import type { Request, RequestHandler } from 'express';
import type { ApiSettings, ApiUrls } from '../deps.ts';
import type { Surface } from '../route.ts';

/**
 * Which surface answers under which host. A surface with a host of its own answers only there; a Host that is nobody's
 * gets 421, so that no page can be fetched under a foreign name (DNS rebinding). People who typed another name of this
 * machine are led to the canonical one; what checks our health may use any name.
 */
const surfaces: readonly (readonly [Surface, keyof ApiUrls])[] = [
  ['api', 'api'],
  ['portal', 'portal'],
  ['dashboard', 'dashboard'],
  ['test_idp', 'testIdp'],
];
const anyHost = new Set(['/healthz', '/readyz']);
const loopbackName = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;

export function dispatchHosts(
  urls: ApiUrls,
  { isEmbedded }: Pick<ApiSettings, 'isEmbedded'>,
): RequestHandler {
  const byHost = new Map<string, Surface[]>();
  for (const [surface, key] of surfaces) {
    const { host } = new URL(urls[key]);
    byHost.set(host, [...(byHost.get(host) ?? []), surface]);
  }

  return (request, response, next) => {
    // Who stands in front of us may have gone by the other one (RFC 9112 §3.2).
    if ((request.headersDistinct['host'] ?? []).length > 1) {
      response.status(400).json({ message: 'A request has one Host header.' });
      return;
    }
    const host = (request.host ?? '').toLowerCase();
    const found = byHost.get(host);
    response.locals.surfaces = [
      ...(found ?? []),
      'any',
      ...(isEmbedded && found ? (['operators'] as const) : []),
    ];
    if (found !== undefined || anyHost.has(request.path)) {
      next();
      return;
    }
    if (isPage(request) && loopbackName.test(host)) {
      response.redirect(307, `${canonicalOrigin(request.path, urls)}${request.originalUrl}`);
      return;
    }
    response.status(421).json({ message: `This server does not answer for "${host}". Use ${urls.api}.` });
  };
}

/** Lets a request through only where the surface answers. */
export function onlyOn(surface: Surface): RequestHandler {
  return (_request, response, next) => {
    next(response.locals.surfaces.includes(surface) ? undefined : 'router');
  };
}

function isPage(request: Request): boolean {
  return request.method === 'GET' && request.headers.accept?.includes('text/html') === true;
}

function canonicalOrigin(path: string, urls: ApiUrls): string {
  if (path.startsWith('/setup')) return urls.portal;
  if (path.startsWith('/dashboard') || path.startsWith('/sandbox')) return urls.dashboard;
  return path.startsWith('/test-idp') ? urls.testIdp : urls.api;
}
