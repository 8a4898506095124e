import { ApplicationFailure } from '@temporalio/common';
import { domainContest } from '../adapters/mail/contact-mails.ts';
import { MailServerUnavailable } from '../adapters/mailer.ts';
import { mailBrand } from '../adapters/mail/mail-brand.ts';
import {
  findOrganization,
  forgetContestNews,
  getEnvironment,
  listContestNews,
  listItContacts,
  withSystem,
  withTenant,
  type Db,
} from '../db/index.ts';
import { deliverMail, isMailable, type MailDeps } from './mail-delivery.ts';

type ContestNewsRow = Awaited<ReturnType<typeof listContestNews>>[number];

/**
 * Mails the contacts of both sides what a contest over a domain has come to [DOM-05]. What could not go out yet stays for
 * the next round, and nobody gets a mail twice. Answers how many sides are told.
 */
export async function mailContestNews(deps: MailDeps & { systemDb: Db }): Promise<number> {
  const sides = await withSystem(deps.systemDb, listContestNews);
  let told = 0;
  for (const side of sides) {
    if (!(await mailSide(deps, side))) continue;
    await withSystem(deps.systemDb, (tx) => forgetContestNews(tx, side));
    told += 1;
  }
  return told;
}

/** Whether every contact has been written to, or will never be. */
async function mailSide(deps: MailDeps, side: ContestNewsRow): Promise<boolean> {
  const whose = { environmentId: side.environmentId, organizationId: side.organizationId };
  const { environment, organization, contacts } = await withTenant(deps.db, whose, async (tx) => ({
    environment: await getEnvironment(tx, whose.environmentId),
    organization: await findOrganization(tx, whose, whose.organizationId),
    contacts: await listItContacts(tx, whose),
  }));
  if (organization === undefined || !isMailable(organization.name)) return true;
  let isWhole = true;
  for (const contact of contacts) {
    const mail = domainContest(mailBrand(environment, deps.portalUrl), {
      organization: organization.name,
      url: `${deps.portalUrl}/setup/${environment.handle}/domains`,
      timeZone: contact.timeZone ?? 'UTC',
      domain: side.domain,
      news: side.contestNews,
    });
    try {
      await deliverMail(deps, {
        ...{ ...whose, onboardingId: null, kind: `domain_${side.contestNews}` },
        effectId: `contest:${side.id}:${side.contestNewsAt.getTime()}:${contact.id}`,
        to: { contactId: contact.id, email: contact.email, name: contact.name },
        ...{ linkId: null, creator: null, inReplyTo: null, replyTo: environment.supportEmail, mail },
      });
    } catch (error) {
      // Over its limit, or the mail server is away: the next round tries again.
      if (!(error instanceof ApplicationFailure || error instanceof MailServerUnavailable)) throw error;
      isWhole = false;
    }
  }
  return isWhole;
}
