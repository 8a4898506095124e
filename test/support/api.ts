import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import pino from 'pino';
import { createDnsResolver } from '../../adapters/dns-resolver.ts';
import { createEgress } from '../../adapters/egress.ts';
import { createSecrets } from '../../adapters/secrets.ts';
import type { DeliverableCommand, Delivery, WorkflowClient } from '../../adapters/workflow-client.ts';
import type { ApiDeps } from '../../api/deps.ts';
import { createApiDeps, startApi } from '../../api/server.ts';
import { createDatabase, type Db } from '../../db/index.ts';
import { createTestDatabase } from './postgres.ts';

/** The api over HTTP on a free port, on a database of the test file's own. */
export interface TestApi {
  url: string;
  deps: ApiDeps;
  db: Db;
  /** Works as `vestibule_system`, for arranging and for looking at rows of every environment. */
  systemDb: Db;
  /** Every line that was logged. */
  logged: () => string;
  /** Moves the clock of the api on. */
  pass(ms: number): void;
  /** Decides what Temporal says to a command; it is away until then, so commands queue. */
  temporal: { deliver: (command: DeliverableCommand) => Promise<Delivery> };
  close(): Promise<void>;
}

export async function startTestApi(options: { isEmbedded?: boolean } = {}): Promise<TestApi> {
  const database = await createTestDatabase();
  const lines: string[] = [];
  const logger = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) });
  const connect = (role: 'vestibule_app' | 'vestibule_system', poolSize: number) =>
    createDatabase({ databaseUrl: database.url, role, poolSize, applicationName: 'test', log: logger });
  const [db, systemDb] = await Promise.all([connect('vestibule_app', 8), connect('vestibule_system', 2)]);

  let aheadMs = 0;
  const now = () => new Date(Date.now() + aheadMs);
  const temporal: TestApi['temporal'] = {
    deliver: () => Promise.resolve({ status: 'unknown', reason: 'nobody listens' }),
  };
  const urls = { api: '', portal: '', dashboard: '', testIdp: '' };
  const deps = createApiDeps({
    db,
    systemDb,
    secrets: createSecrets([{ id: 'test', bytes: randomBytes(32) }]),
    egress: createEgress({ allow: [], loopback: true, ownAddresses: [], now }),
    dns: createDnsResolver({
      timeoutMs: 200,
      totalMs: 500,
      servers: ['127.0.0.1:9'],
      mayAsk: () => false,
      now,
    }),
    logger,
    now,
    urls,
    settings: {
      trustProxy: false,
      isEmbedded: options.isEmbedded ?? true,
      sandboxLoopback: true,
      rateLimitFactor: 1_000,
    },
    workflows: fakeWorkflows(temporal),
  });
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  Object.assign(urls, { api: url, portal: url, dashboard: url, testIdp: url });
  const server = await startApi(deps, { listen: { hosts: ['127.0.0.1'], port }, operators: null });

  return {
    url,
    deps,
    db,
    systemDb,
    logged: () => lines.join(''),
    pass: (ms) => (aheadMs += ms),
    temporal,
    async close() {
      await server.close(100);
      await Promise.all([db.close(), systemDb.close()]);
      await database.drop();
    },
  };
}

/** Temporal as the api sees it: one answer to each command. */
function fakeWorkflows(temporal: TestApi['temporal']): Omit<WorkflowClient, 'client'> {
  return {
    deliver: (command) => temporal.deliver(command),
    isReachable: () => Promise.resolve(false),
    close: () => Promise.resolve(),
  };
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}
