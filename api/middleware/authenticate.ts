import type { Request } from 'express';
import { isFrom } from '../../adapters/address-blocks.ts';
import { apiKeyDigest } from '../../adapters/api-keys.ts';
import { digestToken, looksLikeOurToken, type TokenPrefix } from '../../adapters/tokens.ts';
import {
  findLink,
  findMember,
  isSessionOf,
  lookUpApiKey,
  isSessionForTheSame,
  lookUpPortalSession,
  lookUpStaffSession,
  touchApiKey,
  touchPortalSession,
  touchMember,
  touchStaffSession,
  withTenant,
  type LinkRow,
  type PortalSessionRow,
  type Tenant,
} from '../../db/index.ts';
import { mayUse } from '../../onboarding/api-scopes.ts';
import { OnboardingError } from '../../onboarding/errors.ts';
import type { ApiDeps } from '../deps.ts';
import { opens } from '../doors/door.ts';
import type { Caller, Callers, RequestFacts, Role, Route } from '../route.ts';
import { refuseForeignPage } from './check-origin.ts';
import { cookieName, type CookieName } from './cookies.ts';
import { sourceKey } from './limit-rates.ts';

/** How long sessions last [LNK-08]: without a request, and at most. */
export const sessionLife = {
  portal: { idleMs: 3_600_000, hardMs: 12 * 3_600_000 },
  staff: { idleMs: 2 * 3_600_000, hardMs: 12 * 3_600_000 },
} as const;

/** Uses are remembered at most once a minute, so that most requests write nothing. */
const isTouchDue = (last: Date | null, now: Date) =>
  last === null || now.getTime() - last.getTime() >= 60_000;

/** Who calls, and whose rows the request may see; both null where the handler proves it itself. */
export interface Authenticated {
  caller: Caller | null;
  tenant: Tenant | null;
}

/** Proves who the route's `who` says that it is, or throws. What is not listed here gets in nowhere [API-02]. */
export async function authenticate(
  route: Route,
  request: Request,
  deps: ApiDeps,
  facts: RequestFacts,
): Promise<Authenticated> {
  switch (route.who) {
    case 'api_key':
      return inEnvironment(await authenticateKey(request, deps, facts));
    case 'portal_session':
      return authenticateCustomer(request, deps, facts);
    case 'staff':
      return inEnvironment(await authenticateStaff(request, deps, facts));
    case 'sandbox':
      return inEnvironment(await authenticateSandbox(request, deps, facts));
    case 'operator':
    case 'public':
    case 'sso_token':
    case 'client_secret':
    case 'notice_secret':
      return { caller: null, tenant: null };
  }
}

/** How long a sign-in is good for acts that matter: a browser that was left alone does none [UI-04]. */
const freshProofMs = 15 * 60_000;

/**
 * Throws `forbidden` where the caller is known and the route is not theirs: for their role, for their key's scopes, or
 * because the key is not for use from there; `sign_in_again` where the act matters and the session was proved longer ago. A sandbox has nothing that matters, and
 * where mails stay in the embedded mailbox nobody could get the code.
 */
export function authorize(
  route: Route,
  caller: Caller | null,
  { embedded }: Pick<ApiDeps, 'embedded'>,
  { now, address }: Pick<RequestFacts, 'now' | 'address'>,
): void {
  const { who, scope, method } = route;
  const by = caller?.type === 'sandbox' ? caller.by : caller;
  if (by?.type === 'staff') authorizeMember(route, by, embedded?.mailbox === undefined, now);
  if (by?.type !== 'developer') return;
  if (!isFrom(by.addresses, address)) throw new OnboardingError('forbidden', { address });
  if (who === 'sandbox') {
    if (!by.scopes.includes('full')) throw new OnboardingError('forbidden', { scope: 'full' });
    return;
  }
  // A key may only do what it was made for [API-01].
  if (scope === undefined) throw new Error('a route for API keys names its scope');
  if (!mayUse(by.scopes, { scope, isRead: method === 'GET' }))
    throw new OnboardingError('forbidden', { scope });
}

function authorizeMember(
  { role = 'admin', isGrave }: Route,
  { member, session, environment }: Callers['staff'],
  mayAskAgain: boolean,
  now: Date,
): void {
  if (!mayAct(member.role, role)) throw new OnboardingError('forbidden', { role });
  const { provedAt } = session;
  const isFresh = provedAt !== null && now.getTime() - provedAt.getTime() < freshProofMs;
  if (isGrave === true && !isFresh && mayAskAgain && environment.kind === 'production')
    throw new OnboardingError('sign_in_again', { minutes: freshProofMs / 60_000 });
}

const inEnvironment = (caller: Exclude<Caller, Callers['portal_session']>): Authenticated => ({
  caller,
  tenant: { environmentId: caller.environment.id },
});

/** The API key of `Authorization: Bearer`, looked up on every request, so a revoked one is refused at once. */
async function authenticateKey(
  request: Request,
  deps: ApiDeps,
  facts: RequestFacts,
): Promise<Callers['api_key']> {
  const source = sourceKey(facts.address);
  await deps.limits.refuseSpent('api_key_failures', source);
  await deps.limits.spend('api_requests', source);
  const key = await findKey(request.get('authorization'), deps, facts.now);
  const environment = key && (await deps.environments.find(key.environmentId));
  if (key === undefined || environment === undefined) {
    await deps.limits.spend('api_key_failures', source);
    throw new OnboardingError('unauthorized');
  }
  if (isTouchDue(key.lastUsedAt, facts.now)) {
    const tenant = { environmentId: key.environmentId };
    await withTenant(deps.db, tenant, (tx) => touchApiKey(tx, tenant, key.id, facts.now));
  }
  return { type: 'developer', keyId: key.id, scopes: key.scopes, addresses: key.addresses, environment };
}

async function findKey(header: string | undefined, deps: ApiDeps, now: Date) {
  const [, secret = ''] = /^Bearer +(\S+)$/i.exec(header ?? '') ?? [];
  const wanted = apiKeyDigest(secret);
  const key = wanted === undefined ? undefined : await lookUpApiKey(deps.db, wanted);
  const isLive =
    key !== undefined && key.revokedAt === null && (key.expiresAt === null || key.expiresAt > now);
  return isLive ? key : undefined;
}

/** The portal's cookie; the page must have been drawn for this very session, and lie below its environment's handle. */
async function authenticateCustomer(
  request: Request,
  deps: ApiDeps,
  facts: RequestFacts,
): Promise<Authenticated> {
  const caller = await findCustomer(deps, facts);
  if (caller === undefined) throw await endOf(deps, facts);
  const { session, environment } = caller;
  if (request.params.handle !== environment.handle) throw new OnboardingError('not_found');
  refuseForeignPage(request, deps.urls.portal);
  await refuseSetupOfAnother(deps, session, request.get('x-vestibule-session') ?? request.query.session);
  await deps.limits.spend('session_requests', session.id);
  const tenant = { environmentId: environment.id, organizationId: session.organizationId };
  if (isTouchDue(session.lastSeenAt, facts.now)) {
    const idle = { now: facts.now, idleMs: sessionLife.portal.idleMs };
    await withTenant(deps.db, tenant, (tx) => touchPortalSession(tx, tenant, session, idle));
  }
  return { caller, tenant };
}

/**
 * Throws `session_differs` where the page was drawn for another set-up. Whose session ended and who opened their link,
 * or came from the vendor's product, again goes on where they were, in the tab that they left.
 */
async function refuseSetupOfAnother({ db }: ApiDeps, session: PortalSessionRow, drawnFor: unknown) {
  if (drawnFor === session.handle) return;
  const { environmentId, organizationId } = session;
  const tenant = { environmentId, organizationId };
  const isTheirs =
    typeof drawnFor === 'string' &&
    (await withTenant(db, tenant, (tx) => isSessionForTheSame(tx, tenant, session, drawnFor)));
  if (!isTheirs) throw new OnboardingError('session_differs');
}

/** The customer of the portal's cookie, for pages too: undefined when there is none, or it has ended [LNK-08]. */
export async function findCustomer(
  deps: ApiDeps,
  facts: RequestFacts,
): Promise<Callers['portal_session'] | undefined> {
  const token = cookieToken('setup', 'vb_session_', deps, facts);
  const session = token === undefined ? undefined : await lookUpPortalSession(deps.db, digest(token));
  if (session === undefined || isOver(session, facts.now)) return undefined;
  const environment = await deps.environments.find(session.environmentId);
  if (environment === undefined || !(await mayLookAlong(deps, session))) return undefined;
  return { type: 'customer', session, environment };
}

/** Why the browser's session lets nobody in: its link can be opened again, was made for one opening, or has ended, too. */
async function endOf(deps: ApiDeps, facts: RequestFacts): Promise<OnboardingError> {
  const link = await findSessionsLink(deps, facts);
  if (link === undefined || opens(link, facts.now)) return new OnboardingError('session_ended');
  return link.kind === 'portal'
    ? new OnboardingError('session_ended', { opensOnce: true })
    : new OnboardingError('link_ended');
}

/** The link that this browser's session was opened through, also once it has ended; staff's own is no customer's. */
export async function findSessionsLink(deps: ApiDeps, facts: RequestFacts): Promise<LinkRow | undefined> {
  const token = cookieToken('setup', 'vb_session_', deps, facts);
  const session = token === undefined ? undefined : await lookUpPortalSession(deps.db, digest(token));
  if (session === undefined || session.staffMemberId !== null) return undefined;
  const tenant = { environmentId: session.environmentId, organizationId: session.organizationId };
  return withTenant(deps.db, tenant, (tx) => findLink(tx, tenant, session.linkId));
}

/** Staff on a customer's pages are looked up on every request: who has lost their right is out at once. */
async function mayLookAlong({ db }: ApiDeps, session: PortalSessionRow): Promise<boolean> {
  const { environmentId, staffMemberId } = session;
  if (staffMemberId === null) return true;
  const member = await withTenant(db, { environmentId }, (tx) =>
    findMember(tx, { environmentId }, staffMemberId),
  );
  return member !== undefined && mayAct(member.role, 'support');
}

/**
 * Throws `session_differs` where the page was drawn for somebody else, or for another environment. Whose session ended
 * and who signed in again goes on where they were.
 */
export async function refusePageOfAnother(
  { db }: Pick<ApiDeps, 'db'>,
  { environment, session, member }: Callers['staff'],
  drawnFor: string,
): Promise<void> {
  if (drawnFor === session.id) return;
  const tenant = { environmentId: environment.id };
  const isTheirs = await withTenant(db, tenant, (tx) =>
    isSessionOf(tx, tenant, { sessionId: drawnFor, memberId: member.id }),
  );
  if (!isTheirs) throw new OnboardingError('session_differs');
}

async function authenticateStaff(
  request: Request,
  deps: ApiDeps,
  facts: RequestFacts,
): Promise<Callers['staff']> {
  const caller = await findStaff(deps, facts);
  if (caller === undefined) throw new OnboardingError('unauthorized');
  refuseForeignPage(request, deps.urls.dashboard);
  const drawnFor = request.get('x-vestibule-session');
  if (drawnFor !== undefined) await refusePageOfAnother(deps, caller, drawnFor);
  await deps.limits.spend('session_requests', caller.session.id);
  const tenant = { environmentId: caller.environment.id };
  if (isTouchDue(caller.session.lastSeenAt, facts.now)) {
    const idle = { now: facts.now, idleMs: sessionLife.staff.idleMs };
    await withTenant(deps.db, tenant, async (tx) => {
      await touchStaffSession(tx, tenant, caller.session, idle);
      await touchMember(tx, tenant, caller.member.id, facts.now);
    });
  }
  return caller;
}

/** The member of the dashboard's cookie, for pages too. */
export async function findStaff(deps: ApiDeps, facts: RequestFacts): Promise<Callers['staff'] | undefined> {
  const token = cookieToken('dashboard', 'vb_staff_', deps, facts);
  const session = token === undefined ? undefined : await lookUpStaffSession(deps.db, digest(token));
  if (session === undefined || isOver(session, facts.now)) return undefined;
  const tenant = { environmentId: session.environmentId };
  const [environment, member] = await Promise.all([
    deps.environments.find(session.environmentId),
    withTenant(deps.db, tenant, (tx) => findMember(tx, tenant, session.memberId)),
  ]);
  if (environment === undefined || member === undefined) return undefined;
  return { type: 'staff', session, member, environment };
}

/** Admins may everything, everybody may look, support and developers each have acts of their own. */
export function mayAct(role: Role, needed: Role): boolean {
  return role === 'admin' || needed === 'viewer' || role === needed;
}

async function authenticateSandbox(
  request: Request,
  deps: ApiDeps,
  facts: RequestFacts,
): Promise<Callers['sandbox']> {
  const { isEmbedded } = deps.settings;
  if (!isEmbedded) throw new OnboardingError('not_found');
  const by =
    request.get('authorization') === undefined
      ? await authenticateStaff(request, deps, facts)
      : await authenticateKey(request, deps, facts);
  if (by.environment.kind !== 'sandbox') throw new OnboardingError('not_found');
  return { type: 'sandbox', environment: by.environment, by };
}

function cookieToken(
  name: CookieName,
  prefix: TokenPrefix,
  deps: ApiDeps,
  facts: RequestFacts,
): string | undefined {
  const token = facts.cookies[cookieName(name, deps.urls)];
  return token !== undefined && looksLikeOurToken(token, prefix) ? token : undefined;
}

function isOver(session: { endedAt: Date | null; idleExpiresAt: Date; expiresAt: Date }, now: Date): boolean {
  return session.endedAt !== null || session.idleExpiresAt <= now || session.expiresAt <= now;
}

const digest = (token: string): string => digestToken(token).toString('hex');
