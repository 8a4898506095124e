import express, { type Express, type RequestHandler } from 'express';
import type { ApiDeps } from './deps.ts';
import { developerErrors } from './middleware/developer-errors.ts';
import { handleErrors } from './middleware/handle-errors.ts';
import { dispatchHosts } from './middleware/hosts.ts';
import { identifyRequests, logRequests } from './middleware/log-requests.ts';
import { problems } from './middleware/problems.ts';
import { setSecurityHeaders } from './middleware/security-headers.ts';
import { serveScim } from './protocols/scim/index.ts';
import { mount } from './registrar.ts';
import type { RouteTable } from './route.ts';
import { send } from './send.ts';

/**
 * The whole HTTP surface: what happens to every request, in order, then the tables. `plugins` are handlers of others
 * (the Test IdP, static files of the portal) that answer or pass on; they come after the tables.
 */
export function createApp(
  deps: ApiDeps,
  tables: readonly RouteTable[],
  plugins: readonly RequestHandler[] = [],
): Express {
  const app = bareApp(deps);
  app.use(dispatchHosts(deps.urls, deps.settings));
  // Before the tables: a directory's client calls often, and none of them is meant for it.
  app.use(serveScim(deps));
  for (const table of tables) app.use(mount(table, deps));
  for (const plugin of plugins) app.use(plugin);
  app.use(answerNotFound);
  app.use(handleErrors(developerErrors, deps.logger));
  return app;
}

/** The operators' own address: their tables under any host name, nothing else. */
export function createOperatorsApp(deps: ApiDeps, tables: readonly RouteTable[]): Express {
  const app = bareApp(deps);
  app.use((_request, response, next) => {
    response.locals.surfaces = ['operators', 'any'];
    next();
  });
  for (const table of tables) app.use(mount(table, deps));
  app.use(answerNotFound);
  return app;
}

function bareApp(deps: ApiDeps): Express {
  const app = express();
  app.set('trust proxy', deps.settings.trustProxy);
  app.set('query parser', 'simple');
  app.set('etag', false);
  app.disable('x-powered-by');
  app.use(identifyRequests, logRequests(deps.logger), measure(deps));
  app.use(setSecurityHeaders({ https: deps.urls.api.startsWith('https:') }));
  return app;
}

const pathsOfPages = /^\/(setup|dashboard|sandbox)\//;

/** What no table has: in the shape of the surface the path belongs to. */
const answerNotFound: RequestHandler = (request, response) => {
  const style = pathsOfPages.test(request.path) ? problems : developerErrors;
  const failure = { status: 404, code: 'not_found', facts: {}, fields: [] };
  send(response, style(failure, response.locals.requestId));
};

function measure({ metrics, now }: ApiDeps): RequestHandler {
  return (request, response, next) => {
    const startedMs = now().getTime();
    response.on('finish', () => {
      const { route = 'none', refusal } = response.locals;
      metrics.requests.observe(
        { method: request.method, route, status: String(response.statusCode) },
        (now().getTime() - startedMs) / 1000,
      );
      if (refusal !== undefined) metrics.refusals.inc({ code: refusal });
    });
    next();
  };
}
