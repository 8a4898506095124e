import { randomBytes } from 'node:crypto';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { readMachine } from '../../config.ts';
import { migrate } from '../../db/migrate.ts';
import { cacheFolder } from '../../embedded/cache-folder.ts';
import { startEmbeddedPostgres } from '../../embedded/postgres.ts';
import { findTemporalBinary } from '../../embedded/temporal-binary.ts';
import { startEmbeddedTemporal } from '../../embedded/temporal.ts';
import { createMailbox, type SandboxMailbox } from '../../sandbox/mailbox/mailbox.ts';

/** Api and worker as two programs on throw-away data, beside the bare server on the same Postgres. */
export type RunningProduct = {
  url: string;
  apiKey: string;
  clientId: string;
  apiPid: number;
  workerPid: number;
  bare: { url: string; pid: number };
  mailbox: SandboxMailbox;
  /** As a superuser, to put thousands of people in their places at once. */
  databaseUrl: string;
  stop(): Promise<void>;
};

const dist = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));
const readyWithinMs = 60_000;

export async function startProduct(say: (line: string) => void): Promise<RunningProduct> {
  const stops: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (const one of stops.splice(0).reverse()) await one();
  };
  try {
    return { ...(await startAll(say, stops)), stop };
  } catch (error) {
    // Servers that were started before one failed would outlive this program.
    await stop();
    throw error;
  }
}

async function startAll(
  say: (line: string) => void,
  stops: (() => Promise<unknown>)[],
): Promise<Omit<RunningProduct, 'stop'>> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'vestibule-bench-'));
  stops.push(() => rm(folder, { recursive: true, force: true }));
  const postgres = await startEmbeddedPostgres({ folder, database: 'vestibule', isDurable: true });
  stops.push(() => postgres.stop());
  await migrate({ databaseUrl: postgres.url() });
  const temporal = await startTemporal(folder, say);
  stops.push(() => temporal.stop());
  await mkdir(path.join(folder, 'mail'));
  const mailbox = createMailbox({
    folder: path.join(folder, 'mail'),
    port: 0,
    host: '127.0.0.1',
    now: () => new Date(),
  });
  const smtpPort = await mailbox.start();
  stops.push(() => mailbox.stop());

  const port = await freePort();
  const env = {
    PORT: String(port),
    HOST: '127.0.0.1',
    PUBLIC_URL: `http://127.0.0.1:${port}`,
    DATABASE_URL: postgres.url(),
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: 'vestibule',
    SMTP_URL: `smtp://127.0.0.1:${smtpPort}`,
    MAIL_FROM: 'Bench <bench@vendor.test>',
    LOG_LEVEL: 'warn',
    SECRETS_KEY: `bench:${randomBytes(32).toString('base64')}`,
    RATE_LIMIT_FACTOR: '100000',
    // The provider of OpenID Connect listens on this machine.
    SANDBOX_LOOPBACK: 'true',
  };
  const made = await runOnce('scripts/admin.js', env, [
    'create-environment',
    '--handle',
    'bench',
    '--name',
    'Bench',
    '--vendor',
    'Bench Vendor',
    '--product',
    'Bench App',
    '--email',
    'admin@vendor.test',
    '--kind',
    'sandbox',
  ]);
  // Each its own, as on two machines: of one address the first of them to come would keep the other away.
  const own = async () => ({ ...env, OPS_ADDRESS: `127.0.0.1:${await freePort()}` });
  const api = run('scripts/api.js', await own(), [], await nodeOptionsOf('api'));
  stops.push(() => end(api));
  const worker = run('scripts/worker.js', await own(), [], await nodeOptionsOf('worker'));
  stops.push(() => end(worker));
  const bare = await startProgram('test/bench/bare-server.js', ['--database', postgres.url()]);
  stops.push(() => bare.stop());
  const url = `http://127.0.0.1:${port}`;
  await untilHealthy(`${url}/healthz`);
  return {
    url,
    apiKey: /sk_test_\S+/.exec(made)?.[0] ?? '',
    clientId: /client_\S+/.exec(made)?.[0] ?? '',
    apiPid: api.pid ?? 0,
    workerPid: worker.pid ?? 0,
    bare,
    mailbox,
    databaseUrl: postgres.url(),
  };
}

/** A program of the bench's own, which says where it listens. */
export async function startProgram(
  program: string,
  args: string[] = [],
): Promise<{ url: string; pid: number; stop(): Promise<void> }> {
  const child = run(program, {}, args);
  try {
    const port = await portOf(child);
    return { url: `http://127.0.0.1:${port}`, pid: child.pid ?? 0, stop: () => end(child) };
  } catch (error) {
    await end(child);
    throw error;
  }
}

/** One that ends by itself; answers what it has said. */
export const runProgram = (program: string, args: string[]): Promise<string> => runOnce(program, {}, args);

async function startTemporal(folder: string, say: (line: string) => void) {
  const { cacheHome, searchPath } = readMachine();
  const binary = await findTemporalBinary({
    cacheFolder: await cacheFolder({
      xdgCacheHome: cacheHome,
      home: os.homedir(),
      fallback: path.join(folder, 'bin'),
    }),
    searchPath,
    report: say,
    mayFetch: true,
  });
  if (binary === undefined) throw new Error('The bench needs a Temporal server; see above.');
  return startEmbeddedTemporal({
    binary,
    folder: path.join(folder, 'temporal'),
    port: await freePort(),
    ui: undefined,
    namespace: 'vestibule',
    searchAttributes: {},
    retentionDays: 1,
    isDurable: true,
    report: say,
  });
}

/** Node's options of a program are those of its script in package.json. */
async function nodeOptionsOf(name: string): Promise<string[]> {
  const written = await readFile(path.join(path.dirname(dist), 'package.json'), 'utf8');
  const { scripts } = JSON.parse(written) as { scripts: Record<string, string | undefined> };
  return scripts[name]?.match(/--\S+/g) ?? [];
}

function run(
  program: string,
  env: Record<string, string>,
  args: string[] = [],
  nodeOptions: string[] = [],
): ChildProcess {
  return spawn(process.execPath, [...nodeOptions, path.join(dist, program), ...args], {
    env: { PATH: readMachine().searchPath, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

async function runOnce(program: string, env: Record<string, string>, args: string[]): Promise<string> {
  const child = run(program, env, args);
  let said = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => (said += chunk));
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`${program} ended with ${String(code)}: ${said}`);
  return said;
}

async function portOf(child: ChildProcess): Promise<number> {
  if (child.stdout === null) throw new Error('the server says nothing');
  for await (const line of createInterface(child.stdout)) {
    const [, port] = /^listening (\d+)$/.exec(line) ?? [];
    if (port !== undefined) return Number(port);
  }
  throw new Error('it ended before it listened');
}

async function untilHealthy(url: string): Promise<void> {
  const deadline = performance.now() + readyWithinMs;
  while (
    !(await fetch(url).then(
      (answer) => answer.ok,
      () => false,
    ))
  ) {
    if (performance.now() > deadline) throw new Error(`${url} does not answer`);
    await pause(100);
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}

/** Below the range from which the system gives ports to whoever connects, so that nobody has it by the time it is used. */
async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    const probe = createServer().listen(port, '127.0.0.1');
    const isFree = await Promise.race([
      once(probe, 'listening').then(() => true),
      once(probe, 'error').then(() => false),
    ]);
    if (!isFree) continue;
    probe.close();
    await once(probe, 'close');
    return port;
  }
  throw new Error('no free port');
}
