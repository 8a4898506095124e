import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createTestDatabase } from './postgres.ts';
import type { TestTemporal } from './temporal.ts';

/** The built product as `npm start` runs it, in a process of its own, on the run's Postgres and Temporal; or as two programs. */
export type TestProduct = {
  url: string;
  /** The same machine by its other name: another site to browsers. The Test IdP answers there. */
  idpUrl: string;
  apiKey: string;
  clientId: string;
  databaseUrl: string;
  dataDir: string;
  /** The dashboard link of the last start; good once. */
  signInLink(): string;
  /** All it has printed. */
  output(): string;
  /** Calls the API with the sandbox's key; throws what it answers when that is no success. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests look where they please
  call(method: string, route: string, body?: unknown): Promise<any>;
  /** kill -9, and the same start again: of everything, or of one of two programs. */
  crash(only?: 'api' | 'worker'): Promise<void>;
  start(): Promise<void>;
  /** Between the product and Temporal: cut, nothing gets through and nothing answers. */
  cutTemporal(): void;
  restoreTemporal(): Promise<void>;
  stop(): Promise<void>;
};

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const readyWithinMs = 60_000;

/** What each prints once it is there. */
const readyWords = { start: 'Vestibule is running', api: 'api is ready', worker: 'worker is ready' };
type Program = keyof typeof readyWords;
const scripts: Record<Program, string> = {
  start: 'start.js',
  api: 'scripts/api.js',
  worker: 'scripts/worker.js',
};

/**
 * Builds what changed, and starts; `settings` are set beside those of every test. `apart`: api and worker are programs of
 * their own, in the sandbox that `npm start` has made before.
 */
export async function startTestProduct(
  temporal: TestTemporal,
  settings: Record<string, string> = {},
  { apart = false } = {},
): Promise<TestProduct> {
  await buildProduct();
  const database = await createTestDatabase();
  const dataDir = await mkdtemp(path.join(tmpdir(), 'vestibule-product-'));
  const port = await freeRowOfPorts();
  const proxy = await startProxy(temporal.environment.address);
  const url = `http://127.0.0.1:${port}`;
  const idpUrl = `http://localhost:${port}`;
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: process.env.HOME ?? '',
    PORT: String(port),
    DATA_DIR: dataDir,
    DATABASE_URL: database.url,
    TEMPORAL_ADDRESS: proxy.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
    TEST_IDP_URL: idpUrl,
    RATE_LIMIT_FACTOR: '1000',
    ...settings,
    ...(apart && { PUBLIC_URL: url, SECRETS_KEY: `test:${randomBytes(32).toString('base64')}` }),
  };
  /** What only programs apart have to be told. Nobody takes mails there. */
  const envOf: Record<Program, Record<string, string>> = {
    start: env,
    api: { ...env, ...productionLike, OPS_ADDRESS: `127.0.0.1:${port + 6}` },
    worker: { ...env, ...productionLike, OPS_ADDRESS: `127.0.0.1:${port + 7}` },
  };
  const children = new Map<Program, ChildProcess>();
  let output = '';
  let kept = { apiKey: '', clientId: '' };

  async function startOne(program: Program): Promise<void> {
    const began = output.length;
    const started = spawn(process.execPath, [path.join(root, 'dist', scripts[program])], {
      env: envOf[program],
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.set(program, started);
    for (const stream of [started.stdout, started.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
    }
    const deadline = performance.now() + readyWithinMs;
    while (!output.slice(began).includes(readyWords[program])) {
      if (started.exitCode !== null || performance.now() > deadline)
        throw new Error(`the product did not start:\n${output}`);
      await pause(50);
    }
  }

  async function endOne(program: Program, signal: NodeJS.Signals): Promise<void> {
    const child = children.get(program);
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  }

  const programs: Program[] = apart ? ['api', 'worker'] : ['start'];
  const start = async () => void (await Promise.all(programs.map(startOne)));
  const end = async (signal: NodeJS.Signals) =>
    void (await Promise.all(programs.map((program) => endOne(program, signal))));

  try {
    if (apart) {
      await startOne('start');
      await endOne('start', 'SIGTERM');
    }
    await start();
  } catch (error) {
    // What did start would outlive the test.
    await end('SIGKILL');
    throw error;
  }
  kept = JSON.parse(await readFile(path.join(dataDir, 'sandbox.json'), 'utf8'));
  return {
    url,
    idpUrl,
    databaseUrl: database.url,
    dataDir,
    start,
    apiKey: kept.apiKey,
    clientId: kept.clientId,
    signInLink: () => [...output.matchAll(/http\S+\/dashboard\/sign-in\/\S+/g)].at(-1)?.[0] ?? '',
    output: () => output,
    async call(method, route, body) {
      const response = await fetch(`${url}${route}`, {
        method,
        headers: { authorization: `Bearer ${kept.apiKey}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`${method} ${route}: ${response.status} ${text}`);
      return text === '' ? null : JSON.parse(text);
    },
    async crash(only) {
      if (only === undefined || !apart) {
        await end('SIGKILL');
        await start();
      } else {
        await endOne(only, 'SIGKILL');
        await startOne(only);
      }
    },
    cutTemporal: () => proxy.cut(),
    restoreTemporal: () => proxy.restore(),
    async stop() {
      await end('SIGTERM');
      await proxy.close();
      await database.drop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

const productionLike = {
  SMTP_URL: 'smtp://127.0.0.1:9',
  MAIL_FROM: 'Test <test@vendor.test>',
  SANDBOX_LOOPBACK: 'true',
  HOST: '127.0.0.1',
};

/** Brings dist/ up to date: seconds where nothing has changed. */
export async function buildProduct(): Promise<void> {
  const child = spawn(process.execPath, [path.join(root, 'scripts', 'build.mjs')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (said += chunk));
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`the product could not be built:\n${said}`);
}

/** The product takes PORT and the five after it, programs apart two more. */
async function freeRowOfPorts(): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const base = 20_000 + Math.floor(Math.random() * 10_000);
    const isFree = await Promise.all([0, 1, 2, 3, 4, 5, 6, 7].map((offset) => canListen(base + offset)));
    if (isFree.every(Boolean)) return base;
  }
  throw new Error('no eight free ports in a row');
}

async function canListen(port: number): Promise<boolean> {
  const probe = createServer();
  return new Promise((resolve) => {
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}

async function startProxy(target: string) {
  const [host = '', port = ''] = target.split(':');
  const sockets = new Set<Socket>();
  let server: Server | undefined;
  let address = '';

  const listen = async (): Promise<void> => {
    server = createServer((near) => {
      const far = connect(Number(port), host);
      for (const socket of [near, far]) {
        sockets.add(socket);
        socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
      }
      near.pipe(far).pipe(near);
    });
    server.listen(address === '' ? 0 : Number(address.split(':')[1]), '127.0.0.1');
    await once(server, 'listening');
    const at = server.address();
    if (at !== null && typeof at !== 'string') address = `127.0.0.1:${at.port}`;
  };
  const cut = (): void => {
    server?.close();
    for (const socket of sockets) socket.destroy();
  };

  await listen();
  return {
    address,
    cut,
    restore: listen,
    close: () => Promise.resolve(cut()),
  };
}
