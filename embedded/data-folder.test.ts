import { spawn } from 'node:child_process';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { claimDataFolder } from './data-folder.ts';
import { ensureSecretsKeyFile } from './secrets-key.ts';
import { loadConfig } from '../config.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'vst-test-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

test('a second instance is told where the first one runs', async () => {
  const first = await claimDataFolder({ folder, url: 'http://127.0.0.1:8410' });

  await expect(claimDataFolder({ folder, url: 'http://127.0.0.1:8420' })).rejects.toThrow(
    `Vestibule already runs on the data folder ${folder} at http://127.0.0.1:8410 (process ${process.pid})`,
  );
  await first.release();
});

test('a folder that was released or left by a crash can be claimed again', async () => {
  await (await claimDataFolder({ folder, url: 'a' })).release();
  const script = `
    import { claimDataFolder } from ${JSON.stringify(path.resolve('embedded/data-folder.ts'))};
    await claimDataFolder({ folder: ${JSON.stringify(folder)}, url: 'b' });
    process.kill(process.pid, 'SIGKILL');
  `;
  await once(spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script]), 'exit');
  expect((await stat(path.join(folder, 'instance.sock'))).isSocket()).toBe(true);

  await (await claimDataFolder({ folder, url: 'c' })).release();
});

test('an instance that is there and says nothing keeps its folder', async () => {
  const silent = net.createServer(() => undefined).listen(path.join(folder, 'instance.sock'));
  await once(silent, 'listening');

  await expect(claimDataFolder({ folder, url: 'x', answersWithinMs: 50 })).rejects.toThrow(
    'already runs on the data folder',
  );
  expect((await stat(path.join(folder, 'instance.sock'))).isSocket()).toBe(true);
  silent.close();
});

test('of many that start at once on a crashed folder exactly one gets it', async () => {
  await (await claimDataFolder({ folder, url: 'a' })).release();
  await writeFile(path.join(folder, 'instance.sock'), '');

  const claims = await Promise.allSettled(
    Array.from({ length: 8 }, (_, index) => claimDataFolder({ folder, url: String(index) })),
  );

  const winners = claims.flatMap((claim) => (claim.status === 'fulfilled' ? [claim.value] : []));
  expect(winners).toHaveLength(1);
  await winners[0]?.release();
});

test('a path too long for a socket is claimed all the same', async () => {
  const deep = path.join(folder, 'a'.repeat(60), 'b'.repeat(60));
  const first = await claimDataFolder({ folder: deep, url: 'http://here' });

  await expect(claimDataFolder({ folder: deep, url: 'x' })).rejects.toThrow('at http://here');
  await first.release();
});

test('a folder that cannot be written gets one sentence', async () => {
  const file = path.join(folder, 'a-file');
  await writeFile(file, '');

  await expect(claimDataFolder({ folder: path.join(file, 'data'), url: 'x' })).rejects.toThrow(
    /cannot be written.*DATA_DIR/,
  );
});

test('the key of the default is made once, for its owner only, and config takes it', async () => {
  const file = await ensureSecretsKeyFile(folder);
  const first = loadConfig({ SECRETS_KEY_FILE: file }, 'start').secrets.keys;

  expect(await ensureSecretsKeyFile(folder)).toBe(file);
  expect(loadConfig({ SECRETS_KEY_FILE: file }, 'start').secrets.keys).toEqual(first);
  expect(first?.[0]?.bytes).toHaveLength(32);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});
