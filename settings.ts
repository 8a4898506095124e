import { accessSync, constants } from 'node:fs';
import net from 'node:net';
import { z } from 'zod';
import { presetApiKey } from './adapters/api-keys.ts';

/** What each setting must look like by itself, and what would be right where it does not. `config.ts` reads them. */

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

const origin = z.string().transform((text, ctx) => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (
    url &&
    /^https?:$/.test(url.protocol) &&
    url.pathname === '/' &&
    !url.search &&
    !url.hash &&
    !url.username
  ) {
    return url.origin;
  }
  return refuse(ctx, 'an address without a path, such as https://setup.example.com');
});
/** Passwords are made of all signs; where one ends an address too early, what is read is another host. */
const escaping =
  '; signs in user or password that have a meaning in addresses are escaped: %2F for /, %40 for @, %3A for :, %25 for %';
const postgresUrl = z
  .string()
  .refine(isPostgres, {
    error: `a Postgres address, such as postgresql://user:password@host:5432/name${escaping}`,
  })
  .superRefine((text, ctx) => {
    for (const message of postgresTlsProblems(text)) ctx.addIssue({ code: 'custom', message });
  });

/** What the driver knows. It takes all of them but the last two for verify-full, and other words, too. */
const sslModes = ['verify-full', 'verify-ca', 'require', 'prefer', 'no-verify', 'disable'];

function postgresTlsProblems(text: string): string[] {
  if (!URL.canParse(text)) return [];
  const asked = new URL(text).searchParams;
  const mode = asked.get('sslmode');
  const files = ['sslrootcert', 'sslcert', 'sslkey'].filter((name) => !canRead(asked.get(name)));
  return [
    ...(mode !== null && !sslModes.includes(mode)
      ? [`an address whose sslmode is one of ${sslModes.join(', ')}`]
      : []),
    ...files.map((name) => `an address whose ${name} is a file that can be read, not ${asked.get(name)}`),
  ];
}

function canRead(file: string | null): boolean {
  if (file === null) return true;
  try {
    accessSync(file, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

const yesOrNo = z
  .enum(['true', 'false', '1', '0'], { error: 'true or false' })
  .transform((text) => text === 'true' || text === '1');

const count = z
  .string()
  .regex(/^[1-9]\d{0,6}$/, { error: 'a whole number of 1 or more' })
  .transform(Number)
  .optional();

export const settings = z.object({
  PORT: z
    .string()
    .refine((text) => /^\d{1,5}$/.test(text) && Number(text) <= 65_529, {
      error: 'a whole number from 1 to 65529',
    })
    .transform(Number)
    .optional(),
  HOST: z
    .string()
    .regex(/^[a-zA-Z0-9.:-]+$/, { error: 'an address to listen on, such as 0.0.0.0' })
    .optional(),
  DATA_DIR: z.string().optional(),
  LOG_LEVEL: z.enum(logLevels, { error: `one of ${logLevels.join(', ')}` }).optional(),
  PUBLIC_URL: origin.optional(),
  API_URL: origin.optional(),
  PORTAL_URL: origin.optional(),
  DASHBOARD_URL: origin.optional(),
  TEST_IDP_URL: origin.optional(),
  DATABASE_URL: postgresUrl.optional(),
  DATABASE_MIGRATION_URL: postgresUrl.optional(),
  TEMPORAL_ADDRESS: z
    .string()
    .refine((text) => hostAndPort(text) !== undefined, { error: 'host:port, such as 127.0.0.1:7233' })
    .optional(),
  TEMPORAL_NAMESPACE: z
    .string()
    .regex(/^[A-Za-z0-9._-]{2,}$/, { error: 'a namespace name: letters, digits, ".", "_", "-"' })
    .optional(),
  TEMPORAL_TLS: yesOrNo.optional(),
  TEMPORAL_TLS_CA_FILE: z.string().optional(),
  TEMPORAL_TLS_CERT_FILE: z.string().optional(),
  TEMPORAL_TLS_KEY_FILE: z.string().optional(),
  TEMPORAL_API_KEY: z
    .string()
    .regex(/^[\x21-\x7e]+$/, { error: 'an API key: letters, digits and signs without spaces' })
    .optional(),
  TEMPORAL_BINARY: z.string().optional(),
  SMTP_URL: z
    .string()
    .refine(isMailServer, {
      error: `a mail server, such as smtps://user:password@mail.example.com:465${escaping}`,
    })
    .optional(),
  MAIL_FROM: z
    .string()
    .regex(/^([^<>\r\n]*<)?[^\s<>@]+@[^\s<>@]+>?$/, {
      error: 'a sender, such as Example <no-reply@example.com>',
    })
    .optional(),
  BOUNCE_DOMAIN: z
    .string()
    .regex(/^(?=.{1,190}$)([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]([a-z0-9-]*[a-z0-9])?$/i, {
      error: 'a domain, such as bounces.example.com',
    })
    .optional(),
  BOUNCE_PORT: z
    .string()
    .refine((text) => /^\d{1,5}$/.test(text) && Number(text) <= 65_535, { error: 'a port, such as 25' })
    .transform(Number)
    .optional(),
  SFTP_PORT: z
    .string()
    .refine((text) => /^\d{1,5}$/.test(text) && Number(text) <= 65_535, { error: 'a port, such as 2222' })
    .transform(Number)
    .optional(),
  SFTP_ADDRESS: z
    .string()
    .transform((text, ctx) => hostAndPort(text) ?? refuse(ctx, 'host:port, such as files.example.com:22'))
    .optional(),
  MAILS_PER_RECIPIENT_A_MINUTE: count,
  MAILS_PER_RECIPIENT_A_DAY: count,
  MAILS_PER_ORGANIZATION_A_DAY: count,
  MAILS_PER_CREATOR_A_DAY: count,
  MAILS_PER_MEMBER_A_DAY: count,
  AUDIT_RETENTION_DAYS: z
    .string()
    .refine((text) => /^\d{2,5}$/.test(text) && Number(text) >= 30, {
      error: 'a whole number of days from 30',
    })
    .transform(Number)
    .optional(),
  AUDIT_CHECKPOINT_FILE: z.string().optional(),
  DNS_SERVERS: list(
    'addresses of DNS servers, such as 192.0.2.53 or [2001:db8::53]:53, comma-separated',
    (entry) => {
      const bare = net.isIP(entry) !== 0 ? { host: entry, port: 53 } : hostAndPort(entry);
      return bare && net.isIP(bare.host) !== 0 ? { address: bare.host, port: bare.port } : undefined;
    },
  ).optional(),
  SECRETS_KEY: z.string().optional(),
  SECRETS_KEY_FILE: z.string().optional(),
  TRUST_PROXY: z
    .string()
    .transform((text, ctx) => {
      if (/^[1-9]$/.test(text)) return Number(text);
      const entries = splitList(text);
      return entries.every(isAddressOrCidr)
        ? entries
        : refuse(ctx, 'a number of proxies (1 to 9), or their addresses and CIDRs, comma-separated');
    })
    .optional(),
  EGRESS_ALLOW: list('host names, addresses or CIDRs, comma-separated', (entry) =>
    isAddressOrCidr(entry) || /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(entry) ? entry : undefined,
  ).optional(),
  EGRESS_ADDRESSES: list('addresses or CIDRs, comma-separated', (entry) =>
    isAddressOrCidr(entry) ? entry : undefined,
  ).optional(),
  AWS_ACCESS_KEY_ID: z.string().optional(),
  AWS_SECRET_ACCESS_KEY: z.string().optional(),
  AWS_PRINCIPAL: z
    .string()
    .regex(/^arn:aws[a-z-]*:iam::\d{12}:/, { error: 'the ARN of a role or user, arn:aws:iam::…' })
    .optional(),
  RATE_LIMIT_FACTOR: z.coerce
    .number({ error: 'a number of 1 or more' })
    .min(1, { error: 'a number of 1 or more' })
    .optional(),
  OPS_ADDRESS: z
    .string()
    .transform((text, ctx) => hostAndPort(text) ?? refuse(ctx, 'host:port, such as 127.0.0.1:9410'))
    .optional(),
  WORKER_METRICS_ADDRESS: z
    .string()
    .transform((text, ctx) => hostAndPort(text) ?? refuse(ctx, 'host:port, such as 127.0.0.1:9411'))
    .optional(),
  SANDBOX_LOOPBACK: yesOrNo.optional(),
  SANDBOX_API_KEY: z
    .string()
    .regex(presetApiKey, { error: 'sk_test_ followed by at least 16 letters and digits' })
    .optional(),
  SANDBOX_CLIENT_ID: z
    .string()
    .regex(/^client_[A-Za-z0-9]+$/, { error: 'client_ followed by letters and digits' })
    .optional(),
});

/** Every name that `loadConfig` reads; `.env.example` explains them in this order. */
export const settingNames = Object.keys(settings.shape);

/** The settings that were given, read. */
export type Given = z.infer<typeof settings>;

/** One name is all of its path: more is what a sign of the password has cut off. */
function isPostgres(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, pathname, hash } = new URL(text);
  return /^postgres(ql)?:$/.test(protocol) && /^(\/[^/@]*)?$/.test(pathname) && hash === '';
}

/** A mail server has no path, and its login can be read: else a sign of the password was taken for one of the address. */
function isMailServer(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, pathname, hash, username, password } = new URL(text);
  if (!/^smtps?:$/.test(protocol) || hostname === '' || !/^\/?$/.test(pathname) || hash !== '') return false;
  return [username, password].every((part) => /^([^%]|%[0-9a-f]{2})*$/i.test(part));
}

/** `host:port`, `[v6]:port`; undefined when it is neither. */
function hostAndPort(text: string): { host: string; port: number } | undefined {
  const [, v6, name, port] = /^(?:\[([0-9a-fA-F:]+)\]|([^:[\]/\s]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = v6 ?? name;
  return host === undefined || Number(port) > 65_535 ? undefined : { host, port: Number(port) };
}

function isAddressOrCidr(entry: string): boolean {
  const [address = '', bits, ...rest] = entry.split('/');
  const version = net.isIP(address);
  if (version === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}

function list<T>(wanted: string, read: (entry: string) => T | undefined) {
  return z.string().transform((text, ctx) => {
    const entries = splitList(text).map(read);
    const good = entries.filter((entry) => entry !== undefined);
    return good.length === entries.length ? good : refuse(ctx, wanted);
  });
}

/** Entries of a comma-separated setting. */
export function splitList(text: string): string[] {
  return text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}

function refuse(ctx: z.RefinementCtx, wanted: string): never {
  ctx.addIssue({ code: 'custom', message: wanted });
  return z.NEVER;
}
