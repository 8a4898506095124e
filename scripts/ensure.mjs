// The first import of every command: makes sure that Node is new enough and that node_modules holds exactly what
// package-lock.json names, installing it when not. Uses nothing but Node, because nothing else may be there yet.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { withPidLock } from './pid-lock.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19) || (major === 22 && minor < 12)) {
  fail(
    `Vestibule needs Node 20.19, 22.12 or newer; this is ${process.versions.node}. Node 24 LTS is what we ship on.`,
  );
}
if (!isInstalled()) {
  await withPidLock(
    path.join(root, '.cache', 'install.lock'),
    async () => {
      if (!isInstalled()) await install();
    },
    () => say('Another command is installing the packages; waiting for it …'),
  );
}

/** Compares content, not times: a checkout or a copied folder changes times. */
function isInstalled() {
  const wanted = packagesOf('package-lock.json');
  const found = packagesOf('node_modules/.package-lock.json');
  if (wanted === undefined || found === undefined) return false;
  return Object.entries(wanted).every(([place, entry]) => {
    if (place === '') return true;
    if (found[place] === undefined) return entry.optional === true && !isForThisMachine(entry);
    return found[place].version === entry.version && existsSync(path.join(root, place));
  });
}

/** An optional package made for this machine was left out (`--omit=optional`): the database and the bundlers are such. */
function isForThisMachine(entry) {
  return (
    entry.os?.includes(process.platform) === true &&
    entry.cpu?.includes(process.arch) === true &&
    entry.libc === undefined
  );
}

function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(path.join(root, file), 'utf8')).packages;
  } catch {
    return undefined;
  }
}

async function install() {
  say('Installing packages (once, about half a minute) …');
  const args = ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund'];
  const npm = /[\\/]npm(-cli)?\.c?js$/.test(process.env.npm_execpath ?? '')
    ? process.env.npm_execpath
    : undefined;
  const [command, first] = npm === undefined ? ['npm', []] : [process.execPath, [npm]];
  const child = spawn(command, [...first, ...args], {
    cwd: root,
    env: environment(),
    stdio: ['ignore', 2, 2],
  });
  const code = await new Promise((resolve) => {
    child.once('error', () => resolve('npm could not be started'));
    child.once('exit', (status, signal) => resolve(status ?? signal));
  });
  if (code !== 0) {
    fail(
      `The packages could not be installed (${code}; npm says why above). Put that right and run the command again.`,
    );
  }
}

/** What an outer npm was told (`--omit=dev`, `NODE_ENV=production`, `--prefix`) must not shape this install. */
function environment() {
  const kept =
    /^npm_config_(cache|registry|proxy|https?_proxy|noproxy|cafile|ca|strict_ssl|userconfig|offline|prefer_offline)$/i;
  return Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => name !== 'NODE_ENV' && (!/^npm_/i.test(name) || kept.test(name)),
    ),
  );
}

function say(text) {
  process.stderr.write(`${text}\n`);
}

function fail(text) {
  say(text);
  process.exit(1);
}
