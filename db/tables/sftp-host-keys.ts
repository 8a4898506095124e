import type { Generated, Selectable } from 'kysely';

/** What our SFTP server proves itself by: the same on every program. */
export interface SftpHostKeysTable {
  id: string;
  algorithm: string;
  publicKey: string;
  privateKeySealed: string;
  createdAt: Generated<Date>;
}

export type SftpHostKeyRow = Selectable<SftpHostKeysTable>;
