import type { Generated } from 'kysely';

/** Addresses that must not be mailed again. */
export interface MailSuppressionsTable {
  environmentId: string;
  address: string;
  reason: string;
  createdAt: Generated<Date>;
}
