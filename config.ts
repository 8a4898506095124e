import { readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { isRandomKey } from './adapters/secrets.ts';
import { type Given, type LogLevel, settingNames, settings, splitList } from './settings.ts';

/**
 * How the process was started: `start` = `npm start`, which brings whatever is not given; `program` = api, worker,
 * migrate or admin in production, which must be told; `test` = like `start`, and port 0 is allowed.
 */
export type ConfigMode = 'start' | 'program' | 'test';

/** All settings, checked and grouped. URLs are origins without a trailing slash. */
export interface Config {
  /** What the embedded default keeps: database, keys, mails. Absolute. */
  dataDir: string;
  logLevel: LogLevel;
  server: {
    port: number;
    /** Addresses to listen on; by default every loopback one, so that nobody else can hold `localhost`. */
    hosts: readonly string[];
    /** For Express: hops, or addresses and CIDRs of proxies. False believes no forwarded header [API-04]. */
    trustProxy: false | number | string[];
  };
  /** Ports of the servers that the embedded default brings, next to ours. */
  embeddedPorts: { temporal: number; temporalUi: number; smtp: number; dns: number };
  /** `public` is the default of the others; a surface with a URL of its own answers only there [UI-01]. */
  urls: { public: string; api: string; portal: string; dashboard: string; testIdp: string };
  /** Undefined `url` = bring our own. `migrationUrl` is the owner's login, used by migrations only. */
  database: { url: string | undefined; migrationUrl: string | undefined };
  /** Undefined `address` = bring our own, with the program at `binary` or one that is found or fetched. */
  temporal: {
    address: string | undefined;
    namespace: string;
    binary: string | undefined;
    /** Undefined = in clear, as the embedded server speaks [TMP-02]. */
    tls: TemporalTls | undefined;
    /** Sent with every call, over TLS only; how a hosted Temporal knows us without a certificate. */
    apiKey: string | undefined;
  };
  /** Undefined `smtpUrl` = the in-process mailbox. `from` is a mailbox as in RFC 5322 §3.4. */
  mail: {
    smtpUrl: string | undefined;
    /** False for a server on this machine, and where only this machine reaches us and the server asks for no login [MAIL-05]. */
    requiresTls: boolean;
    from: string;
    /** Where bounces go, and the port of the listener for them; undefined: no listener. */
    bounceDomain: string | undefined;
    bouncePort: number | undefined;
    /** [MAIL-06]; `rateLimitFactor` counts here too. */
    limits: {
      perRecipientMinute: number;
      perRecipientDay: number;
      perOrganizationDay: number;
      perCreatorDay: number;
      perMemberDay: number;
    };
  };
  /**
   * The server that customers send files to: where it listens, and how customers reach it. Null where there is none.
   */
  sftp: { port: number; address: { host: string; port: number } } | null;
  /** How long audit rows are kept unless their chain says, and where signed checkpoints are written besides. */
  audit: { retentionDays: number; checkpointFile: string | undefined };
  /** Empty = the resolvers of the system. */
  dns: { servers: readonly { address: string; port: number }[] };
  /** The first key writes, all read. Undefined = make one in `dataDir` (never in `program` mode). */
  secrets: { keys: readonly { id: string; bytes: Uint8Array }[] | undefined };
  /** Multiplies every rate limit; the bench raises it, nothing removes the limits. */
  rateLimitFactor: number;
  /** CIDRs, addresses and names an operator opens for on-premises targets [NET-10]. */
  egress: {
    allow: readonly string[];
    /** Where our requests come from, for customers' allow-lists. */
    addresses: readonly string[];
  };
  /** Our identity at AWS, which customers' roles trust; null: roles of customers are not offered. */
  aws: { accessKeyId: string; secretAccessKey: string; principal: string } | null;
  /** Where details of `/readyz` and `/metrics` are, away from customers. */
  ops: { host: string; port: number };
  /** Where a worker shows the figures of its work for Temporal; null: nowhere. */
  workerMetrics: { host: string; port: number } | null;
  sandbox: {
    /** Sandbox environments may reach this machine; the Test IdP and `/sandbox` exist. Never beside a public URL. */
    isLoopbackAllowed: boolean;
    /** Fixed instead of generated, for scripts and examples. */
    apiKey: string | undefined;
    clientId: string | undefined;
  };
}

/** Empty = a server with a certificate that this machine trusts. PEM; named as the engine's library names them. */
export interface TemporalTls {
  serverRootCACertificate?: Buffer;
  clientCertPair?: { crt: Buffer; key: Buffer };
}

/** Some settings are wrong. `problems` has one sentence each: the setting, what is wrong, what would be right. */
export class SettingsError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`Settings to put right:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'SettingsError';
    this.problems = problems;
  }
}

/**
 * Reads every setting once. Blank means unset.
 *
 * @throws SettingsError naming all wrong settings at the same time. Values of secrets are never repeated.
 */
export function loadConfig(env: NodeJS.ProcessEnv, mode: ConfigMode): Config {
  const raw = Object.fromEntries(settingNames.map((name) => [name, env[name]?.trim() || undefined]));
  const parsed = settings.safeParse(raw);
  if (!parsed.success) {
    throw new SettingsError(
      parsed.error.issues.map((issue) => problemOf(String(issue.path[0]), issue.message, raw)),
    );
  }
  const given = parsed.data;
  const port = given.PORT ?? 8410;
  const publicUrl = given.PUBLIC_URL ?? `http://127.0.0.1:${port}`;
  const urls = {
    public: publicUrl,
    api: given.API_URL ?? publicUrl,
    portal: given.PORTAL_URL ?? publicUrl,
    dashboard: given.DASHBOARD_URL ?? publicUrl,
    testIdp: given.TEST_IDP_URL ?? publicUrl,
  };
  const isOnLoopback = Object.values(urls).every(isLoopbackUrl);

  const problems = [
    ...(mode === 'program' ? missingInProduction(given) : []),
    ...(mode !== 'test' && port === 0
      ? ['PORT is 0; links carry the port, so it must be a number from 1 to 65529.']
      : []),
    ...urlNames.flatMap((name) => plainHttpProblem(name, given[name])),
    ...(given.SANDBOX_LOOPBACK === true && !isOnLoopback
      ? [
          `SANDBOX_LOOPBACK is on, but ${urlNames.find((name) => given[name] && !isLoopbackUrl(given[name]))} is not a loopback address. Remove SANDBOX_LOOPBACK: it would let sandbox environments reach this machine.`,
        ]
      : []),
    ...(given.BOUNCE_PORT !== undefined && given.BOUNCE_DOMAIN === undefined
      ? ['BOUNCE_PORT is set, but BOUNCE_DOMAIN is missing: the domain that bounces are addressed to.']
      : []),
    ...(given.SFTP_ADDRESS !== undefined && given.SFTP_PORT === undefined && mode === 'program'
      ? ['SFTP_ADDRESS is set, but SFTP_PORT is missing: the port that the server for files listens on.']
      : []),
    ...(given.SECRETS_KEY && given.SECRETS_KEY_FILE
      ? ['SECRETS_KEY and SECRETS_KEY_FILE are both set; keep one.']
      : []),
  ];
  const keys = readKeys(given.SECRETS_KEY, given.SECRETS_KEY_FILE, problems);
  const tls = readTemporalTls(given, problems);
  const aws = readAws(given, problems);
  if (problems.length > 0) throw new SettingsError(problems);

  return {
    dataDir: path.resolve(given.DATA_DIR ?? '.vestibule'),
    logLevel: given.LOG_LEVEL ?? (mode === 'test' ? 'silent' : 'info'),
    server: {
      port,
      hosts: given.HOST === undefined ? loopbackAddresses() : [given.HOST],
      trustProxy: given.TRUST_PROXY ?? false,
    },
    embeddedPorts: { temporal: port + 1, temporalUi: port + 2, smtp: port + 3, dns: port + 4 },
    urls,
    database: { url: given.DATABASE_URL, migrationUrl: given.DATABASE_MIGRATION_URL ?? given.DATABASE_URL },
    temporal: {
      address: given.TEMPORAL_ADDRESS,
      namespace: given.TEMPORAL_NAMESPACE ?? 'vestibule',
      binary: given.TEMPORAL_BINARY,
      tls,
      apiKey: given.TEMPORAL_API_KEY,
    },
    mail: {
      smtpUrl: given.SMTP_URL,
      requiresTls: mailRequiresTls(given.SMTP_URL, isOnLoopback),
      from: given.MAIL_FROM ?? 'Vestibule <no-reply@vestibule.test>',
      bounceDomain: given.BOUNCE_DOMAIN,
      bouncePort: given.BOUNCE_PORT,
      limits: {
        perRecipientMinute: given.MAILS_PER_RECIPIENT_A_MINUTE ?? 1,
        perRecipientDay: given.MAILS_PER_RECIPIENT_A_DAY ?? 5,
        perOrganizationDay: given.MAILS_PER_ORGANIZATION_A_DAY ?? 50,
        perCreatorDay: given.MAILS_PER_CREATOR_A_DAY ?? 500,
        perMemberDay: given.MAILS_PER_MEMBER_A_DAY ?? 50,
      },
    },
    sftp: sftpOf(given, { port, host: new URL(urls.api).hostname, mode }),
    audit: {
      retentionDays: given.AUDIT_RETENTION_DAYS ?? 400,
      checkpointFile: given.AUDIT_CHECKPOINT_FILE && path.resolve(given.AUDIT_CHECKPOINT_FILE),
    },
    dns: { servers: given.DNS_SERVERS ?? [] },
    secrets: { keys },
    rateLimitFactor: given.RATE_LIMIT_FACTOR ?? 1,
    egress: { allow: given.EGRESS_ALLOW ?? [], addresses: given.EGRESS_ADDRESSES ?? [] },
    aws,
    ops: given.OPS_ADDRESS ?? { host: '127.0.0.1', port: 9410 },
    workerMetrics: given.WORKER_METRICS_ADDRESS ?? null,
    sandbox: {
      isLoopbackAllowed: given.SANDBOX_LOOPBACK ?? (mode !== 'program' && isOnLoopback),
      apiKey: given.SANDBOX_API_KEY,
      clientId: given.SANDBOX_CLIENT_ID,
    },
  };
}

/** A machine, or a container, without IPv6 has one alone. */
function loopbackAddresses(): string[] {
  const known = Object.values(os.networkInterfaces()).flatMap((entries = []) => entries);
  return ['127.0.0.1', ...(known.some(({ address }) => address === '::1') ? ['::1'] : [])];
}

/** `npm start` brings the server along; elsewhere somebody has to want it. */
function sftpOf(
  { SFTP_PORT, SFTP_ADDRESS }: Given,
  { port, host, mode }: { port: number; host: string; mode: ConfigMode },
): Config['sftp'] {
  const listensOn = SFTP_PORT ?? (mode === 'start' ? port + 6 : undefined);
  if (listensOn === undefined) return null;
  return { port: listensOn, address: SFTP_ADDRESS ?? { host, port: listensOn } };
}

/** All three, or none of them: half an identity would leave customers' roles out with nobody knowing why. */
function readAws(given: Given, problems: string[]): Config['aws'] {
  const {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_PRINCIPAL: principal,
  } = given;
  if (accessKeyId && secretAccessKey && principal) return { accessKeyId, secretAccessKey, principal };
  const missing = awsNames.filter((name) => given[name] === undefined);
  if (missing.length < awsNames.length) {
    problems.push(`${missing.join(' and ')} is missing: ${awsNames.join(', ')} belong together.`);
  }
  return null;
}

const awsNames = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_PRINCIPAL'] as const;

const urlNames = ['PUBLIC_URL', 'API_URL', 'PORTAL_URL', 'DASHBOARD_URL', 'TEST_IDP_URL'] as const;
const secretNames = [
  'DATABASE_URL',
  'DATABASE_MIGRATION_URL',
  'TEMPORAL_API_KEY',
  'SMTP_URL',
  'SECRETS_KEY',
  'SANDBOX_API_KEY',
  'AWS_SECRET_ACCESS_KEY',
];

const neededInProduction = [
  ['PUBLIC_URL', 'the https address people reach this installation at'],
  ['DATABASE_URL', 'the Postgres (15 or newer) that holds the state'],
  ['TEMPORAL_ADDRESS', 'the Temporal server, host:port'],
  ['SMTP_URL', 'the mail server that invitations go out through'],
  ['MAIL_FROM', 'the sender of mails'],
] as const;

function missingInProduction(given: Given): string[] {
  const missing = neededInProduction.flatMap(([name, what]) =>
    given[name] === undefined ? [`${name} is missing: ${what}.`] : [],
  );
  if (given.SECRETS_KEY === undefined && given.SECRETS_KEY_FILE === undefined) {
    missing.push(
      `SECRETS_KEY (or SECRETS_KEY_FILE) is missing: ${whatKeys}. Make one with: ${howToMakeAKey}`,
    );
  }
  return missing;
}

function plainHttpProblem(name: string, url: string | undefined): string[] {
  if (url === undefined || url.startsWith('https:') || isLoopbackUrl(url)) return [];
  return [
    `${name} is ${url}; sign-in data must not travel in clear, so it has to be https (http on loopback only).`,
  ];
}

const tlsFiles = ['TEMPORAL_TLS_CA_FILE', 'TEMPORAL_TLS_CERT_FILE', 'TEMPORAL_TLS_KEY_FILE'] as const;

/** Any of its files means TLS, and so does an API key. All are read once: a new certificate takes a restart. */
function readTemporalTls(given: Given, problems: string[]): TemporalTls | undefined {
  const [ca, crt, key] = tlsFiles.map((name) => readPem(name, given[name], problems));
  const needing = [...tlsFiles, 'TEMPORAL_API_KEY' as const].filter((name) => given[name] !== undefined);
  const isWanted = given.TEMPORAL_TLS ?? needing.length > 0;
  if (!isWanted && needing.length > 0) {
    problems.push(`TEMPORAL_TLS is off, but ${needing.join(', ')} needs it. Remove one or the other.`);
  }
  if (isWanted && given.TEMPORAL_ADDRESS === undefined) {
    const [name = 'TEMPORAL_TLS'] = needing;
    problems.push(`${name} is for a server of your own: TEMPORAL_ADDRESS is missing, host:port.`);
  }
  if ((given.TEMPORAL_TLS_CERT_FILE === undefined) !== (given.TEMPORAL_TLS_KEY_FILE === undefined)) {
    problems.push('TEMPORAL_TLS_CERT_FILE and TEMPORAL_TLS_KEY_FILE belong together; one is missing.');
  }
  if (!isWanted) return undefined;
  return {
    ...(ca && { serverRootCACertificate: ca }),
    ...(crt && key && { clientCertPair: { crt, key } }),
  };
}

function readPem(name: string, file: string | undefined, problems: string[]): Buffer | undefined {
  if (file === undefined) return undefined;
  try {
    const pem = readFileSync(file);
    if (pem.includes('-----BEGIN ')) return pem;
    problems.push(`${name} is ${file}, which is not PEM: text that begins with -----BEGIN.`);
  } catch (error) {
    problems.push(`${name} cannot be read: ${error instanceof Error ? error.message : String(error)}.`);
  }
  return undefined;
}

const whatKeys = 'id:base64 of 32 bytes, comma-separated, the first one writes';
const howToMakeAKey = 'echo "k1:$(openssl rand -base64 32)"';

function readKeys(
  inline: string | undefined,
  file: string | undefined,
  problems: string[],
): Config['secrets']['keys'] {
  const name = inline === undefined ? 'SECRETS_KEY_FILE' : 'SECRETS_KEY';
  let text = inline;
  if (text === undefined && file !== undefined) {
    try {
      text = readFileSync(file, 'utf8').trim();
    } catch (error) {
      problems.push(
        `SECRETS_KEY_FILE cannot be read: ${error instanceof Error ? error.message : String(error)}.`,
      );
    }
  }
  if (text === undefined) return undefined;

  const keys = splitList(text).map((entry) => {
    const [, id = '', base64 = ''] = /^([a-z0-9]{1,16}):([A-Za-z0-9+/]{43}=?)$/.exec(entry) ?? [];
    return { id, bytes: new Uint8Array(Buffer.from(base64, 'base64')) };
  });
  const isWhole = keys.length > 0 && keys.every(({ id, bytes }) => id !== '' && bytes.length === 32);
  if (!isWhole)
    problems.push(
      `${name} must be ${whatKeys} (ids: 1 to 16 small letters and digits). Make one with: ${howToMakeAKey}`,
    );
  else if (new Set(keys.map(({ id }) => id)).size !== keys.length)
    problems.push(`${name} names an id twice.`);
  for (const { id, bytes } of isWhole ? keys : []) {
    if (!isRandomKey(bytes))
      problems.push(
        `${name}: key "${id}" is not random, so it can be guessed. Make one with: ${howToMakeAKey}`,
      );
  }
  return keys;
}

function problemOf(name: string, wanted: string, raw: Record<string, string | undefined>): string {
  const found = secretNames.includes(name) ? 'is not valid' : `is "${raw[name]}"`;
  return `${name} ${found}; it must be ${wanted}.`;
}

/** A mailbox to try things out with has no certificate, and links to this machine are of no use to whoever reads along. */
function mailRequiresTls(smtpUrl: string | undefined, isOnLoopback: boolean): boolean {
  if (smtpUrl === undefined || isLoopbackUrl(smtpUrl)) return false;
  return !isOnLoopback || new URL(smtpUrl).username !== '';
}

function isLoopbackUrl(url: string): boolean {
  const { hostname } = new URL(url);
  return /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname);
}

/** The settings of this process; `more` wins over its environment. */
export function readConfig(mode: ConfigMode, more: Readonly<Record<string, string>> = {}): Config {
  return loadConfig({ ...process.env, ...more }, mode);
}

/** What the process was started with besides settings. */
export function readMachine(): { searchPath: string; cacheHome: string | undefined; isChildOfNpm: boolean } {
  const { PATH = '', XDG_CACHE_HOME, npm_lifecycle_event } = process.env;
  return { searchPath: PATH, cacheHome: XDG_CACHE_HOME, isChildOfNpm: npm_lifecycle_event !== undefined };
}
