import { sql, type Insertable } from 'kysely';
import type { Tx } from '../database.ts';
import type { ItContactRow, ItContactsTable } from '../tables/it-contacts.ts';
import { ownedBy, type Tenant } from '../tenant.ts';
import { refuseDuplicate } from '../violations.ts';

/** Throws `conflict` when the organization has a contact with this address, in any case. */
export async function insertItContact(
  tx: Tx,
  contact: Omit<Insertable<ItContactsTable>, 'removedAt' | 'updatedAt' | 'createdAt'> & { createdAt: Date },
): Promise<ItContactRow> {
  const statement = tx
    .insertInto('itContacts')
    .values({ ...contact, updatedAt: contact.createdAt })
    .returningAll()
    .executeTakeFirstOrThrow();
  return refuseDuplicate(statement, 'it_contacts_one_per_address', 'conflict', { field: 'email' });
}

export async function findItContact(
  tx: Tx,
  tenant: Tenant,
  contactId: string,
): Promise<ItContactRow | undefined> {
  return present(tx, tenant).where('id', '=', contactId).executeTakeFirst();
}

export async function findItContactByEmail(
  tx: Tx,
  tenant: Tenant & { organizationId: string },
  email: string,
): Promise<ItContactRow | undefined> {
  return present(tx, tenant)
    .where(sql<boolean>`lower(email) = lower(${email})`)
    .executeTakeFirst();
}

/** Oldest first. */
export async function listItContacts(
  tx: Tx,
  tenant: Tenant & { organizationId: string },
): Promise<ItContactRow[]> {
  return present(tx, tenant).orderBy('createdAt').orderBy('id').execute();
}

export async function updateItContact(
  tx: Tx,
  tenant: Tenant,
  contactId: string,
  changes: { name?: string | null; timeZone?: string | null },
  now: Date,
): Promise<ItContactRow | undefined> {
  return tx
    .updateTable('itContacts')
    .set({ ...changes, updatedAt: now })
    .where('id', '=', contactId)
    .where('removedAt', 'is', null)
    .where(ownedBy('itContacts', tenant))
    .returningAll()
    .executeTakeFirst();
}

/** Undefined when there is no such contact. Links sent to the contact are revoked by `revokeLinksOfContact`. */
export async function removeItContact(
  tx: Tx,
  tenant: Tenant,
  contactId: string,
  now: Date,
): Promise<ItContactRow | undefined> {
  return tx
    .updateTable('itContacts')
    .set({ removedAt: now })
    .where('id', '=', contactId)
    .where('removedAt', 'is', null)
    .where(ownedBy('itContacts', tenant))
    .returningAll()
    .executeTakeFirst();
}

function present(tx: Tx, tenant: Tenant) {
  return tx
    .selectFrom('itContacts')
    .selectAll()
    .where(ownedBy('itContacts', tenant))
    .where('removedAt', 'is', null);
}
