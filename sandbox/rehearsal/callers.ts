import { setTimeout as pause } from 'node:timers/promises';
import { NotPlayed } from './not-played.ts';
import { personAt, type Page, type Visitor } from './visitor.ts';

/** How the people of a rehearsal reach the product: by HTTP, as their programs and pages do. */

// Answers are read as a script in any language would: without types.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Json = any;

export type Call = (method: string, route: string, body?: unknown) => Promise<Json>;

/** How long one request may go unanswered. */
export const answerMs = 30_000;
const patienceMs = 90_000;

/** Calls of the developer API. Throws `NotPlayed` for an answer that is no success. */
export function developerCaller(api: string, apiKey: string, signal?: AbortSignal): Call {
  return async (method, route, body) => {
    const response = await fetch(`${api}${route}`, {
      method,
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      redirect: 'error',
      signal: patient(signal),
    });
    const text = await response.text();
    if (!response.ok) throw refusedWith(method, route, response.status, text);
    const isJson = response.headers.get('content-type')?.startsWith('application/json') ?? false;
    return isJson ? JSON.parse(text) : null;
  };
}

/** Calls of the portal's pages, with the public handle of the session they were drawn for. */
export function portalCaller(visitor: Visitor, base: string, handle: string): Call {
  let keys = 0;
  return async (method, route, body) => {
    const headers = { 'x-vestibule-session': handle, 'idempotency-key': `played-${Date.now()}-${++keys}` };
    const answer = await visitor.call(method, `${base}${route}`, body, headers);
    if (answer.status >= 400) {
      throw refusedWith(method, route, answer.status, JSON.stringify(answer.body));
    }
    return answer.body;
  };
}

/** Goes to the identity provider, signs in as one of the domain's test people, and comes back as the answer is posted. */
export async function signInAt(visitor: Visitor, url: string, domain: string): Promise<Page> {
  const people = await visitor.open(url);
  const answer = await visitor.submit(people, personAt(people, domain));
  return visitor.submit(answer);
}

/** Looks again and again until there is something. Throws `NotPlayed` when patience ends, and when it is called off. */
export async function until<T>(look: () => Promise<T | undefined>, signal?: AbortSignal): Promise<T> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    signal?.throwIfAborted();
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > deadline) {
      throw new NotPlayed('did_not_come', { seconds: String(patienceMs / 1_000) });
    }
    await pause(300, undefined, { signal });
  }
}

/** Ends a request that is not answered, and all of them when `signal` does. */
export const patient = (signal: AbortSignal | undefined): AbortSignal =>
  AbortSignal.any([AbortSignal.timeout(answerMs), ...(signal === undefined ? [] : [signal])]);

function refusedWith(method: string, route: string, status: number, text: string): NotPlayed {
  const [path = route] = route.split('?');
  const [, said] = /"(?:message|detail|title|code)": ?"([^"]+)"/.exec(text) ?? [];
  const detail = (said ?? text).slice(0, 300);
  return new NotPlayed('answered', { method, path, status: String(status), detail });
}
