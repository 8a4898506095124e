import { renewalLink } from '../adapters/mail/contact-mails.ts';
import type { RenewedThing } from '../adapters/mail/messages/en/endings.ts';
import { mailBrand } from '../adapters/mail/mail-brand.ts';
import { MailServerUnavailable } from '../adapters/mailer.ts';
import type { Secrets } from '../adapters/secrets.ts';
import { linkSealedAt, setupUrl } from '../adapters/setup-links.ts';
import { ApplicationFailure } from '@temporalio/common';
import {
  findConnection,
  findDirectory,
  findItContact,
  findLogStream,
  findOrganization,
  findTokensEnd,
  getEnvironment,
  listCertificates,
  listRenewalsSentAgain,
  listUnsentRenewalLinks,
  withSystem,
  withTenant,
  type Db,
  type LinkRow,
  type Tx,
} from '../db/index.ts';
import { directoryInWords } from '../onboarding/providers/directory/names.ts';
import { findGuide } from '../onboarding/providers/sign-in/index.ts';
import { deliverMail, isMailable, type MailDeps } from './mail-delivery.ts';

export type RenewalLinkDeps = MailDeps & { systemDb: Db; secrets: Secrets };

/**
 * Mails the links that were made for a renewal, one mail a link, and once more for each time that somebody has asked for
 * one that still opens. What could not go out yet stays for the next round. Answers how many are mailed.
 */
export async function mailRenewalLinks(deps: RenewalLinkDeps): Promise<number> {
  const since = new Date(deps.now().getTime() - askedForMs);
  const { made, again } = await withSystem(deps.systemDb, async (tx) => ({
    made: await listUnsentRenewalLinks(tx),
    again: await listRenewalsSentAgain(tx, since),
  }));
  let mailed = 0;
  for (const link of made) if (await mailOne(deps, link, link.id)) mailed += 1;
  for (const link of again) if (await mailOne(deps, link, link.requestId)) mailed += 1;
  return mailed;
}

/** Longer ago, nobody waits for it any more. */
const askedForMs = 86_400_000;

/** `of` names why it is sent: a link is mailed once, and once for each time that it is asked for. */
async function mailOne(deps: RenewalLinkDeps, link: LinkRow, of: string): Promise<boolean> {
  const { environmentId, organizationId, contactId, tokenSealed } = link;
  if (contactId === null || tokenSealed === null) return false;
  const whose = { environmentId, organizationId };
  const { environment, organization, contact, renewed } = await withTenant(deps.db, whose, async (tx) => ({
    environment: await getEnvironment(tx, environmentId),
    organization: await findOrganization(tx, whose, organizationId),
    contact: await findItContact(tx, whose, contactId),
    renewed: await findRenewed(tx, whose, link),
  }));
  if (organization === undefined || contact === undefined || renewed === undefined) return false;
  if (!isMailable(organization.name)) return false;
  const token = deps.secrets.open(tokenSealed, linkSealedAt(organizationId, link.id));
  try {
    const { status } = await deliverMail(deps, {
      ...whose,
      onboardingId: null,
      kind: 'renewal_link',
      effectId: `renewal:${of}`,
      to: { contactId, email: contact.email, name: contact.name },
      linkId: link.id,
      creator: link.createdById === null ? null : `${link.createdByType}:${link.createdById}`,
      inReplyTo: null,
      replyTo: environment.supportEmail,
      mail: renewalLink(mailBrand(environment, deps.portalUrl), {
        organization: organization.name,
        url: setupUrl(deps.portalUrl, environment.handle, token),
        timeZone: contact.timeZone ?? 'UTC',
        ...renewed,
        isOver: renewed.endsAt <= deps.now(),
        linkEndsAt: link.expiresAt,
      }),
    });
    return status === 'done';
  } catch (error) {
    if (error instanceof ApplicationFailure || error instanceof MailServerUnavailable) return false;
    throw error;
  }
}

type Renewed = { thing: RenewedThing; provider: string; endsAt: Date };

/** What the link renews, while it is there and ends. */
async function findRenewed(
  tx: Tx,
  whose: { environmentId: string; organizationId: string },
  { connectionId, directoryId, logStreamId }: LinkRow,
): Promise<Renewed | undefined> {
  if (directoryId !== null) {
    const directory = await findDirectory(tx, whose, directoryId);
    const endsAt = directory && (await findTokensEnd(tx, whose, directoryId));
    return endsAt && { thing: 'scim_token', provider: directoryInWords(directory), endsAt };
  }
  if (logStreamId !== null) {
    const stream = await findLogStream(tx, whose, logStreamId);
    const endsAt = dayOf(stream?.secretEndsOn ?? null);
    return stream && endsAt && { thing: 'stream_credential', provider: stream.name, endsAt };
  }
  const connection = connectionId === null ? undefined : await findConnection(tx, whose, connectionId);
  if (connection === undefined) return undefined;
  const isSecret = connection.protocol === 'oidc';
  const [longest] = await listCertificates(tx, whose, connection.id);
  const endsAt = isSecret ? dayOf(connection.oidcSecretEndsOn) : longest?.notAfter;
  const provider = findGuide(connection.providerId ?? '')?.name ?? connection.name;
  return endsAt && { thing: isSecret ? 'client_secret' : 'certificate', provider, endsAt };
}

const dayOf = (day: string | null): Date | undefined =>
  day === null ? undefined : new Date(`${day}T12:00:00Z`);
