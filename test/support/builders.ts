import { digestToken, mintToken } from '../../adapters/tokens.ts';
import { newId } from '../../adapters/ids.ts';
import {
  insertApiKey,
  insertLink,
  insertPortalSession,
  insertEnvironment,
  insertMember,
  insertStaffSession,
  withSystem,
  type ApiKeyRow,
  type EnvironmentRow,
  type MemberRow,
  type PortalSessionRow,
} from '../../db/index.ts';
import type { TestApi } from './api.ts';

/** Data for tests over HTTP. Each builder makes what it names and nothing else. */

/** A vendor: an environment with an API key, and a way to call the API with it. */
export interface Vendor {
  environment: EnvironmentRow;
  key: ApiKeyRow;
  secret: string;
  call: Call;
}

export interface Reply {
  status: number;
  headers: Headers;
  text: string;
  /** The parsed body; undefined where it is no JSON. Tests look where they please, so it has no type. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  body: any;
}
export type Call = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<Reply>;

export async function aVendor(
  api: TestApi,
  more: Partial<Omit<EnvironmentRow, 'customAttributes' | 'reminderDays' | 'onboardingTemplate'>> = {},
): Promise<Vendor> {
  const createdAt = api.deps.now();
  const secret = mintToken(more.kind === 'production' ? 'sk_live_' : 'sk_test_');
  const { environment, key } = await withSystem(api.systemDb, async (tx) => {
    const made = await insertEnvironment(tx, {
      id: newId('env_'),
      handle: `vendor-${newId('x_').slice(-10).toLowerCase()}`,
      name: 'Sandbox',
      kind: 'sandbox',
      clientId: newId('client_'),
      vendorName: 'Northwind',
      productName: 'Northwind Analytics',
      supportEmail: 'help@northwind.test',
      supportHours: null,
      intro: null,
      defaultReturnUrl: null,
      defaultSuccessUrl: null,
      createdAt,
      ...more,
    });
    const row = await insertApiKey(tx, {
      id: newId('api_key_'),
      environmentId: made.id,
      name: 'test',
      digest: digestToken(secret).toString('hex'),
      suffix: secret.slice(-4),
      createdAt,
    });
    return { environment: made, key: row };
  });
  return { environment, key, secret, call: caller(api, { authorization: `Bearer ${secret}` }) };
}

/** Calls with these headers. A body is sent as JSON; a URLSearchParams as a form; a string as it is. */
export function caller(api: TestApi, standing: Record<string, string> = {}): Call {
  return async (method, path, body, headers = {}) => {
    const isJson = typeof body === 'object' && !(body instanceof URLSearchParams);
    const response = await fetch(`${api.url}${path}`, {
      method,
      redirect: 'manual',
      headers: { ...(isJson ? { 'content-type': 'application/json' } : {}), ...standing, ...headers },
      ...(body === undefined ? {} : { body: isJson ? JSON.stringify(body) : (body as BodyInit) }),
    });
    const text = await response.text();
    const isParsed = /\bjson\b/.test(response.headers.get('content-type') ?? '');
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: isParsed ? JSON.parse(text) : undefined,
    };
  };
}

/** A member of the vendor's staff with a session of the dashboard, and a way to call with it. */
export async function aMember(
  api: TestApi,
  { environment }: Pick<Vendor, 'environment'>,
  role: MemberRow['role'] = 'admin',
): Promise<{ member: MemberRow; cookie: string; call: Call }> {
  const createdAt = api.deps.now();
  const token = mintToken('vb_staff_');
  const later = new Date(createdAt.getTime() + 3_600_000);
  const member = await withSystem(api.systemDb, async (tx) => {
    const made = await insertMember(tx, {
      id: newId('member_'),
      environmentId: environment.id,
      email: `${role}-${newId('x_').slice(-8).toLowerCase()}@northwind.test`,
      name: null,
      role,
      createdAt,
    });
    await insertStaffSession(tx, {
      id: newId('staff_session_'),
      environmentId: environment.id,
      memberId: made.id,
      digest: digestToken(token).toString('hex'),
      createdAt,
      provedAt: createdAt,
      idleExpiresAt: later,
      expiresAt: later,
    });
    return made;
  });
  const cookie = `vestibule_dashboard_${new URL(api.url).port}=${token}`;
  return { member, cookie, call: caller(api, { cookie, ...pageHeaders(api) }) };
}

/** What our own pages send with every change [LNK-09]. */
export const pageHeaders = (api: TestApi): Record<string, string> => ({
  origin: api.url,
  'sec-fetch-site': 'same-origin',
  'x-vestibule-request': '1',
});

/** An organization of the vendor, made over the API. */
export async function anOrganization(
  vendor: Vendor,
  body: object = {},
): Promise<{ id: string; name: string }> {
  const { body: made } = await vendor.call('POST', '/organizations', { name: 'Acme', ...body });
  return made;
}

/** A person at the customer with an open session of the portal, and a way to call with it. */
export async function aCustomer(
  api: TestApi,
  { environment }: Pick<Vendor, 'environment'>,
  organizationId: string,
  features: readonly string[] = ['sso', 'domain_verification'],
): Promise<{ session: PortalSessionRow; cookie: string; call: Call }> {
  const createdAt = api.deps.now();
  const later = new Date(createdAt.getTime() + 3_600_000);
  const token = mintToken('vb_session_');
  const whose = { environmentId: environment.id, organizationId };
  const session = await withSystem(api.systemDb, async (tx) => {
    const link = await insertLink(tx, {
      id: newId('link_'),
      ...whose,
      onboardingId: null,
      kind: 'portal',
      digest: newId('digest_'),
      tokenSealed: null,
      features: [...features],
      intent: null,
      step: null,
      providerHint: null,
      domainHint: null,
      contactId: null,
      note: null,
      returnUrl: null,
      successUrl: null,
      delivery: 'redirect',
      createdByType: 'developer',
      createdById: null,
      createdAt,
      expiresAt: later,
    });
    return insertPortalSession(tx, {
      id: newId('portal_session_'),
      handle: newId('session_'),
      ...whose,
      linkId: link.id,
      digest: digestToken(token).toString('hex'),
      features: [...features],
      createdAt,
      idleExpiresAt: later,
      expiresAt: later,
      userAgent: null,
      sourceAddress: null,
      timeZone: null,
      locale: null,
    });
  });
  const cookie = `vestibule_setup_${new URL(api.url).port}=${token}`;
  const call = caller(api, { cookie, 'x-vestibule-session': session.handle, ...pageHeaders(api) });
  return { session, cookie, call };
}

/** Runs as the system: to look at rows of every environment, and to arrange what no endpoint can. */
export const asSystem = <T>(api: TestApi, work: Parameters<typeof withSystem<T>>[1]): Promise<T> =>
  withSystem(api.systemDb, work);

/** What a member or a key was refused, as it is on record, oldest first. */
export const refusalsOf = (api: TestApi, actorId: string) =>
  asSystem(api, (tx) =>
    tx
      .selectFrom('auditEvents')
      .select(['actorType', 'targetId', 'after'])
      .where('action', '=', 'access.refused')
      .where('actorId', '=', actorId)
      .orderBy('ordinal')
      .execute(),
  );
