import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pino from 'pino';
import { createDnsResolver } from '../../adapters/dns-resolver.ts';
import { createEgress } from '../../adapters/egress.ts';
import { createSamlVerifier } from '../../adapters/saml/verifier.ts';
import { createStreamSenders } from '../../adapters/log-streams/index.ts';
import { createMailer } from '../../adapters/mailer.ts';
import { createSecrets } from '../../adapters/secrets.ts';
import type { DeliverableCommand, Delivery, WorkflowClient } from '../../adapters/workflow-client.ts';
import type { ApiDeps } from '../../api/deps.ts';
import { createRateLimits } from '../../api/middleware/limit-rates.ts';
import { createApiDeps, startApi } from '../../api/server.ts';
import { createDatabase, createListener, listSandboxIds, withSystem, type Db } from '../../db/index.ts';
import { createMailbox, type SandboxMailbox } from '../../sandbox/mailbox/mailbox.ts';
import { aPortalBuild } from './portal-build.ts';
import { createRehearsals } from '../../sandbox/rehearsal/panel.ts';
import { createTestDirectory } from '../../sandbox/test-directory/panel.ts';
import { createDnsPanel } from '../../sandbox/dns/panel.ts';
import { testIdpPanel } from '../../sandbox/test-idp/panel.ts';
import { createSinks, testSinkPanel } from '../../sandbox/test-sink/panel.ts';
import { createTestSink } from '../../sandbox/test-sink/routes.ts';
import { comesWithinMs } from './limits.ts';
import { createTestDatabase } from './postgres.ts';

/** The api over HTTP on a free port, on a database of the test file's own. */
export interface TestApi {
  url: string;
  deps: ApiDeps;
  db: Db;
  /** Works as `vestibule_system`, for arranging and for looking at rows of every environment. */
  systemDb: Db;
  /** As its owner, for what an operator does. */
  databaseUrl: string;
  /** Every line that was logged. */
  logged: () => string;
  /** Moves the clock of the api on. */
  pass(ms: number): void;
  /** Decides what Temporal says to a command; it is away until then, so commands queue. */
  temporal: { deliver: (command: DeliverableCommand) => Promise<Delivery> };
  /** A second process of the same product: the same database and keys, everything else its own. Close it first. */
  another(): Promise<{ url: string; close(drainMs?: number): Promise<void> }>;
  /** Receives what the api mails itself. */
  mailbox: SandboxMailbox;
  close(): Promise<void>;
}

export interface TestApiOptions {
  isEmbedded?: boolean;
  /** 1 takes the limits as they are in production; tests of other things are not slowed down by them. */
  rateLimitFactor?: number;
  trustProxy?: ApiDeps['settings']['trustProxy'];
}

/**
 * As the product has them, but for the time that a verdict may take, and over which requests are counted: on a busy
 * machine two seconds pass in vain, and a minute before the last request of a test.
 */
function patientDeps(given: Parameters<typeof createApiDeps>[0]): ApiDeps {
  const samlVerifier = createSamlVerifier({ threads: 2, queueLimit: 100, deadlineMs: comesWithinMs });
  const limits = createRateLimits({ db: given.db, factor: given.settings.rateLimitFactor, windowFactor: 60 });
  return { ...createApiDeps(given), samlVerifier, limits };
}

export async function startTestApi(options: TestApiOptions = {}): Promise<TestApi> {
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
  const portalFolder = await aPortalBuild();
  const mailFolder = await mkdtemp(path.join(tmpdir(), 'vestibule-mail-'));
  const mailbox = createMailbox({ folder: mailFolder, port: 0, host: '127.0.0.1', now });
  const mailPort = await mailbox.start();
  const mailer = createMailer({
    smtpUrl: `smtp://127.0.0.1:${mailPort}`,
    requireTls: false,
    now,
    namesEnvironment: true,
    from: { name: 'Vestibule', address: 'no-reply@vestibule.test' },
  });
  const listener = createListener({
    databaseUrl: database.url,
    role: 'vestibule_system',
    applicationName: 'test',
    log: logger,
  });
  const isEmbedded = options.isEmbedded ?? true;
  const urls = { api: '', portal: '', dashboard: '', testIdp: '' };
  const secrets = createSecrets([{ id: 'test', bytes: randomBytes(32) }]);
  const egress = createEgress({ allow: [], loopback: true, ownAddresses: [], now });
  const sinks = createSinks({ now, listEnvironmentIds: () => withSystem(systemDb, listSandboxIds) });
  const rehearsals = createRehearsals({ db, systemDb, now, log: logger, urls });
  const given: Parameters<typeof createApiDeps>[0] = {
    db,
    systemDb,
    secrets,
    egress,
    streamSenders: createStreamSenders({ egress, now, aws: null, hostName: 'vendor.test' }),
    dns: createDnsResolver({
      timeoutMs: 200,
      totalMs: 500,
      servers: ['127.0.0.1:9'],
      mayAsk: () => false,
      now,
    }),
    mailer,
    listener,
    portalFolder,
    embedded: isEmbedded
      ? {
          mailbox,
          temporalUiUrl: 'http://127.0.0.1:8',
          exampleUrl: 'http://127.0.0.1:9',
          apiKey: 'sk_test_shown',
          testIdp: testIdpPanel,
          testDirectory: createTestDirectory({ db, secrets, egress, now }),
          testSink: testSinkPanel(sinks),
          dns: createDnsPanel(),
          rehearsals,
        }
      : null,
    logger,
    now,
    urls,
    settings: {
      trustProxy: options.trustProxy ?? false,
      isEmbedded,
      sandboxLoopback: true,
      sftpAddress: { host: 'files.vendor.test', port: 22 },
      auditRetentionDays: 400,
      egressAddresses: ['203.0.113.7'],
      awsPrincipal: null,
      rateLimitFactor: options.rateLimitFactor ?? 1_000,
    },
    workflows: fakeWorkflows(temporal),
  };
  const deps = patientDeps(given);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  Object.assign(urls, { api: url, portal: url, dashboard: url, testIdp: url });
  const plugins = isEmbedded ? [createTestSink({ sinks, url })] : [];
  const server = await startApi(deps, { listen: { hosts: ['127.0.0.1'], port }, operators: null, plugins });

  return {
    url,
    deps,
    db,
    systemDb,
    databaseUrl: database.url,
    logged: () => lines.join(''),
    pass: (ms) => (aheadMs += ms),
    temporal,
    mailbox,
    async another() {
      const own = await connect('vestibule_app', 8);
      const beside = await freePort();
      const listen = { hosts: ['127.0.0.1'], port: beside };
      const second = await startApi(patientDeps({ ...given, db: own }), { listen, operators: null });
      return {
        url: `http://127.0.0.1:${beside}`,
        async close(drainMs = 100) {
          await second.close(drainMs);
          await own.close();
        },
      };
    },
    async close() {
      await rehearsals.stop();
      await server.close(100);
      mailer.close();
      await Promise.all([mailbox.stop(), listener.close(), db.close(), systemDb.close()]);
      await Promise.all(
        [mailFolder, portalFolder].map((folder) => rm(folder, { recursive: true, force: true })),
      );
      await database.drop();
    },
  };
}

/** Temporal as the api sees it: one answer to each command. */
function fakeWorkflows(
  temporal: TestApi['temporal'],
): Omit<WorkflowClient, 'client' | 'namespace' | 'forget' | 'stateOf'> {
  return {
    deliver: (command) => temporal.deliver(command),
    isReachable: () => Promise.resolve(false),
    close: () => Promise.resolve(),
  };
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}
