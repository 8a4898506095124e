import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { findPostgresBinaries, mirrorBinaries } from './postgres-binaries.ts';

test('a mirror of the programs is whole, runs, and is made once', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'vst-test-'));
  const installed = await findPostgresBinaries();

  const [mirror, other] = await Promise.all([
    mirrorBinaries(installed, folder),
    mirrorBinaries(installed, folder),
  ]);

  expect(other).toEqual(mirror);
  expect(mirror.folder).not.toBe(installed.folder);
  const { stdout } = await promisify(execFile)(path.join(mirror.folder, 'bin', 'initdb'), ['--version']);
  expect(stdout).toContain('(PostgreSQL) 18');
  await rm(folder, { recursive: true });
});
