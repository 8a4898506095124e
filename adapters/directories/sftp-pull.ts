/** The files of people and groups as they lie on a server of the customer's. */
import { setTimeout as afterPause } from 'node:timers/promises';
import {
  directoryFileNames,
  fileLimits,
  type DirectoryFileName,
  type UserColumns,
} from '../../onboarding/directory-files.ts';
import type { SftpPullSettings } from '../../onboarding/directory-sources.ts';
import { FileRefused } from '../csv/csv-reader.ts';
import { readGroupsFile, readUserGroupsFile, readUsersFile } from '../csv/directory-files.ts';
import type { EgressSockets } from '../egress.ts';
import { DirectoryRefused, type ReadingHands } from './reading.ts';
import { openSftpSession, type SftpSession } from './sftp-session.ts';

/** A file that is there, read once from its beginning to its end. */
export interface FetchedFile {
  readonly name: DirectoryFileName;
  readonly bytes: AsyncIterable<Uint8Array>;
}

export interface FetchLimits {
  /** For all files together. */
  totalMs: number;
  /** How long nobody may have written on a file before it counts as whole [IMP-02]. */
  settledMs: number;
  /** Of one file; what the server says of its size is not believed [IMP-03]. */
  bytes: number;
}

export const usualFetchLimits: FetchLimits = {
  totalMs: 20 * 60_000,
  settledMs: 5_000,
  bytes: fileLimits.bytes,
};

type Access = { settings: SftpPullSettings; secret: string };

/**
 * Hands over each file that is there, one after the other; `users.csv` has to be. They count only when this returns:
 * until then somebody may be writing on them. Answers whether the next key of ours was taken. Throws `DirectoryRefused`.
 */
export async function fetchFiles(
  egress: EgressSockets,
  { settings, secret }: Access,
  hands: ReadingHands,
  { take, limits }: { take: (file: FetchedFile) => Promise<void>; limits: FetchLimits },
): Promise<{ usedNextKey: boolean }> {
  const limit = AbortSignal.timeout(limits.totalMs);
  const signal = AbortSignal.any([hands.signal, limit]);
  try {
    const session = await openSftpSession(egress, settings, secret, { ...hands, signal });
    try {
      const found = await findFiles(session, settings);
      const since = performance.now();
      for (const { name, path } of found)
        await take({ name, bytes: limited(session.read(path), limits.bytes) });
      const rest = limits.settledMs - (performance.now() - since);
      if (rest > 0) await afterPause(rest, undefined, { signal });
      await expectUnchanged(session, found);
      return { usedNextKey: session.usedNextKey };
    } finally {
      session.end();
    }
  } catch (error) {
    hands.signal.throwIfAborted();
    if (limit.aborted) throw new DirectoryRefused('too_much_to_read', { reason: 'timed_out' });
    throw error;
  }
}

/** Reads the files where they are and tells who is in them; nothing is kept. Throws `DirectoryRefused`. */
export async function lookAtFiles(
  egress: EgressSockets,
  { settings, secret }: Access,
  hands: ReadingHands,
): Promise<{ people: readonly UserColumns[]; groups: readonly string[] }> {
  const session = await openSftpSession(egress, settings, secret, hands);
  try {
    const found = await findFiles(session, settings);
    const bytesOf = (wanted: DirectoryFileName) => {
      const file = found.find(({ name }) => name === wanted);
      return file && limited(session.read(file.path), fileLimits.bytes);
    };
    const users = await readable('users.csv', readUsersFile(bytesOf('users.csv') ?? none()));
    const ids = new Set(users.people.map(({ user_id }) => user_id?.trim() ?? ''));
    const [groups, members] = [bytesOf('groups.csv'), bytesOf('user_groups.csv')];
    const named = groups && (await readable('groups.csv', readGroupsFile(groups)));
    const joined = members && (await readable('user_groups.csv', readUserGroupsFile(members, ids)));
    const names = [...(named?.names ?? []), ...(joined?.memberships ?? []).map(({ group }) => group)];
    return { people: users.people, groups: [...new Set(names)] };
  } catch (error) {
    hands.signal.throwIfAborted();
    throw error;
  } finally {
    session.end();
  }
}

async function* none(): AsyncGenerator<Uint8Array> {
  // A file without a byte.
}

async function readable<Reading>(file: DirectoryFileName, reading: Promise<Reading>): Promise<Reading> {
  try {
    return await reading;
  } catch (error) {
    if (!(error instanceof FileRefused)) throw error;
    const column = error.at?.column ?? null;
    const facts = { file, reason: error.reason, ...(column !== null && { column }) };
    throw new DirectoryRefused('sftp_file_unreadable', facts, { cause: error });
  }
}

interface FoundFile {
  readonly name: DirectoryFileName;
  readonly path: string;
  readonly size: number;
  readonly writtenAt: number;
}

async function findFiles(session: SftpSession, { folder }: SftpPullSettings): Promise<FoundFile[]> {
  const place = folder.replace(/\/+$/, '');
  if (folder !== '' && (await session.stat(place || '/')) === undefined) {
    throw new DirectoryRefused('sftp_folder_missing', { folder });
  }
  const found: FoundFile[] = [];
  for (const name of directoryFileNames) {
    const path = folder === '' ? name : `${place}/${name}`;
    const stats = await session.stat(path);
    if (stats?.isFile() !== true) continue;
    if (stats.size > fileLimits.bytes) throw tooLarge();
    found.push({ name, path, size: stats.size, writtenAt: stats.mtime });
  }
  if (!found.some(({ name }) => name === 'users.csv')) {
    throw new DirectoryRefused('sftp_users_missing', { folder: folder === '' ? '/' : folder });
  }
  return found;
}

async function* limited(bytes: AsyncIterable<Uint8Array>, most: number): AsyncGenerator<Uint8Array> {
  let read = 0;
  for await (const piece of bytes) {
    read += piece.length;
    if (read > most) throw tooLarge();
    yield piece;
  }
}

const tooLarge = () => new DirectoryRefused('too_much_to_read', { reason: 'too_large' });

async function expectUnchanged(session: SftpSession, before: readonly FoundFile[]): Promise<void> {
  for (const { name, path, size, writtenAt } of before) {
    const stats = await session.stat(path);
    if (stats?.size !== size || stats.mtime !== writtenAt) {
      throw new DirectoryRefused('sftp_file_changing', { file: name });
    }
  }
}
