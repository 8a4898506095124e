import { spawn } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startEmbeddedPostgres, type EmbeddedPostgres } from './postgres.ts';
import { StartError } from './start-error.ts';

const isRoot = process.getuid?.() === 0;
let folder: string;
const started: EmbeddedPostgres[] = [];

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'vst-test-'));
});
afterEach(async () => {
  await Promise.all(started.splice(0).map((server) => server.stop()));
  await rm(folder, { recursive: true, force: true });
});

async function start(o: { namespaces?: boolean; sharedFolder?: string } = {}): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ folder, database: 'vestibule', isDurable: false, ...o });
  started.push(server);
  return server;
}

async function query(server: EmbeddedPostgres, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: server.url() });
  await client.connect();
  try {
    return (await client.query({ text, rowMode: 'array' })).rows.flat();
  } finally {
    await client.end();
  }
}

async function postmaster(): Promise<number> {
  return Number((await readFile(path.join(folder, 'postgres', 'postmaster.pid'), 'utf8')).split('\n')[0]);
}

test('what was stored is there after a restart, in UTF-8 and with a sort order that needs no system locale', async () => {
  const first = await start();
  await query(first, `create table words (word text)`);
  await query(first, `insert into words values ('Zürich'), ('apfel')`);
  await first.stop();

  const second = await start();

  expect(await query(second, 'select word from words order by word')).toEqual(['Zürich', 'apfel']);
  expect(await query(second, 'show server_encoding')).toEqual(['UTF8']);
  expect(await query(second, 'show listen_addresses')).toEqual(['']);
});

test('an orphan of a killed instance is stopped and its data taken over', async () => {
  const orphan = await start();
  await query(orphan, 'create table kept (id int)');
  const orphanPid = await postmaster();

  const next = await start();

  expect(await postmaster()).not.toBe(orphanPid);
  expect(await query(next, 'select count(*) from kept')).toEqual(['0']);
});

test('a process file that a crash left behind does not pass for a running server', async () => {
  await (await start()).stop();
  const stale = [
    process.pid,
    path.join(folder, 'postgres'),
    1,
    5432,
    '/tmp/vst-pg-gone',
    '',
    '',
    'ready   ',
    '',
  ];
  await writeFile(path.join(folder, 'postgres', 'postmaster.pid'), stale.join('\n'));

  const server = await start();

  expect(await query(server, 'select 1')).toEqual([1]);
});

test("a server that cannot start is reported in the server's own words", async () => {
  await (await start()).stop();
  await writeFile(path.join(folder, 'postgres', 'postgresql.conf'), 'no_such_setting = 1\n');

  await expect(start()).rejects.toThrow(StartError);
  await expect(start()).rejects.toThrow(/unrecognized configuration parameter "no_such_setting"/);
});

test('root without user namespaces runs it as another user, and stays with that user', async ({ skip }) => {
  if (!isRoot) skip('needs root');
  await chmod(folder, 0o711);
  await (await start({ namespaces: false })).stop();

  const again = await start();

  expect((await stat(path.join(folder, 'postgres', 'PG_VERSION'))).uid).not.toBe(0);
  expect(await query(again, 'select 1')).toEqual([1]);
});

test('a cluster for another user moves out of a private folder, and is found there again', async ({
  skip,
}) => {
  if (!isRoot) skip('needs root');
  const sharedFolder = await mkdtemp(path.join(os.tmpdir(), 'vst-shared-'));
  const first = await start({ namespaces: false, sharedFolder });
  await query(first, 'create table kept (id int)');
  await first.stop();

  const second = await start({ namespaces: false, sharedFolder });

  expect(existsSync(path.join(folder, 'postgres'))).toBe(false);
  expect(await query(second, 'select count(*) from kept')).toEqual(['0']);
  await second.stop();
  await rm(sharedFolder, { recursive: true });
});

test('the server ends when the process that started it is killed', async () => {
  const script = `
    import { startEmbeddedPostgres } from ${JSON.stringify(path.resolve('embedded/postgres.ts'))};
    await startEmbeddedPostgres({ folder: ${JSON.stringify(folder)}, database: 'vestibule', isDurable: false });
    setInterval(() => {}, 1000);
  `;
  const parent = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script]);
  const pidFile = path.join(folder, 'postgres', 'postmaster.pid');
  await expect.poll(() => existsSync(pidFile)).toBe(true);

  parent.kill('SIGKILL');

  await expect.poll(() => existsSync(pidFile)).toBe(false);
});
