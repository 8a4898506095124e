import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import ssh2, { type Connection, type SFTPWrapper } from 'ssh2';
import { makeSshKeyPair } from '../../adapters/sftp/key-pairs.ts';
import { sshFingerprint } from '../../onboarding/ssh-public-key.ts';

/** An SFTP server as customers run one, with a real protocol and files in memory. */

export type FileServerFault = 'changing' | 'forbidden' | 'endless' | 'hangs_up' | 'no_sftp';

export interface FileServer {
  port: number;
  /** How its key introduces itself. */
  fingerprint: string;
  user: { name: string; password: string; publicKey: string };
  /** By path. */
  files: Map<string, string>;
  faults: Set<FileServerFault>;
  /** What was told before the server was believed: by which methods, and how often a file was opened. */
  seen: { methods: string[]; opened: string[] };
  /** Goes on with another key, as a server that was replaced does. */
  replaceKey(): Promise<void>;
  close(): Promise<void>;
}

const { STATUS_CODE } = ssh2.utils.sftp;

export async function startFileServer(): Promise<FileServer> {
  let server: ssh2.Server;
  const connections = new Set<Connection>();
  const running: FileServer = {
    port: 0,
    fingerprint: '',
    files: new Map(),
    faults: new Set(),
    user: { name: 'vendor', password: 'correct horse battery', publicKey: '' },
    seen: { methods: [], opened: [] },
    async replaceKey() {
      await stop();
      await start(running.port);
    },
    close: stop,
  };

  async function start(port: number): Promise<void> {
    const pair = makeSshKeyPair();
    const bytes = Buffer.from(pair.public.split(' ')[1] ?? '', 'base64');
    running.fingerprint = sshFingerprint(createHash('sha256').update(bytes).digest());
    server = new ssh2.Server({ hostKeys: [pair.private] }, (connection) => {
      connections.add(connection);
      connection.on('close', () => connections.delete(connection)).on('error', () => undefined);
      serve(connection, running);
    });
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    running.port = (server.address() as AddressInfo).port;
  }

  async function stop(): Promise<void> {
    for (const connection of connections) connection.end();
    const closed = once(server, 'close');
    server.close();
    await closed;
  }

  await start(0);
  return running;
}

function serve(connection: Connection, { user, files, faults, seen }: FileServer): void {
  connection.on('authentication', (context) => {
    seen.methods.push(context.method);
    if (context.username !== user.name) return context.reject(['publickey', 'password']);
    if (context.method === 'password' && context.password === user.password) return context.accept();
    if (context.method === 'publickey') {
      const known = ssh2.utils.parseKey(user.publicKey);
      const isKnown = !(known instanceof Error) && known.getPublicSSH().equals(context.key.data);
      const isSigned =
        isKnown &&
        (context.signature === undefined ||
          known.verify(context.blob as Buffer, context.signature, context.hashAlgo) === true);
      if (isSigned) return context.accept();
    }
    return context.reject(['publickey', 'password']);
  });
  connection.on('session', (accept) => {
    accept().on('sftp', (acceptSftp, reject) => {
      if (faults.has('no_sftp')) reject();
      else answer(acceptSftp(), connection, { files, faults, seen });
    });
  });
}

function answer(
  sftp: SFTPWrapper,
  connection: Connection,
  { files, faults, seen }: Pick<FileServer, 'files' | 'faults' | 'seen'>,
): void {
  const opened = new Map<number, string>();
  let asked = 0;
  const attributes = (mode: number, size: number) => ({
    mode,
    size,
    uid: 0,
    gid: 0,
    atime: 1,
    mtime: faults.has('changing') ? (asked += 1) : 1,
  });
  sftp.on('STAT', (id, path) => {
    const content = files.get(path);
    const isFolder = [...files.keys()].some((one) => one.startsWith(`${path}/`));
    if (content !== undefined) sftp.attrs(id, attributes(0o100644, Buffer.byteLength(content)));
    else if (isFolder) sftp.attrs(id, attributes(0o40755, 0));
    else sftp.status(id, STATUS_CODE.NO_SUCH_FILE);
  });
  sftp.on('OPEN', (id, path) => {
    if (faults.has('hangs_up')) return void connection.end();
    if (faults.has('forbidden')) return void sftp.status(id, STATUS_CODE.PERMISSION_DENIED);
    seen.opened.push(path);
    const handle = Buffer.alloc(4);
    handle.writeUInt32BE(opened.size);
    opened.set(opened.size, files.get(path) ?? '');
    return void sftp.handle(id, handle);
  });
  // What a stream asks of an open file before it reads.
  sftp.on('FSTAT', (id, handle) => {
    const content = opened.get(handle.readUInt32BE()) ?? '';
    sftp.attrs(id, attributes(0o100644, Buffer.byteLength(content)));
  });
  sftp.on('READ', (id, handle, offset, length) => {
    if (faults.has('endless')) return void sftp.data(id, Buffer.alloc(length, 'a'));
    const bytes = Buffer.from(opened.get(handle.readUInt32BE()) ?? '').subarray(offset, offset + length);
    return void (bytes.length === 0 ? sftp.status(id, STATUS_CODE.EOF) : sftp.data(id, bytes));
  });
  sftp.on('CLOSE', (id) => void sftp.status(id, STATUS_CODE.OK));
}
