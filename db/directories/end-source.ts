import { sql } from 'kysely';
import type { Tx } from '../database.ts';
import { listReceivedFiles, supersedeFiles } from '../repositories/directory-files.ts';
import { listSftpKeys } from '../repositories/sftp-keys.ts';
import type { DirectoryRow } from '../tables/directories.ts';
import { ownedBy } from '../tenant.ts';
import { revokeDirectoryTokens } from './tokens.ts';

/**
 * Ends all by which the present source writes, because what it sent would be taken for what the next one sends: its
 * tokens and keys, its files that wait, the reading under way. Gives back the ids of the tokens and keys.
 */
export async function endSource(
  tx: Tx,
  directory: DirectoryRow,
  by: Parameters<typeof revokeDirectoryTokens>[2],
): Promise<string[]> {
  const { id: directoryId } = directory;
  const tokenIds = await revokeDirectoryTokens(tx, directory, by);
  const keyIds = (await listSftpKeys(tx, directory, directoryId)).map(({ id }) => id);
  await tx
    .updateTable('sftpKeys')
    .set({ removedAt: by.now })
    .where('directoryId', '=', directoryId)
    .where('removedAt', 'is', null)
    .where(ownedBy('sftpKeys', directory))
    .execute();
  const waiting = await listReceivedFiles(tx, directory, directoryId);
  await supersedeFiles(
    tx,
    directory,
    waiting.map(({ id }) => id),
  );
  await tx
    .updateTable('directoryRuns')
    .set({ state: 'failed', cause: 'interrupted', endedAt: by.now })
    .where('directoryId', '=', directoryId)
    .where('state', '=', 'running')
    .where(ownedBy('directoryRuns', directory))
    .execute();
  return [...tokenIds, ...keyIds];
}

/** What `endSource` has ended works again. */
export async function reviveSource(tx: Tx, { id: directoryId }: DirectoryRow, ids: string[]): Promise<void> {
  const isOne = sql<boolean>`id = any(${ids}::text[])`;
  await tx
    .updateTable('directoryTokens')
    .set({ revokedAt: null })
    .where(isOne)
    .where('directoryId', '=', directoryId)
    .execute();
  await tx
    .updateTable('sftpKeys')
    .set({ removedAt: null })
    .where(isOne)
    .where('directoryId', '=', directoryId)
    .execute();
}
