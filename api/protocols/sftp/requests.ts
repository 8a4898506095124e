import ssh2, { type Attributes, type SFTPWrapper } from 'ssh2';
import type { ApiDeps } from '../../deps.ts';
import type { Account } from './accounts.ts';
import { createFolder, namesAllowed, type Entry, type OpenFile } from './folder.ts';
import { folder, isStrictName, pathOf, placeOf } from './paths.ts';
import { Refusal } from './refusal.ts';
import { resultEnding } from './results.ts';
import { startUpload, type Upload } from './upload.ts';

const { OPEN_MODE, STATUS_CODE } = ssh2.utils.sftp;

type RequestDeps = Pick<ApiDeps, 'db' | 'now' | 'limits' | 'logger'>;

type Handle =
  | { kind: 'upload'; upload: Upload; queue: Promise<void> }
  | { kind: 'file'; file: OpenFile }
  | { kind: 'listing'; entries: () => Promise<Listed[]>; isRead: boolean };

const handlesAtOnce = 16;
/** What a client has sent and we have not yet stored; one that sends on without waiting is cut off. */
const bytesAtOnce = 8 * 1024 * 1024;
const requestsAtOnce = 1_024;
const longestRead = 256 * 1024;

/**
 * Answers the requests of one SFTP channel. Links, modes, times and other folders do not exist: they are refused, or,
 * where clients set them after each upload, taken without effect.
 *
 * @returns how to end it: uploads that are not whole are forgotten.
 */
export function answerRequests(
  sftp: SFTPWrapper,
  deps: RequestDeps,
  { account, cutOff, onRequest }: { account: Account; cutOff: () => void; onRequest: () => void },
): () => Promise<void> {
  const files = createFolder(deps, account.directory);
  const handles = new Map<number, Handle>();
  let nextHandle = 0;
  let waitingBytes = 0;
  let waitingRequests = 0;

  function answer(request: number, work: () => Promise<void>): void {
    onRequest();
    waitingRequests += 1;
    if (waitingRequests > requestsAtOnce) return cutOff();
    void Promise.resolve()
      .then(work)
      .catch((error: unknown) => refuse(request, error))
      .finally(() => (waitingRequests -= 1));
  }

  function refuse(request: number, error: unknown): void {
    if (!(error instanceof Refusal)) {
      deps.logger.warn({ err: error, directory: account.directory.id }, 'an SFTP request failed');
      sftp.status(request, STATUS_CODE.FAILURE);
      return;
    }
    sftp.status(request, statusOf[error.status], error.message);
  }

  const ok = (request: number) => sftp.status(request, STATUS_CODE.OK);

  function keep(handle: Handle): Buffer {
    if (handles.size >= handlesAtOnce) throw new Refusal('failure', 'Too many files are open.');
    const id = nextHandle;
    nextHandle += 1;
    handles.set(id, handle);
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(id);
    return bytes;
  }

  function handleOf(bytes: Buffer): { id: number; handle: Handle } {
    const id = bytes.length === 4 ? bytes.readUInt32BE() : -1;
    const handle = handles.get(id);
    if (handle === undefined) throw new Refusal('failure', 'No such handle.');
    return { id, handle };
  }

  /** The writes of one file are stored in the order they came. */
  function inTurn(handle: Extract<Handle, { kind: 'upload' }>, work: () => Promise<void>): Promise<void> {
    const turn = handle.queue.then(work);
    handle.queue = turn.catch(() => undefined);
    return turn;
  }

  async function openForWriting(name: string, flags: number): Promise<Handle> {
    if ((flags & OPEN_MODE.APPEND) !== 0) throw new Refusal('unsupported', 'Send the whole file.');
    if (!isStrictName(name) || name.endsWith(resultEnding)) throw new Refusal('denied', namesAllowed);
    if (handles.size >= handlesAtOnce) throw new Refusal('failure', 'Too many files are open.');
    await deps.limits.spend('sftp_files', account.directory.id).catch(() => {
      throw new Refusal('failure', 'Too many files within the hour. Try again later.');
    });
    return {
      kind: 'upload',
      upload: await startUpload(deps, account.directory, name),
      queue: Promise.resolve(),
    };
  }

  sftp.on('OPEN', (request, path, flags) =>
    answer(request, async () => {
      const place = placeOf(path);
      if (place.kind !== 'file')
        throw new Refusal(place.kind === 'nowhere' ? 'denied' : 'failure', uploadHere);
      const isWrite = (flags & (OPEN_MODE.WRITE | OPEN_MODE.CREAT | OPEN_MODE.TRUNC)) !== 0;
      const handle: Handle = isWrite
        ? await openForWriting(place.name, flags)
        : { kind: 'file', file: await files.open(place.name) };
      sftp.handle(request, keep(handle));
    }),
  );

  sftp.on('WRITE', (request, bytes, offset, data) => {
    waitingBytes += data.length;
    if (waitingBytes > bytesAtOnce) return cutOff();
    answer(request, async () => {
      try {
        const { handle } = handleOf(bytes);
        if (handle.kind !== 'upload') throw new Refusal('denied');
        await inTurn(handle, () => handle.upload.write(offset, data));
        ok(request);
      } finally {
        waitingBytes -= data.length;
      }
    });
  });

  sftp.on('READ', (request, bytes, offset, length) =>
    answer(request, async () => {
      const { handle } = handleOf(bytes);
      if (handle.kind !== 'file') throw new Refusal('denied');
      const data = await handle.file.read(offset, Math.min(length, longestRead));
      if (data === undefined) sftp.status(request, STATUS_CODE.EOF);
      else sftp.data(request, data);
    }),
  );

  sftp.on('CLOSE', (request, bytes) =>
    answer(request, async () => {
      const { id, handle } = handleOf(bytes);
      handles.delete(id);
      if (handle.kind === 'upload') await inTurn(handle, () => handle.upload.finish());
      ok(request);
    }),
  );

  sftp.on('FSTAT', (request, bytes) =>
    answer(request, () => {
      const { handle } = handleOf(bytes);
      if (handle.kind === 'listing') throw new Refusal('failure');
      const size = handle.kind === 'upload' ? handle.upload.size() : handle.file.entry.size;
      sftp.attrs(
        request,
        fileAttributes({ size, at: handle.kind === 'file' ? handle.file.entry.at : deps.now() }),
      );
      return Promise.resolve();
    }),
  );

  for (const event of ['STAT', 'LSTAT'] as const) {
    sftp.on(event, (request: number, path: string) =>
      answer(request, async () => {
        const place = placeOf(path);
        const entry = place.kind === 'file' ? await files.find(place.name) : undefined;
        if (place.kind === 'nowhere' || (place.kind === 'file' && entry === undefined))
          throw new Refusal('missing');
        sftp.attrs(request, entry === undefined ? folderAttributes(deps.now()) : fileAttributes(entry));
      }),
    );
  }

  // Clients set modes and times after each upload; a size would cut the file. OpenSSH's scp sets that which it has sent.
  sftp.on('SETSTAT', (request, _path, attributes) =>
    answer(request, () => takeAttributes(request, attributes)),
  );
  sftp.on('FSETSTAT', (request, bytes, attributes) =>
    answer(request, async () => {
      const { handle } = handleOf(bytes);
      if (handle.kind !== 'upload') return takeAttributes(request, attributes);
      const { upload } = handle;
      await inTurn(handle, () => takeAttributes(request, attributes, upload.size()));
    }),
  );
  function takeAttributes(request: number, { size }: Partial<Attributes>, sent?: number): Promise<void> {
    if (size !== undefined && size !== sent) throw new Refusal('unsupported');
    ok(request);
    return Promise.resolve();
  }

  sftp.on('OPENDIR', (request, path) =>
    answer(request, () => {
      const place = placeOf(path);
      if (place.kind !== 'root' && place.kind !== 'folder') throw new Refusal('missing');
      const here = async () => (await files.list()).map((entry) => named(entry.name, fileAttributes(entry)));
      // What lies at the root is the folder alone: a client that shows folders finds it there.
      const atRoot = () => Promise.resolve([named(folder.slice(1), folderAttributes(deps.now()))]);
      const entries = place.kind === 'folder' ? here : atRoot;
      sftp.handle(request, keep({ kind: 'listing', entries, isRead: false }));
      return Promise.resolve();
    }),
  );

  sftp.on('READDIR', (request, bytes) =>
    answer(request, async () => {
      const { handle } = handleOf(bytes);
      if (handle.kind !== 'listing') throw new Refusal('failure');
      if (handle.isRead) return sftp.status(request, STATUS_CODE.EOF);
      handle.isRead = true;
      const listed = await handle.entries();
      if (listed.length > 0) sftp.name(request, listed);
      else sftp.status(request, STATUS_CODE.EOF);
    }),
  );

  sftp.on('REALPATH', (request, path) =>
    answer(request, () => {
      const real = pathOf(placeOf(path));
      if (real === undefined) throw new Refusal('missing');
      sftp.name(request, [{ filename: real, longname: real, attrs: folderAttributes(deps.now()) }]);
      return Promise.resolve();
    }),
  );

  sftp.on('RENAME', (request, from, to) =>
    answer(request, async () => {
      const [source, target] = [placeOf(from), placeOf(to)];
      if (source.kind !== 'file' || target.kind !== 'file') throw new Refusal('denied', uploadHere);
      await files.rename(source.name, target.name);
      ok(request);
    }),
  );

  sftp.on('REMOVE', (request, path) =>
    answer(request, async () => {
      const place = placeOf(path);
      if (place.kind !== 'file') throw new Refusal('denied');
      await files.remove(place.name);
      ok(request);
    }),
  );

  for (const event of ['MKDIR', 'RMDIR', 'SYMLINK'] as const) {
    sftp.on(event, (request: number) => answer(request, () => Promise.reject(new Refusal('denied'))));
  }

  // Whoever is done waits for our end of the channel.
  sftp.on('end', () => endWell(sftp));

  return async () => {
    const open = [...handles.values()];
    handles.clear();
    for (const handle of open) {
      if (handle.kind === 'upload') await inTurn(handle, () => handle.upload.drop('connection_lost'));
    }
  };
}

/** Ends the channel as a program that has done its work: without a status scp takes every upload for a failed one. */
function endWell(sftp: SFTPWrapper): void {
  const { _protocol: protocol, outgoing } = sftp as SFTPWrapper & ChannelWithin;
  if (outgoing.state === 'open' || outgoing.state === 'eof') protocol.exitStatus(outgoing.id, 0);
  sftp.end();
}

/** What ssh2 has for every channel, and offers for those of shells and commands only. */
interface ChannelWithin {
  readonly _protocol: { exitStatus(channel: number, status: number): void };
  readonly outgoing: { readonly id: number; readonly state: string };
}

const uploadHere = `Files lie in ${folder}.`;

const statusOf = {
  missing: STATUS_CODE.NO_SUCH_FILE,
  denied: STATUS_CODE.PERMISSION_DENIED,
  failure: STATUS_CODE.FAILURE,
  unsupported: STATUS_CODE.OP_UNSUPPORTED,
} as const;

const folderMode = 0o040750;
const secondsOf = (at: Date) => Math.floor(at.getTime() / 1000);

function fileAttributes({ size, at }: Omit<Entry, 'name'>): Attributes {
  return { mode: 0o100640, uid: 0, gid: 0, size, atime: secondsOf(at), mtime: secondsOf(at) };
}

function folderAttributes(at: Date): Attributes {
  return { mode: folderMode, uid: 0, gid: 0, size: 0, atime: secondsOf(at), mtime: secondsOf(at) };
}

interface Listed {
  filename: string;
  longname: string;
  attrs: Attributes;
}

function named(filename: string, attrs: Attributes): Listed {
  const mode = attrs.mode === folderMode ? 'drwxr-x---' : '-rw-r-----';
  const at = new Date(attrs.mtime * 1000).toISOString().slice(0, 16).replace('T', ' ');
  return {
    filename,
    longname: `${mode}    1 in       in       ${String(attrs.size).padStart(9)} ${at} ${filename}`,
    attrs,
  };
}
