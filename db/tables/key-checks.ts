import type { ColumnType, Generated, Selectable } from 'kysely';

/** Vouches for the checkpoint key of a key that may be taken away. Base64, but for the instant. */
export interface CheckpointVoucher {
  /** SubjectPublicKeyInfo, DER. */
  publicKey: string;
  /** What it signed later does not count. */
  until: string;
  /** The key whose checkpoint key has signed this. */
  by: string;
  signature: string;
}

/** One check value per key id, so that a wrong `SECRETS_KEY` is named at start. */
export interface KeyChecksTable {
  keyId: string;
  value: string;
  createdAt: Generated<Date>;
  voucher: ColumnType<CheckpointVoucher | null, string | null | undefined, string | null>;
}

export type KeyCheckRow = Selectable<KeyChecksTable>;
