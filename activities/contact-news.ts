import type { MailBrand, RenderedMail } from '../adapters/mail/layout.ts';
import { mailBrand } from '../adapters/mail/mail-brand.ts';
import {
  findOrganization,
  getEnvironment,
  listItContacts,
  withTenant,
  type EnvironmentRow,
  type ItContactRow,
} from '../db/index.ts';
import { deliverOrWait, isMailable, type MailDeps } from './mail-delivery.ts';

/** One thing that all contacts of an organization are to hear. */
export interface ContactNews {
  /** As the mail is kept. */
  kind: string;
  /** Names what happened: each contact gets one mail of it, however often it is asked for. */
  effect: string;
  /** The page of the portal that it leads to, below the environment's. */
  page: string;
  /** A link of the contact's own that opens there; without one the page asks for the link that they have. */
  door?: (
    environment: EnvironmentRow,
    contact: ItContactRow,
  ) => Promise<{ linkId: string; url: string } | undefined>;
  /** Left out: everybody. */
  isFor?: (contact: ItContactRow) => boolean;
  write: (brand: MailBrand, common: Common) => RenderedMail;
}

type Common = { organization: string; url: string; timeZone: string; isPage: boolean };

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
  for (const { kind, effect, page, door, isFor = () => true, write } of news) {
    const pageUrl = `${deps.portalUrl}/setup/${environment.handle}/${page}`;
    for (const contact of contacts.filter(isFor)) {
      const timeZone = contact.timeZone ?? 'UTC';
      const opened = await door?.(environment, contact);
      const isHeard = await deliverOrWait(deps, {
        ...whose,
        onboardingId: null,
        kind,
        effectId: `${effect}:${contact.id}`,
        to: { contactId: contact.id, email: contact.email, name: contact.name },
        linkId: opened?.linkId ?? null,
        creator: null,
        inReplyTo: null,
        replyTo: environment.supportEmail,
        mail: write(mailBrand(environment, deps.portalUrl), {
          organization: organization.name,
          url: opened?.url ?? pageUrl,
          timeZone,
          isPage: opened === undefined,
        }),
      });
      if (!isHeard) isWhole = false;
    }
  }
  return isWhole;
}
