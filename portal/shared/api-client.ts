/**
 * The only place that talks to the server. JSON in and out; every request carries our own header [LNK-09] and the
 * public handle of the session its page was drawn for, every command an `Idempotency-Key`. A refusal arrives as
 * `ApiProblem`: RFC 9457 with a `code` and facts; words for it are in the catalogue `errors.json`.
 */
import { inject, type InjectionKey } from 'vue';
import { noteServerTime } from './clock.ts';
import type { ErrorCode, ErrorFacts } from '../../onboarding/errors.ts';

/** Codes the server never sends: the request did not reach it, or its answer made no sense. */
export type ProblemCode = ErrorCode | 'internal' | 'offline' | 'timed_out' | 'unexpected';

export class ApiProblem extends Error {
  readonly code: ProblemCode | (string & {});
  readonly status: number;
  readonly facts: ErrorFacts;
  /** Field → code, when the server could tell what is wrong field by field. */
  readonly fields: Readonly<Record<string, string>>;
  /** To read aloud when asking for help. */
  readonly requestId: string | undefined;
  /** Whether the product said no, so that nothing was done. Else it may have done what was asked: nobody knows. */
  readonly isRefusal: boolean;

  constructor(problem: Partial<Omit<ApiProblem, 'code'>> & { code: ApiProblem['code'] }) {
    super(problem.code, { cause: problem.cause });
    this.name = 'ApiProblem';
    this.code = problem.code;
    this.status = problem.status ?? 0;
    this.facts = problem.facts ?? {};
    this.fields = problem.fields ?? {};
    this.requestId = problem.requestId;
    this.isRefusal = !!problem.isRefusal;
  }
}

export type ApiClientSettings = {
  /** From the boot data: `/setup/acme/api`. Paths below are appended to it. */
  apiPath: string;
  sessionHandle?: string;
  /** What every request says beside that, of the page it is sent by. */
  pageHeaders?: (() => Record<string, string>) | undefined;
  /** How long to wait for an answer, in milliseconds. */
  timeoutMs?: number;
  /** Codes of refusals that end a session of this app, beside those of every app. */
  alsoEnds?: readonly string[] | undefined;
  /** Told of every refusal that ends this page's session, so that the shell can say so once. */
  onSessionProblem?: (problem: ApiProblem) => void;
  /** Told whether the last act on the onboarding was applied, or kept and will be applied in a moment (M58). */
  onQueued?: (isQueued: boolean) => void;
  /** Told of every request that was let in. */
  onAnswered?: () => void;
};

export type RequestOptions = {
  signal?: AbortSignal;
  /** Instead of the client's `timeoutMs`, where the server itself waits for somebody. */
  patienceMs?: number;
};
export type CommandOptions = RequestOptions & {
  /** The same for every try of one act, so that a retry never does it twice. */
  idempotencyKey?: string;
};

export type ApiClient = ReturnType<typeof createApiClient>;

const everywhere = ['session_ended', 'session_differs', 'unauthorized'];

export function createApiClient(settings: ApiClientSettings) {
  const {
    apiPath,
    sessionHandle,
    pageHeaders,
    timeoutMs = 15_000,
    alsoEnds = [],
    onSessionProblem,
    onQueued,
    onAnswered,
  } = settings;
  const endsSession = new Set([...everywhere, ...alsoEnds]);

  async function request<Answer>(
    method: string,
    path: string,
    body: unknown,
    { signal, idempotencyKey, patienceMs = timeoutMs }: CommandOptions,
  ): Promise<Answer> {
    const headers = new Headers({ accept: 'application/json', 'x-vestibule-request': '1' });
    for (const [name, value] of Object.entries(pageHeaders?.() ?? {})) headers.set(name, value);
    if (sessionHandle !== undefined) headers.set('x-vestibule-session', sessionHandle);
    if (method !== 'GET') {
      headers.set('content-type', 'application/json');
      headers.set('idempotency-key', idempotencyKey ?? newIdempotencyKey());
    }
    const response = await answered(`${apiPath}${path}`, {
      method,
      headers,
      credentials: 'same-origin',
      cache: 'no-store',
      ...(method === 'GET' ? {} : { body: JSON.stringify(body ?? {}) }),
      signal: AbortSignal.any([AbortSignal.timeout(patienceMs), ...(signal ? [signal] : [])]),
    });
    noteServerTime(response.headers.get('date'));
    if (!response.ok) {
      const problem = await readProblem(response);
      if (endsSession.has(problem.code)) onSessionProblem?.(problem);
      throw problem;
    }
    onAnswered?.();
    const answer = await response.text();
    const read = answer === '' ? null : JSON.parse(answer);
    if (read?.status === 'queued' || read?.status === 'applied') onQueued?.(read.status === 'queued');
    return read;
  }

  return {
    get: <Answer>(path: string, options: RequestOptions = {}) =>
      request<Answer>('GET', path, undefined, options),
    post: <Answer>(path: string, body?: unknown, options: CommandOptions = {}) =>
      request<Answer>('POST', path, body, options),
    put: <Answer>(path: string, body?: unknown, options: CommandOptions = {}) =>
      request<Answer>('PUT', path, body, options),
    patch: <Answer>(path: string, body?: unknown, options: CommandOptions = {}) =>
      request<Answer>('PATCH', path, body, options),
    delete: <Answer>(path: string, { body, ...options }: CommandOptions & { body?: unknown } = {}) =>
      request<Answer>('DELETE', path, body, options),
    /** The address of the page's stream of hints; `EventSource` sends no headers, so the handle is in the address. */
    liveUrl: `${apiPath}/live${sessionHandle === undefined ? '' : `?session=${encodeURIComponent(sessionHandle)}`}`,
  };
}

async function answered(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause;
    const isTimeout = cause instanceof DOMException && cause.name === 'TimeoutError';
    throw new ApiProblem({ code: isTimeout ? 'timed_out' : 'offline', cause });
  }
}

async function readProblem(response: Response): Promise<ApiProblem> {
  const { status } = response;
  const { code, facts, fields, request_id: requestId } = await response.json().catch(() => ({}));
  // A proxy before the product, which knows not what became of the request: 502 to 504, and those made up beyond.
  if (!code)
    return new ApiProblem({
      code: status > 501 ? 'offline' : status === 413 ? 'body_too_large' : 'unexpected',
      status,
    });
  // Who is told to wait asks the same again: of two tries, the first may still be under way.
  const isRefusal = status < 500 && !facts?.retry_after_s;
  return new ApiProblem({ code, status, facts, fields, requestId, isRefusal });
}

/** 128 random bits; `crypto.randomUUID` is missing on plain-http addresses other than loopback. */
export function newIdempotencyKey(): string {
  return crypto.getRandomValues(new Uint32Array(4)).join('-');
}

export const apiClientKey: InjectionKey<ApiClient> = Symbol('api client');

export function useApi(): ApiClient {
  const client = inject(apiClientKey);
  if (client === undefined) throw new Error('No api client was provided to this app.');
  return client;
}
