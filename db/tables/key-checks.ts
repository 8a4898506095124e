import type { Generated, Selectable } from 'kysely';

/** One check value per key id, so that a wrong `SECRETS_KEY` is named at start. */
export interface KeyChecksTable {
  keyId: string;
  value: string;
  createdAt: Generated<Date>;
}

export type KeyCheckRow = Selectable<KeyChecksTable>;
