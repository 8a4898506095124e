import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const repository = path.resolve(import.meta.dirname, '../..');
const cache = path.join(repository, 'node_modules/.cache/vestibule');
/** What the build is made of: a change below these makes a new one. */
const sources = ['portal', 'onboarding', 'vite.config.ts', 'package-lock.json'];

/** The folder of the test build of today's sources; made when they have changed. */
export async function buildPages(): Promise<string> {
  const folder = path.join(cache, `portal-${await digestOfSources()}`);
  const names = await readdir(cache).catch((): string[] => []);
  if (names.includes(path.basename(folder))) return folder;
  await mkdir(cache, { recursive: true });
  const building = await mkdtemp(path.join(cache, 'portal.building-'));
  await promisify(execFile)(
    process.execPath,
    [
      path.join(repository, 'node_modules/vite/bin/vite.js'),
      'build',
      '--mode',
      'test',
      '--outDir',
      building,
      '--logLevel',
      'error',
    ],
    { cwd: repository, env: { NODE_ENV: 'production' } },
  );
  // Another run may have been faster; both have made the same.
  await rename(building, folder).catch(() => rm(building, { recursive: true, force: true }));
  const outdated = names.filter((name) => name.startsWith('portal-'));
  await Promise.all(outdated.map((name) => rm(path.join(cache, name), { recursive: true, force: true })));
  return folder;
}

async function digestOfSources(): Promise<string> {
  const hash = createHash('sha256');
  for (const source of sources) {
    const names = source.includes('.')
      ? ['']
      : await readdir(path.join(repository, source), { recursive: true });
    for (const name of names.toSorted()) {
      if (name !== '' && (!path.extname(name) || name.endsWith('.test.ts'))) continue;
      hash.update(name).update(await readFile(path.join(repository, source, name)));
    }
  }
  return hash.digest('hex').slice(0, 16);
}
