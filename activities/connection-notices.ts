import { ApplicationFailure } from '@temporalio/common';
import { connectionNotice } from '../adapters/mail/contact-mails.ts';
import { mailBrand } from '../adapters/mail/mail-brand.ts';
import { connectionNoticeForStaff } from '../adapters/mail/staff-mails.ts';
import { MailServerUnavailable } from '../adapters/mailer.ts';
import {
  findOrganization,
  forgetConnectionNotices,
  getEnvironment,
  listMembers,
  listNoticedConnections,
  withSystem,
  withTenant,
  type ConnectionRow,
  type Db,
} from '../db/index.ts';
import { findGuide } from '../onboarding/providers/sign-in/index.ts';
import { toldToStaff } from '../onboarding/connection-notices.ts';
import { mailEveryContact, type ContactNews } from './contact-news.ts';
import { deliverMail, isMailable, type MailDeps } from './mail-delivery.ts';
import { mayHelp } from './told-members.ts';

type ConnectionNoticeDeps = MailDeps & {
  systemDb: Db;
  /** Origin of the pages of staff. */
  dashboardUrl: string;
};

/**
 * Mails every contact of what somebody did to a connection, so that an act with one person's mailbox is seen in the
 * others, and the vendor's people of what they may be asked about. What could not go out yet stays for the next round, and nobody gets a mail twice. Answers how many connections
 * are told.
 */
export async function mailConnectionNotices(deps: ConnectionNoticeDeps): Promise<number> {
  const connections = await withSystem(deps.systemDb, listNoticedConnections);
  let told = 0;
  for (const connection of connections) {
    const isHeard = await mailEveryContact(deps, connection, newsOf(connection));
    if (!(await mailStaff(deps, connection)) || !isHeard) continue;
    await withSystem(deps.systemDb, (tx) => forgetConnectionNotices(tx, connection));
    told += 1;
  }
  return told;
}

function newsOf({ id, name, providerId, deletedAt, allowedDomains, notices }: ConnectionRow): ContactNews[] {
  const provider = findGuide(providerId ?? '')?.name ?? name;
  return notices.map(({ kind, at, by, isVendors = false }) => ({
    kind: `connection_${kind}`,
    effect: `connection:${id}:${kind}:${at}`,
    page: deletedAt === null ? `sso/of/${id}` : 'home',
    write: (brand, common) =>
      connectionNotice(brand, {
        ...common,
        provider,
        kind,
        by,
        isVendors,
        at: new Date(at),
        domains: allowedDomains,
      }),
  }));
}

/** Answers whether each has been written to, or will never be. */
async function mailStaff(deps: ConnectionNoticeDeps, connection: ConnectionRow): Promise<boolean> {
  const { environmentId, organizationId, providerId, name } = connection;
  const theirs = connection.notices.filter(({ kind, isVendors }) => !isVendors && toldToStaff.has(kind));
  if (theirs.length === 0) return true;
  const whose = { environmentId, organizationId };
  const { environment, organization, members } = await withTenant(deps.db, whose, async (tx) => ({
    environment: await getEnvironment(tx, environmentId),
    organization: await findOrganization(tx, whose, organizationId),
    members: await listMembers(tx, { environmentId }),
  }));
  if (organization === undefined || !isMailable(organization.name)) return true;
  let isWhole = true;
  for (const { kind, at, by } of theirs) {
    for (const member of members.filter(mayHelp)) {
      try {
        await deliverMail(deps, {
          ...whose,
          onboardingId: null,
          kind: `staff_connection_${kind}`,
          effectId: `connection:${connection.id}:${kind}:${at}:${member.id}`,
          to: { contactId: null, email: member.email, name: member.name },
          linkId: null,
          creator: null,
          inReplyTo: null,
          replyTo: null,
          mail: connectionNoticeForStaff(mailBrand(environment, deps.dashboardUrl), {
            organization: organization.name,
            kind,
            at: new Date(at),
            by,
            timeZone: 'UTC',
            provider: findGuide(providerId ?? '')?.name ?? name,
            url: `${deps.dashboardUrl}/dashboard/organizations/${organizationId}`,
          }),
        });
      } catch (error) {
        if (!(error instanceof ApplicationFailure || error instanceof MailServerUnavailable)) throw error;
        isWhole = false;
      }
    }
  }
  return isWhole;
}
