// `npm start`: installs and builds what is missing, then becomes the product. One process, so that signals and exit codes
// reach their owner.
import './ensure.mjs';
import { buildOrExit } from './build.mjs';

const endOfLife = { 20: 'April 2026', 21: 'June 2024', 22: 'April 2027', 23: 'June 2025', 24: 'April 2028' };
const endOfLifeDates = {
  20: '2026-05-01',
  21: '2024-06-01',
  22: '2027-05-01',
  23: '2025-06-01',
  24: '2028-05-01',
};
const major = process.versions.node.split('.')[0];
if (new Date().toISOString() > (endOfLifeDates[major] ?? '9999')) {
  process.stderr.write(
    `Node ${major} has had no security fixes since ${endOfLife[major]}. Fine for trying; run production on Node 24.\n`,
  );
}

await buildOrExit();
await import('../dist/start.js');
