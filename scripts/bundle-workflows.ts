import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { bundleWorkflowCode } from '@temporalio/worker';
import { contentHash } from './content-hash.ts';

/** What the bundle is made of; the lock file stands for the packages. */
const sources = ['workflows', 'onboarding', 'adapters/failure-converter.ts', 'package-lock.json'];

/**
 * Writes the code that workers run in Temporal's sandbox to `outFile`, unless it is there already, made of the same
 * sources. The failure converter must be the one that clients and workers use.
 *
 * @param root the project folder
 * @param begins is called where anything has to be done, before it is
 */
export async function bundleWorkflows(root: string, outFile: string, begins?: () => void): Promise<void> {
  const hash = await contentHash(root, sources);
  const note = `${outFile}.made-of`;
  if ((await readFile(note, 'utf8').catch(() => '')) === hash) return;
  begins?.();

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
}

function quiet(): void {
  // Progress of the bundler is of no interest to anybody.
}

function loud(message: string): void {
  process.stderr.write(`${message}\n`);
}
