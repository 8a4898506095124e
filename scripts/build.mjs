// `npm run build`: dist/ (server), dist/portal (pages), dist/workflow-bundle.js. Each step runs only when what it is made
// of has changed, and says so while it takes time.
import './ensure.mjs';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { withPidLock } from './pid-lock.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = path.join(root, 'dist');
const folders = [
  'onboarding',
  'workflows',
  'activities',
  'adapters',
  'api',
  'relay',
  'db',
  'sandbox',
  'embedded',
  'scripts',
  'examples',
  'test/bench',
];

/**
 * Brings dist/ up to date. Two commands started together build once.
 *
 * @throws Error with a finished sentence when a step fails; the tool's own output stands above it
 */
export async function build() {
  await withPidLock(path.join(root, '.cache', 'build.lock'), async () => {
    await step('the server', buildServer);
    const { bundleWorkflows } = await fromDist('bundle-workflows.js');
    const { buildPortal } = await fromDist('build-portal.js');
    await Promise.all([
      step('the workflow bundle', (begins) =>
        bundleWorkflows(root, path.join(dist, 'workflow-bundle.js'), begins),
      ),
      step('the pages', (begins) => buildPortal(root, 'production', begins)),
    ]);
  });
}

/** Types are the business of `npm run check`; here they would cost every first start ten seconds. */
async function buildServer(begins) {
  const sources = await serverSources();
  const hash = createHash('sha256');
  for (const file of ['tsconfig.base.json', 'tsconfig.build.json', 'package-lock.json', ...sources]) {
    hash.update(`${file}\0`).update(await readFile(path.join(root, file)));
  }
  const madeOf = hash.digest('hex');
  const note = path.join(dist, 'server.made-of');
  if ((await readFile(note, 'utf8').catch(() => '')) === madeOf) return;
  begins();

  await mkdir(dist, { recursive: true });
  await rm(note, { force: true });
  await run(['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json', '--noCheck']);
  await removeLeftovers(sources);
  await writeFile(note, madeOf);
}

async function serverSources() {
  const files = await Promise.all(
    folders.map(async (folder) => {
      const entries = await readdir(path.join(root, folder), { recursive: true }).catch(() => []);
      return entries.map((entry) => path.join(folder, entry));
    }),
  );
  const atRoot = (await readdir(root)).filter((name) => !name.startsWith('vite'));
  return [...atRoot, ...files.flat()]
    .filter((file) => /\.(ts|json)$/.test(file) && !/\.test\.ts$|\.d\.ts$/.test(file))
    .filter((file) => file.includes(path.sep) || file.endsWith('.ts'))
    .sort();
}

/** Output whose source is gone would still be imported, migrations above all. */
async function removeLeftovers(sources) {
  const wanted = new Set(sources.map((file) => file.replace(/\.ts$/, '.js')));
  for (const folder of folders) {
    const entries = await readdir(path.join(dist, folder), { recursive: true }).catch(() => []);
    for (const entry of entries) {
      const file = path.join(folder, entry);
      if (file.endsWith('.js') && !wanted.has(file)) {
        await rm(path.join(dist, file));
        await rm(path.join(dist, `${file}.map`), { force: true });
      }
    }
  }
}

/** Says what is being built, and how long it took, where anything has to be. */
async function step(what, work) {
  const start = performance.now();
  let hasBegun = false;
  await work(() => {
    hasBegun = true;
    process.stderr.write(`Building ${what} …\n`);
  });
  if (!hasBegun) return;
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  process.stderr.write(`Built ${what} in ${seconds} s.\n`);
}

async function run(args) {
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 2, 2] });
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  });
  if (code !== 0)
    throw new Error(`the server could not be built (the compiler ended with ${code}; it says why above)`);
}

async function fromDist(name) {
  return await import(pathToFileURL(path.join(dist, 'scripts', name)).href);
}

/** Builds, or ends the process with the reason on one line. */
export async function buildOrExit() {
  try {
    await build();
  } catch (error) {
    process.stderr.write(`Build: ${error.message}\n`);
    process.exit(1);
  }
}

if (
  process.argv[1] &&
  existsSync(process.argv[1]) &&
  import.meta.url === pathToFileURL(process.argv[1]).href
) {
  await buildOrExit();
}
