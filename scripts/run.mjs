// `npm run demo`, `npm run bench`: installs and builds what is missing, then runs dist/scripts/<name>.js in this process.
import './ensure.mjs';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { buildOrExit } from './build.mjs';

const [, , name = ''] = process.argv;
await buildOrExit();
const program = new URL(`../dist/scripts/${name}.js`, import.meta.url);
if (!/^[a-z-]+$/.test(name) || !existsSync(program)) {
  process.stderr.write(`There is no script "${name}" in scripts/.\n`);
  process.exit(1);
}
// The program sees its own arguments only.
process.argv.splice(1, 2, fileURLToPath(program));
await import(program.href);
