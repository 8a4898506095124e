import { sql, type Insertable } from 'kysely';
import { notifyChange, type Tx } from '../database.ts';
import type { MailRow, MailsTable } from '../tables/mails.ts';
import { ofEnvironment, ownedBy, type Tenant } from '../tenant.ts';

export type NewMail = Omit<
  Insertable<MailsTable>,
  'state' | 'serverAnswer' | 'heldUntil' | 'sentAt' | 'endedAt' | 'createdAt'
> & { createdAt: Date };

/**
 * Finds or makes the one mail of an effect: a retry gets the row of the earlier try, with its Message-ID and what came
 * of it [REL-05]. The row is locked until the transaction ends.
 */
export async function claimMail(tx: Tx, mail: NewMail): Promise<{ mail: MailRow; isNew: boolean }> {
  const inserted = await tx
    .insertInto('mails')
    .values({ ...mail, state: 'queued' })
    .onConflict((conflict) => conflict.columns(['environmentId', 'effectId']).doNothing())
    .returningAll()
    .executeTakeFirst();
  if (inserted) return { mail: inserted, isNew: true };
  const existing = await tx
    .selectFrom('mails')
    .selectAll()
    .where(ofEnvironment('mails', mail))
    .where('effectId', '=', mail.effectId)
    .forUpdate()
    .executeTakeFirstOrThrow();
  return { mail: existing, isNew: false };
}

/** The mail, held until the transaction ends. */
export async function lockMail(tx: Tx, tenant: Tenant, mailId: string): Promise<MailRow | undefined> {
  return tx
    .selectFrom('mails')
    .selectAll()
    .where('id', '=', mailId)
    .where(ownedBy('mails', tenant))
    .forUpdate()
    .executeTakeFirst();
}

export async function updateMail(
  tx: Tx,
  tenant: Tenant,
  mailId: string,
  changes: {
    state: MailRow['state'];
    serverAnswer?: string | null;
    heldUntil?: Date | null;
    triedAt?: Date;
    sentAt?: Date;
    endedAt?: Date;
  },
): Promise<MailRow | undefined> {
  const mail = await tx
    .updateTable('mails')
    .set(changes)
    .where('id', '=', mailId)
    .where(ownedBy('mails', tenant))
    .returningAll()
    .executeTakeFirst();
  if (mail?.organizationId) {
    notifyChange(
      tx,
      { environmentId: mail.environmentId, organizationId: mail.organizationId },
      'mail',
      mail.id,
    );
  }
  return mail;
}

/** Ends a mail that has waited until nobody needs it any more; one that went out, or was never made, stays as it is. */
export async function withdrawMail(tx: Tx, tenant: Tenant, effectId: string, now: Date): Promise<void> {
  const waiting = await tx
    .selectFrom('mails')
    .select('id')
    .where(ownedBy('mails', tenant))
    .where('effectId', '=', effectId)
    .where('state', 'in', ['queued', 'sending'])
    .forUpdate()
    .executeTakeFirst();
  if (waiting)
    await updateMail(tx, tenant, waiting.id, { state: 'withdrawn', heldUntil: null, endedAt: now });
}

/** Newest first. */
export async function listMails(
  tx: Tx,
  tenant: Tenant,
  { onboardingId, limit = 50 }: { onboardingId?: string; limit?: number },
): Promise<MailRow[]> {
  let query = tx.selectFrom('mails').selectAll().where(ownedBy('mails', tenant));
  if (onboardingId) query = query.where('onboardingId', '=', onboardingId);
  return query.orderBy('createdAt', 'desc').orderBy('id', 'desc').limit(limit).execute();
}

/** Addresses of the list to which the last mail bounced. */
export async function listBounced(tx: Tx, tenant: Tenant & { organizationId: string }): Promise<string[]> {
  const rows = await tx
    .selectFrom('mails')
    .distinctOn(sql`lower(recipient)`)
    .select(['recipient', 'state'])
    .where(ownedBy('mails', tenant))
    .where('state', 'in', ['sent', 'delivered', 'bounced', 'refused'])
    .orderBy(sql`lower(recipient)`)
    .orderBy('createdAt', 'desc')
    .execute();
  return rows
    .filter(({ state }) => state === 'bounced' || state === 'refused')
    .map(({ recipient }) => recipient);
}

export async function isSuppressed(tx: Tx, tenant: Tenant, address: string): Promise<boolean> {
  const row = await tx
    .selectFrom('mailSuppressions')
    .select('address')
    .where(ofEnvironment('mailSuppressions', tenant))
    .where('address', '=', address.toLowerCase())
    .executeTakeFirst();
  return row !== undefined;
}

/** From now on nothing is mailed to the address. False when that was so already. */
export async function suppressAddress(
  tx: Tx,
  tenant: Tenant,
  { address, reason, now }: { address: string; reason: string; now: Date },
): Promise<boolean> {
  const inserted = await tx
    .insertInto('mailSuppressions')
    .values({
      environmentId: tenant.environmentId,
      address: address.toLowerCase(),
      reason,
      createdAt: now,
    })
    .onConflict((conflict) => conflict.columns(['environmentId', 'address']).doNothing())
    .returning('address')
    .executeTakeFirst();
  return inserted !== undefined;
}

/** Mails may go to the address again. False when nothing stood in their way. */
export async function allowAddress(tx: Tx, tenant: Tenant, address: string): Promise<boolean> {
  const removed = await tx
    .deleteFrom('mailSuppressions')
    .where(ofEnvironment('mailSuppressions', tenant))
    .where('address', '=', address.toLowerCase())
    .returning('address')
    .executeTakeFirst();
  return removed !== undefined;
}
