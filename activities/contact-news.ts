import { ApplicationFailure } from '@temporalio/common';
import type { MailBrand, RenderedMail } from '../adapters/mail/layout.ts';
import { mailBrand } from '../adapters/mail/mail-brand.ts';
import { MailServerUnavailable } from '../adapters/mailer.ts';
import {
  findOrganization,
  getEnvironment,
  listItContacts,
  withTenant,
  type ItContactRow,
} from '../db/index.ts';
import { deliverMail, isMailable, type MailDeps } from './mail-delivery.ts';

/** One thing that all contacts of an organization are to hear. */
export interface ContactNews {
  /** As the mail is kept. */
  kind: string;
  /** Names what happened: each contact gets one mail of it, however often it is asked for. */
  effect: string;
  /** The page of the portal that it leads to, below the environment's. */
  page: string;
  /** Left out: everybody. */
  isFor?: (contact: ItContactRow) => boolean;
  write: (brand: MailBrand, common: { organization: string; url: string; timeZone: string }) => RenderedMail;
}

/**
 * Mails news to every contact of the organization. Answers whether each has been written to, or will never be; false
 * means that a limit or the mail server let some not out, and the next round tries again.
 */
export async function mailEveryContact(
  deps: MailDeps,
  { environmentId, organizationId }: { environmentId: string; organizationId: string },
  news: readonly ContactNews[],
): Promise<boolean> {
  const whose = { environmentId, organizationId };
  const { environment, organization, contacts } = await withTenant(deps.db, whose, async (tx) => ({
    environment: await getEnvironment(tx, environmentId),
    organization: await findOrganization(tx, whose, organizationId),
    contacts: await listItContacts(tx, whose),
  }));
  if (organization === undefined || !isMailable(organization.name)) return true;
  let isWhole = true;
  for (const { kind, effect, page, isFor = () => true, write } of news) {
    const url = `${deps.portalUrl}/setup/${environment.handle}/${page}`;
    for (const contact of contacts.filter(isFor)) {
      const timeZone = contact.timeZone ?? 'UTC';
      try {
        await deliverMail(deps, {
          ...{ ...whose, onboardingId: null, kind, effectId: `${effect}:${contact.id}` },
          to: { contactId: contact.id, email: contact.email, name: contact.name },
          ...{ linkId: null, creator: null, inReplyTo: null, replyTo: environment.supportEmail },
          mail: write(mailBrand(environment, deps.portalUrl), {
            organization: organization.name,
            url,
            timeZone,
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
