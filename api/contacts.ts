import { parseEmail } from '../adapters/email-address.ts';
import { newId } from '../adapters/ids.ts';
import {
  findItContact,
  findItContactByEmail,
  getOnboarding,
  insertAudit,
  insertCommand,
  insertItContact,
  listItContacts,
  lockOrganization,
  removeItContact,
  revokeLinksOfContact,
  type ItContactRow,
  type Tx,
} from '../db/index.ts';
import { OnboardingError } from '../onboarding/errors.ts';
import { factRow } from '../onboarding/workflow-names.ts';
import { audited, type Acting } from './acting.ts';

/** How IT contacts come and go, for the developer API, the dashboard and whatever names them by the way. */

type Whose = { environmentId: string; organizationId: string };

/** As many as one call may name, and as one mail may go to. */
const mostContacts = 20;

/** Keeps addresses as IT contacts, in the order given; one that is known already is found again. */
export async function rememberContacts(
  tx: Tx,
  tenant: Whose,
  emails: readonly string[],
  now: Date,
): Promise<ItContactRow[]> {
  const contacts: ItContactRow[] = [];
  for (const email of new Set(emails.map((typed) => parseEmail(typed.trim())))) {
    const known = await findItContactByEmail(tx, tenant, email);
    contacts.push(
      known ?? (await insertItContact(tx, { id: newId('it_contact_'), ...tenant, email, createdAt: now })),
    );
  }
  return contacts;
}

/**
 * Records a contact without inviting: notices go to them from now on. The caller holds the organization's lock. Throws
 * `email_invalid`, `contact_known` and `contacts_full`.
 */
export async function recordContact(tx: Tx, tenant: Whose, typed: string, by: Acting): Promise<ItContactRow> {
  const email = parseEmail(typed.trim());
  if ((await findItContactByEmail(tx, tenant, email)) !== undefined)
    throw new OnboardingError('contact_known', { email });
  if ((await listItContacts(tx, tenant)).length >= mostContacts)
    throw new OnboardingError('contacts_full', { most: mostContacts });
  const { now } = by.request;
  const contact = await insertItContact(tx, { id: newId('it_contact_'), ...tenant, email, createdAt: now });
  await insertAudit(
    tx,
    audited(by, tenant, {
      action: 'it_contact.created',
      target: { type: 'it_contact', id: contact.id },
      personal: { email },
    }),
  );
  return contact;
}

/** Takes a contact away, with the links that were made for them. Undefined when there is no such contact. */
export async function forgetContact(
  tx: Tx,
  tenant: Whose,
  contactId: string,
  by: Acting,
): Promise<ItContactRow | undefined> {
  const contact = await removeItContact(tx, tenant, contactId, by.request.now);
  if (contact === undefined) return undefined;
  await endLinksOfContact(tx, tenant, contactId, by);
  await insertAudit(
    tx,
    audited(by, tenant, {
      action: 'it_contact.deleted',
      target: { type: 'it_contact', id: contactId },
      personal: { email: contact.email },
    }),
  );
  return contact;
}

/** A contact whose organization nobody else changes now. Throws `not_found` for the organization first, then for the contact. */
export async function lockContact(
  tx: Tx,
  environmentId: string,
  { id: organizationId, contact: contactId }: { id: string; contact: string },
): Promise<{ tenant: Whose; contact: ItContactRow }> {
  const tenant = { environmentId, organizationId };
  await lockOrganization(tx, tenant, organizationId);
  const contact = await findItContact(tx, tenant, contactId);
  if (contact === undefined) throw new OnboardingError('not_found', { kind: 'it_contact', id: contactId });
  return { tenant, contact };
}

/** Ends the links that were made for a contact, with their sessions; their onboardings hear of it. */
export async function endLinksOfContact(tx: Tx, tenant: Whose, contactId: string, by: Acting): Promise<void> {
  const { now } = by.request;
  for (const link of await revokeLinksOfContact(tx, tenant, contactId, now)) {
    await insertAudit(
      tx,
      audited(by, tenant, { action: 'link.revoked', target: { type: 'link', id: link.id } }),
    );
    if (link.onboardingId === null) continue;
    const onboarding = await getOnboarding(tx, tenant, link.onboardingId);
    const fact = { key: newId('cmd_'), actor: by.actor, kind: 'link_ended', linkId: link.id } as const;
    if (onboarding.isOpen) await insertCommand(tx, factRow(onboarding, fact, now));
  }
}
