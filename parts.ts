import type { DataConverter } from '@temporalio/common';
import { createCheckpointSigner } from './adapters/checkpoint-signer.ts';
import { createDirectorySources } from './adapters/directories/sources.ts';
import { createStreamSenders, type StreamSenders } from './adapters/log-streams/index.ts';
import { createDnsResolver, type DnsResolver, type DnsResolverDeps } from './adapters/dns-resolver.ts';
import { createAddressRules, judgeAddress } from './adapters/egress/addresses.ts';
import { hostOf } from './adapters/egress/hosts.ts';
import { createEgress, type Egress, type EgressSockets } from './adapters/egress.ts';
import type { Logger } from './adapters/logger.ts';
import type { BounceListener } from './adapters/bounce-listener.ts';
import { createBounceAddresses, type BounceAddresses } from './adapters/mail/bounce-addresses.ts';
import { createMailer, type Mailer } from './adapters/mailer.ts';
import { createDataConverter } from './adapters/payload-codec.ts';
import { createSecrets, type Secrets } from './adapters/secrets.ts';
import { createWorkflowClient, type WorkflowClient } from './adapters/workflow-client.ts';
import type { ActivityDeps } from './activities/index.ts';
import type { ApiDeps, EmbeddedDefault } from './api/deps.ts';
import { keepDeliveryReport } from './api/mail-outcomes.ts';
import type { ApiParts } from './api/server.ts';
import type { Config } from './config.ts';
import {
  checkKeys,
  createDatabase,
  createListener,
  resumeOnboarding,
  withSystem,
  type Db,
} from './db/index.ts';
import { taskQueue } from './onboarding/workflow-names.ts';

/** Servers that the configuration names, or that the embedded default has brought. */
export type Servers = {
  databaseUrl: string;
  temporalAddress: string;
  smtpUrl: string;
  /** The sandbox's DNS servers for `*.test`. */
  dnsZones?: DnsResolverDeps['zones'];
  secretsKeys: NonNullable<Config['secrets']['keys']>;
};

/** Everything that api and worker are wired from; one set serves both in the embedded default. */
export type Parts = {
  db: Db;
  systemDb: Db;
  secrets: Secrets;
  dataConverter: DataConverter;
  egress: Egress & EgressSockets;
  streamSenders: StreamSenders;
  dns: DnsResolver;
  mailer: Mailer;
  /** The fast path: no retries, no waiting. */
  workflows: WorkflowClient;
  /** The relay's: retries as the SDK does. */
  patientWorkflows: WorkflowClient;
  listener: ReturnType<typeof createListener>;
  log: Logger;
  now: () => Date;
  close(): Promise<void>;
};

/** Opens the parts. Throws one sentence for a key that is wrong or missing, and for a database login that could see too much. */
export async function createParts(
  config: Config,
  servers: Servers,
  log: Logger,
  program: string,
): Promise<Parts> {
  const now = () => new Date();
  const secrets = createSecrets(servers.secretsKeys);
  const dataConverter = createDataConverter(secrets);
  const isEmbedded = config.database.url === undefined;
  const pool = {
    databaseUrl: servers.databaseUrl,
    applicationName: program,
    log,
    requireBareLogin: !isEmbedded && config.database.migrationUrl !== config.database.url,
  };
  const db = await createDatabase({ ...pool, role: 'vestibule_app', poolSize: 10 });
  const systemDb = await createDatabase({ ...pool, role: 'vestibule_system', poolSize: 4 });
  await withSystem(systemDb, (tx) => checkKeys(tx, secrets, now()));

  const temporal = {
    address: servers.temporalAddress,
    tls: config.temporal.tls,
    apiKey: config.temporal.apiKey,
    namespace: config.temporal.namespace,
    taskQueue,
    dataConverter,
    resume: (lost: { workflowId: string }) => withSystem(systemDb, (tx) => resumeOnboarding(tx, lost, now())),
    now,
  };
  const workflows = createWorkflowClient({ ...temporal, retry: false });
  const patientWorkflows = createWorkflowClient({ ...temporal, retry: true });
  const mailer = createMailer({
    smtpUrl: servers.smtpUrl,
    requireTls: config.mail.requiresTls,
    from: senderOf(config.mail.from),
    namesEnvironment: config.mail.smtpUrl === undefined,
    now,
  });
  const listener = createListener({
    databaseUrl: servers.databaseUrl,
    role: 'vestibule_system',
    applicationName: program,
    log,
  });
  const egress = createEgress({
    allow: config.egress.allow,
    loopback: config.sandbox.isLoopbackAllowed,
    ownAddresses: ownAddresses(config),
    now,
  });
  return {
    db,
    systemDb,
    secrets,
    dataConverter,
    workflows,
    patientWorkflows,
    mailer,
    listener,
    log,
    now,
    egress,
    streamSenders: createStreamSenders({
      egress,
      now,
      aws: config.aws,
      hostName: new URL(config.urls.api).hostname,
    }),
    dns: createResolver(config, servers, now),
    async close() {
      mailer.close();
      await Promise.allSettled([workflows.close(), patientWorkflows.close(), listener.close()]);
      await Promise.allSettled([db.close(), systemDb.close()]);
    },
  };
}

/** What the api needs of the parts. */
export function apiPartsOf(
  parts: Parts,
  config: Config,
  { portalFolder, embedded }: { portalFolder: string; embedded: EmbeddedDefault | undefined },
): ApiParts {
  const { db, systemDb, secrets, egress, streamSenders, dns, mailer, workflows, listener, log, now } = parts;
  const { api, portal, dashboard, testIdp } = config.urls;
  return {
    db,
    systemDb,
    secrets,
    egress,
    streamSenders,
    dns,
    mailer,
    workflows,
    listener,
    now,
    portalFolder,
    logger: log,
    urls: { api, portal, dashboard, testIdp },
    embedded: embedded ?? null,
    settings: {
      trustProxy: config.server.trustProxy,
      isEmbedded: embedded !== undefined,
      sandboxLoopback: config.sandbox.isLoopbackAllowed,
      sftpAddress: config.sftp?.address ?? null,
      auditRetentionDays: config.audit.retentionDays,
      egressAddresses: config.egress.addresses,
      awsPrincipal: config.aws?.principal ?? null,
      rateLimitFactor: config.rateLimitFactor,
    },
  };
}

/** What the activities of the worker need of the parts. */
export function activityDepsOf(
  parts: Parts,
  config: Config,
  keptMails: ActivityDeps['keptMails'] = null,
): ActivityDeps {
  const hosts = Object.values(config.urls).map((url) => new URL(url).host);
  return {
    db: parts.db,
    systemDb: parts.systemDb,
    secrets: parts.secrets,
    signer: createCheckpointSigner(parts.secrets),
    auditRetentionDays: config.audit.retentionDays,
    checkpointFile: config.audit.checkpointFile ?? null,
    mailer: parts.mailer,
    dns: parts.dns,
    egress: parts.egress,
    directorySources: createDirectorySources(parts.egress),
    senders: parts.streamSenders,
    workflows: parts.patientWorkflows,
    keptMails,
    now: parts.now,
    portalUrl: config.urls.portal,
    bounceAddresses: bounceAddressesOf(parts, config) ?? null,
    mailLimits: mailLimitsOf(config),
    dashboardUrl: config.urls.dashboard,
    testIdpUrl: config.urls.testIdp,
    testIdp: config.urls.testIdp,
    sandboxLoopback: config.sandbox.isLoopbackAllowed,
    ownHosts: [...new Set(hosts)],
    ownEntityIdPrefix: `${config.urls.api}/sso/saml/`,
  };
}

function createResolver(config: Config, servers: Servers, now: () => Date): DnsResolver {
  const rules = {
    allow: createAddressRules(config.egress.allow),
    own: createAddressRules([]),
    loopback: config.sandbox.isLoopbackAllowed,
  };
  const named = config.dns.servers.map(({ address, port }) =>
    address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`,
  );
  return createDnsResolver({
    ...(named.length === 0 ? {} : { servers: named }),
    ...(servers.dnsZones === undefined ? {} : { zones: servers.dnsZones }),
    timeoutMs: 2_000,
    totalMs: 8_000,
    mayAsk: (address) => judgeAddress(address, '', rules) !== 'refused',
    now,
  });
}

function bounceAddressesOf({ secrets }: Parts, { mail }: Config): BounceAddresses | undefined {
  return mail.bounceDomain === undefined
    ? undefined
    : createBounceAddresses({ secrets, domain: mail.bounceDomain });
}

/**
 * The api's listener for delivery reports, where one is asked for; gives how to stop it. What reads mail is loaded for it
 * alone: it is large.
 */
export async function startBounceListener(parts: Parts, config: Config): Promise<BounceListener['stop']> {
  const addresses = bounceAddressesOf(parts, config);
  const { bouncePort: port } = config.mail;
  if (addresses === undefined || port === undefined) return () => Promise.resolve();
  const { createBounceListener } = await import('./adapters/bounce-listener.ts');
  const listener = createBounceListener({
    addresses,
    onReport: (mailId, report) => keepDeliveryReport(parts, mailId, report),
  });
  await listener.start({ hosts: config.server.hosts, port });
  return listener.stop;
}

/**
 * The api's server for files, where one is asked for; gives how to stop it. What speaks SFTP is loaded for it alone.
 */
export async function startFileServer(deps: ApiDeps, { sftp, server }: Config): Promise<() => Promise<void>> {
  if (sftp === null) return () => Promise.resolve();
  const { startSftpServer } = await import('./api/protocols/sftp/server.ts');
  const started = await startSftpServer(deps, { hosts: server.hosts, port: sftp.port });
  return started.close;
}

function mailLimitsOf({ mail: { limits }, rateLimitFactor }: Config): Config['mail']['limits'] {
  const raised = (limit: number) => Math.ceil(limit * rateLimitFactor);
  return {
    perRecipientMinute: raised(limits.perRecipientMinute),
    perRecipientDay: raised(limits.perRecipientDay),
    perOrganizationDay: raised(limits.perOrganizationDay),
    perCreatorDay: raised(limits.perCreatorDay),
    perMemberDay: raised(limits.perMemberDay),
  };
}

/** Our own public hosts, which nobody may reach through us; on loopback the sandbox's Test IdP is one of them. */
function ownAddresses(config: Config): string[] {
  if (config.sandbox.isLoopbackAllowed) return [];
  return [...new Set(Object.values(config.urls).map((url) => hostOf(new URL(url))))];
}

/** `Name <address>` or a bare address, as `MAIL_FROM` is written. */
function senderOf(from: string): { name?: string; address: string } {
  const match = /^(.*)<([^<>]+)>$/.exec(from);
  if (match === null) return { address: from };
  const name = match[1]?.trim();
  return { ...(name ? { name } : {}), address: match[2] ?? from };
}
