import {
  chunkBytes,
  insertCommand,
  findFileDirectory,
  holdFileDirectory,
  listFolder,
  listRefusedLines,
  readChunk,
  removeFile,
  renameFile,
  withTenant,
  type DirectoryFileRow,
  type DirectoryRow,
} from '../../../db/index.ts';
import { newId } from '../../../adapters/ids.ts';
import { fileLimits, isDirectoryFileName } from '../../../onboarding/directory-files.ts';
import { directoryRow } from '../../../onboarding/workflow-names.ts';
import type { ApiDeps } from '../../deps.ts';
import { isStrictName } from './paths.ts';
import { Refusal } from './refusal.ts';
import { resultEnding, resultOf } from './results.ts';

/** One thing in `/in`, as it is listed. */
export interface Entry {
  name: string;
  size: number;
  at: Date;
}

/** A file that is open for reading. */
export interface OpenFile {
  entry: Entry;
  /** Undefined behind its end. */
  read(offset: number, length: number): Promise<Buffer | undefined>;
}

/**
 * What an account sees in `/in`: of each name the newest file, and beside each that was read what became of it. Nothing
 * of it is on a disk, so there is nothing that a path could lead out to.
 */
export function createFolder({ db, now }: Pick<ApiDeps, 'db' | 'now'>, directory: DirectoryRow) {
  const { environmentId, organizationId, id: directoryId } = directory;
  const tenant = { environmentId, organizationId };

  async function filesHere(): Promise<DirectoryFileRow[]> {
    return withTenant(db, tenant, async (tx) => {
      if ((await findFileDirectory(tx, tenant, directoryId)) === undefined) throw new Refusal('denied');
      return listFolder(tx, tenant, directoryId);
    });
  }

  async function resultFor(file: DirectoryFileRow): Promise<Buffer | undefined> {
    const lines = await withTenant(db, tenant, (tx) =>
      listRefusedLines(tx, tenant, file.id, fileLimits.shownLines),
    );
    const text = resultOf(file, lines);
    return text === undefined ? undefined : Buffer.from(text);
  }

  async function contentOf(
    name: string,
  ): Promise<{ file: DirectoryFileRow; result: Buffer | null } | undefined> {
    const files = await filesHere();
    const file = files.find((one) => one.name === name);
    if (file !== undefined) return { file, result: null };
    const read = files.find((one) => `${one.name}${resultEnding}` === name);
    const result = read && (await resultFor(read));
    return read && result && { file: read, result };
  }

  const entryOf = (
    name: string,
    { file, result }: { file: DirectoryFileRow; result: Buffer | null },
  ): Entry => ({
    name,
    ...(result === null
      ? { size: file.size, at: file.receivedAt }
      : { size: result.length, at: file.appliedAt ?? file.receivedAt }),
  });

  return {
    async list(): Promise<Entry[]> {
      const entries: Entry[] = [];
      for (const file of await filesHere()) {
        entries.push(entryOf(file.name, { file, result: null }));
        const result = await resultFor(file);
        if (result) entries.push(entryOf(`${file.name}${resultEnding}`, { file, result }));
      }
      return entries;
    },

    async find(name: string): Promise<Entry | undefined> {
      const content = await contentOf(name);
      return content && entryOf(name, content);
    },

    async open(name: string): Promise<OpenFile> {
      const content = await contentOf(name);
      if (content === undefined) throw new Refusal('missing');
      const { file, result } = content;
      let held: { number: number; bytes: Buffer } | undefined;
      return {
        entry: entryOf(name, content),
        async read(offset, length) {
          if (result !== null) return piece(result, offset, length);
          const number = Math.floor(offset / chunkBytes);
          if (held?.number !== number) {
            const bytes = await withTenant(db, tenant, (tx) => readChunk(tx, tenant, file.id, number));
            if (bytes === undefined) return undefined;
            held = { number, bytes };
          }
          return piece(held.bytes, offset - number * chunkBytes, length);
        },
      };
    },

    /** Into place: a file under another name becomes one that is read [IMP-02]. Whatever was read keeps its name. */
    async rename(from: string, to: string): Promise<void> {
      if (!isStrictName(to) || to.endsWith(resultEnding)) throw new Refusal('denied', namesAllowed);
      const file = (await filesHere()).find(({ name }) => name === from);
      if (file === undefined) throw new Refusal('missing');
      const isKnown = isDirectoryFileName(to);
      await withTenant(db, tenant, async (tx) => {
        if ((await holdFileDirectory(tx, tenant, directoryId)) === undefined) throw new Refusal('denied');
        const at = now();
        const renamed = await renameFile(tx, tenant, file.id, {
          name: to,
          receivedAt: at,
          ...(isKnown ? { state: 'received', cause: null } : { state: 'refused', cause: 'name_unknown' }),
        });
        if (renamed === undefined) throw new Refusal('denied', 'This file has been read. Send another one.');
        if (isKnown) {
          const wake = directoryRow({ key: newId('cmd_'), ...tenant, directoryId }, 'readDirectory', at);
          await insertCommand(tx, wake);
        }
      });
    },

    async remove(name: string): Promise<void> {
      const file = (await filesHere()).find((one) => one.name === name);
      if (file === undefined) throw new Refusal((await contentOf(name)) === undefined ? 'missing' : 'denied');
      const isRemoved = await withTenant(db, tenant, (tx) => removeFile(tx, tenant, file.id));
      if (!isRemoved) throw new Refusal('denied', 'This file has been read. Send the next one beside it.');
    },
  };
}

export const namesAllowed = 'Names have letters, digits, ".", "_" and "-", 128 at most.';

function piece(bytes: Buffer, from: number, length: number): Buffer | undefined {
  return from < bytes.length ? bytes.subarray(from, from + length) : undefined;
}
