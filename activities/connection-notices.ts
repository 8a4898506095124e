import { ApplicationFailure } from '@temporalio/common';
import { connectionNotice } from '../adapters/mail/contact-mails.ts';
import { mailBrand } from '../adapters/mail/mail-brand.ts';
import { MailServerUnavailable } from '../adapters/mailer.ts';
import {
  findOrganization,
  forgetConnectionNotices,
  getEnvironment,
  listItContacts,
  listNoticedConnections,
  withSystem,
  withTenant,
  type ConnectionRow,
  type Db,
} from '../db/index.ts';
import { findGuide } from '../onboarding/providers/sign-in/index.ts';
import { deliverMail, isMailable, type MailDeps } from './mail-delivery.ts';

/**
 * Mails every contact of what somebody did to a connection, so that an act with one person's mailbox is seen in the
 * others. What could not go out yet stays for the next round, and nobody gets a mail twice. Answers how many connections
 * are told.
 */
export async function mailConnectionNotices(deps: MailDeps & { systemDb: Db }): Promise<number> {
  const connections = await withSystem(deps.systemDb, listNoticedConnections);
  let told = 0;
  for (const connection of connections) {
    if (!(await mailNotices(deps, connection))) continue;
    await withSystem(deps.systemDb, (tx) => forgetConnectionNotices(tx, connection));
    told += 1;
  }
  return told;
}

/** Whether every contact has been written to, or will never be. */
async function mailNotices(deps: MailDeps, connection: ConnectionRow): Promise<boolean> {
  const whose = { environmentId: connection.environmentId, organizationId: connection.organizationId };
  const { environment, organization, contacts } = await withTenant(deps.db, whose, async (tx) => ({
    environment: await getEnvironment(tx, whose.environmentId),
    organization: await findOrganization(tx, whose, whose.organizationId),
    contacts: await listItContacts(tx, whose),
  }));
  if (organization === undefined || !isMailable(organization.name)) return true;
  const page = connection.deletedAt === null ? `sso/of/${connection.id}` : 'home';
  let isWhole = true;
  for (const notice of connection.notices) {
    for (const contact of contacts) {
      const mail = connectionNotice(mailBrand(environment, deps.portalUrl), {
        organization: organization.name,
        url: `${deps.portalUrl}/setup/${environment.handle}/${page}`,
        timeZone: contact.timeZone ?? 'UTC',
        provider: findGuide(connection.providerId ?? '')?.name ?? connection.name,
        kind: notice.kind,
        at: new Date(notice.at),
        by: notice.by,
        domains: connection.allowedDomains,
      });
      try {
        await deliverMail(deps, {
          ...{ ...whose, onboardingId: null, kind: `connection_${notice.kind}` },
          effectId: `connection:${connection.id}:${notice.kind}:${notice.at}:${contact.id}`,
          to: { contactId: contact.id, email: contact.email, name: contact.name },
          ...{ linkId: null, creator: null, inReplyTo: null, replyTo: environment.supportEmail, mail },
        });
      } catch (error) {
        // Over its limit, or the mail server is away: the next round tries again.
        if (!(error instanceof ApplicationFailure || error instanceof MailServerUnavailable)) throw error;
        isWhole = false;
      }
    }
  }
  return isWhole;
}
