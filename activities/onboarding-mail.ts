import { linkSealedAt, setupUrl } from '../adapters/setup-links.ts';
import type { Secrets } from '../adapters/secrets.ts';
import type { MailBrand } from '../adapters/mail/layout.ts';
import { mailBrand } from '../adapters/mail/mail-brand.ts';
import {
  findItContact,
  findLink,
  findOrganization,
  getEnvironment,
  getOnboarding,
  listMails,
  withdrawMail,
  withTenant,
  type EnvironmentRow,
  type ItContactRow,
  type LinkRow,
  type MailRow,
  type OnboardingRow,
  type OrganizationRow,
} from '../db/index.ts';
import type { ErrorCode } from '../onboarding/errors.ts';
import type { EffectOutcome } from '../onboarding/state.ts';
import type { MailDeps, MailOrder } from './mail-delivery.ts';
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
 * Loads what a mail needs, or undefined when there is nobody to write to any more: the organization was deleted or the
 * contact removed. Nothing is mailed then, and that is no failure.
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
      thread: firstOf(mails, whose.effectId)?.messageId ?? null,
    };
  });
}

/** The first mail that went out; a second try of that very mail must not answer itself. */
function firstOf(newestFirst: readonly MailRow[], effectId: string): MailRow | undefined {
  return newestFirst.findLast(
    (mail) => mail.effectId !== effectId && (mail.state === 'sent' || mail.state === 'delivered'),
  );
}

/** The link that the mail carries: always the same one, opened from where it is sealed. Undefined once it has ended. */
export function linkIn(
  { secrets, portalUrl, now }: OnboardingMailDeps,
  { environment, link }: MailContext,
): string | undefined {
  if (link.tokenSealed === null || link.expiresAt <= now()) return undefined;
  const token = secrets.open(link.tokenSealed, linkSealedAt(link.organizationId, link.id));
  return setupUrl(portalUrl, environment.handle, token);
}

/** There is nothing to mail, for a reason that staff may want to know. A mail that waited for its turn is withdrawn. */
export async function notMailed(
  deps: Pick<MailDeps, 'db' | 'now'>,
  whose: OfOnboarding,
  code: Extract<ErrorCode, 'no_contact' | 'link_ended'>,
): Promise<EffectOutcome> {
  await withdraw(deps, whose);
  return { status: 'refused', at: deps.now().toISOString(), code };
}

/** There is nothing to mail, because it is news no more: nobody has missed anything. */
export async function settled(
  deps: Pick<MailDeps, 'db' | 'now'>,
  whose: OfOnboarding,
): Promise<EffectOutcome> {
  await withdraw(deps, whose);
  return { status: 'settled', at: deps.now().toISOString() };
}

const withdraw = ({ db, now }: Pick<MailDeps, 'db' | 'now'>, whose: OfOnboarding): Promise<void> =>
  withTenant(db, whose, (tx) => withdrawMail(tx, whose, whose.effectId, now()));

/** Who had the link made; null for one that the product has made by itself. */
function creatorOf({ createdByType, createdById }: LinkRow): string | null {
  return createdById === null || createdByType === 'system' ? null : `${createdByType}:${createdById}`;
}

/** The order of a mail to the contact of the link. */
export function orderFor(
  { portalUrl }: OnboardingMailDeps,
  whose: OfOnboarding,
  context: MailContext,
  what: {
    kind: string;
    carriesLink: boolean;
    write: (brand: MailBrand) => MailOrder['mail'];
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
    creator: what.carriesLink ? creatorOf(link) : null,
    inReplyTo: thread,
    replyTo: environment.supportEmail,
    mail: what.write(mailBrand(environment, portalUrl)),
  };
}
