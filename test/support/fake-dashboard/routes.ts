import type { ZodType } from 'zod';
import type { Problem } from '../../../api/contract/shared.ts';
import type { DashboardData } from '../dashboard-data.ts';

export type FakeAnswer = { status: number; body: unknown };

/** What every part answers from. */
export interface FakeWorld {
  data: DashboardData;
  now: Date;
  role: 'admin' | 'developer' | 'support' | 'viewer';
  /** Nothing has been made yet. */
  isEmpty: boolean;
  temporalAway: boolean;
  /** Now, as the API writes it. */
  at: () => string;
}

type Match = Record<string, string>;
type Handler = (match: Match, query: URLSearchParams, body: unknown) => FakeAnswer;

export type FakeRoutes = ReturnType<typeof createFakeRoutes>;

export const api = '/dashboard/api';

/** Addresses with their answers, each in the shape of its contract; `:name` stands for one part of a path. */
export function createFakeRoutes() {
  const routes: { method: string; pattern: RegExp; handle: Handler }[] = [];

  function on(method: string, pattern: string, handle: Handler): void {
    const source = pattern.replaceAll(/:(\w+)/g, '(?<$1>[^/]+)');
    routes.push({ method, pattern: new RegExp(`^${source}$`), handle });
  }

  return {
    on,
    get<Answer>(
      pattern: string,
      schema: ZodType<Answer>,
      find: (id: string, query: URLSearchParams) => Answer | undefined,
    ): void {
      on('GET', pattern, ({ id = '' }, query) => {
        const found = find(id, query);
        return found === undefined ? problemOf(404, 'not_found') : ok(schema, found);
      });
    },
    /** What a page sends has the shape of its contract, or is refused as the API would. */
    take<Body>(
      method: string,
      pattern: string,
      schema: ZodType<Body>,
      act: (body: Body, match: Match) => FakeAnswer,
    ): void {
      on(method, pattern, (match, _query, sent) => {
        const { success, data } = schema.safeParse(sent);
        return success ? act(data, match) : problemOf(400, 'invalid_request');
      });
    },
    answer(method: string, { pathname, searchParams }: URL, body: unknown): FakeAnswer {
      for (const route of routes) {
        const match = route.method === method ? route.pattern.exec(pathname) : null;
        if (match !== null) return route.handle({ ...match.groups }, searchParams, body);
      }
      return problemOf(404, 'not_found');
    },
  };
}

/** A filter that is not in the address lets everything through. */
export function fits(query: URLSearchParams, name: string, value: string | null): boolean {
  const wanted = query.get(name);
  return wanted === null || wanted === value;
}

export const noContent: FakeAnswer = { status: 204, body: undefined };

export function ok<Answer>(schema: ZodType<Answer>, answer: Answer, status = 200): FakeAnswer {
  return { status, body: schema.parse(answer) };
}

export function problemOf(
  status: number,
  code: Problem['code'],
  fields?: Record<string, string>,
  facts: Problem['facts'] = {},
): FakeAnswer {
  const body: Problem = {
    type: 'about:blank',
    title: code,
    status,
    code,
    facts,
    request_id: 'req_01JD4K2M71',
    ...(fields && { fields }),
  };
  return { status, body };
}
