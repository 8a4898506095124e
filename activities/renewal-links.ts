import { renewalLink } from '../adapters/mail/contact-mails.ts';
import { mailBrand } from '../adapters/mail/mail-brand.ts';
import { MailServerUnavailable } from '../adapters/mailer.ts';
import type { Secrets } from '../adapters/secrets.ts';
import { linkSealedAt, setupUrl } from '../adapters/setup-links.ts';
import { ApplicationFailure } from '@temporalio/common';
import {
  findConnection,
  findItContact,
  findOrganization,
  getEnvironment,
  listCertificates,
  listUnsentRenewalLinks,
  withSystem,
  withTenant,
  type Db,
  type LinkRow,
} from '../db/index.ts';
import { findGuide } from '../onboarding/providers/sign-in/index.ts';
import { deliverMail, isMailable, type MailDeps } from './mail-delivery.ts';

export type RenewalLinkDeps = MailDeps & { systemDb: Db; secrets: Secrets };

/**
 * Mails the links that staff had made for a renewal, one mail a link. What could not go out yet stays for the next
 * round. Answers how many are mailed.
 */
export async function mailRenewalLinks(deps: RenewalLinkDeps): Promise<number> {
  const links = await withSystem(deps.systemDb, listUnsentRenewalLinks);
  let mailed = 0;
  for (const link of links) if (await mailOne(deps, link)) mailed += 1;
  return mailed;
}

async function mailOne(deps: RenewalLinkDeps, link: LinkRow): Promise<boolean> {
  const { environmentId, organizationId, contactId, connectionId, tokenSealed } = link;
  if (contactId === null || connectionId === null || tokenSealed === null) return false;
  const whose = { environmentId, organizationId };
  const { environment, organization, connection, contact, certificates } = await withTenant(
    deps.db,
    whose,
    async (tx) => ({
      environment: await getEnvironment(tx, environmentId),
      organization: await findOrganization(tx, whose, organizationId),
      connection: await findConnection(tx, whose, connectionId),
      contact: await findItContact(tx, whose, contactId),
      certificates: await listCertificates(tx, whose, connectionId),
    }),
  );
  if (organization === undefined || connection === undefined || contact === undefined) return false;
  const isSecret = connection.protocol === 'oidc';
  const endsAt = isSecret ? dayOf(connection.oidcSecretEndsOn) : certificates[0]?.notAfter;
  if (endsAt === undefined || !isMailable(organization.name)) return false;
  const token = deps.secrets.open(tokenSealed, linkSealedAt(organizationId, link.id));
  try {
    const { status } = await deliverMail(deps, {
      ...{ ...whose, onboardingId: null, kind: 'renewal_link', effectId: `renewal:${link.id}` },
      to: { contactId, email: contact.email, name: contact.name },
      linkId: link.id,
      creator: link.createdById === null ? null : `${link.createdByType}:${link.createdById}`,
      ...{ inReplyTo: null, replyTo: environment.supportEmail },
      mail: renewalLink(mailBrand(environment, deps.portalUrl), {
        organization: organization.name,
        url: setupUrl(deps.portalUrl, environment.handle, token),
        timeZone: contact.timeZone ?? 'UTC',
        thing: isSecret ? 'client_secret' : 'certificate',
        provider: findGuide(connection.providerId ?? '')?.name ?? connection.name,
        ...{ endsAt, isOver: endsAt <= deps.now(), linkEndsAt: link.expiresAt },
      }),
    });
    return status === 'done';
  } catch (error) {
    if (error instanceof ApplicationFailure || error instanceof MailServerUnavailable) return false;
    throw error;
  }
}

const dayOf = (day: string | null): Date | undefined =>
  day === null ? undefined : new Date(`${day}T12:00:00Z`);
