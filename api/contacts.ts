import { parseEmail } from '../adapters/email-address.ts';
import { newId } from '../adapters/ids.ts';
import { findItContactByEmail, insertItContact, type ItContactRow, type Tx } from '../db/index.ts';

/** Keeps addresses as IT contacts, in the order given; one that is known already is found again. */
export async function rememberContacts(
  tx: Tx,
  tenant: { environmentId: string; organizationId: string },
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
