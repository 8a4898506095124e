import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { bundleWorkflowCode } from '@temporalio/worker';

/** What the bundle is made of, beside the packages that the lock file pins. */
const sources = ['workflows', 'onboarding', 'adapters/failure-converter.ts', 'package-lock.json'];

/**
 * Writes the code that workers run in Temporal's sandbox to `outFile`, unless it is there already, made of the same
 * sources. The failure converter must be the one that clients and workers use.
 *
 * @param root the project folder
 * @returns whether anything had to be done
 */
export async function bundleWorkflows(root: string, outFile: string): Promise<boolean> {
  const hash = await hashOf(root);
  const note = `${outFile}.made-of`;
  if ((await readFile(note, 'utf8').catch(() => '')) === hash) return false;

  const { code } = await bundleWorkflowCode({
    workflowsPath: path.join(root, 'workflows', 'index.ts'),
    failureConverterPath: path.join(root, 'adapters', 'failure-converter.ts'),
    logger: { log: quiet, trace: quiet, debug: quiet, info: quiet, warn: loud, error: loud },
  });
  await mkdir(path.dirname(outFile), { recursive: true });
  const draft = `${outFile}.${process.pid}`;
  await writeFile(draft, code);
  await rename(draft, outFile);
  await writeFile(note, hash);
  return true;
}

async function hashOf(root: string): Promise<string> {
  const hash = createHash('sha256');
  for (const source of sources) {
    for (const file of await filesOf(path.join(root, source))) {
      hash.update(`${path.relative(root, file)}\0`).update(await readFile(file));
    }
  }
  return hash.digest('hex');
}

async function filesOf(place: string): Promise<string[]> {
  const entries = await readdir(place, { recursive: true, withFileTypes: true }).catch(() => undefined);
  if (entries === undefined) return [place];
  return entries
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.test.ts'))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
}

function quiet(): void {
  // Progress of the bundler is of no interest to anybody.
}

function loud(message: string): void {
  process.stderr.write(`${message}\n`);
}
