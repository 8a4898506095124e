import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import http from 'node:http';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { cacheFolder } from '../../embedded/cache-folder.ts';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../embedded/postgres.ts';
import { findTemporalBinary } from '../../embedded/temporal-binary.ts';
import { createMailbox, type SandboxMailbox } from '../../sandbox/mailbox/mailbox.ts';
import { eventually } from '../support/eventually.ts';
import { buildProduct } from '../support/product.ts';
import { describeWithTemporal } from '../support/temporal.ts';
import { readOperatePage } from './operate-page.ts';

/**
 * What `docs/operate.md` has an operator type "by hand", taken from the page and run in its order: with its settings, on a
 * Postgres of its own, with hosts, ports, passwords and folders of this machine in the place of the page's.
 */

const root = path.join(import.meta.dirname, '../..');
const run = promisify(execFile);
const page = await readOperatePage();

/** Commands that no test runs, and why; "What was run" on the page says where they were tried. */
const notHere: Readonly<Record<string, string>> = {
  'printf ': 'for the containers',
  'docker compose ': 'needs an engine and the images of others',
  'API_PORT=': 'the same',
  'export SQL_PLUGIN': 'the cluster here is the one that comes with the tests',
  'temporal-sql-tool ': 'the same',
  'export DB=': 'the same',
  'export NUM_HISTORY_SHARDS': 'the same',
  'temporal-server ': 'the same',
  'pg_dump ': 'needs the programs of the server’s own version, which come with no package of ours',
  'create role vestibule_backup': 'the same',
  'create role vestibule_app': 'the same',
  'createdb ': 'the same',
  'pg_restore ': 'the same',
  'npm ci && ': 'would take away what the tests run with; the build is made by its script',
  'npm run admin -- rotate-key': 'needs a connection; test/api/key-rotation.test.ts',
};

await describeWithTemporal('docs/operate.md, typed as it stands', (temporal) => {
  let folder: string;
  let server: EmbeddedPostgres;
  let mailbox: SandboxMailbox;
  /** What is here in the place of an example of the page. */
  let words: ReadonlyMap<string, string>;
  const programs = new Map<string, { end(signal: NodeJS.Signals): Promise<void> }>();
  const portOf = new Map<string, number>();
  let apiKey = '';

  beforeAll(async () => {
    await buildProduct();
    folder = await mkdtemp(path.join(os.tmpdir(), 'vst-operate-'));
    server = await startEmbeddedPostgres({
      folder: path.join(folder, 'postgres'),
      database: 'postgres',
      isDurable: false,
    });
    mailbox = createMailbox({ folder, port: 0, host: '127.0.0.1', now: () => new Date() });
    const smtp = await mailbox.start();
    for (const port of ['8431', '8432', '9431', '9432', '9433', '9434', '9435'])
      portOf.set(port, await freePort());
    words = new Map([
      ['/etc/vestibule', folder],
      ['smtps://user:…@mail.example.com', `smtp://127.0.0.1:${smtp}`],
      ['temporal.internal:7233', temporal().environment.address],
      ...[...portOf].map(([said, here]): [string, string] => [said, String(here)]),
      ['…', 'a-password'],
    ]);
    await mkdir(path.join(folder, 'bin'));
    await symlink(await temporalProgram(), path.join(folder, 'bin', 'temporal'));
  });
  afterAll(async () => {
    await Promise.all([...programs.values()].map(({ end }) => end('SIGTERM')));
    await mailbox.stop();
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const sockets = () => new URL(server.url()).searchParams.get('host') ?? '';

  /**
   * As the page has it, with what is here in the place of its examples: all at once, since a port of this machine may hold
   * the digits of one of the page's.
   */
  function here(said: string): string {
    return said
      .replaceAll(
        new RegExp([...words.keys()].map((example) => example.replaceAll('.', '\\.')).join('|'), 'g'),
        (example) => words.get(example) ?? example,
      )
      .replaceAll(/@db\.internal:5432\/(\w+)/g, `@localhost/$1?host=${encodeURIComponent(sockets())}`)
      .replaceAll('db.internal', sockets());
  }
  const env = () => ({
    PATH: `${path.join(folder, 'bin')}:${process.env.PATH ?? ''}`,
    HOME: process.env.HOME ?? '',
    TEMPORAL_ADDRESS: temporal().environment.address,
    NODE_NO_WARNINGS: '1',
  });
  const settle = () => page.take('set -a;');
  const shell = (command: string) => here(`${settle()}\n${command}`);

  /** Types one command of the page below the settings, and gives what it printed. */
  async function type(command: string): Promise<string> {
    const options = { cwd: root, env: env() };
    const { stdout } = await run('sh', ['-ec', shell(command)], options);
    return stdout;
  }
  async function typeSql(statements: string): Promise<void> {
    const client = new pg.Client({ connectionString: server.url('postgres') });
    await client.connect();
    try {
      // One by one: a database is not made within a transaction.
      for (const statement of here(statements).split(/;\n/))
        if (statement.trim() !== '') await client.query(statement);
    } finally {
      await client.end();
    }
  }
  const writeSettings = () => writeFile(path.join(folder, 'vestibule.env'), here(page.file('vestibule.env')));

  /** Starts a program that stays, in a group of its own: npm is its parent. */
  async function start(command: string): Promise<void> {
    const child = spawn('sh', ['-ec', shell(command)], {
      cwd: root,
      env: env(),
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (chunk: string) => (said += chunk));
    const exited = once(child, 'exit');
    programs.set(command, {
      async end(signal) {
        programs.delete(command);
        if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, signal);
        await exited;
      },
    });
    await eventually(() => {
      if (child.exitCode !== null) throw new Error(`it has ended:\n${said}`);
      expect(said).toMatch(/"(api|worker) is ready"/);
    });
  }
  const kill = async (command: string) => await programs.get(command)?.end('SIGKILL');

  /** What a proxy passes on to the api at one of the page's ports. */
  async function ask(port: '8431' | '8432', method: string, url: string, body?: string) {
    const { host, pathname } = new URL(url);
    const headers = {
      host,
      'x-forwarded-for': '192.0.2.7',
      'x-forwarded-proto': 'https',
      ...(host.startsWith('api.') && {
        authorization: `Bearer ${apiKey}`,
        'content-type': 'application/json',
      }),
    };
    const request = http.request({
      host: '127.0.0.1',
      port: portOf.get(port),
      method,
      path: pathname,
      headers,
      agent: false,
    });
    request.end(body);
    const [response] = await once(request, 'response');
    return { status: response.statusCode, body: await text(response) };
  }

  /** The answer of the API to a call that has to work. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests look where they please
  async function call(port: '8431' | '8432', method: string, route: string, sent?: object): Promise<any> {
    const answer = await ask(port, method, `https://api.example.com${route}`, sent && JSON.stringify(sent));
    expect(answer.status, answer.body).toBeLessThan(300);
    return JSON.parse(answer.body);
  }
  const stateBy = async (port: '8431' | '8432') =>
    (await call(port, 'GET', `/onboardings/${onboarding}`)).state;

  const apis = [page.take('PORT=8431 '), page.take('PORT=8432 ')] as const;
  const workers = [
    page.take('OPS_ADDRESS=127.0.0.1:9433 '),
    page.take('OPS_ADDRESS=127.0.0.1:9434 '),
  ] as const;
  let organization = '';
  let onboarding = '';

  it('the first start makes roles, namespace, key, schema and an environment', async () => {
    await typeSql(page.takeSql('create role vestibule_owner'));
    await typeSql(page.takeSql('create role temporal'));
    await writeSettings();
    await run('sh', ['-ec', here(page.take('echo "k1:'))], { env: env() });
    await type(
      `${page.take('export TEMPORAL_ADDRESS')}\n${page.take('temporal operator namespace create --namespace vestibule --')}`,
    );

    expect(await type(page.take('npm run migrate'))).toContain('Migrated: ');
    const made = await type(page.take('npm run admin -- create-environment'));
    [, apiKey = ''] = /API key +(sk_live_\S+)/.exec(made) ?? [];
    expect(apiKey).not.toBe('');
    expect(await type(page.take('npm run admin -- sign-in-link'))).toMatch(
      /^https:\/\/dashboard\.example\.com\/dashboard\/sign-in\/\S+$/m,
    );
  });

  it('two of each serve: an invitation that one api took is mailed and opened when one of each is gone', async () => {
    await Promise.all([...apis, ...workers].map(start));
    organization = (await call('8431', 'POST', '/organizations', { name: 'Acme' })).id;
    await kill(workers[0]);
    const asked = { organization, contacts: ['it@acme.example'], features: [{ feature: 'sso' }] };
    onboarding = (await call('8431', 'POST', '/onboardings', asked)).id;
    await kill(apis[0]);

    const mail = await eventually(async () => {
      const [found] = mailbox.list({ to: 'it@acme.example' });
      const read = found && (await mailbox.get(found.id));
      if (read === undefined) throw new Error('no invitation yet');
      return read;
    });
    const [link = ''] = /https:\/\/setup\.example\.com\/setup\/\S+/.exec(mail.text) ?? [];
    expect((await ask('8432', 'GET', link)).status).toBe(200);
    expect((await ask('8432', 'POST', link)).status).toBe(303);
    await expect.poll(async () => await stateBy('8432')).toBe('opened');
  });

  it('the worker shows how its tasks do, in the words of Prometheus', async () => {
    const figures = await eventually(() => fetch(`http://127.0.0.1:${portOf.get('9435')}/metrics`));

    expect(await figures.text()).toMatch(
      /^temporal_workflow_task_execution_latency_seconds_count\{.*\} [1-9]/m,
    );
  });

  it('a secrets key is changed under programs that are restarted one after the other', async () => {
    const file = path.join(folder, 'secrets.key');
    const first = (await readFile(file, 'utf8')).trim();
    const second = first.replace(/^k1:.*/, `k2:${randomBytes(32).toString('base64')}`);
    for (const keys of [`${first},${second}`, `${second},${first}`]) {
      await writeFile(file, keys);
      for (const program of [apis[1], workers[1]]) {
        await programs.get(program)?.end('SIGTERM');
        await start(program);
      }
    }

    expect(await type(page.take('npm run admin -- rewrap'))).toContain('Every stored value is under "k2".');
    await writeFile(file, second);
    expect(await type(page.take('npm run admin -- verify-audit'))).toContain('"state":"intact"');
    await start(apis[0]);
    expect(await stateBy('8431')).toBe('opened');
  });

  it('settings of an environment are changed as the page says', async () => {
    const filledIn = (command: string) =>
      command
        .replace('--environment …', '--environment production')
        .replace('--organization …', `--organization ${organization}`)
        .replace('--email …', '--email it@acme.example');

    for (const [start, said] of [
      ['npm run admin -- mail-secret', 'bearer'],
      ['npm run admin -- link-confirmation', 'open after a code'],
      ['npm run admin -- keep-audit', 'are kept for 800 days'],
      ['npm run admin -- allow-address', 'Nothing keeps mails'],
      ['npm run admin -- deliver-again', 'No command was given up.'],
    ] as const) {
      expect(await type(filledIn(page.take(start)))).toContain(said);
    }
  });

  it('after a restore, what was under way goes on in a new namespace, and nobody is mailed again [REL-23]', async () => {
    await Promise.all([...programs.values()].map(({ end }) => end('SIGTERM')));
    await type(page.take('temporal operator namespace create --namespace vestibule-2'));
    await type(page.take('echo TEMPORAL_NAMESPACE='));
    await Promise.all([apis[0], workers[0]].map(start));

    await call('8431', 'POST', `/onboardings/${onboarding}/remind`);
    await expect
      .poll(() => mailbox.list({ to: 'it@acme.example' }).map(({ subject }) => subject))
      .toHaveLength(2);
    await call('8431', 'POST', `/onboardings/${onboarding}/cancel`);
    await expect.poll(async () => await stateBy('8431')).toBe('cancelled');
  });

  it('every command of the page is run here, or is listed with why not', () => {
    const starts = Object.keys(notHere);

    expect(page.untaken().filter((command) => !starts.some((start) => command.startsWith(start)))).toEqual(
      [],
    );
    expect(starts.filter((start) => !page.untaken().some((command) => command.startsWith(start)))).toEqual(
      [],
    );
  });
});

async function temporalProgram(): Promise<string> {
  const fallback = path.join(root, 'node_modules/.cache/vestibule');
  const found = await findTemporalBinary({
    configured: process.env.TEMPORAL_BINARY,
    cacheFolder: await cacheFolder({
      xdgCacheHome: process.env.XDG_CACHE_HOME,
      home: os.homedir(),
      fallback,
    }),
    searchPath: process.env.PATH ?? '',
    report: () => undefined,
    mayFetch: false,
  });
  if (found === undefined) throw new Error('the run has a Temporal server, so its program is here');
  return found.path;
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string')
    throw new Error('a TCP server has an address and a port');
  return address.port;
}
