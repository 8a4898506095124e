import { createHash } from 'node:crypto';
import type { ReadingHands } from '../adapters/directories/reading.ts';
import type { DirectorySources, FilesAccess } from '../adapters/directories/sources.ts';
import { newId } from '../adapters/ids.ts';
import {
  appendChunk,
  chunkBytes,
  finishFile,
  forgetArriving,
  forgetFiles,
  insertFile,
  listNewestFiles,
  sourceScope,
  withTenant,
  type Db,
  type DirectoryFileRow,
  type DirectoryRow,
  type Tx,
} from '../db/index.ts';

/** The files of a customer's server, laid where those lie that are sent to us: from there on both go one road. */

type FetchDeps = { db: Db; directorySources: DirectorySources; now: () => Date };

export interface FetchedRow {
  readonly id: string;
  readonly name: string;
  readonly sha256: string;
}

/** A fetch that has died is ended by the sweep; one that lives is over before (`usualFetchLimits`). */
const arrivingMs = 25 * 60_000;
const keptMs = 7 * 24 * 3_600_000;

/**
 * Fetches all files of the server; none of them is there to be read until `keepFetched`. Throws `DirectoryRefused`, and
 * leaves nothing behind. `usedNextKey` says that the next key of ours was taken.
 */
export async function fetchDirectoryFiles(
  deps: FetchDeps,
  directory: DirectoryRow,
  access: FilesAccess,
  hands: ReadingHands,
): Promise<{ files: FetchedRow[]; usedNextKey: boolean }> {
  const fetched: FetchedRow[] = [];
  const tenant = { environmentId: directory.environmentId, organizationId: directory.organizationId };
  // Two fetches never overlap: what still arrives here is of one that has died.
  await withTenant(deps.db, tenant, (tx) => forgetArriving(tx, tenant, directory.id));
  try {
    const { usedNextKey } = await deps.directorySources.fetchFiles(access, hands, async ({ name, bytes }) => {
      const id = newId('directory_file_');
      const place = fetched.push({ id, name, sha256: '' }) - 1;
      fetched[place] = { id, name, sha256: await store(deps, directory, { id, name }, bytes) };
    });
    return { files: fetched, usedNextKey };
  } catch (error) {
    await dropFetched(deps, directory, fetched);
    throw error;
  }
}

/** Nothing of what was fetched is wanted any more. */
export async function dropFetched(
  { db }: Pick<FetchDeps, 'db'>,
  { environmentId, organizationId }: DirectoryRow,
  fetched: readonly FetchedRow[],
): Promise<void> {
  const tenant = { environmentId, organizationId };
  const ids = fetched.map(({ id }) => id);
  await withTenant(db, tenant, (tx) => forgetFiles(tx, tenant, ids));
}

async function store(
  { db, now }: FetchDeps,
  { environmentId, organizationId, id: directoryId }: DirectoryRow,
  { id, name }: { id: string; name: string },
  bytes: AsyncIterable<Uint8Array>,
): Promise<string> {
  const tenant = { environmentId, organizationId };
  const expiresAt = () => new Date(now().getTime() + arrivingMs);
  await withTenant(db, tenant, (tx) =>
    insertFile(tx, { id, ...tenant, directoryId, name, receivedAt: now(), expiresAt: expiresAt() }),
  );
  const digest = createHash('sha256');
  let number = 0;
  for await (const chunk of inChunks(bytes)) {
    digest.update(chunk);
    const next = { fileId: id, number, bytes: chunk, expiresAt: expiresAt() };
    await withTenant(db, tenant, (tx) => appendChunk(tx, tenant, next));
    number += 1;
  }
  return digest.digest('hex');
}

/** The same bytes in pieces of 256 KiB, the last one shorter. */
async function* inChunks(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let waiting: Uint8Array[] = [];
  let size = 0;
  for await (const piece of bytes) {
    waiting.push(piece);
    size += piece.length;
    if (size < chunkBytes) continue;
    const all = Buffer.concat(waiting);
    let from = 0;
    for (; from + chunkBytes <= all.length; from += chunkBytes) yield all.subarray(from, from + chunkBytes);
    waiting = [all.subarray(from)];
    size = all.length - from;
  }
  if (size > 0) yield Buffer.concat(waiting);
}

/**
 * From now on the fetched files are there to be read, as if they had been sent: those that differ from what lay there at
 * the last reading. Answers how many.
 */
export async function keepFetched(
  tx: Tx,
  directory: DirectoryRow,
  fetched: readonly FetchedRow[],
  now: Date,
): Promise<number> {
  // What another set-up has brought says nothing of this one.
  const since = directory.credentialsSetAt ?? directory.createdAt;
  const known = new Map(
    (await listNewestFiles(tx, directory, directory.id, since)).map((file) => [file.name, file]),
  );
  const { generation } = sourceScope(directory, now);
  const isKnown = ({ name, sha256 }: FetchedRow) => isSame(known.get(name), sha256, generation);
  const hasNews = fetched.some((file) => !isKnown(file));
  const kept = fetched.filter(
    (file) => !isKnown(file) || (hasNews && known.get(file.name)?.cause === 'users_missing'),
  );
  const left = fetched.filter((file) => !kept.includes(file)).map(({ id }) => id);
  await forgetFiles(tx, directory, left);
  const end = {
    state: 'received' as const,
    cause: null,
    receivedAt: now,
    expiresAt: new Date(now.getTime() + keptMs),
  };
  for (const { id, sha256 } of kept) await finishFile(tx, directory, id, { ...end, sha256 });
  return kept.length;
}

const isSame = (file: DirectoryFileRow | undefined, sha256: string, generation: number): boolean =>
  file?.sha256 === sha256 && (file.generation === null || file.generation === generation);
