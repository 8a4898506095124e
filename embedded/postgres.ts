import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, chown, mkdir, mkdtemp, open, readFile, rename, rm, stat, truncate } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { spawnGuarded, type GuardedServer } from './guard.ts';
import { canRun, findPostgresBinaries, mirrorBinaries, type PostgresBinaries } from './postgres-binaries.ts';
import { choosePostgresIdentity, commandFor, type PostgresIdentity } from './postgres-identity.ts';
import { commandLineOf, endProcess } from './processes.ts';
import { StartError } from './start-error.ts';

const run = promisify(execFile);
const user = 'postgres';
const socketPrefix = 'vst-pg-';
const readyTimeoutMs = 60_000;

export interface EmbeddedPostgresOptions {
  /** The cluster lies in `<folder>/postgres`, its log in `<folder>/postgres.log`. */
  folder: string;
  /** Created when missing. */
  database: string;
  /** False gives up crash safety for speed: tests only. */
  isDurable: boolean;
  /** Whether root may use a user namespace; tests switch it off to cover machines that forbid them. */
  namespaces?: boolean;
  /** Where root keeps what another user must reach although `folder` or the project is private. */
  sharedFolder?: string;
}

export interface EmbeddedPostgres {
  /** Connection string of `database`, or of another database of the cluster, through the socket. */
  url(database?: string): string;
  /** Resolves when the server has ended, whoever ended it. */
  exited: Promise<void>;
  /** Ends it after open statements were cancelled. Safe to call twice. */
  stop(): Promise<void>;
}

/**
 * Starts the Postgres that comes with the npm packages, making its cluster the first time. It listens on a socket in a
 * private folder only: reaching that folder is the password.
 *
 * An orphan of an earlier run is stopped first; the caller makes sure that no living instance owns the folder
 * (`claimDataFolder`).
 *
 * @throws StartError with the server's own words when it does not come up.
 */
export async function startEmbeddedPostgres(o: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const installed = await findPostgresBinaries();
  const wanted = path.join(o.folder, 'postgres');
  const shared = o.sharedFolder ?? '/var/lib/vestibule';
  await mkdir(o.folder, { recursive: true });
  const identity = await choosePostgresIdentity({
    binaries: installed,
    dataFolder: await existingCluster(wanted, shared),
    uid: process.getuid?.() ?? 1,
    hasAccount: hasAccount(),
    namespaces: o.namespaces ?? true,
  });
  const binaries = await reachableBinaries(installed, identity, shared);
  const cluster = await reachableFolder(wanted, identity, shared);
  const logFile = path.join(o.folder, 'postgres.log');
  await shorten(logFile);

  await stopOrphan(cluster);
  if (!(await exists(path.join(cluster, 'PG_VERSION'))))
    await initialise(binaries, identity, cluster, o.isDurable);
  const sockets = await makeSocketFolder(o.folder, identity);
  const server = await launch({ binaries, identity, cluster, sockets, logFile, isDurable: o.isDurable });
  const url = (database = o.database) =>
    `postgresql://${user}@localhost/${database}?host=${encodeURIComponent(sockets)}`;
  const stop = async () => {
    await server.stop();
    await rm(sockets, { recursive: true, force: true });
  };
  try {
    await ensureDatabase(url('postgres'), o.database);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, exited: server.exited, stop };
}

async function launch(o: {
  binaries: PostgresBinaries;
  identity: PostgresIdentity;
  cluster: string;
  sockets: string;
  logFile: string;
  isDurable: boolean;
}): Promise<GuardedServer> {
  const settings = [
    'listen_addresses=',
    `unix_socket_directories=${o.sockets}`,
    'timezone=UTC',
    'log_timezone=UTC',
    'max_connections=200',
    ...(o.isDurable ? [] : ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off']),
  ];
  const program = path.join(o.binaries.folder, 'bin', 'postgres');
  const args = ['-D', o.cluster, ...settings.flatMap((setting) => ['-c', setting])];
  const logStart = await sizeOf(o.logFile);
  const server = await spawnGuarded({
    ...commandFor(o.identity, program, args),
    logFile: o.logFile,
    env: cleanEnvironment(),
  });

  const deadline = performance.now() + readyTimeoutMs;
  while (!(await isReady(o.cluster))) {
    if (server.hasExited() || performance.now() > deadline) {
      await server.stop();
      throw new StartError(
        `The embedded Postgres did not start. It said: ${await tail(o.logFile, logStart)} (whole log: ${o.logFile})`,
      );
    }
    await wait(20);
  }
  return server;
}

/** Made beside its place and renamed, so that a start killed halfway leaves nothing that looks like a cluster. */
async function initialise(
  binaries: PostgresBinaries,
  identity: PostgresIdentity,
  cluster: string,
  isDurable: boolean,
): Promise<void> {
  const building = `${cluster}.new`;
  await rm(building, { recursive: true, force: true });
  await makePrivateFolder(building, identity);
  const { command, args, uid, gid } = commandFor(identity, path.join(binaries.folder, 'bin', 'initdb'), [
    '-D',
    building,
    '-U',
    user,
    '-A',
    'trust',
    '-E',
    'UTF8',
    // The built-in provider needs no locale of the system and sorts the same everywhere.
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--locale=C',
    ...(isDurable ? [] : ['--no-sync']),
  ]);
  try {
    await run(command, args, { cwd: '/', uid, gid, env: cleanEnvironment() });
  } catch (cause) {
    const said = cause instanceof Error && 'stderr' in cause ? String(cause.stderr).trim() : String(cause);
    throw new StartError(
      `The embedded Postgres could not make its database in ${cluster}. It said: ${said}`,
      { cause },
    );
  }
  await rename(building, cluster);
}

/** Line 1 of the file is the process, line 5 the socket folder; our claim on the folder says that nobody else uses it. */
async function stopOrphan(cluster: string): Promise<void> {
  const pidFile = path.join(cluster, 'postmaster.pid');
  const lines = (await readFile(pidFile, 'utf8').catch(() => '')).split('\n');
  if (lines[0] === '' || lines[0] === undefined) return;
  const pid = Number(lines[0]);
  // The number may belong to another program by now.
  if ((await commandLineOf(pid))?.includes(cluster)) await endProcess(pid, 'SIGINT', 15_000);
  const sockets = lines[4]?.trim();
  if (sockets && path.basename(sockets).startsWith(socketPrefix))
    await rm(sockets, { recursive: true, force: true });
  // A stale file also says "ready".
  await rm(pidFile, { force: true });
}

async function isReady(cluster: string): Promise<boolean> {
  const lines = (await readFile(path.join(cluster, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');
  return lines[7]?.trim() === 'ready';
}

async function ensureDatabase(url: string, database: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [database]);
    if (rowCount === 0) await client.query(`create database ${pg.escapeIdentifier(database)}`);
  } finally {
    await client.end();
  }
}

async function reachableBinaries(
  installed: PostgresBinaries,
  identity: PostgresIdentity,
  shared: string,
): Promise<PostgresBinaries> {
  if (identity.kind !== 'other-user') return installed;
  const initdb = path.join(installed.folder, 'bin', 'initdb');
  if (await canRun(initdb, ['--version'], identity)) return installed;
  await makeSharedFolder(shared);
  return await mirrorBinaries(installed, shared);
}

/** The wanted place, or one below `shared` when another user has to work there and a parent folder is private. */
async function reachableFolder(wanted: string, identity: PostgresIdentity, shared: string): Promise<string> {
  if (identity.kind !== 'other-user') return wanted;
  const parent = path.dirname(wanted);
  if (await canRun('test', ['-x', parent], identity)) return wanted;
  await makeSharedFolder(shared);
  return substituteFor(wanted, shared);
}

async function existingCluster(wanted: string, shared: string): Promise<string> {
  const substitute = substituteFor(wanted, shared);
  return !(await exists(wanted)) && (await exists(substitute)) ? substitute : wanted;
}

function substituteFor(wanted: string, shared: string): string {
  const hash = createHash('sha256').update(path.resolve(wanted)).digest('hex').slice(0, 16);
  return path.join(shared, `cluster-${hash}`);
}

async function makeSharedFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await chmod(folder, 0o755);
  } catch (cause) {
    throw new StartError(
      `The embedded Postgres needs a folder another user can reach, and ${folder} cannot be made. Start as an ordinary user, or set DATABASE_URL.`,
      { cause },
    );
  }
}

/** Beside the cluster where that works: a socket path ends at 107 bytes, and what is longer is cut without an error. */
async function makeSocketFolder(beside: string, identity: PostgresIdentity): Promise<string> {
  const folder = path.join(path.resolve(beside), 'postgres-socket');
  if (identity.kind !== 'other-user' && Buffer.byteLength(folder) < 85) {
    await makePrivateFolder(folder, identity);
    return folder;
  }
  const temporary = await mkdtemp(path.join(os.tmpdir().length > 60 ? '/tmp' : os.tmpdir(), socketPrefix));
  if (identity.kind === 'other-user') await chown(temporary, identity.uid, identity.gid);
  return temporary;
}

async function makePrivateFolder(folder: string, identity: PostgresIdentity): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
  if (identity.kind === 'other-user') await chown(folder, identity.uid, identity.gid);
}

function hasAccount(): boolean {
  try {
    return os.userInfo().username !== '';
  } catch {
    return false;
  }
}

/** PGOPTIONS and its siblings of the person's shell must not reach our server. */
function cleanEnvironment(): Record<string, string> {
  return { PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C' };
}

async function shorten(logFile: string): Promise<void> {
  if ((await sizeOf(logFile)) > 5_000_000) await truncate(logFile, 0);
}

async function tail(file: string, from: number): Promise<string> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(2_000), 0, 2_000, from);
    return buffer.subarray(0, bytesRead).toString('utf8').trim().replaceAll('\n', ' | ');
  } finally {
    await handle.close();
  }
}

async function sizeOf(file: string): Promise<number> {
  return await stat(file).then(
    ({ size }) => size,
    () => 0,
  );
}

async function exists(file: string): Promise<boolean> {
  return await stat(file).then(
    () => true,
    () => false,
  );
}
