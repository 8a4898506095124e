import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { access, constants, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { comesWithinMs } from '../support/limits.ts';

const run = promisify(execFile);
const longestInstallMs = 300_000;

/** How the blocks of one language are run. */
export interface Language {
  readonly name: string;
  /** Of the page's blocks. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  /** What to run for an act of the page, in the folder; its arguments follow. */
  command(act: string): readonly string[];
  /** Once, before the first act. */
  prepare(folder: string): Promise<void>;
}

/** A language that this machine has not, or whose SDK can't be fetched: `missing` says which. */
export interface MissingLanguage {
  readonly name: string;
  readonly missing: string;
}

const nothing = () => Promise.resolve();

/** The languages of `docs/integrate.md`. SDKs are fetched once, into `cache`. */
export async function languages(cache: string): Promise<(Language | MissingLanguage)[]> {
  return [
    {
      name: 'Node',
      folder: 'node',
      env: {},
      prepare: nothing,
      command: (act) => [process.execPath, `${act}.mjs`],
    },
    await python(cache),
    await go(cache),
    (await isThere('curl', '--version'))
      ? { name: 'curl', folder: 'curl', env: {}, prepare: nothing, command: (act) => ['sh', `${act}.sh`] }
      : { name: 'curl', missing: 'there is no curl' },
  ];
}

const pythonSdk = 'workos==10.8.0';

async function python(cache: string): Promise<Language | MissingLanguage> {
  const name = 'Python';
  if (!(await isThere('python3', '--version'))) return { name, missing: 'there is no python3' };
  const folder = path.join(cache, `python-${pythonSdk.replace('==', '-')}`);
  const program = path.join(folder, 'bin', 'python');
  const isInstalled = await access(program, constants.X_OK).then(
    () => true,
    () => false,
  );
  if (!isInstalled) {
    try {
      await installPython(folder);
    } catch (error) {
      return { name, missing: `its SDK could not be installed: ${lastLineOf(error)}` };
    }
  }
  return {
    name,
    folder: 'python',
    env: { PYTHONDONTWRITEBYTECODE: '1' },
    prepare: nothing,
    command: (act) => [program, `${act.replace('-', '_')}.py`],
  };
}

/** Complete or not there: made under another name, and renamed when it works. */
async function installPython(folder: string): Promise<void> {
  const building = `${folder}.${randomUUID()}`;
  const options = { timeout: longestInstallMs };
  try {
    await run('python3', ['-m', 'venv', building], options);
    const program = path.join(building, 'bin', 'python');
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--only-binary', ':all:'];
    await run(program, [...pip, pythonSdk], options);
    await run(program, ['-c', 'import workos'], options);
    await rename(building, folder).catch(() => undefined);
  } finally {
    await rm(building, { recursive: true, force: true });
  }
}

const goSdk = 'github.com/workos/workos-go/v6@v6.0.0';

async function go(cache: string): Promise<Language | MissingLanguage> {
  const name = 'Go';
  if (!(await isThere('go', 'version'))) return { name, missing: 'there is no go' };
  const env = {
    GOMODCACHE: path.join(cache, 'go', 'modules'),
    GOCACHE: path.join(cache, 'go', 'build'),
    GOFLAGS: '-mod=mod -modcacherw',
    GOWORK: 'off',
    CGO_ENABLED: '0',
  };
  const inGo = (words: string[], cwd?: string) =>
    run('go', words, { cwd, env: { ...process.env, ...env }, timeout: longestInstallMs });
  try {
    await inGo(['mod', 'download', goSdk]);
  } catch (error) {
    return { name, missing: `its SDK could not be fetched: ${lastLineOf(error)}` };
  }
  return {
    name,
    folder: 'go',
    env,
    command: (act) => ['./acts', act],
    async prepare(folder) {
      await inGo(['mod', 'init', 'example.com/app'], folder);
      await inGo(['get', goSdk], folder);
      // Not optimized: Go compiles its own library with it, which takes far longer than the acts run.
      await inGo(['build', '-gcflags=all=-N -l', '-o', 'acts', '.'], folder);
    },
  };
}

const isThere = (program: string, word: string) =>
  run(program, [word], { timeout: comesWithinMs }).then(
    () => true,
    () => false,
  );

function lastLineOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.trim().split('\n').at(-1) ?? '';
}
