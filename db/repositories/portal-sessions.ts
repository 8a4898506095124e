import type { Insertable } from 'kysely';
import { notifyChange, type Tx } from '../database.ts';
import type { PortalSessionRow, PortalSessionsTable } from '../tables/portal-sessions.ts';
import { ownedBy, type Tenant } from '../tenant.ts';

export type NewPortalSession = Omit<
  Insertable<PortalSessionsTable>,
  'lastSeenAt' | 'endedAt' | 'previousVisitAt' | 'createdAt' | 'staffMemberId'
> & { createdAt: Date; staffMemberId?: string | null };

/** Opens a session; it remembers when somebody was last here through the same link. */
export async function insertPortalSession(tx: Tx, session: NewPortalSession): Promise<PortalSessionRow> {
  const previous = await tx
    .selectFrom('portalSessions')
    .select((eb) => eb.fn.max('lastSeenAt').as('at'))
    .where('linkId', '=', session.linkId)
    .where(ownedBy('portalSessions', session))
    .executeTakeFirst();
  return tx
    .insertInto('portalSessions')
    .values({ ...session, lastSeenAt: session.createdAt, previousVisitAt: previous?.at ?? null })
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** What sessions through a link, running and to come, may see and do. */
export async function setLinkFeatures(
  tx: Tx,
  tenant: Tenant,
  linkId: string,
  features: string[],
): Promise<void> {
  await tx
    .updateTable('links')
    .set({ features })
    .where('id', '=', linkId)
    .where(ownedBy('links', tenant))
    .execute();
  await tx
    .updateTable('portalSessions')
    .set({ features })
    .where('linkId', '=', linkId)
    .where(ownedBy('portalSessions', tenant))
    .execute();
}

/** Since when somebody of the vendor has been looking along; undefined while nobody does. */
export async function findStaffBeside(
  tx: Tx,
  tenant: Tenant & { organizationId: string },
  now: Date,
): Promise<Date | undefined> {
  const found = await tx
    .selectFrom('portalSessions')
    .select('createdAt')
    .where(ownedBy('portalSessions', tenant))
    .where('staffMemberId', 'is not', null)
    .where('endedAt', 'is', null)
    .where('idleExpiresAt', '>', now)
    .where('lastSeenAt', '>', new Date(now.getTime() - besideMs))
    .orderBy('createdAt')
    .limit(1)
    .executeTakeFirst();
  return found?.createdAt;
}

const touchPauseMs = 60_000;
/** Sessions are seen once a minute at most, while their page asks for anything at all. */
const besideMs = 10 * 60_000;

/** Moves the idle end on, never beyond the hard one; writes at most once a minute. */
export async function touchPortalSession(
  tx: Tx,
  tenant: Tenant,
  session: Pick<PortalSessionRow, 'id' | 'lastSeenAt' | 'expiresAt'>,
  { now, idleMs }: { now: Date; idleMs: number },
): Promise<void> {
  if (now.getTime() - session.lastSeenAt.getTime() < touchPauseMs) return;
  await renew(tx, tenant, session, { now, idleMs });
}

/** The one-click extension: like a touch, at once. Undefined when the session has ended. */
export async function extendPortalSession(
  tx: Tx,
  tenant: Tenant,
  session: Pick<PortalSessionRow, 'id' | 'expiresAt'>,
  idle: { now: Date; idleMs: number },
): Promise<PortalSessionRow | undefined> {
  return renew(tx, tenant, session, idle);
}

export async function endPortalSession(tx: Tx, tenant: Tenant, sessionId: string, now: Date): Promise<void> {
  const ended = await tx
    .updateTable('portalSessions')
    .set({ endedAt: now })
    .where('id', '=', sessionId)
    .where('endedAt', 'is', null)
    .where(ownedBy('portalSessions', tenant))
    .returning(['environmentId', 'organizationId', 'handle'])
    .executeTakeFirst();
  if (ended) notifyChange(tx, ended, 'session', ended.handle);
}

/**
 * Whether the session of a handle is, or was, opened for the same by the same side, the customer or one of staff: through
 * the same link, or through another portal link with the same features, since each of those opens once.
 */
export async function isSessionForTheSame(
  tx: Tx,
  tenant: Tenant,
  { linkId, features, staffMemberId }: Pick<PortalSessionRow, 'linkId' | 'features' | 'staffMemberId'>,
  handle: string,
): Promise<boolean> {
  const found = await tx
    .selectFrom('portalSessions')
    .innerJoin('links as link', 'link.id', 'portalSessions.linkId')
    .innerJoin('links as own', (join) => join.on('own.id', '=', linkId))
    .select('portalSessions.id')
    .where('portalSessions.handle', '=', handle.slice(0, 200))
    .where('portalSessions.staffMemberId', 'is not distinct from', staffMemberId)
    .where((eb) =>
      eb.or([
        eb('portalSessions.linkId', '=', linkId),
        eb.and([
          eb('link.kind', '=', 'portal'),
          eb('own.kind', '=', 'portal'),
          eb('portalSessions.features', '=', eb.val(features)),
        ]),
      ]),
    )
    .where(ownedBy('portalSessions', tenant))
    .executeTakeFirst();
  return found !== undefined;
}

/** The sessions opened through a link, newest first. */
export async function listPortalSessions(
  tx: Tx,
  tenant: Tenant,
  linkId: string,
  limit: number,
): Promise<PortalSessionRow[]> {
  return tx
    .selectFrom('portalSessions')
    .selectAll()
    .where('linkId', '=', linkId)
    .where(ownedBy('portalSessions', tenant))
    .orderBy('createdAt', 'desc')
    .limit(limit)
    .execute();
}

async function renew(
  tx: Tx,
  tenant: Tenant,
  session: Pick<PortalSessionRow, 'id' | 'expiresAt'>,
  { now, idleMs }: { now: Date; idleMs: number },
): Promise<PortalSessionRow | undefined> {
  const idleExpiresAt = new Date(Math.min(now.getTime() + idleMs, session.expiresAt.getTime()));
  return tx
    .updateTable('portalSessions')
    .set({ lastSeenAt: now, idleExpiresAt })
    .where('id', '=', session.id)
    .where('endedAt', 'is', null)
    .where('idleExpiresAt', '>', now)
    .where(ownedBy('portalSessions', tenant))
    .returningAll()
    .executeTakeFirst();
}
