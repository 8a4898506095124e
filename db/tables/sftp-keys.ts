import type { Generated, Selectable } from 'kysely';

/** A public key that opens the SFTP account of a directory. */
export interface SftpKeysTable {
  id: string;
  environmentId: string;
  organizationId: string;
  directoryId: string;
  publicKey: string;
  fingerprint: string;
  algorithm: string;
  createdAt: Generated<Date>;
  lastUsedAt: Date | null;
  removedAt: Date | null;
}

export type SftpKeyRow = Selectable<SftpKeysTable>;
