/** Part of `npm run check`: reads the lockfile, prints one sentence for each violation, and fails when there is one. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { violationsOf, type Lockfile } from './floors/lockfile.ts';

const file = process.argv[2] ?? path.join(import.meta.dirname, '..', 'package-lock.json');
const lockfile: Lockfile = JSON.parse(await readFile(file, 'utf8'));
const violations = violationsOf(lockfile);
for (const violation of violations) process.stdout.write(`${violation}\n`);
process.exitCode = violations.length === 0 ? 0 : 1;
