import { createHash } from 'node:crypto';
import { newId } from '../../../adapters/ids.ts';
import {
  appendChunk,
  chunkBytes,
  countKeptBytes,
  dropFile,
  holdFileDirectory,
  finishFile,
  insertCommand,
  insertFile,
  withTenant,
  type DirectoryRow,
} from '../../../db/index.ts';
import { fileLimits, isDirectoryFileName, type FileCause } from '../../../onboarding/directory-files.ts';
import { directoryRow } from '../../../onboarding/workflow-names.ts';
import type { ApiDeps } from '../../deps.ts';
import { Refusal } from './refusal.ts';

/** A file that somebody is sending. Its calls are made one after the other. */
export interface Upload {
  /** How much has come without a gap. */
  size(): number;
  /** Takes bytes for a place. Throws a `Refusal`, after which nothing more is taken. */
  write(offset: number, bytes: Buffer): Promise<void>;
  /** All of it has come: from now on it is there to be read [IMP-02]. Throws a `Refusal` when something is missing. */
  finish(): Promise<void>;
  /** Nothing more will come: what has come is forgotten. Does nothing after `finish`. */
  drop(cause: FileCause): Promise<void>;
}

export type UploadDeps = Pick<ApiDeps, 'db' | 'now'>;

/** All files of one directory together, those that are kept and those that arrive. */
const quotaBytes = 4 * fileLimits.bytes;
/** Clients send the pieces of a file side by side: so much may lie before its place. */
const aheadLimit = 4 * 1024 * 1024;
/** An upload of which no piece of 256 KiB has come for so long is ended by the sweep; its page promises no longer. */
const arrivingMs = 10 * 60_000;
const keptMs = 7 * 24 * 3_600_000;

/**
 * Begins a file. Its bytes go into the database while they come, 256 KiB at a time, so that no more than that is held
 * here. Throws a `Refusal` when the directory is gone or its folder is full.
 */
export async function startUpload(deps: UploadDeps, directory: DirectoryRow, name: string): Promise<Upload> {
  const { db, now } = deps;
  const { environmentId, organizationId, id: directoryId } = directory;
  const tenant = { environmentId, organizationId };
  const fileId = newId('directory_file_');
  const arrivesUntil = () => new Date(now().getTime() + arrivingMs);
  await withTenant(db, tenant, async (tx) => {
    if ((await holdFileDirectory(tx, tenant, directoryId)) === undefined) throw new Refusal('denied');
    const used = await countKeptBytes(tx, tenant, directoryId);
    if (used >= quotaBytes)
      throw new Refusal('failure', 'The folder is full: remove files that are not needed.');
    await insertFile(tx, {
      id: fileId,
      ...tenant,
      directoryId,
      name,
      receivedAt: now(),
      expiresAt: arrivesUntil(),
    });
  });

  const digest = createHash('sha256');
  const ahead = new Map<number, Buffer>();
  let aheadBytes = 0;
  let waiting: Buffer[] = [];
  let waitingBytes = 0;
  let size = 0;
  let chunks = 0;
  let isOver = false;

  function take(bytes: Buffer): void {
    digest.update(bytes);
    waiting.push(bytes);
    waitingBytes += bytes.length;
    size += bytes.length;
  }

  /** Whole chunks go to the database, at the end the rest too. */
  async function store(isEnd: boolean): Promise<void> {
    if (waitingBytes < chunkBytes && !(isEnd && waitingBytes > 0)) return;
    const bytes = Buffer.concat(waiting);
    let from = 0;
    for (; from + chunkBytes <= bytes.length; from += chunkBytes) {
      await storeChunk(bytes.subarray(from, from + chunkBytes));
    }
    if (isEnd && from < bytes.length) {
      await storeChunk(bytes.subarray(from));
      from = bytes.length;
    }
    waiting = from < bytes.length ? [bytes.subarray(from)] : [];
    waitingBytes = bytes.length - from;
  }

  async function storeChunk(bytes: Buffer): Promise<void> {
    const number = chunks;
    chunks += 1;
    const isThere = await withTenant(db, tenant, (tx) =>
      appendChunk(tx, tenant, { fileId, number, bytes, expiresAt: arrivesUntil() }),
    );
    if (!isThere) throw new Refusal('failure', 'The upload took too long.');
  }

  async function drop(cause: FileCause): Promise<void> {
    if (isOver) return;
    isOver = true;
    await withTenant(db, tenant, (tx) => dropFile(tx, tenant, fileId, cause));
  }

  return {
    size: () => size,
    drop,
    async write(offset, bytes) {
      if (isOver) throw new Refusal('failure', 'The upload was ended.');
      if (offset < size) throw new Refusal('failure', 'Files are sent from their beginning to their end.');
      if (offset + bytes.length > fileLimits.bytes) {
        await drop('too_large');
        throw new Refusal('failure', `Files have ${fileLimits.bytes / 1024 / 1024} MB at most.`);
      }
      // Copied: what the connection received lies in memory that it uses again.
      if (offset > size) {
        aheadBytes += bytes.length - (ahead.get(offset)?.length ?? 0);
        if (aheadBytes > aheadLimit)
          throw new Refusal('failure', 'Files are sent from their beginning to their end.');
        ahead.set(offset, Buffer.from(bytes));
        return;
      }
      take(Buffer.from(bytes));
      for (let next = ahead.get(size); next !== undefined; next = ahead.get(size)) {
        ahead.delete(size);
        aheadBytes -= next.length;
        take(next);
      }
      await store(false);
    },
    async finish() {
      if (isOver) throw new Refusal('failure', 'The upload was ended.');
      if (ahead.size > 0) {
        await drop('connection_lost');
        throw new Refusal('failure', 'A part of the file is missing.');
      }
      await store(true);
      isOver = true;
      const sha256 = digest.digest('hex');
      const isKnown = isDirectoryFileName(name);
      await withTenant(db, tenant, async (tx) => {
        // Deleted meanwhile: nothing of it is anybody's any more.
        if ((await holdFileDirectory(tx, tenant, directoryId)) === undefined) throw new Refusal('denied');
        const at = now();
        const whole = await finishFile(tx, tenant, fileId, {
          sha256,
          receivedAt: at,
          expiresAt: new Date(at.getTime() + keptMs),
          ...(isKnown ? { state: 'received', cause: null } : { state: 'refused', cause: 'name_unknown' }),
        });
        if (whole === undefined) throw new Refusal('failure', 'The upload took too long.');
        if (isKnown)
          await insertCommand(
            tx,
            directoryRow({ key: newId('cmd_'), ...tenant, directoryId }, 'readDirectory', at),
          );
      });
    },
  };
}
