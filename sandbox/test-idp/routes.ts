import { Router, type RequestHandler } from 'express';
import type { TestIdpDeps } from './deps.ts';
import { logoutRoutes } from './logout-routes.ts';
import { oidcRoutes } from './oidc/routes.ts';
import { stylesheet } from './pages.ts';
import { samlRoutes } from './saml-routes.ts';
import { refuse } from './show.ts';
import { createKeyReader } from './stored-keys.ts';

/**
 * The Test IdP over HTTP, for connections of sandbox environments that have it as their provider [TIDP-01] [TIDP-03].
 * Requests that are not for it are passed on.
 */
export function createTestIdp(deps: TestIdpDeps): RequestHandler {
  const { host } = new URL(deps.url);
  const keys = createKeyReader(deps);
  const router = Router({ caseSensitive: true });
  router.use('/test-idp', (request, response, next) => {
    if (request.host !== host) next('router');
    // Link checkers ask for the head of an address: it is there, and nothing is begun for them.
    else if (request.method === 'HEAD') response.status(200).set('Cache-Control', 'no-store').end();
    else next();
  });
  router.get('/test-idp/style.css', (_request, response) => {
    response.set('Cache-Control', 'public, max-age=3600').type('css').send(stylesheet);
  });
  router.use(samlRoutes(deps, keys));
  router.use(logoutRoutes(deps, keys));
  router.use(oidcRoutes(deps));
  router.use('/test-idp', refuse);
  return router;
}
