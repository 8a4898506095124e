import { sql, type Insertable } from 'kysely';
import { OnboardingError } from '../../onboarding/errors.ts';
import type { Tx } from '../database.ts';
import type { FreshLinkRequestRow } from '../tables/fresh-link-requests.ts';
import type { LinkRow, LinksTable } from '../tables/links.ts';
import { ownedBy, type Tenant } from '../tenant.ts';
import { refuseDuplicate } from '../violations.ts';

/** `digest` is for look-up; `tokenSealed` only where a retry or reminder must carry the same link. */
export type NewLink = Omit<
  Insertable<LinksTable>,
  'state' | 'openedTimes' | 'fetchedTimes' | 'firstOpenedAt' | 'lastOpenedAt' | 'createdAt' | 'endedAt'
> & { createdAt: Date };

/** What a link was sent for that leads to the one thing that ends; each is mailed by itself. */
const renewalIntents = ['certificate_renewal', 'token_renewal', 'credential_renewal'] as const;

/** Why a link no longer opens anything. */
export type LinkEnd = 'completed' | 'expired' | 'revoked' | 'replaced';

/** Throws `conflict` when the onboarding has an active main link: `replaceMainLink` is for that. */
export async function insertLink(tx: Tx, link: NewLink): Promise<LinkRow> {
  const statement = tx
    .insertInto('links')
    .values({ ...link, state: 'created' })
    .returningAll()
    .executeTakeFirstOrThrow();
  return refuseDuplicate(statement, 'links_one_main', 'conflict');
}

/** Ends the onboarding's active main link with its sessions and puts the new one in its place, in one act. */
export async function replaceMainLink(
  tx: Tx,
  link: NewLink & { kind: 'main'; onboardingId: string },
): Promise<{ link: LinkRow; replaced: LinkRow | undefined }> {
  const active = await findActiveMainLink(tx, link, link.onboardingId);
  const [replaced] = active ? await endLinks(tx, link, [active.id], 'replaced', link.createdAt) : [];
  return { link: await insertLink(tx, link), replaced };
}

export async function findLink(tx: Tx, tenant: Tenant, linkId: string): Promise<LinkRow | undefined> {
  return linksOf(tx, tenant).where('id', '=', linkId).executeTakeFirst();
}

/** Throws `not_found`. */
export async function getLink(tx: Tx, tenant: Tenant, linkId: string): Promise<LinkRow> {
  const link = await findLink(tx, tenant, linkId);
  if (!link) throw new OnboardingError('not_found', { kind: 'link' });
  return link;
}

export async function findActiveMainLink(
  tx: Tx,
  tenant: Tenant,
  onboardingId: string,
): Promise<LinkRow | undefined> {
  return linksOf(tx, tenant)
    .where('onboardingId', '=', onboardingId)
    .where('kind', '=', 'main')
    .where('endedAt', 'is', null)
    .executeTakeFirst();
}

/** The main link issued last, ended or not: "Send me a fresh link" goes to its contact. */
export async function findNewestMainLink(
  tx: Tx,
  tenant: Tenant,
  onboardingId: string,
): Promise<LinkRow | undefined> {
  return linksOf(tx, tenant)
    .where('onboardingId', '=', onboardingId)
    .where('kind', '=', 'main')
    .orderBy('createdAt', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
}

/** A link that still opens does so until later. */
export async function extendLink(tx: Tx, tenant: Tenant, linkId: string, expiresAt: Date): Promise<void> {
  await tx
    .updateTable('links')
    .set({ expiresAt })
    .where('id', '=', linkId)
    .where('endedAt', 'is', null)
    .where(ownedBy('links', tenant))
    .execute();
}

/** Somebody, perhaps a mail scanner, has looked at the page. Changes nothing else [LNK-04]. */
export async function recordLinkFetched(tx: Tx, tenant: Tenant, linkId: string): Promise<void> {
  await tx
    .updateTable('links')
    .set({ fetchedTimes: sql<number>`fetched_times + 1` })
    .where('id', '=', linkId)
    .where(ownedBy('links', tenant))
    .execute();
}

/**
 * Opens a setup or colleague link, any number of times until it ends. One whose work is done opens too, for the finished
 * page. Undefined when it does not open.
 */
export async function openLink(
  tx: Tx,
  tenant: Tenant,
  linkId: string,
  now: Date,
): Promise<LinkRow | undefined> {
  return tx
    .updateTable('links')
    .set({
      state: sql`case when ended_at is null then 'opened' else state end`,
      openedTimes: sql<number>`opened_times + 1`,
      firstOpenedAt: sql<Date>`coalesce(first_opened_at, ${now})`,
      lastOpenedAt: now,
    })
    .where('id', '=', linkId)
    .where(ownedBy('links', tenant))
    .where('kind', '!=', 'portal')
    .where('expiresAt', '>', now)
    .where((eb) => eb.or([eb('endedAt', 'is', null), eb('state', '=', 'completed')]))
    .returningAll()
    .executeTakeFirst();
}

/** Opens a portal link, once: of any number of simultaneous tries one gets the row [LNK-06]. */
export async function takePortalLink(
  tx: Tx,
  tenant: Tenant,
  linkId: string,
  now: Date,
): Promise<LinkRow | undefined> {
  return tx
    .updateTable('links')
    .set({
      state: 'opened',
      openedTimes: 1,
      firstOpenedAt: now,
      lastOpenedAt: now,
      endedAt: now,
      tokenSealed: null,
    })
    .where('id', '=', linkId)
    .where(ownedBy('links', tenant))
    .where('kind', '=', 'portal')
    .where('state', '=', 'created')
    .where('expiresAt', '>', now)
    .returningAll()
    .executeTakeFirst();
}

/** What the mail server said; a link that was opened or has ended keeps its state. */
export async function recordLinkDelivery(
  tx: Tx,
  tenant: Tenant,
  linkId: string,
  state: 'sent' | 'delivered' | 'bounced',
): Promise<void> {
  await tx
    .updateTable('links')
    .set({ state })
    .where('id', '=', linkId)
    .where(ownedBy('links', tenant))
    .where('state', 'in', ['created', 'sent', 'delivered', 'bounced'])
    .execute();
}

/** Revokes a link and ends its sessions. Undefined when it had ended already. */
export async function revokeLink(
  tx: Tx,
  tenant: Tenant,
  linkId: string,
  now: Date,
): Promise<LinkRow | undefined> {
  const [link] = await endLinks(tx, tenant, [linkId], 'revoked', now);
  return link;
}

/** Revokes the active links that were sent to the contact. */
export async function revokeLinksOfContact(
  tx: Tx,
  tenant: Tenant,
  contactId: string,
  now: Date,
): Promise<LinkRow[]> {
  const links = await linksOf(tx, tenant)
    .where('contactId', '=', contactId)
    .where('endedAt', 'is', null)
    .execute();
  return endLinks(
    tx,
    tenant,
    links.map(({ id }) => id),
    'revoked',
    now,
  );
}

/**
 * Revokes the portal links that were made for one of the vendor's own users, opened or not, and ends what they opened.
 * Those that nobody can use any more are left as they are.
 */
export async function revokeLinksOfVendorUser(
  tx: Tx,
  tenant: Tenant & { organizationId: string },
  externalUserId: string,
  now: Date,
): Promise<LinkRow[]> {
  const revoked = await tx
    .updateTable('links')
    .set({ state: 'revoked', endedAt: sql<Date>`coalesce(ended_at, ${now})`, tokenSealed: null })
    .where('externalUserId', '=', externalUserId)
    .where('state', 'in', ['created', 'opened'])
    .where(ownedBy('links', tenant))
    .returningAll()
    .execute();
  // After the links: a link that was being opened meanwhile has its session by now.
  await endSessionsOf(tx, tenant, revoked, now);
  return revoked;
}

/** Ends the onboarding's setup and colleague links: the work is done, or it was called off. */
export async function closeLinks(
  tx: Tx,
  tenant: Tenant,
  onboardingId: string,
  outcome: 'completed' | 'revoked',
  now: Date,
): Promise<LinkRow[]> {
  const links = await linksOf(tx, tenant)
    .where('onboardingId', '=', onboardingId)
    .where('kind', '!=', 'portal')
    .where('endedAt', 'is', null)
    .execute();
  return endLinks(
    tx,
    tenant,
    links.map(({ id }) => id),
    outcome,
    now,
  );
}

/** From the first change on, a link that was sent for a renewal ends with the onboarding which that belongs to. */
export async function bindRenewalLink(
  tx: Tx,
  tenant: Tenant,
  linkId: string,
  onboardingId: string,
): Promise<void> {
  await tx
    .updateTable('links')
    .set({ onboardingId })
    .where('id', '=', linkId)
    .where('kind', '=', 'colleague')
    .where('intent', '=', 'certificate_renewal')
    .where('onboardingId', 'is', null)
    .where(ownedBy('links', tenant))
    .execute();
}

/** Renewal links that are to be mailed by themselves and were not yet; those of a notice go with it. Needs `withSystem`. */
export async function listUnsentRenewalLinks(tx: Tx): Promise<LinkRow[]> {
  return tx
    .selectFrom('links')
    .selectAll()
    .where('intent', 'in', renewalIntents)
    .where('kind', '=', 'colleague')
    .where('delivery', '=', 'mail')
    .where('createdByType', '!=', 'system')
    .where('state', '=', 'created')
    .where('endedAt', 'is', null)
    .orderBy('id')
    .limit(100)
    .execute();
}

/** The newest link for the same renewal and the same contact. */
export async function findNewestRenewalLink(
  tx: Tx,
  tenant: Tenant,
  of: Pick<LinkRow, 'intent' | 'contactId' | 'connectionId' | 'directoryId' | 'logStreamId'>,
): Promise<LinkRow | undefined> {
  return linksOf(tx, tenant)
    .where('kind', '=', 'colleague')
    .where('intent', 'is not distinct from', of.intent)
    .where('contactId', 'is not distinct from', of.contactId)
    .where('connectionId', 'is not distinct from', of.connectionId)
    .where('directoryId', 'is not distinct from', of.directoryId)
    .where('logStreamId', 'is not distinct from', of.logStreamId)
    .orderBy('createdAt', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
}

/** Renewal links that somebody wants once more and that still open, with the request. Needs `withSystem`. */
export async function listRenewalsSentAgain(
  tx: Tx,
  since: Date,
): Promise<(LinkRow & { requestId: string })[]> {
  return tx
    .selectFrom('freshLinkRequests')
    .innerJoin('links', 'links.id', 'freshLinkRequests.linkId')
    .selectAll('links')
    .select('freshLinkRequests.id as requestId')
    .where('links.intent', 'in', renewalIntents)
    .where('links.kind', '=', 'colleague')
    .where('links.endedAt', 'is', null)
    .where('links.state', '!=', 'created')
    .where('freshLinkRequests.outcome', '=', 'sent_again')
    .where('freshLinkRequests.createdAt', '>', since)
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('mails')
            .select('mails.id')
            .whereRef('mails.environmentId', '=', 'links.environmentId')
            .where('mails.effectId', '=', sql<string>`'renewal:' || fresh_link_requests.id`)
            .where('mails.state', 'not in', ['queued', 'sending']),
        ),
      ),
    )
    .orderBy('freshLinkRequests.id')
    .limit(100)
    .execute();
}

/** A press of "Send me a fresh link" and what came of it. */
export async function insertFreshLinkRequest(
  tx: Tx,
  request: Omit<FreshLinkRequestRow, 'createdAt'> & { createdAt: Date },
): Promise<void> {
  await tx.insertInto('freshLinkRequests').values(request).execute();
}

/** The last press on this link that led to a mail. */
export async function findLastFreshLink(
  tx: Tx,
  tenant: Tenant,
  linkId: string,
): Promise<FreshLinkRequestRow | undefined> {
  return tx
    .selectFrom('freshLinkRequests')
    .selectAll()
    .where(ownedBy('freshLinkRequests', tenant))
    .where('linkId', '=', linkId)
    .where('outcome', 'in', ['sent_again', 'replaced'])
    .orderBy('createdAt', 'desc')
    .limit(1)
    .executeTakeFirst();
}

/**
 * Ends links and forgets their tokens. Sessions end with them, except when the work is done: whoever finished it is
 * still looking at the page.
 */
async function endLinks(
  tx: Tx,
  tenant: Tenant,
  linkIds: string[],
  state: LinkEnd,
  now: Date,
): Promise<LinkRow[]> {
  if (linkIds.length === 0) return [];
  const ended = await tx
    .updateTable('links')
    .set({ state, endedAt: now, tokenSealed: null })
    .where('id', 'in', linkIds)
    .where('endedAt', 'is', null)
    .where(ownedBy('links', tenant))
    .returningAll()
    .execute();
  if (state !== 'completed') await endSessionsOf(tx, tenant, ended, now);
  return ended;
}

async function endSessionsOf(tx: Tx, tenant: Tenant, links: readonly LinkRow[], now: Date): Promise<void> {
  if (links.length === 0) return;
  await tx
    .updateTable('portalSessions')
    .set({ endedAt: now })
    .where(
      'linkId',
      'in',
      links.map(({ id }) => id),
    )
    .where('endedAt', 'is', null)
    .where(ownedBy('portalSessions', tenant))
    .execute();
}

function linksOf(tx: Tx, tenant: Tenant) {
  return tx.selectFrom('links').selectAll().where(ownedBy('links', tenant));
}
