import { Router, type Request, type RequestHandler, type Response } from 'express';
import type { ApiDeps } from './deps.ts';
import { authenticate, authorize, type Authenticated } from './middleware/authenticate.ts';
import { readCookies } from './middleware/cookies.ts';
import { finalRefusal, handleErrors } from './middleware/handle-errors.ts';
import { onlyOn } from './middleware/hosts.ts';
import { committers, reader } from './middleware/idempotency.ts';
import { parseBody, readBody, readQuery, refuseUnstorableIds } from './middleware/read-input.ts';
import { withRefusalsOnRecord } from './middleware/refusals-on-record.ts';
import type { AnyContext, RequestFacts, Route, RouteTable } from './route.ts';
import { send } from './send.ts';

/**
 * Mounts a table of routes: surface → who → body → schema → handler → answer. There is no way to mount a handler
 * without saying who may call it [API-02].
 */
export function mount(table: RouteTable, deps: ApiDeps): Router {
  const router = Router({ caseSensitive: true, strict: true });
  router.use(onlyOn(table.surface));
  for (const route of table.routes) {
    router[methods[route.method]](route.path, ...chain(route, table, deps));
  }
  router.use(handleErrors(table.errors, deps.logger));
  return router;
}

const methods = {
  GET: 'get',
  POST: 'post',
  PUT: 'put',
  PATCH: 'patch',
  DELETE: 'delete',
  OPTIONS: 'options',
} as const;

function chain(route: Route, table: RouteTable, deps: ApiDeps): RequestHandler[] {
  const callers = new WeakMap<Request, Authenticated>();
  return [
    async (request, response, next) => {
      if (route.isAct && request.method === 'HEAD') {
        response.set('Cache-Control', 'no-store').end();
        return;
      }
      response.locals.route = route.path;
      response.locals.objectId = typeof request.params.id === 'string' ? request.params.id : undefined;
      const facts = factsOf(request, response, deps);
      const found = await authenticate(route, request, deps, facts);
      await withRefusalsOnRecord(deps, { route, facts, found }, () =>
        authorize(route, found.caller, deps, facts),
      );
      callers.set(request, found);
      next();
    },
    ...parseBody(route),
    async (request, response) => {
      const found = callers.get(request);
      if (found === undefined) throw new Error(`nobody asked who calls ${route.path}`);
      const facts = factsOf(request, response, deps);
      const context = contextOf(route, table, deps, request, response, facts, found);
      const answer = await withRefusalsOnRecord(deps, { route, facts, found }, () => route.handler(context));
      send(response, answer);
    },
  ];
}

function contextOf(
  route: Route,
  table: RouteTable,
  deps: ApiDeps,
  request: Request,
  response: Response,
  facts: RequestFacts,
  { caller, tenant }: Authenticated,
): AnyContext {
  const isForm = request.is('application/x-www-form-urlencoded') !== false;
  const isDeveloper = table.surface === 'api';
  const params = paramsOf(request);
  refuseUnstorableIds(params);
  const body = readBody(route, request.body, { isForm, isDeveloper });
  const query = readQuery(route, request.query);
  const attempt = {
    scope: `${caller?.type === 'customer' ? caller.session.organizationId : ''} ${route.method} ${request.path}`,
    key: request.get('idempotency-key'),
    rights: rightsOf(caller),
    isKeyedByContent: route.isKeyedByContent ?? false,
    sent: request.body as unknown,
    sentBytes: Number(request.get('content-length') ?? Number.POSITIVE_INFINITY),
    answerRefusal: (error: unknown) => finalRefusal(error, table.errors, response.locals),
  };
  return {
    deps,
    caller,
    body,
    query,
    params,
    request: facts,
    ...(tenant === null
      ? { read: null, commit: null, commitGathered: null }
      : { read: reader(deps, tenant), ...committers(deps, tenant, attempt) }),
  };
}

/** What a caller may who may not everything; of customers the link decides, and their organization is a part of the scope. */
function rightsOf(caller: Authenticated['caller']): string {
  const by = caller?.type === 'sandbox' ? caller.by : caller;
  if (by?.type === 'developer') return by.scopes.includes('full') ? '' : [...by.scopes].sort().join(' ');
  return by?.type === 'staff' && by.member.role !== 'admin' ? by.member.role : '';
}

/** Names of the path as texts; the rest of a path (`*name`) is joined again. */
function paramsOf(request: Request): Record<string, string> {
  return Object.fromEntries(
    Object.entries(request.params).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join('/') : value,
    ]),
  );
}

function factsOf(request: Request, response: Response, deps: ApiDeps): RequestFacts {
  return {
    id: response.locals.requestId,
    address: request.ip ?? '',
    userAgent: request.get('user-agent')?.slice(0, 400) ?? null,
    headers: request.headers,
    authorizations: request.headersDistinct.authorization ?? [],
    target: request.originalUrl,
    cookies: readCookies(request.headers.cookie),
    nonce: response.locals.nonce,
    now: deps.now(),
  };
}
