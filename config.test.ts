import { randomBytes } from 'node:crypto';
import { access, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, test, vi } from 'vitest';
import { loadConfig, SettingsError } from './config.ts';
import { settingNames } from './settings.ts';

const key = randomBytes(32).toString('base64');
const production = {
  PUBLIC_URL: 'https://setup.example.com',
  DATABASE_URL: 'postgresql://app:geheim@db.example.com/vestibule',
  TEMPORAL_ADDRESS: 'temporal.example.com:7233',
  SMTP_URL: 'smtps://user:geheim@mail.example.com',
  MAIL_FROM: 'Example <no-reply@example.com>',
  SECRETS_KEY: `k1:${key}`,
};

function problemsOf(env: NodeJS.ProcessEnv, mode: 'start' | 'program' | 'test'): readonly string[] {
  try {
    loadConfig(env, mode);
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
  return [];
}

test('npm start needs no setting at all', () => {
  const config = loadConfig({}, 'start');

  expect(config.urls.portal).toBe('http://127.0.0.1:8410');
  expect(config.server.hosts).toEqual(['127.0.0.1', '::1']);
  expect(config.database.url).toBeUndefined();
  expect(config.secrets.keys).toBeUndefined();
  expect(config.sandbox.isLoopbackAllowed).toBe(true);
});

test('ports of the embedded servers follow ours, and so does the public address', () => {
  const config = loadConfig({ PORT: '8500' }, 'start');

  expect(config.embeddedPorts).toEqual({ temporal: 8501, temporalUi: 8502, smtp: 8503, dns: 8504 });
  expect(config.urls.public).toBe('http://127.0.0.1:8500');
});

test('files are taken by npm start, in production where a port is named, at the address that customers know', () => {
  expect(loadConfig({ PORT: '8500' }, 'start').sftp).toEqual({
    port: 8506,
    address: { host: '127.0.0.1', port: 8506 },
  });
  expect(loadConfig(production, 'program').sftp).toBeNull();
  const behind = { ...production, SFTP_PORT: '2222' };
  expect(loadConfig(behind, 'program').sftp?.address).toEqual({ host: 'setup.example.com', port: 2222 });
  expect(loadConfig({ ...behind, SFTP_ADDRESS: 'files.example.com:22' }, 'program').sftp).toEqual({
    port: 2222,
    address: { host: 'files.example.com', port: 22 },
  });
  expect(problemsOf({ ...production, SFTP_ADDRESS: 'files.example.com:22' }, 'program').join()).toContain(
    'SFTP_PORT is missing',
  );
});

test('a program of production names everything it misses at once', () => {
  const problems = problemsOf({}, 'program').join('\n');

  for (const name of [...Object.keys(production)]) expect(problems).toContain(`${name} `);
});

test('a production setting that is complete is taken as it is', () => {
  const config = loadConfig(production, 'program');

  expect(config.urls.api).toBe('https://setup.example.com');
  expect(config.database.migrationUrl).toBe(production.DATABASE_URL);
  expect(config.secrets.keys?.map(({ id }) => id)).toEqual(['k1']);
  expect(config.sandbox.isLoopbackAllowed).toBe(false);
});

test.each([
  ['PORT', '99999', 'a whole number'],
  ['PORT', '8410.5', 'a whole number'],
  ['PUBLIC_URL', 'setup.example.com', 'an address without a path'],
  ['API_URL', 'https://example.com/api', 'an address without a path'],
  ['DATABASE_URL', 'mysql://db', 'a Postgres address'],
  ['DATABASE_URL', 'postgresql://db/v?sslmode=verify', 'sslmode is one of verify-full'],
  ['DATABASE_MIGRATION_URL', 'postgres://db/v?sslrootcert=/nowhere/ca.pem', 'not /nowhere/ca.pem'],
  ['TEMPORAL_ADDRESS', 'http://temporal:7233', 'host:port'],
  ['TEMPORAL_TLS', 'on', 'true or false'],
  ['TEMPORAL_TLS', 'true', 'TEMPORAL_ADDRESS is missing'],
  ['TEMPORAL_TLS_CA_FILE', '/nowhere/ca.pem', 'cannot be read'],
  ['TEMPORAL_API_KEY', 'two words', 'an API key'],
  ['TEMPORAL_API_KEY', 'key', 'TEMPORAL_ADDRESS is missing'],
  ['SMTP_URL', 'mail.example.com', 'a mail server'],
  ['MAIL_FROM', 'Example', 'a sender'],
  ['MAIL_FROM', 'Example\r\nBcc: <a@example.com>', 'a sender'],
  ['BOUNCE_DOMAIN', 'bounces', 'a domain, such as'],
  ['BOUNCE_PORT', 'smtp', 'a port'],
  ['BOUNCE_PORT', '2525', 'BOUNCE_DOMAIN is missing'],
  ['SFTP_PORT', 'ssh', 'a port, such as 2222'],
  ['SFTP_ADDRESS', 'files.example.com', 'host:port'],
  ['MAILS_PER_RECIPIENT_A_DAY', '0', 'a whole number of 1 or more'],
  ['AUDIT_RETENTION_DAYS', '7', 'a whole number of days from 30'],
  ['DNS_SERVERS', 'dns.example.com', 'addresses of DNS servers'],
  ['TRUST_PROXY', 'true', 'a number of proxies'],
  ['TRUST_PROXY', '10.0.0.0/99', 'a number of proxies'],
  ['EGRESS_ALLOW', 'https://intranet', 'host names, addresses or CIDRs'],
  ['OPS_ADDRESS', '9410', 'host:port'],
  ['WORKER_METRICS_ADDRESS', '9411', 'host:port'],
  ['SANDBOX_LOOPBACK', 'yes', 'true or false'],
  ['SANDBOX_API_KEY', 'sk_test_short', 'sk_test_ followed by'],
  ['SANDBOX_CLIENT_ID', 'vestibule', 'client_ followed by'],
  ['SECRETS_KEY', 'k1:dG9vIHNob3J0', 'id:base64 of 32 bytes'],
  ['SECRETS_KEY', `Old:${key}`, 'id:base64 of 32 bytes'],
  ['SECRETS_KEY', `k1:${key},k1:${key}`, 'twice'],
])('%s=%s is refused with what would be right', (name, value, wanted) => {
  const [problem] = problemsOf({ [name]: value }, 'start');

  expect(problem).toMatch(new RegExp(`^${name} `));
  expect(problem).toContain(wanted);
});

test('[TMP-02] Temporal is spoken to over TLS where it is asked for, or where a file for it is given', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'vestibule-config-'));
  const fileWith = async (name: string, text: string) => {
    await writeFile(path.join(folder, name), text);
    return path.join(folder, name);
  };
  const pem = '-----BEGIN CERTIFICATE-----';
  const [ca, crt, privateKey, none] = await Promise.all([
    fileWith('ca.pem', pem),
    fileWith('crt.pem', pem),
    fileWith('key.pem', '-----BEGIN PRIVATE KEY-----'),
    fileWith('none.pem', 'nothing'),
  ]);
  const given = {
    TEMPORAL_TLS_CA_FILE: ca,
    TEMPORAL_TLS_CERT_FILE: crt,
    TEMPORAL_TLS_KEY_FILE: privateKey,
  };
  const tlsOf = (env: NodeJS.ProcessEnv) => loadConfig({ ...production, ...env }, 'program').temporal.tls;

  expect(tlsOf({})).toBeUndefined();
  expect(tlsOf({ TEMPORAL_TLS: 'true' })).toEqual({});
  expect(tlsOf(given)).toEqual({
    serverRootCACertificate: Buffer.from(pem),
    clientCertPair: { crt: Buffer.from(pem), key: Buffer.from('-----BEGIN PRIVATE KEY-----') },
  });
  const problems = (env: NodeJS.ProcessEnv) => problemsOf({ ...production, ...env }, 'program').join();
  expect(problems({ TEMPORAL_TLS_CERT_FILE: crt })).toContain('belong together');
  expect(problems({ TEMPORAL_TLS_CA_FILE: none })).toContain('not PEM');
  expect(problems({ ...given, TEMPORAL_TLS: 'false' })).toContain('TEMPORAL_TLS is off');
  expect(tlsOf({ TEMPORAL_API_KEY: 'key' })).toEqual({});
  expect(problems({ TEMPORAL_API_KEY: 'key', TEMPORAL_TLS: '0' })).toContain('TEMPORAL_API_KEY needs it');
  await rm(folder, { recursive: true });
});

test('who we are at AWS is told whole or not at all', () => {
  const whole = {
    AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_PRINCIPAL: 'arn:aws:iam::123456789012:role/streams',
  };

  expect(loadConfig({ ...production, ...whole }, 'program').aws).toMatchObject({
    principal: whole.AWS_PRINCIPAL,
  });
  expect(loadConfig(production, 'program').aws).toBeNull();
  expect(problemsOf({ ...production, ...whole, AWS_PRINCIPAL: '' }, 'program')).toEqual([
    'AWS_PRINCIPAL is missing: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_PRINCIPAL belong together.',
  ]);
});

test('several wrong settings are reported together, and a blank one counts as unset', () => {
  expect(problemsOf({ PORT: 'x', OPS_ADDRESS: 'y', HOST: ' ' }, 'start')).toHaveLength(2);
});

test('a wrong secret is not repeated in the message', () => {
  const problems = problemsOf(
    { DATABASE_URL: 'mysql://root:geheim@db', SANDBOX_API_KEY: 'sk_live_geheim' },
    'start',
  );

  expect(problems).toHaveLength(2);
  expect(problems.join()).not.toContain('geheim');
});

test.each([
  ['SMTP_URL', 'smtp://user:ge/heim@mail.example.com:587'],
  ['SMTP_URL', 'smtp://user:gem@ein/heim@mail.example.com:587'],
  ['SMTP_URL', 'smtp://user:100%geheim@mail.example.com'],
  ['SMTP_URL', 'smtp:mail.example.com:25'],
  ['DATABASE_URL', 'postgresql://user:ge/heim@db.internal:5432/vestibule'],
  ['DATABASE_URL', 'postgresql://user:gem@ein/heim@db.internal:5432/vestibule'],
  ['DATABASE_URL', 'postgresql://user:ge#heim@db.internal:5432/vestibule'],
])(
  'a password whose signs are not escaped is asked to be, and never read as another host: %s %s',
  (name, url) => {
    const problems = problemsOf({ ...production, [name]: url }, 'program');

    expect(problems).toEqual([expect.stringContaining(`${name} is not valid`)]);
    expect(problems.join()).toContain('are escaped: %2F for /');
    expect(problems.join()).not.toContain('heim');
  },
);

test('[SEC-05] a key that is not random is a setting to put right, like any other', () => {
  const SECRETS_KEY = `k1:${Buffer.alloc(32).toString('base64')}`;

  expect(problemsOf({ ...production, SECRETS_KEY }, 'program')).toEqual([
    expect.stringMatching(/^SECRETS_KEY: key "k1" is not random, .* Make one with: echo/),
  ]);
});

test('where a machine has no IPv6, nothing listens on its loopback address', () => {
  const entries = ['127.0.0.1', '::1'].map((address) => ({ address }) as os.NetworkInterfaceInfo);
  const interfaces = vi.spyOn(os, 'networkInterfaces');

  interfaces.mockReturnValue({ lo: entries });
  const both = loadConfig({}, 'start').server.hosts;
  interfaces.mockReturnValue({ lo: entries.slice(0, 1) });
  const one = loadConfig({}, 'start').server.hosts;
  interfaces.mockRestore();

  expect([both, one]).toEqual([['127.0.0.1', '::1'], ['127.0.0.1']]);
});

test('plain http is for loopback only, whatever the surface', () => {
  expect(problemsOf({ PORTAL_URL: 'http://setup.example.com' }, 'start').join()).toContain('has to be https');
  expect(problemsOf({ ...production, PUBLIC_URL: 'http://localhost:8410' }, 'program')).toEqual([]);
});

test('sandbox environments reach this machine only while every own address is on loopback', () => {
  const publicly = { PUBLIC_URL: 'https://setup.example.com' };

  expect(problemsOf({ ...publicly, SANDBOX_LOOPBACK: 'true' }, 'start').join()).toContain(
    'Remove SANDBOX_LOOPBACK',
  );
  expect(
    problemsOf({ TEST_IDP_URL: 'https://idp.example.com', SANDBOX_LOOPBACK: '1' }, 'start'),
  ).toHaveLength(1);
  expect(loadConfig(publicly, 'start').sandbox.isLoopbackAllowed).toBe(false);
  expect(loadConfig({ SANDBOX_LOOPBACK: 'false' }, 'start').sandbox.isLoopbackAllowed).toBe(false);
});

test('no forwarded header is believed unless proxies are named [API-04]', () => {
  expect(loadConfig({}, 'start').server.trustProxy).toBe(false);
  expect(loadConfig({ TRUST_PROXY: '2' }, 'start').server.trustProxy).toBe(2);
  expect(loadConfig({ TRUST_PROXY: '10.0.0.0/8, ::1' }, 'start').server.trustProxy).toEqual([
    '10.0.0.0/8',
    '::1',
  ]);
});

test('nothing on the inside is reachable unless it is listed [NET-10]', () => {
  expect(loadConfig({}, 'start').egress.allow).toEqual([]);
  expect(loadConfig({ EGRESS_ALLOW: '10.1.0.0/16,sso.intern' }, 'start').egress.allow).toHaveLength(2);
});

test('DNS servers carry their port, IPv6 in brackets', () => {
  expect(loadConfig({ DNS_SERVERS: '192.0.2.53, [2001:db8::53]:5353,::1' }, 'start').dns.servers).toEqual([
    { address: '192.0.2.53', port: 53 },
    { address: '2001:db8::53', port: 5353 },
    { address: '::1', port: 53 },
  ]);
});

test('keys can come from a file, and a missing file is named', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'vst-test-'));
  const file = path.join(folder, 'keys');
  await writeFile(file, `k2:${key},k1:${key}\n`);

  const config = loadConfig({ SECRETS_KEY_FILE: file }, 'start');

  expect(config.secrets.keys?.map(({ id }) => id)).toEqual(['k2', 'k1']);
  expect(problemsOf({ SECRETS_KEY_FILE: `${file}.gone` }, 'start').join()).toContain(
    'SECRETS_KEY_FILE cannot be read',
  );
  await rm(folder, { recursive: true });
});

test('.env.example explains every setting, in order, and no other; as it stands it starts', async () => {
  const lines = (await readFile('.env.example', 'utf8')).split('\n').filter((line) => /^[A-Z]/.test(line));
  const entries = lines.map((line) => line.split(/=(.*)/s).slice(0, 2));

  expect(entries.map(([name]) => name)).toEqual(settingNames);
  expect(problemsOf(Object.fromEntries(entries), 'start')).toEqual([]);
});

test('[MAIL-05] mail goes over TLS only, but to a mailbox without a login of an installation that this machine alone reaches', () => {
  const requires = (more: NodeJS.ProcessEnv) =>
    loadConfig({ ...production, ...more }, 'program').mail.requiresTls;
  const local = { PUBLIC_URL: 'http://localhost:8410', SMTP_URL: 'smtp://mailbox:1025' };

  expect(requires({})).toBe(true);
  expect(requires({ SMTP_URL: local.SMTP_URL })).toBe(true);
  expect(requires({ ...local, PORTAL_URL: 'https://setup.example.com' })).toBe(true);
  expect(requires({ ...local, SMTP_URL: 'smtp://user:geheim@mailbox:1025' })).toBe(true);
  expect(requires(local)).toBe(false);
  expect(requires({ SMTP_URL: 'smtp://127.0.0.1:25' })).toBe(false);
});

test('docker-compose.yml starts programs that there are, with settings that they start with', async () => {
  const compose = await readFile('docker-compose.yml', 'utf8');
  const [, block = ''] = /environment: &settings\n((?: {4}\S.*\n)+)/.exec(compose) ?? [];
  const given = { DATABASE_PASSWORD: 'secret', SECRETS_KEY: production.SECRETS_KEY };
  const valueOf = (text: string) =>
    text.replace(/\$\{(\w+)(?::[-?]([^}]*))?\}/g, (_, name: string, standard = '') =>
      name in given ? given[name as keyof typeof given] : standard,
    );
  const read = (lines: string) =>
    [...lines.matchAll(/^ +(\w+): (.*)$/gm)].map(
      ([, name = '', text = '']) => [name, valueOf(text)] as const,
    );
  const common = read(block);
  // What a program of ours is given besides.
  const services = [...compose.matchAll(/^ {2}(\w+):\n {4}<<: \*programs\n((?: {4}.*\n)+)/gm)].map(
    ([, name = '', body = '']) => {
      const [, own = ''] = /^ {4}environment:\n {6}<<: \*settings\n((?: {6}\w.*\n)+)/m.exec(body) ?? [];
      return { name, own: read(own) };
    },
  );
  const scripts = [...compose.matchAll(/dist\/scripts\/([\w-]+)\.js/g)].map(
    ([, name]) => `scripts/${name}.ts`,
  );

  expect(common.map(([name]) => name)).toContain('DATABASE_URL');
  const own = services.map(({ name, own: settings }) => [name, settings.map(([setting]) => setting)]);
  expect(own).toEqual([
    ['migrate', ['DATABASE_MIGRATION_URL']],
    ['api', []],
    ['worker', []],
  ]);
  const inImage = { HOST: '0.0.0.0', PORT: '8410', ...Object.fromEntries(common) };
  for (const { name, own: more } of services) {
    const settings = { ...inImage, ...Object.fromEntries(more) };
    expect(
      Object.keys(settings).filter((setting) => !settingNames.includes(setting)),
      name,
    ).toEqual([]);
    expect(problemsOf(settings, 'program'), name).toEqual([]);
  }
  // Its mailbox speaks no TLS.
  expect(loadConfig(inImage, 'program').mail.requiresTls).toBe(false);
  await Promise.all(scripts.map((file) => access(file)));
});

test('docker-compose.yml migrates as the owner and serves as a login that owns and inherits nothing, in one database', async () => {
  const compose = await readFile('docker-compose.yml', 'utf8');
  const loginOf = (setting: string) =>
    new RegExp(`^ +${setting}: postgresql://(\\w+):\\$\\{DATABASE_PASSWORD[^@]*@(\\S+)$`, 'm')
      .exec(compose)
      ?.slice(1) ?? [];
  const [program, servedOn] = loginOf('DATABASE_URL');
  const [owner, migratedOn] = loginOf('DATABASE_MIGRATION_URL');

  expect(migratedOn).toBe(servedOn);
  expect(compose).toContain(`create role ${owner} login createrole password`);
  expect(compose).toContain(`create database ${servedOn?.split('/')[1]} owner ${owner};`);
  expect(compose).toContain(`create role ${program} login noinherit password`);
});

test('the Dockerfile copies files that there are and that .dockerignore lets through, and starts a program that there is', async () => {
  const dockerfile = await readFile('Dockerfile', 'utf8');
  const ignored = (await readFile('.dockerignore', 'utf8')).split('\n');
  const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, files = '']) =>
    files.split(' '),
  );
  const started = [...dockerfile.matchAll(/dist\/(scripts\/[\w-]+)\.js/g)].map(([, file]) => `${file}.ts`);

  expect(copied).toContain('package-lock.json');
  expect(started).toContain('scripts/api.ts');
  await Promise.all([...copied, ...started].map((file) => access(file)));
  expect(copied.filter((file) => ignored.includes(file.split('/')[0] ?? ''))).toEqual([]);
});

test('[SUP-01] [SUP-03] the image runs on Node 24 LTS as nobody in particular; its programs write to /tmp alone and have a limit of memory', async () => {
  const dockerfile = await readFile('Dockerfile', 'utf8');
  const compose = await readFile('docker-compose.yml', 'utf8');
  const [, programs = ''] = /x-programs: &programs\n((?: {2}.*\n)+)/.exec(compose) ?? [];

  const bases = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, image]) => image);
  expect(bases.length).toBeGreaterThan(0);
  for (const image of bases) expect(image).toMatch(/^node:24-/);
  const users = [...dockerfile.matchAll(/^USER (\S+)/gm)].map(([, user]) => user);
  expect(users.at(-1)).toBe('node');
  expect(programs).toMatch(/^ {2}read_only: true$/m);
  expect(programs).toMatch(/^ {2}tmpfs: \[\/tmp\]$/m);
  expect(programs).toMatch(/^ {2}mem_limit: \S+$/m);
});

test('.env, which docker-compose.yml has an operator write, gets into neither an image nor a commit', async () => {
  for (const file of ['.dockerignore', '.gitignore'])
    expect((await readFile(file, 'utf8')).split('\n'), file).toContain('.env');
});
