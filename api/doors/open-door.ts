import { setTimeout as after } from 'node:timers/promises';
import { newId } from '../../adapters/ids.ts';
import { digestToken, mintToken } from '../../adapters/tokens.ts';
import {
  endPortalSession,
  findOpenOnboarding,
  insertAudit,
  insertPortalSession,
  notifyChange,
  openLink,
  takePortalLink,
  updateItContact,
  withTenant,
  type LinkRow,
  type Tx,
} from '../../db/index.ts';
import type { Actor } from '../../onboarding/commands.ts';
import { audited, type Acting } from '../acting.ts';
import type { ApiDeps } from '../deps.ts';
import { sendCommand } from '../journey.ts';
import { findCustomer, sessionLife } from '../middleware/authenticate.ts';
import type { QueuedCommand } from '../onboarding-client.ts';
import type { RequestFacts } from '../route.ts';

/** A session that has just begun: the cookie's value is told once, the table keeps its digest [LNK-08]. */
export interface Opened {
  token: string;
  expiresAt: Date;
}

/**
 * Opens a session through a link. Every opening makes a session of its own and ends the one this browser had [LNK-06];
 * a portal link opens once, whoever else tries at the same moment. Undefined when it does not open.
 */
export async function openDoor(
  deps: ApiDeps,
  link: LinkRow,
  request: RequestFacts,
  timeZone: string | null,
): Promise<Opened | undefined> {
  const tenant = { environmentId: link.environmentId, organizationId: link.organizationId };
  const token = mintToken('vb_session_');
  const expiresAt = new Date(request.now.getTime() + sessionLife.portal.hardMs);
  const before = await findCustomer(deps, request);
  const queued = await withTenant(deps.db, tenant, async (tx) => {
    const take = link.kind === 'portal' ? takePortalLink : openLink;
    const opened = await take(tx, tenant, link.id, request.now);
    if (opened === undefined) return undefined;
    const staffMemberId = staffOf(opened);
    const session = await insertPortalSession(tx, {
      id: newId('portal_session_'),
      handle: newId('session_'),
      ...tenant,
      linkId: link.id,
      digest: digestToken(token).toString('hex'),
      features: opened.features,
      createdAt: request.now,
      idleExpiresAt: new Date(request.now.getTime() + sessionLife.portal.idleMs),
      expiresAt,
      userAgent: request.userAgent,
      sourceAddress: request.address,
      timeZone,
      locale: languageOf(request),
      staffMemberId,
    });
    const actor: Actor =
      staffMemberId === null ? { type: 'customer', id: link.id } : { type: 'staff', id: staffMemberId };
    const by: Acting = { actor, sessionId: session.id, request };
    await insertAudit(
      tx,
      audited(by, tenant, { action: 'link.opened', target: { type: 'link', id: link.id } }),
    );
    if (staffMemberId !== null) notifyChange(tx, tenant, 'onboarding', link.id);
    if (timeZone !== null && opened.contactId !== null) {
      await updateItContact(tx, tenant, opened.contactId, { timeZone }, request.now);
    }
    return staffMemberId === null ? tellOnboarding(tx, opened, by) : [];
  });
  if (queued === undefined) return undefined;
  if (before !== undefined) await endSession(deps, before.session, request.now);
  // An engine that is away keeps nobody at the door: what is not delivered at once, the relay delivers.
  await Promise.race([deps.onboardingClient.deliver(queued), after(patienceMs, undefined, { ref: false })]);
  return { token, expiresAt };
}

const patienceMs = 300;

/** Where a link leads once it is open. */
export function destinationOf({
  intent,
  state,
  connectionId,
  logStreamId,
}: Pick<LinkRow, 'intent' | 'state' | 'connectionId' | 'logStreamId'>): string {
  if (state === 'completed') return '/finished';
  if (intent === 'certificate_renewal')
    return connectionId === null ? '/sso/renewal' : `/sso/of/${connectionId}/renewal`;
  if (intent === 'credential_renewal' && logStreamId !== null) return `/log-streams/${logStreamId}`;
  return intent === null ? '/home' : (pageOf[intent] ?? '/home');
}

/** Of a link that opens one part alone. */
const pageOf: Readonly<Record<string, string>> = {
  sso: '/sso',
  dsync: '/directory',
  token_renewal: '/directory/tokens',
  domain_verification: '/domains',
  log_streams: '/log-streams',
  audit_logs: '/audit-log',
};

/** The zone as a browser names it; undefined names of zones are nobody's. */
export function readTimeZone(typed: string | undefined): string | null {
  if (typed === undefined || !/^[A-Za-z][\w+-]*(\/[\w+-]+){0,2}$/.test(typed) || typed.length > 60)
    return null;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: typed }).resolvedOptions().timeZone;
  } catch {
    return null;
  }
}

/** Who of the vendor's people a portal link was made for; setup links are the customer's, whoever made them. */
function staffOf({ kind, createdByType, createdById }: LinkRow): string | null {
  return kind === 'portal' && createdByType === 'staff' ? createdById : null;
}

async function tellOnboarding(tx: Tx, link: LinkRow, by: Acting): Promise<QueuedCommand[]> {
  if (link.onboardingId === null || link.state === 'completed') return [];
  const open = await findOpenOnboarding(tx, link, link.organizationId);
  if (open?.id !== link.onboardingId) return [];
  return sendCommand(tx, open, { kind: 'open_link', linkId: link.id }, by);
}

async function endSession(
  { db }: ApiDeps,
  session: { id: string; environmentId: string; organizationId: string },
  now: Date,
): Promise<void> {
  const tenant = { environmentId: session.environmentId, organizationId: session.organizationId };
  await withTenant(db, tenant, (tx) => endPortalSession(tx, tenant, session.id, now));
}

/** The language the browser asks for first. */
function languageOf({ headers }: RequestFacts): string | null {
  return (
    /^\s*([a-z]{2,3}(?:-[a-z0-9]{2,8})*)/i.exec(headers['accept-language'] ?? '')?.[1]?.slice(0, 35) ?? null
  );
}
