import { chmod, mkdir, mkdtemp, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { cacheFolder } from './cache-folder.ts';
import { findTemporalBinary } from './temporal-binary.ts';

let folder: string;
let said: string[];
const report = (line: string) => said.push(line);
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'vst-test-'));
  said = [];
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** A stand-in that only knows its version. */
async function cli(name: string, version: string): Promise<string> {
  const file = path.join(folder, name, 'temporal');
  await mkdir(path.dirname(file));
  await writeFile(file, `#!/bin/sh\necho "temporal version ${version} (Server 1.32.0)"\n`);
  await chmod(file, 0o755);
  return file;
}

test('the configured program is taken, and nothing else is tried when it is wrong', async () => {
  const good = await cli('good', '1.10.2');
  const old = await cli('old', '1.4.0');
  const o = { cacheFolder: folder, searchPath: path.dirname(good), report, mayFetch: false };

  expect(await findTemporalBinary({ ...o, configured: good })).toEqual({ path: good, minorVersion: '1.10' });
  await expect(findTemporalBinary({ ...o, configured: old })).rejects.toThrow(
    /TEMPORAL_BINARY .* is version 1\.4\.0; version 1\.9/,
  );
  await expect(findTemporalBinary({ ...o, configured: '/nowhere/temporal' })).rejects.toThrow(
    'is not a Temporal CLI',
  );
});

test('one on PATH is taken, unless it is too old, which is said', async () => {
  const good = await cli('good', '1.9.0');
  const old = await cli('old', '1.8.9');
  const o = { cacheFolder: folder, report, mayFetch: false };

  expect(await findTemporalBinary({ ...o, searchPath: path.dirname(good) })).toEqual({
    path: good,
    minorVersion: '1.9',
  });
  expect(await findTemporalBinary({ ...o, searchPath: path.dirname(old) })).toBeUndefined();
  expect(said).toEqual([`${old} is version 1.8.9; 1.9 is needed, so it is not used.`]);
});

test('what lies in the cache is used only while it is what was verified', async () => {
  const cached = path.join(folder, 'temporal-1.9.1');
  const o = { cacheFolder: folder, searchPath: '', report, mayFetch: false };
  await writeFile(cached, 'program');
  const sha256 = createHash('sha256').update('program').digest('hex');
  await writeFile(`${cached}.verified`, `${sha256} 0/0\n`);

  expect(await findTemporalBinary(o)).toEqual({ path: cached, minorVersion: '1.9' });
  const { size, mtimeMs } = await stat(cached);
  expect(await readFile(`${cached}.verified`, 'utf8')).toBe(`${sha256} ${size}/${mtimeMs}\n`);

  await writeFile(cached, 'changed');
  await utimes(cached, 1, 1);
  expect(await findTemporalBinary(o)).toBeUndefined();
  expect(said).toEqual([`${cached} is damaged; it is fetched again.`]);
});

test('programs are cached for the person, or with the data where that cannot be written', async () => {
  const data = path.join(folder, 'data');
  await writeFile(path.join(folder, 'file'), '');

  expect(await cacheFolder({ xdgCacheHome: undefined, home: folder, fallback: data })).toBe(
    path.join(folder, '.cache', 'vestibule'),
  );
  expect(await cacheFolder({ xdgCacheHome: path.join(folder, 'file'), home: folder, fallback: data })).toBe(
    data,
  );
});
