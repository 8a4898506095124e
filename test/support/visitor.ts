import { expect } from 'vitest';
import { z } from 'zod';
import { problem } from '../../api/contract/shared.ts';
import { setupRoutes } from '../../api/routes/setup/index.ts';
import type { TestApi } from './api.ts';
import { caller, pageHeaders, type Reply, type Vendor } from './builders.ts';

/** A person at the customer who has opened a link. Every answer they get is held against the contract. */
export interface Visitor {
  handle: string;
  cookie: string;
  /** The page that the link led to. */
  landedOn: string;
  ask(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Reply>;
}

/** Opens the link of this address as a browser does. */
export async function openLink(
  api: TestApi,
  vendor: Pick<Vendor, 'environment'>,
  link: string,
): Promise<Visitor> {
  const { pathname } = new URL(link);
  const opened = await caller(api)('POST', pathname, new URLSearchParams());
  expect(opened.status).toBe(303);
  const cookie = (opened.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  const base = `/setup/${vendor.environment.handle}`;
  const page = await caller(api, { cookie })('GET', `${base}/home`);
  const handle = /"sessionHandle":"([^"]+)"/.exec(page.text)?.[1] ?? '';
  const call = caller(api, { cookie, 'x-vestibule-session': handle, ...pageHeaders(api) });
  return {
    handle,
    cookie,
    landedOn: opened.headers.get('location') ?? '',
    async ask(method, path, body, headers) {
      const sent = method === 'GET' ? undefined : (body ?? {});
      const reply = await call(method, `${base}/api${path}`, sent, headers);
      holdAgainstContract(method, path, reply);
      return reply;
    },
  };
}

/** The main link of an invitation, opened. */
export async function anInvited(
  api: TestApi,
  vendor: Vendor,
  organization: string,
  more: object = {},
): Promise<Visitor & { onboardingId: string; link: string }> {
  const { body } = await vendor.call('POST', '/onboardings', {
    organization,
    contacts: ['anna@acme.com'],
    delivery: 'copy',
    features: [{ feature: 'sso' }, { feature: 'domain_verification', requirement: 'optional' }],
    ...more,
  });
  return { ...(await openLink(api, vendor, body.link)), onboardingId: body.id, link: body.link };
}

/** A portal link, opened. */
export async function aPortalVisitor(
  api: TestApi,
  vendor: Vendor,
  organization: string,
  more: object = {},
): Promise<Visitor> {
  const { body } = await vendor.call('POST', '/portal/generate_link', { organization, ...more });
  return openLink(api, vendor, body.link);
}

function holdAgainstContract(method: string, path: string, reply: Reply): void {
  if (reply.status >= 400) {
    problem.parse(reply.body);
    return;
  }
  const [bare = ''] = path.split('?');
  const route = setupRoutes.find(
    (one) => one.method === method && patternOf(one.path).test(`/setup/x/api${bare}`),
  );
  const schema = route?.answers[reply.status];
  if (!(schema instanceof z.ZodType))
    throw new Error(`${method} ${path} answers ${reply.status}: ${reply.text}`);
  schema.parse(reply.body);
}

const patternOf = (path: string) => new RegExp(`^${path.replace(/:\w+/g, '[^/]+')}$`);
