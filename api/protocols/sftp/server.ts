import { once } from 'node:events';
import { createServer, type AddressInfo, type Server as NetServer } from 'node:net';
import type net from 'node:net';
import ssh2, { type AuthContext, type Connection } from 'ssh2';
import { modernAlgorithms } from '../../../adapters/sftp/algorithms.ts';
import type { ApiDeps } from '../../deps.ts';
import { sourceKey } from '../../middleware/limit-rates.ts';
import { findAccount, isProved, noteUse, type Account } from './accounts.ts';
import { openHostKey } from './host-key.ts';
import { answerRequests } from './requests.ts';

export type SftpDeps = Pick<ApiDeps, 'db' | 'secrets' | 'now' | 'limits' | 'logger'>;

export interface SftpServer {
  port: number;
  /** How our key introduces itself. */
  fingerprint: string;
  /** Cuts what is connected; uploads that are not whole are forgotten. */
  close(): Promise<void>;
}

const connectionsAtOnce = 200;
const perSource = 20;
const perDirectory = 4;
const triesPerConnection = 6;

export interface SftpClocks {
  /** To prove who one is. */
  proofMs: number;
  /** Without a request. */
  idleMs: number;
  /** A connection altogether. */
  longestMs: number;
}

const usualClocks: SftpClocks = { proofMs: 20_000, idleMs: 600_000, longestMs: 7_200_000 };

/**
 * The SFTP server that customers send their files to [IMP-01]: an account for each directory, opened by public keys;
 * no shell, no commands, no forwarding, and of the machine it runs on nothing at all.
 */
export async function startSftpServer(
  deps: SftpDeps,
  { hosts, port }: { hosts: readonly string[]; port: number },
  clocks: SftpClocks = usualClocks,
): Promise<SftpServer> {
  const hostKey = await openHostKey(deps);
  const sockets = new Map<string, net.Socket>();
  const ofSource = new Map<string, number>();
  const ofDirectory = new Map<string, number>();
  const endings = new Set<Promise<void>>();

  /** A listener of one address: what is said on it about somebody's port is about one connection. */
  function createListener(host: string): NetServer {
    const nameOf = (ip: string | undefined, remotePort: number | undefined) => `${host} ${ip} ${remotePort}`;
    const protocol = new ssh2.Server({
      hostKeys: [hostKey.privateKey],
      algorithms: modernAlgorithms,
      ident: 'Vestibule',
      keepaliveInterval: 30_000,
      keepaliveCountMax: 3,
    });
    protocol.on('connection', (connection, { ip, port: remotePort }) => {
      const socket = sockets.get(nameOf(ip, remotePort));
      if (socket !== undefined) serve(connection, socket);
    });
    return createServer((socket) => {
      if (!admit(socket, nameOf(socket.remoteAddress, socket.remotePort))) return;
      deps.limits.refuseSpent('sftp_failures', sourceOf(socket)).then(
        () => protocol.injectSocket(socket),
        () => socket.destroy(),
      );
    });
  }

  function admit(socket: net.Socket, name: string): boolean {
    const source = sourceOf(socket);
    // Somebody who hangs up is no reason to end the program.
    socket.on('error', () => undefined);
    if (sockets.size >= connectionsAtOnce || (ofSource.get(source) ?? 0) >= perSource) {
      socket.destroy();
      return false;
    }
    sockets.set(name, socket);
    count(ofSource, source, 1);
    const longest = setTimeout(() => socket.destroy(), clocks.longestMs);
    const proof = setTimeout(() => socket.destroy(), clocks.proofMs);
    socket.once(proved, () => clearTimeout(proof));
    socket.once('close', () => {
      clearTimeout(longest);
      clearTimeout(proof);
      sockets.delete(name);
      count(ofSource, source, -1);
      if (socket.listenerCount(proved) > 0)
        void deps.limits.spend('sftp_failures', source).catch(() => undefined);
    });
    // Without it an upload waits 40 ms for each acknowledgement.
    socket.setNoDelay(true);
    return true;
  }

  function serve(connection: Connection, socket: net.Socket): void {
    let account: Account | undefined;
    let tries = 0;
    connection.on('error', () => undefined);
    connection.on('authentication', (context) => {
      tries += 1;
      if (tries > triesPerConnection) return void socket.destroy();
      void authenticate(context).then(
        (known) => {
          if (known === undefined) return;
          const directoryId = known.directory.id;
          if ((ofDirectory.get(directoryId) ?? 0) >= perDirectory) return socket.destroy();
          account = known;
          count(ofDirectory, directoryId, 1);
          socket.once('close', () => count(ofDirectory, directoryId, -1));
          socket.emit(proved);
          context.accept();
        },
        (error: unknown) => {
          deps.logger.warn({ err: error }, 'an SFTP account could not be looked up');
          context.reject(['publickey']);
        },
      );
    });
    connection.on('ready', () => {
      if (account === undefined) return void socket.destroy();
      serveFiles(connection, socket, account);
    });
  }

  function serveFiles(connection: Connection, socket: net.Socket, account: Account): void {
    noteUse(deps, account).catch((error: unknown) => {
      deps.logger.warn({ err: error }, 'the use of an SFTP key could not be kept');
    });
    const cutOff = () => void socket.destroy();
    let idle = setTimeout(cutOff, clocks.idleMs);
    function onRequest(): void {
      clearTimeout(idle);
      idle = setTimeout(cutOff, clocks.idleMs);
    }
    socket.once('close', () => clearTimeout(idle));
    // One channel, for files: shells, commands, forwarding and everything else have nobody who answers.
    connection.once('session', (accept) => {
      accept().once('sftp', (acceptSftp) => {
        const end = answerRequests(acceptSftp(), deps, { account, cutOff, onRequest });
        socket.once('close', () => track(end()));
      });
    });
  }

  /** The account that was proved; undefined where the connection goes on asking. */
  async function authenticate(context: AuthContext): Promise<Account | undefined> {
    if (context.method !== 'publickey') return void context.reject(['publickey']);
    const found = await findAccount(deps, context.username, context.key.data);
    if (found === undefined) return void context.reject(['publickey']);
    // The client asks first whether the key would do, and signs then.
    if (context.signature === undefined) return void context.accept();
    if (!isProved(context, found)) return void context.reject(['publickey']);
    return found;
  }

  function track(ending: Promise<void>): void {
    const settled = ending
      .catch((error: unknown) => deps.logger.warn({ err: error }, 'an upload could not be forgotten'))
      .finally(() => endings.delete(settled));
    endings.add(settled);
  }

  const listeners: NetServer[] = [];
  let taken = port;
  for (const host of hosts) {
    const listener = createListener(host);
    listener.listen(taken, host);
    await once(listener, 'listening');
    taken = (listener.address() as AddressInfo).port;
    listeners.push(listener);
  }
  return {
    port: taken,
    fingerprint: hostKey.fingerprint,
    async close() {
      const closed = listeners.map(
        (listener) => new Promise<void>((resolve) => listener.close(() => resolve())),
      );
      for (const socket of sockets.values()) socket.destroy();
      await Promise.all(closed);
      await Promise.all(endings);
    },
  };
}

/** Said on a socket whose owner is known. */
const proved = 'proved';

const sourceOf = (socket: net.Socket): string => sourceKey(socket.remoteAddress ?? '');

function count(counts: Map<string, number>, key: string, by: 1 | -1): void {
  const next = (counts.get(key) ?? 0) + by;
  if (next > 0) counts.set(key, next);
  else counts.delete(key);
}
