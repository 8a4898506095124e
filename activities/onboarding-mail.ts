import { linkSealedAt, setupUrl } from '../adapters/setup-links.ts';
import type { Secrets } from '../adapters/secrets.ts';
import {
  findItContact,
  findLink,
  findOrganization,
  getEnvironment,
  getOnboarding,
  listMails,
  withTenant,
  type EnvironmentRow,
  type ItContactRow,
  type LinkRow,
  type OnboardingRow,
  type OrganizationRow,
} from '../db/index.ts';
import { brandOf, type MailDeps, type MailOrder } from './mail-delivery.ts';
import type { OfOnboarding } from './index.ts';

export type OnboardingMailDeps = MailDeps & { secrets: Secrets };

/** What every mail about an onboarding is written from, loaded in one transaction. */
export type MailContext = {
  environment: EnvironmentRow;
  organization: OrganizationRow;
  onboarding: OnboardingRow;
  link: LinkRow;
  contact: ItContactRow;
  /** Message-ID of the onboarding's first mail: one thread per onboarding. */
  thread: string | null;
};

/**
 * Loads what a mail needs, or undefined when there is nobody to write to any more: the organization was deleted, the
 * contact removed, or the link ended. Nothing is mailed then, and that is no failure.
 */
export async function findMailContext(
  { db }: OnboardingMailDeps,
  whose: OfOnboarding,
  linkId: string,
): Promise<MailContext | undefined> {
  return withTenant(db, whose, async (tx) => {
    const organization = await findOrganization(tx, whose, whose.organizationId);
    const link = await findLink(tx, whose, linkId);
    if (organization === undefined || link?.contactId == null) return undefined;
    const contact = await findItContact(tx, whose, link.contactId);
    if (contact === undefined) return undefined;
    const mails = await listMails(tx, whose, { onboardingId: whose.onboardingId });
    return {
      environment: await getEnvironment(tx, whose.environmentId),
      organization,
      onboarding: await getOnboarding(tx, whose, whose.onboardingId),
      link,
      contact,
      thread: mails.at(-1)?.messageId ?? null,
    };
  });
}

/** The link that the mail carries: always the same one, opened from where it is sealed. */
export function linkIn(
  { secrets, portalUrl }: OnboardingMailDeps,
  { environment, link }: MailContext,
): string {
  if (link.tokenSealed === null) throw new Error(`the token of ${link.id} is gone; the link has ended`);
  const token = secrets.open(link.tokenSealed, linkSealedAt(link.organizationId, link.id));
  return setupUrl(portalUrl, environment.handle, token);
}

/** The order of a mail to the contact of the link. */
export function orderFor(
  { portalUrl }: OnboardingMailDeps,
  whose: OfOnboarding,
  context: MailContext,
  what: {
    kind: string;
    carriesLink: boolean;
    write: (brand: ReturnType<typeof brandOf>) => MailOrder['mail'];
  },
): MailOrder {
  const { environment, contact, link, thread } = context;
  return {
    effectId: whose.effectId,
    environmentId: whose.environmentId,
    organizationId: whose.organizationId,
    onboardingId: whose.onboardingId,
    kind: what.kind,
    to: { contactId: contact.id, email: contact.email, name: contact.name },
    linkId: what.carriesLink ? link.id : null,
    inReplyTo: thread,
    replyTo: environment.supportEmail,
    mail: what.write(brandOf(environment, portalUrl)),
  };
}
