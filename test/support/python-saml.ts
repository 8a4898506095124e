import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { access, constants, mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe } from 'vitest';
import { comesWithinMs } from './limits.ts';

const run = promisify(execFile);
const cache = path.resolve(import.meta.dirname, '../../node_modules/.cache/vestibule');
const script = path.join(import.meta.dirname, 'python-saml.py');

/** Wheels only: building xmlsec needs headers that few machines have. */
const packages = ['python3-saml==1.16.0', 'xmlsec==1.3.17', 'lxml==6.1.3', 'isodate==0.7.2'];
const longestInstallMs = 300_000;

/** A second opinion on SAML: python3-saml with the xmlsec library, which share no line with ours [TIDP-06]. */
export type AskPython = <Answer>(questions: readonly object[]) => Promise<Answer[]>;

/**
 * A `describe` whose tests ask python3-saml; await it at the top of the file. It is installed once, into a virtual
 * environment below `node_modules/.cache`. Where Python, pip or the network is missing the tests are skipped, and
 * their names say why.
 */
export async function describeWithPythonSaml(title: string, tests: (ask: AskPython) => void): Promise<void> {
  const python = await findPython();
  if (typeof python === 'object') {
    describe.skip(`${title} [skipped: ${python.reason}]`, () => tests(() => Promise.resolve([])));
    return;
  }
  describe(title, () => tests((questions) => ask(python, questions)));
}

async function findPython(): Promise<string | { reason: string }> {
  const folder = path.join(cache, `python-saml-${packages.map(versionOf).join('-')}`);
  const python = path.join(folder, 'bin', 'python');
  if (await isProgram(python)) return python;
  try {
    await install(folder);
    return python;
  } catch (error) {
    const [reason = ''] = (error instanceof Error ? error.message : String(error))
      .trim()
      .split('\n')
      .slice(-1);
    return { reason: `python3-saml could not be installed: ${reason}` };
  }
}

const versionOf = (requirement: string) => requirement.split('==')[1] ?? '';

/** Complete or not there: made under another name, and renamed when it works. */
async function install(folder: string): Promise<void> {
  const building = `${folder}.${randomUUID()}`;
  try {
    await mkdir(cache, { recursive: true });
    const options = { timeout: longestInstallMs };
    await run('python3', ['-m', 'venv', building], options);
    const python = path.join(building, 'bin', 'python');
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--only-binary', ':all:'];
    await run(python, [...pip, ...packages], options);
    await run(python, ['-c', 'import onelogin.saml2.response, xmlsec'], options);
    // Another process may have been faster; both have made the same.
    await rename(building, folder).catch(() => undefined);
  } finally {
    await rm(building, { recursive: true, force: true });
  }
}

async function ask<Answer>(python: string, questions: readonly object[]): Promise<Answer[]> {
  const running = run(python, [script], { maxBuffer: 64 * 1024 * 1024, timeout: comesWithinMs });
  running.child.stdin?.end(JSON.stringify(questions));
  const { stdout } = await running;
  return JSON.parse(stdout) as Answer[];
}

async function isProgram(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}
