import { newId } from '../adapters/ids.ts';
import type { DeliveryReport } from '../adapters/mail/delivery-report.ts';
import { lookUpMail, recordMailOutcome, withTenant, type Db } from '../db/index.ts';

/** Keeps what the listener for delivery reports was told; the address it came to has proved which mail it is. */
export async function keepDeliveryReport(
  { db, now }: { db: Db; now: () => Date },
  mailId: string,
  report: DeliveryReport,
): Promise<void> {
  const mail = await lookUpMail(db, mailId);
  if (mail === undefined) return;
  const tenant = { environmentId: mail.environmentId };
  await withTenant(db, tenant, (tx) => recordMailOutcome(tx, tenant, mailId, report, { now: now(), newId }));
}
