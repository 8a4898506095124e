/** A session on a customer's own SFTP server: whom we talk to is proved before we say who we are [IMP-01]. */
import { createHash } from 'node:crypto';
import type { Client, ClientErrorExtensions, SFTPWrapper, Stats } from 'ssh2';
import { sftpSecretOf, type SftpPullSettings } from '../../onboarding/directory-sources.ts';
import { OnboardingError } from '../../onboarding/errors.ts';
import { sshFingerprint } from '../../onboarding/ssh-public-key.ts';
import type { EgressSocket, EgressSockets } from '../egress.ts';
import { modernAlgorithms } from '../sftp/algorithms.ts';
import { DirectoryRefused, type ReadingHands } from './reading.ts';

export interface SftpSession {
  /** Whether the next key of ours let us in, and not the one before it. */
  readonly usedNextKey: boolean;
  /** Undefined where nothing of the name is there. Throws `sftp_not_allowed`. */
  stat(path: string): Promise<Stats | undefined>;
  /** The file from its beginning to its end, a piece at a time. */
  read(path: string): AsyncIterable<Uint8Array>;
  end(): void;
}

/** Less than anybody waits for a page. */
const handshakeMs = 9_000;
/** Signatures of servers without SHA-1. */
const serverHostKey = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
] as const;

/**
 * Opens a session. A server whose key nobody has confirmed, or another than the confirmed one, hears nothing of user or
 * password. Throws `DirectoryRefused`, with the key's fingerprint for `sftp_host_key_new` and `sftp_host_key_changed`.
 */
export async function openSftpSession(
  egress: EgressSockets,
  settings: SftpPullSettings,
  secret: string,
  hands: ReadingHands,
): Promise<SftpSession> {
  // Loaded with the first session: it is large, and most programs never open one.
  const { default: ssh2 } = await import('ssh2');
  const socket = await reach(egress, settings, hands);
  const client = new ssh2.Client();
  const onAbort = () => socket.destroy();
  hands.signal.addEventListener('abort', onAbort, { once: true });
  const close = () => {
    hands.signal.removeEventListener('abort', onAbort);
    client.end();
    socket.destroy();
  };
  try {
    const { usedNextKey } = await signIn(client, socket, settings, secret);
    return { ...sessionOn(await subsystem(client), close), usedNextKey };
  } catch (error) {
    close();
    hands.signal.throwIfAborted();
    throw error;
  }
}

async function reach(
  egress: EgressSockets,
  { host, port }: SftpPullSettings,
  { organizationId, sandboxLoopback, signal }: ReadingHands,
): Promise<EgressSocket> {
  try {
    return await egress.connect(host, { feature: 'sftp', port, organizationId, sandboxLoopback, signal });
  } catch (error) {
    if (!(error instanceof OnboardingError)) throw error;
    const isOurs = error.code === 'too_many_requests';
    const facts = { reason: String(error.facts['reason'] ?? ''), host };
    throw new DirectoryRefused(isOurs ? 'source_busy' : 'source_unreachable', facts, { cause: error });
  }
}

function signIn(
  client: Client,
  sock: EgressSocket,
  { userName: username, way, hostKey }: SftpPullSettings,
  secret: string,
): Promise<{ usedNextKey: boolean }> {
  const { privateKey, nextPrivateKey, password } = sftpSecretOf(secret);
  const keys = [nextPrivateKey, privateKey].filter((key) => key !== null);
  let tried: string | undefined;
  const proof =
    way === 'key'
      ? {
          // False: there is nothing left to try.
          authHandler: () => {
            tried = keys.shift();
            return tried !== undefined && { type: 'publickey', username, key: tried };
          },
        }
      : { tryKeyboard: true, ...(password !== null && { password }) };
  let unknown: DirectoryRefused | undefined;
  return new Promise((resolve, reject) => {
    client
      .on('ready', () => resolve({ usedNextKey: tried !== undefined && tried === nextPrivateKey }))
      .on('error', (error) => reject(unknown ?? refusalOf(error)))
      .on('close', () => reject(unknown ?? new DirectoryRefused('sftp_not_spoken')))
      // Servers that ask for a password in a dialogue of their own: one hidden question, one answer.
      .on('keyboard-interactive', (_name, _instructions, _language, prompts, answer) => {
        answer(prompts.map(({ echo }) => (echo === true ? '' : (password ?? ''))));
      })
      .connect({
        sock,
        username,
        ...proof,
        readyTimeout: handshakeMs,
        strictVendor: false,
        algorithms: { ...modernAlgorithms, serverHostKey: [...serverHostKey] },
        hostVerifier: (key: Buffer) => {
          const fingerprint = sshFingerprint(createHash('sha256').update(key).digest());
          if (fingerprint === hostKey) return true;
          unknown =
            hostKey === ''
              ? new DirectoryRefused('sftp_host_key_new', { fingerprint })
              : new DirectoryRefused('sftp_host_key_changed', { fingerprint, expected: hostKey });
          return false;
        },
      });
  });
}

function refusalOf(error: Error & ClientErrorExtensions): DirectoryRefused {
  switch (error.level) {
    case 'client-authentication':
      return new DirectoryRefused('sftp_login_refused', {}, { cause: error });
    case 'client-timeout':
      return new DirectoryRefused('source_unreachable', { reason: 'timed_out' }, { cause: error });
    case 'client-socket':
      return new DirectoryRefused('source_unreachable', { reason: 'could_not_connect' }, { cause: error });
    default:
      return new DirectoryRefused('sftp_not_spoken', {}, { cause: error });
  }
}

/** A server that lets us in but has no files to show. */
function subsystem(client: Client): Promise<SFTPWrapper> {
  return new Promise((resolve, reject) => {
    client.on('close', () => reject(new DirectoryRefused('source_away')));
    client.sftp((cause, wrapper) =>
      cause ? reject(new DirectoryRefused('sftp_not_spoken', {}, { cause })) : resolve(wrapper),
    );
  });
}

/** Of SFTP's status codes those that say something to people. */
const [noSuchFile, permissionDenied] = [2, 3];

function sessionOn(sftp: SFTPWrapper, end: () => void): Omit<SftpSession, 'usedNextKey'> {
  // Told by whichever call waits; unheard it would end the program.
  sftp.on('error', end);
  return {
    end,
    stat: (path) =>
      new Promise((resolve, reject) => {
        sftp.once('close', () => reject(new DirectoryRefused('source_away')));
        sftp.stat(path, (error, stats) => {
          if (error === undefined) resolve(stats);
          else if (statusOf(error) === noSuchFile) resolve(undefined);
          else reject(brokenBy(error));
        });
      }),
    async *read(path) {
      try {
        const stream = sftp.createReadStream(path, { highWaterMark: pieceBytes });
        // It closes its file by a request of its own, which nobody waits for.
        stream.on('error', () => undefined);
        for await (const piece of stream) yield piece as Uint8Array;
      } catch (error) {
        throw error instanceof DirectoryRefused ? error : brokenBy(error);
      }
    },
  };
}

/** Every server takes requests of this size. */
const pieceBytes = 32 * 1024;

function brokenBy(error: unknown): DirectoryRefused {
  const isForbidden = statusOf(error) === permissionDenied;
  return new DirectoryRefused(isForbidden ? 'sftp_not_allowed' : 'source_away', {}, { cause: error });
}

const statusOf = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : undefined;
