import { spawn } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { contentHash } from './content-hash.ts';

const sources = ['portal', 'onboarding', 'api/contract', 'vite.config.ts', 'package-lock.json'];

/**
 * Builds the pages unless what is there was made of the same sources.
 *
 * @param mode `production` → `dist/portal`; `test` adds the component book and pseudo-locales → `dist/portal-test`
 * @param begins is called where anything has to be done, before it is
 */
export async function buildPortal(
  root: string,
  mode: 'production' | 'test',
  begins?: () => void,
): Promise<void> {
  const hash = await contentHash(root, sources);
  const folder = path.join(root, 'dist', mode === 'production' ? 'portal' : 'portal-test');
  const note = `${folder}.made-of`;
  if ((await readFile(note, 'utf8').catch(() => '')) === hash) return;
  begins?.();

  const vite = path.join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  // A process of its own: Vite reads NODE_ENV, and ours may be "test".
  const child = spawn(process.execPath, [vite, 'build', '--mode', mode, '--logLevel', 'warn'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    env: { ...process.env, NODE_ENV: 'production' },
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  });
  if (code !== 0)
    throw new Error(`the pages could not be built (Vite ended with ${code}; it says why above)`);
  await mkdir(folder, { recursive: true });
  await writeFile(note, hash);
}
