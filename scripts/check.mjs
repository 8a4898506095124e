// `npm run check`: format, lint, types, boundaries, dead code and the packages' floors, two at a time; prints what each found and which failed.
import './ensure.mjs';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const folders = [
  'onboarding',
  'workflows',
  'activities',
  'adapters',
  'api',
  'relay',
  'db',
  'portal',
  'sandbox',
  'embedded',
  'scripts',
  'examples',
  'test',
  'config.ts',
  'settings.ts',
  'parts.ts',
  'start.ts',
  'worker.ts',
].filter((place) => existsSync(path.join(root, place)));

const checks = [
  ['types', 'typescript/bin/tsc', '--noEmit', '-p', 'tsconfig.json'],
  ['types of the portal', 'vue-tsc/bin/vue-tsc.js', '--noEmit', '-p', 'portal/tsconfig.json'],
  ['lint', 'eslint/bin/eslint.js', '.', '--max-warnings', '0'],
  [
    'boundaries',
    'dependency-cruiser/bin/dependency-cruise.mjs',
    '--config',
    '.dependency-cruiser.mjs',
    ...folders,
  ],
  ['format', 'prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.'],
  ['dead code', 'knip/bin/knip.js', '--no-progress'],
  ['floors of packages', 'tsx/dist/cli.mjs', 'scripts/floors.ts'],
];

const failed = [];
const queue = [...checks];
await Promise.all([work(), work()]);
process.stdout.write(
  failed.length === 0
    ? 'All checks passed.\n'
    : `Failed: ${checks
        .map(([name]) => name)
        .filter((name) => failed.includes(name))
        .join(', ')}.\n`,
);
process.exitCode = failed.length === 0 ? 0 : 1;

async function work() {
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const [name, program, ...args] = next;
    const start = performance.now();
    const { code, output } = await run(path.join('node_modules', program), args);
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    process.stdout.write(`${code === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)\n`);
    if (code !== 0) {
      failed.push(name);
      process.stdout.write(`${output.trim()}\n`);
    }
  }
}

function run(program, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...args], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => (output += text));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });
}
