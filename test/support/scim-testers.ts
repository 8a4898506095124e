import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { access, constants, mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { test } from 'vitest';
import { testMs } from './limits.ts';

const run = promisify(execFile);
const cache = path.resolve(import.meta.dirname, '../../node_modules/.cache/vestibule');
const script = path.join(import.meta.dirname, 'scim-testers.py');

const packages = ['scim2-tester==0.5.2', 'scim2-client[httpx2]==0.13.2', 'scim-sanity==0.7.4'];
const longestInstallMs = 300_000;

/** What two checkers of others say of a SCIM server. */
export interface Verdicts {
  tester: { title: string; status: string; reason: string }[];
  sanity: { exit: number; output: { results: { name: string; status: string; message: string }[] } };
}

type AskTesters = (server: { url: string; token: string }) => Promise<Verdicts>;

/**
 * A test that asks scim2-tester and scim-sanity; await it at the top of the file. They are installed once, into a virtual
 * environment below `node_modules/.cache`. Where Python, pip or the network is missing the test is skipped, and its name
 * says why.
 */
export async function testWithScimTesters(
  title: string,
  work: (ask: AskTesters) => Promise<void>,
): Promise<void> {
  const python = await findPython();
  if (typeof python === 'object') {
    test.skip(`${title} [skipped: ${python.reason}]`, () => undefined);
    return;
  }
  test(title, () => work((server) => ask(python, server)), 240_000);
}

async function findPython(): Promise<string | { reason: string }> {
  const versions = packages.map((requirement) => requirement.split('==')[1]).join('-');
  const folder = path.join(cache, `scim-testers-${versions}`);
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
    return { reason: `the checkers could not be installed: ${reason}` };
  }
}

/** Complete or not there. A virtual environment knows its own folder, so it is made in place, and marked when it works. */
async function install(folder: string): Promise<void> {
  const building = `${folder}.${randomUUID()}`;
  try {
    await mkdir(cache, { recursive: true });
    const options = { timeout: longestInstallMs };
    await run('python3', ['-m', 'venv', building], options);
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];
    const python = path.join(building, 'bin', 'python');
    await run(python, [...pip, ...packages], options);
    await run(python, ['-c', 'import scim2_tester, scim_sanity'], options);
    await rename(building, folder).catch(() => undefined);
  } finally {
    await rm(building, { recursive: true, force: true });
  }
}

async function ask(python: string, server: { url: string; token: string }): Promise<Verdicts> {
  const running = run(python, [script], { maxBuffer: 64 * 1024 * 1024, timeout: testMs });
  running.child.stdin?.end(JSON.stringify(server));
  const { stdout } = await running;
  return JSON.parse(stdout) as Verdicts;
}

async function isProgram(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}
