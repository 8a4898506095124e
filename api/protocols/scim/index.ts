import type { Request, RequestHandler, Response } from 'express';
import { errorBody, errorBodyOfVersionOne, ScimRefusal } from '../../../adapters/scim/errors.ts';
import { isValues } from '../../../adapters/scim/values.ts';
import type { DirectoryRequestCause, DirectoryRequestKind } from '../../../onboarding/directory-requests.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { maskSubject } from '../../../onboarding/masking.ts';
import type { ApiDeps } from '../../deps.ts';
import { sourceKey } from '../../middleware/limit-rates.ts';
import { readAddress, readQuery, type ScimAddress, type ScimVersion } from './address.ts';
import type { ScimAnswer } from './call.ts';
import {
  createKnownDirectories,
  digestOfBearer,
  unauthorized,
  type Called,
  type DirectoryDoor,
} from './caller.ts';
import { refusalOf } from './failures.ts';
import { createHandlers } from './handlers.ts';
import { readBody } from './read-body.ts';

/**
 * The SCIM server of every directory: 2.0 at `/scim/v2/<external key>` (RFC 7643, 7644), and the same in the form of 1.1 at
 * `/scim/v1.1/<external key>`. Only the bearer token of a directory opens it, and whose people a call is about comes from
 * the token alone [SCIM-01].
 */
export function serveScim(deps: ApiDeps): RequestHandler {
  const directories = createKnownDirectories(deps);
  const find = createHandlers((err) => deps.logger.error({ err }, 'an operation of a bulk request failed'));

  return (request, response, next) => {
    const address = readAddress(request.url);
    if (address === undefined || !response.locals.surfaces.includes('api')) {
      next();
      return;
    }
    void serve(request, response, address).catch(next);
  };

  async function serve(request: Request, response: Response, address: ScimAddress): Promise<void> {
    const method = methodOf(request, address);
    const call: Told = { startedAt: performance.now(), now: deps.now(), address, method };
    try {
      finish(call, request, response, await answer(call, request, response));
    } catch (error) {
      refuse(call, request, response, error);
    }
  }

  async function answer(call: Told, request: Request, response: Response): Promise<ScimAnswer> {
    const { address, now } = call;
    response.locals.route = address.version === '2.0' ? '/scim/v2/:key' : '/scim/v1.1/:key';
    const source = sourceKey(request.ip ?? '');
    await deps.limits.refuseSpent('scim_token_failures', source);
    call.called = await deps.tenants.ofDirectory(address.key);
    // Clients of many customers call from one address: a wrong token at one directory takes nothing from the others.
    const failures = call.called === undefined ? source : `${source} ${call.called.directoryId}`;
    await deps.limits.refuseSpent('scim_token_failures', failures);
    try {
      if (request.headers.authorization === undefined) throw unauthorized('token_missing');
      const digest = digestOfBearer(request.headers.authorization);
      if (digest === undefined || call.called === undefined) throw unauthorized('token_unknown');
      // By token too, so that who has none of this directory's cannot spend what its client may.
      await deps.limits.spend('scim_requests', `${call.called.directoryId} ${digest}`);
      const door = directories.openDoor(call.called, digest, now, ({ tokenId }) => (call.tokenId = tokenId));
      try {
        return await work(call, call.called, door, request, response);
      } catch (error) {
        // What is wrong with a call is for whoever has a token: to a stranger every address is one that there is not.
        if (call.tokenId === undefined) await door.prove();
        throw error;
      }
    } catch (error) {
      if (error instanceof ScimRefusal && error.status === 401)
        await deps.limits.spend('scim_token_failures', failures);
      throw error;
    }
  }

  async function work(
    call: Told,
    { environmentId }: Called,
    door: DirectoryDoor,
    request: Request,
    response: Response,
  ): Promise<ScimAnswer> {
    const { handler, route } = find(call.method, call.address);
    response.locals.route = route;
    call.body = await readBody(request);
    return handler({
      door,
      id: call.address.id,
      query: readQuery(request.url),
      body: call.body,
      attributes: (await deps.environments.find(environmentId))?.customAttributes ?? [],
      ifMatch: request.headers['if-match'],
      ifNoneMatch: request.headers['if-none-match'],
      isWhole: call.method === 'PUT',
    });
  }

  function finish(call: Told, request: Request, response: Response, answered: ScimAnswer): void {
    const { status, body, headers, kind, subject = null, summary } = answered;
    send(call, request, response, { status, body, headers });
    record(call, request, { status, kind, cause: null, subject, responseBody: summary ?? body ?? null });
  }

  function refuse(call: Told, request: Request, response: Response, error: unknown): void {
    const refusal = refusalOf(error);
    const { status, reason } = refusal;
    response.locals.refusal = reason;
    if (status >= 500 && status !== 501)
      deps.logger.error({ err: error, requestId: response.locals.requestId }, 'a request failed');
    const wait = error instanceof OnboardingError ? error.facts.retry_after_s : undefined;
    const body = JSON.stringify(
      call.address.version === '2.0' ? errorBody(refusal) : errorBodyOfVersionOne(refusal),
    );
    const headers = {
      ...(status === 401 && { 'WWW-Authenticate': 'Bearer' }),
      ...((status === 429 || status === 503) && { 'Retry-After': String(wait ?? 5) }),
      // What is left of a body that was not read would be taken for the next request.
      ...(request.complete ? {} : { Connection: 'close' }),
    };
    send(call, request, response, { status, body, headers });
    const subject = whoWasMeant(call);
    record(call, request, { status, kind: 'refused', cause: reason, subject, responseBody: body });
  }

  function record(call: Told, request: Request, ended: Ended): void {
    const { called, now, startedAt, address, method, tokenId = null, body } = call;
    if (called === undefined) return;
    const { environmentId, organizationId, directoryId } = called;
    deps.directoryRequests.add({
      environmentId,
      organizationId,
      directoryId,
      at: now,
      method,
      ...ended,
      path: pathOf(address, request.url),
      milliseconds: Math.round(performance.now() - startedAt),
      userAgent: request.headers['user-agent'] ?? null,
      tokenId,
      // Of a stranger nothing is kept but that they came.
      requestBody: tokenId === null ? undefined : body,
    });
  }
}

/** Whom a refused call was about, where its body says: it may be the one that somebody watches. */
function whoWasMeant({ address, body, tokenId }: Told): string | null {
  if (tokenId === undefined || !isValues(body)) return null;
  const isGroup = address.resource === 'Groups';
  const [, name] =
    Object.entries(body).find(([key]) => key.toLowerCase() === (isGroup ? 'displayname' : 'username')) ?? [];
  if (typeof name !== 'string' || name.trim() === '') return null;
  return isGroup ? name : maskSubject(name);
}

/** What is known of a call so far. */
interface Told {
  startedAt: number;
  now: Date;
  address: ScimAddress;
  method: string;
  called?: Called | undefined;
  tokenId?: string;
  body?: unknown;
}

interface Ended {
  status: number;
  kind: DirectoryRequestKind;
  cause: DirectoryRequestCause | null;
  subject: string | null;
  responseBody: string | null;
}

const overridden = new Set(['PUT', 'PATCH', 'DELETE']);

/** Where only GET and POST come through, a client of 1.1 names the method that it means in a header (Protocol 1.1 §3). */
function methodOf({ method, headers }: Request, { version }: ScimAddress): string {
  if (version === '2.0' || method !== 'POST') return method;
  const meant = String(headers['x-http-method-override'] ?? '').toUpperCase();
  return overridden.has(meant) ? meant : method;
}

const contentTypes: Readonly<Record<ScimVersion, string>> = {
  '2.0': 'application/scim+json; charset=utf-8',
  '1.1': 'application/json; charset=utf-8',
};

function send(
  { address }: Told,
  request: Request,
  response: Response,
  { status, body, headers = {} }: Pick<ScimAnswer, 'status' | 'body' | 'headers'>,
): void {
  if (response.headersSent) return;
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.setHeader('Cache-Control', 'no-store');
  if (body === undefined) {
    response.end();
    return;
  }
  response.setHeader('Content-Type', contentTypes[address.version]);
  response.setHeader('Content-Length', Buffer.byteLength(body));
  response.end(request.method === 'HEAD' ? undefined : body);
}

/** Path and question, readable. */
function pathOf({ path }: ScimAddress, url: string): string {
  const at = url.indexOf('?');
  if (at < 0) return path;
  try {
    return path + decodeURIComponent(url.slice(at).replaceAll('+', ' '));
  } catch {
    return path + url.slice(at);
  }
}
