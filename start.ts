import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { createLogger } from './adapters/logger.ts';
import { sayReachable } from './api/reachable.ts';
import { createApiDeps, startApi } from './api/server.ts';
import { readConfig, readMachine, SettingsError, type Config } from './config.ts';
import { listSandboxIds, withSystem, type Db } from './db/index.ts';
import { migrate, UnusableDatabase } from './db/migrate.ts';
import { cacheFolder } from './embedded/cache-folder.ts';
import { claimDataFolder } from './embedded/data-folder.ts';
import { spawnGuarded } from './embedded/guard.ts';
import { installLifecycle } from './embedded/lifecycle.ts';
import { requireFreePorts } from './embedded/ports.ts';
import { startEmbeddedPostgres } from './embedded/postgres.ts';
import { ensureSecretsKeyFile } from './embedded/secrets-key.ts';
import { StartError } from './embedded/start-error.ts';
import { findTemporalBinary } from './embedded/temporal-binary.ts';
import { startEmbeddedTemporal } from './embedded/temporal.ts';
import { activityDepsOf, apiPartsOf, createParts, startBounceListener, startFileServer } from './parts.ts';
import { createDnsPanel } from './sandbox/dns/panel.ts';
import { createSandboxDns } from './sandbox/dns/server.ts';
import { sandboxDnsSource } from './sandbox/dns/source.ts';
import { createMailbox } from './sandbox/mailbox/mailbox.ts';
import { createRehearsals } from './sandbox/rehearsal/panel.ts';
import { seedSandbox } from './sandbox/seed.ts';
import { createTestDirectory } from './sandbox/test-directory/panel.ts';
import { testIdpPanel } from './sandbox/test-idp/panel.ts';
import { createTestIdp } from './sandbox/test-idp/routes.ts';
import { createSinks, testSinkPanel } from './sandbox/test-sink/panel.ts';
import { createTestSink } from './sandbox/test-sink/routes.ts';
import { startWorkerProgram } from './worker.ts';

/**
 * `npm start`: brings whatever is not configured, runs api and worker in this process, and prints where everything is.
 * Every server registers how it is stopped; stopping goes backwards, so nothing loses what it stands on.
 */

const { isChildOfNpm } = readMachine();
const say = (line: string) => process.stdout.write(`${line}\n`);
const projectFolder = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

const stops: (() => Promise<void>)[] = [];
const lifecycle = installLifecycle({
  async stop() {
    for (const stop of stops.reverse())
      await stop().catch((error: unknown) => say(`Stopping: ${String(error)}`));
  },
  report: say,
  isChildOfNpm,
});

try {
  await start();
} catch (error) {
  const isSentence = [StartError, SettingsError, UnusableDatabase].some((kind) => error instanceof kind);
  if (isSentence) say((error as Error).message);
  else say(error instanceof Error ? (error.stack ?? error.message) : String(error));
  lifecycle.stopNow('start failed', 1);
}

async function start(): Promise<void> {
  const settings = readConfig('start');
  const folder = settings.dataDir;
  const claim = await claimDataFolder({ folder, url: settings.urls.public });
  stops.push(() => claim.release());
  const config =
    settings.secrets.keys === undefined
      ? readConfig('start', { SECRETS_KEY_FILE: await ensureSecretsKeyFile(folder) })
      : settings;
  const ports = embeddedPortsOf(config);
  await requireFreePorts(ports, { base: config.server.port });

  const databaseUrl = await bringDatabase(config);
  say('Preparing the database schema …');
  await migrate({ databaseUrl: config.database.migrationUrl ?? databaseUrl });
  const mailbox = config.mail.smtpUrl === undefined ? await bringMailbox(config) : undefined;
  const temporal = await bringTemporal(config);
  const log = createLogger({
    level: config.logLevel === 'info' ? 'warn' : config.logLevel,
    program: 'vestibule',
  });
  /** Filled once the database is open; until then the sandbox's DNS publishes nothing. */
  const opened: { systemDb?: Db } = {};
  const dnsPanel = createDnsPanel();
  const dnsServers = createSandboxDns({
    ports: [config.embeddedPorts.dns, 0],
    source: sandboxDnsSource(() => opened.systemDb, dnsPanel.faultsOn),
  });
  await dnsServers.start();
  stops.push(() => dnsServers.stop());

  const parts = await createParts(
    config,
    {
      databaseUrl,
      temporalAddress: temporal.address,
      smtpUrl: config.mail.smtpUrl ?? `smtp://127.0.0.1:${config.embeddedPorts.smtp}`,
      dnsZones: { test: dnsServers.addresses() },
      secretsKeys: config.secrets.keys ?? [],
    },
    log,
    'vestibule',
  );
  opened.systemDb = parts.systemDb;
  stops.push(() => parts.close());
  const exampleUrl = `http://127.0.0.1:${config.server.port + 5}`;
  const seeded = await seedSandbox({
    db: parts.systemDb,
    secrets: parts.secrets,
    now: parts.now,
    dataDir: folder,
    apiKey: config.sandbox.apiKey,
    clientId: config.sandbox.clientId,
    redirectUri: `${exampleUrl}/callback`,
  });
  const worker = await startWorkerProgram({
    activities: activityDepsOf(parts, config, mailbox),
    temporal: { ...config.temporal, address: temporal.address },
    workflowBundle: { codePath: path.join(projectFolder, 'dist', 'workflow-bundle.js') },
    dataConverter: parts.dataConverter,
    workflows: parts.patientWorkflows,
    listener: parts.listener,
    log,
    graceMs: 5_000,
  });
  stops.push(() => worker.stop());
  const sinks = createSinks({
    now: parts.now,
    listEnvironmentIds: () => withSystem(parts.systemDb, listSandboxIds),
  });
  const rehearsals = createRehearsals({
    db: parts.db,
    systemDb: parts.systemDb,
    now: parts.now,
    log,
    urls: config.urls,
  });
  const apiDeps = createApiDeps(
    apiPartsOf(parts, config, {
      portalFolder: path.join(projectFolder, 'dist', 'portal'),
      embedded: {
        mailbox,
        temporalUiUrl: temporal.uiUrl,
        exampleUrl,
        apiKey: seeded.apiKey,
        testIdp: testIdpPanel,
        testDirectory: createTestDirectory(parts),
        testSink: testSinkPanel(sinks),
        dns: dnsPanel,
        rehearsals,
      },
    }),
  );
  const api = await startApi(apiDeps, {
    listen: { hosts: config.server.hosts, port: config.server.port },
    operators: null,
    plugins: [
      createTestIdp({
        db: parts.db,
        secrets: parts.secrets,
        now: parts.now,
        url: config.urls.testIdp,
        environmentId: seeded.environment.id,
      }),
      createTestSink({ sinks, url: config.urls.api }),
    ],
  });
  stops.push(() => api.close(5_000));
  stops.push(() => rehearsals.stop());
  stops.push(await startBounceListener(parts, config));
  stops.push(await startFileServer(apiDeps, config));
  const stopSaying = sayReachable(apiDeps);
  stops.push(() => Promise.resolve(stopSaying()));
  const example = await spawnGuarded({
    command: process.execPath,
    args: [path.join(projectFolder, 'dist', 'examples', 'express-app', 'main.js')],
    logFile: path.join(folder, 'example-app.log'),
    env: {
      PORT: String(config.server.port + 5),
      VESTIBULE_API_URL: config.urls.api,
      VESTIBULE_API_KEY: seeded.apiKey,
      VESTIBULE_CLIENT_ID: seeded.environment.clientId,
    },
  });
  stops.push(() => example.stop());
  announce(config, {
    ...seeded,
    temporalUiUrl: temporal.uiUrl,
    exampleUrl,
    hasMailbox: mailbox !== undefined,
  });
}

function embeddedPortsOf(config: Config): number[] {
  const { server, embeddedPorts, temporal, mail, sftp } = config;
  return [
    server.port,
    ...(temporal.address === undefined ? [embeddedPorts.temporal, embeddedPorts.temporalUi] : []),
    ...(mail.smtpUrl === undefined ? [embeddedPorts.smtp] : []),
    embeddedPorts.dns,
    server.port + 5,
    ...(sftp === null ? [] : [sftp.port]),
  ];
}

async function bringDatabase(config: Config): Promise<string> {
  if (config.database.url !== undefined) return config.database.url;
  const isNew = !existsSync(path.join(config.dataDir, 'postgres'));
  say(isNew ? 'Initialising the database (once) …' : 'Starting the database …');
  const postgres = await startEmbeddedPostgres({
    folder: config.dataDir,
    database: 'vestibule',
    isDurable: true,
  });
  stops.push(() => postgres.stop());
  return postgres.url();
}

async function bringMailbox(config: Config): Promise<ReturnType<typeof createMailbox>> {
  const folder = path.join(config.dataDir, 'mail');
  await mkdir(folder, { recursive: true });
  const mailbox = createMailbox({
    folder,
    port: config.embeddedPorts.smtp,
    host: '127.0.0.1',
    now: () => new Date(),
  });
  await mailbox.start();
  stops.push(() => mailbox.stop());
  return mailbox;
}

/** Without a server the product starts all the same: what is asked of workflows waits in the outbox. */
async function bringTemporal(config: Config): Promise<{ address: string; uiUrl: string | null }> {
  if (config.temporal.address !== undefined) return { address: config.temporal.address, uiUrl: null };
  const { cacheHome, searchPath } = readMachine();
  const ours = `127.0.0.1:${config.embeddedPorts.temporal}`;
  const binary = await findTemporalBinary({
    configured: config.temporal.binary,
    cacheFolder: await cacheFolder({
      xdgCacheHome: cacheHome,
      home: os.homedir(),
      fallback: path.join(config.dataDir, 'bin'),
    }),
    searchPath,
    report: say,
    mayFetch: true,
  });
  if (binary === undefined) {
    say(
      'Starting without Temporal: portal and API accept and queue, and carry on once TEMPORAL_ADDRESS names a server.',
    );
    return { address: ours, uiUrl: null };
  }
  say('Starting Temporal …');
  const temporal = await startEmbeddedTemporal({
    binary,
    folder: path.join(config.dataDir, 'temporal'),
    port: config.embeddedPorts.temporal,
    ui: { port: config.embeddedPorts.temporalUi, codecEndpoint: `${config.urls.dashboard}/dashboard/codec` },
    namespace: config.temporal.namespace,
    searchAttributes: {},
    retentionDays: 400,
    isDurable: true,
    report: say,
  });
  stops.push(() => temporal.stop());
  return { address: temporal.address, uiUrl: `http://127.0.0.1:${config.embeddedPorts.temporalUi}` };
}

type Announced = {
  apiKey: string;
  signInToken: string;
  environment: { clientId: string };
  temporalUiUrl: string | null;
  exampleUrl: string;
  hasMailbox: boolean;
};

function announce({ urls, sftp, dataDir }: Config, seeded: Announced): void {
  const lines: [string, string][] = [
    ['Dashboard', `${urls.dashboard}/dashboard/sign-in/${seeded.signInToken}`],
    ['', 'signs you in once, within 15 minutes'],
    ['API', urls.api],
    ['API key', seeded.apiKey],
    ['Client id', seeded.environment.clientId],
    ['API docs', `${urls.api}/docs`],
    ['Example app', seeded.exampleUrl],
    ...(sftp === null
      ? []
      : [['SFTP', `${sftp.address.host} port ${sftp.address.port}`] as [string, string]]),
    ...(seeded.hasMailbox
      ? [['Mailbox', `${urls.dashboard}/dashboard/sandbox/mailbox`] as [string, string]]
      : []),
    ...(seeded.temporalUiUrl === null ? [] : [['Temporal', seeded.temporalUiUrl] as [string, string]]),
  ];
  say(`\nVestibule is running. Data is kept in ${dataDir}; Ctrl-C stops it.\n`);
  for (const [label, value] of lines) say(`  ${label.padEnd(12)} ${value}`);
  say('\n  See the whole road in a minute: npm run demo\n');
}
