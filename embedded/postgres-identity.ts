import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { canRun, type PostgresBinaries } from './postgres-binaries.ts';
import { StartError } from './start-error.ts';

/** Postgres refuses to run as root and under an id without an account; these are the ways to run it anyhow. */
export type PostgresIdentity =
  | { kind: 'ourselves' }
  /** In a user namespace where we are called nobody: files stay ours, nothing is copied or handed over. */
  | { kind: 'namespace' }
  /** As another user, who must be able to reach programs and data. */
  | { kind: 'other-user'; uid: number; gid: number; name: string };

const namespaceArgs = ['--user', '--map-user=65534', '--map-group=65534', '--'];

/** What to spawn so that `program` runs under `identity`. */
export function commandFor(
  identity: PostgresIdentity,
  program: string,
  args: readonly string[],
): { command: string; args: string[]; uid?: number; gid?: number } {
  switch (identity.kind) {
    case 'ourselves':
      return { command: program, args: [...args] };
    case 'namespace':
      return { command: 'unshare', args: [...namespaceArgs, program, ...args] };
    case 'other-user':
      return { command: program, args: [...args], uid: identity.uid, gid: identity.gid };
  }
}

/**
 * Chooses the identity. The owner of an existing cluster decides, because a folder made one way cannot be read the
 * other way.
 *
 * @param uid our own user id (0 = root)
 * @param hasAccount whether that id has a name on this machine
 * @param namespaces false leaves user namespaces out, as where the kernel forbids them
 */
export async function choosePostgresIdentity(o: {
  binaries: PostgresBinaries;
  dataFolder: string;
  uid: number;
  hasAccount: boolean;
  namespaces: boolean;
}): Promise<PostgresIdentity> {
  const owner = await ownerOf(path.join(o.dataFolder, 'PG_VERSION'));
  const initdb = path.join(o.binaries.folder, 'bin', 'initdb');
  const namespaceWorks = async () =>
    o.namespaces && (await canRun('unshare', [...namespaceArgs, initdb, '--version'], {}));
  if (o.uid !== 0) {
    if (owner !== undefined && owner !== o.uid) {
      throw new StartError(
        `The database folder ${o.dataFolder} belongs to another user (id ${owner}). Start as that user, or choose another folder: DATA_DIR=<folder> npm start`,
      );
    }
    if (o.hasAccount) return { kind: 'ourselves' };
    // As in a container started with a number: Postgres wants a name for it.
    if (await namespaceWorks()) return { kind: 'namespace' };
    throw new StartError(
      `Postgres does not run under the user id ${o.uid}, which has no account on this machine. Start as another user, or set DATABASE_URL.`,
    );
  }

  const users = await knownUsers();
  if (owner !== undefined && owner !== 0) {
    return {
      kind: 'other-user',
      ...(users.find((user) => user.uid === owner) ?? { uid: owner, gid: owner, name: String(owner) }),
    };
  }
  if (await namespaceWorks()) return { kind: 'namespace' };
  if (owner === 0) {
    throw new StartError(
      `The database folder ${o.dataFolder} was made in a user namespace, which this machine does not allow now. Choose another folder (DATA_DIR=<folder> npm start), or start as an ordinary user.`,
    );
  }
  const user = users.find(({ name }) => name === 'postgres') ?? users.find(({ name }) => name === 'nobody');
  if (user === undefined) {
    throw new StartError(
      'Postgres does not run as root, and there is neither a user "postgres" nor "nobody" to run it as. Start as an ordinary user, or set DATABASE_URL.',
    );
  }
  return { kind: 'other-user', ...user };
}

async function ownerOf(file: string): Promise<number | undefined> {
  return await stat(file).then(
    ({ uid }) => uid,
    () => undefined,
  );
}

async function knownUsers(): Promise<{ name: string; uid: number; gid: number }[]> {
  const lines = (await readFile('/etc/passwd', 'utf8').catch(() => '')).split('\n');
  return lines.flatMap((line) => {
    const [name, , uid, gid] = line.split(':');
    return name && uid && gid ? [{ name, uid: Number(uid), gid: Number(gid) }] : [];
  });
}
