import { mkdir, open, readFile, rm, stat, truncate } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Connection, isGrpcServiceError } from '@temporalio/client';
import { spawnGuarded, type GuardedServer } from './guard.ts';
import { commandLineOf, endProcess } from './processes.ts';
import { StartError } from './start-error.ts';
import type { TemporalBinary } from './temporal-binary.ts';
import { ensureNamespace, type SearchAttributes } from './temporal-namespace.ts';

const readyTimeoutMs = 30_000;
const grpcDeadlineExceeded = 4;
const restartsAllowed = 5;
const restartWindowMs = 10 * 60_000;

export interface EmbeddedTemporalOptions {
  binary: TemporalBinary;
  /** Database, log and process file lie here. */
  folder: string;
  port: number;
  /** Undefined = no pages. */
  ui: { port: number; codecEndpoint: string } | undefined;
  namespace: string;
  searchAttributes: SearchAttributes;
  retentionDays: number;
  /** False keeps everything in memory: tests only. */
  isDurable: boolean;
  /** Server settings as `--dynamic-config-value` takes them: name to JSON text. */
  dynamicConfig?: Readonly<Record<string, string>>;
  /** Receives a line when the server ended by itself, and what is done about it. */
  report: (line: string) => void;
}

export interface EmbeddedTemporal {
  address: string;
  /** Stop workers and clients first: they lose their server here. */
  stop(): Promise<void>;
}

/**
 * Starts the development server of the Temporal CLI and makes its namespace ready. When it ends by itself it is started
 * again, at most five times in ten minutes; clients and workers reconnect by themselves.
 *
 * The caller has claimed the folder and checked the ports: two servers on one file fight, and a foreign server on our
 * port must not pass for ours.
 *
 * @throws StartError in the server's own words when it does not come up
 */
export async function startEmbeddedTemporal(o: EmbeddedTemporalOptions): Promise<EmbeddedTemporal> {
  await mkdir(o.folder, { recursive: true });
  await stopOrphan(o);
  const logFile = path.join(o.folder, 'temporal.log');
  if ((await sizeOf(logFile)) > 20_000_000) await truncate(logFile, 0);

  const address = `127.0.0.1:${o.port}`;
  const launch = async () => {
    const logStart = await sizeOf(logFile);
    const server = await spawnServer(o, logFile);
    try {
      await prepare(o, address, server, { logFile, logStart });
    } catch (error) {
      await server.stop();
      throw error;
    }
    return server;
  };

  let server = await launch();
  let isStopping = false;
  const watch = async () => {
    let restarts: number[] = [];
    for (;;) {
      await server.exited;
      if (isStopping) return;
      restarts = restarts.filter((at) => performance.now() - at < restartWindowMs);
      if (restarts.length === restartsAllowed) {
        o.report(`The embedded Temporal server keeps ending; it is not started again. Its log: ${logFile}`);
        return;
      }
      o.report('The embedded Temporal server ended; it is started again.');
      await wait(Math.min(200 * 2 ** restarts.length, 5_000), undefined, { ref: false });
      restarts.push(performance.now());
      if (isStopping) return;
      const next = await launch().catch((error: unknown) => {
        o.report(error instanceof Error ? error.message : String(error));
        return undefined;
      });
      if (next !== undefined) server = next;
      // A stop that came while it was on its way up knew only of the one before.
      if (isStopping) return await next?.stop();
    }
  };
  const watching = watch();

  return {
    address,
    stop: async () => {
      isStopping = true;
      await server.stop();
      await watching;
      await rm(pidFileOf(o), { force: true });
    },
  };
}

async function spawnServer(o: EmbeddedTemporalOptions, logFile: string): Promise<GuardedServer> {
  const ui =
    o.ui === undefined
      ? ['--headless']
      : [
          '--ui-port',
          String(o.ui.port),
          '--ui-codec-endpoint',
          o.ui.codecEndpoint,
          '--ui-disable-news-fetch',
        ];
  const storage = o.isDurable
    ? ['--db-filename', databaseFile(o), ...pragmas('journal_mode=WAL', 'synchronous=NORMAL')]
    : [];
  const settings = { 'matching.enableFairness': 'true', ...o.dynamicConfig };
  const args = [
    'server',
    'start-dev',
    '--ip',
    '127.0.0.1',
    '--port',
    String(o.port),
    '--namespace',
    o.namespace,
    '--log-level',
    'warn',
    '--log-format',
    'json',
    ...ui,
    ...storage,
    ...Object.entries(settings).flatMap(([name, json]) => ['--dynamic-config-value', `${name}=${json}`]),
  ];
  return await spawnGuarded({
    command: o.binary.path,
    args,
    logFile,
    pidFile: pidFileOf(o),
    // Not the person's own: TEMPORAL_* and the CLI's profile file must not reach our server.
    // It asks for a user's name, which an id without an account does not have.
    env: { PATH: '/usr/bin:/bin', HOME: o.folder, USER: 'vestibule' },
  });
}

async function prepare(
  o: EmbeddedTemporalOptions,
  address: string,
  server: GuardedServer,
  { logFile, logStart }: { logFile: string; logStart: number },
): Promise<void> {
  const connection = Connection.lazy({
    address,
    channelArgs: { 'grpc.initial_reconnect_backoff_ms': 50, 'grpc.max_reconnect_backoff_ms': 500 },
  });
  const deadline = performance.now() + readyTimeoutMs;
  try {
    for (;;) {
      const isAnswering = await connection
        .withDeadline(Date.now() + 1_000, () =>
          connection.workflowService.describeNamespace({ namespace: o.namespace }),
        )
        .then(
          () => true,
          () => false,
        );
      // Until our child has found its port taken, the other server's answers look like ours.
      const isOurs = isAnswering && (await listens(server, { logFile, logStart }));
      if (server.hasExited()) break;
      if (isOurs && (await isPrepared(connection, o))) return;
      if (performance.now() > deadline) break;
      await wait(50);
    }
  } finally {
    await connection.close();
  }
  throw new StartError(
    `The embedded Temporal server did not start. It said: ${(await tail(logFile, logStart)) || 'nothing'} (whole log: ${logFile})`,
  );
}

/** Waits until the server says that it listens, or has ended; one that says it in other words is given some seconds. */
async function listens(
  server: GuardedServer,
  { logFile, logStart }: { logFile: string; logStart: number },
): Promise<boolean> {
  for (const until = performance.now() + 5_000; performance.now() < until; await wait(20)) {
    if (server.hasExited()) return false;
    if ((await tail(logFile, logStart)).includes('Temporal Server:')) return true;
  }
  return true;
}

/** False where a call was never answered, as a server on its way up may leave one: then all of it is asked for again. */
async function isPrepared(connection: Connection, o: EmbeddedTemporalOptions): Promise<boolean> {
  try {
    await connection.withDeadline(Date.now() + 10_000, () => ensureNamespace(connection, o));
    return true;
  } catch (error) {
    if (isGrpcServiceError(error) && error.code === grpcDeadlineExceeded) return false;
    throw error;
  }
}

/** A server whose guard was killed too. We stop it instead of adopting it: starting anew takes half a second. */
async function stopOrphan(o: EmbeddedTemporalOptions): Promise<void> {
  const pid = Number(await readFile(pidFileOf(o), 'utf8').catch(() => ''));
  if (pid > 0 && (await commandLineOf(pid))?.includes('start-dev')) await endProcess(pid, 'SIGTERM', 10_000);
  await rm(pidFileOf(o), { force: true });
}

/** The server neither migrates nor checks an old file, so each minor version has its own; Postgres fills a new one. */
function databaseFile(o: EmbeddedTemporalOptions): string {
  return path.join(o.folder, `temporal-${o.binary.minorVersion}.db`);
}

function pidFileOf(o: EmbeddedTemporalOptions): string {
  return path.join(o.folder, 'temporal.pid');
}

function pragmas(...values: string[]): string[] {
  return values.flatMap((value) => ['--sqlite-pragma', value]);
}

async function tail(file: string, from: number): Promise<string> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(1_500), 0, 1_500, from);
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
