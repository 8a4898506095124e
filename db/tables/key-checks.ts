import type { ColumnType, Generated, Selectable } from 'kysely';
import type { CheckpointVoucher } from '../../onboarding/checkpoint-vouchers.ts';

/** One check value per key id, so that a wrong `SECRETS_KEY` is named at start. */
export interface KeyChecksTable {
  keyId: string;
  value: string;
  createdAt: Generated<Date>;
  voucher: ColumnType<CheckpointVoucher | null, string | null | undefined, string | null>;
}

export type KeyCheckRow = Selectable<KeyChecksTable>;
