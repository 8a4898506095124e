import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

/** `npm run sbom`: the parts of the running product as CycloneDX, out of the lockfile. */

type Part = { 'bom-ref': string; name: string; scope: string; properties?: { name: string }[] };
type Bom = {
  metadata: { component: Part };
  components: Part[];
  dependencies: { ref: string; dependsOn: string[] }[];
};
type Lock = { packages: Record<string, { version: string; dev?: boolean }> };

// Not `--omit dev`: that leaves out, too, what a tool for development needs beside the product, as Temporal's SDK and zod.
const words = ['sbom', '--sbom-format', 'cyclonedx', '--sbom-type', 'application', '--package-lock-only'];
const root = path.join(import.meta.dirname, '..');
const { stdout } = await promisify(execFile)('npm', words, { cwd: root, maxBuffer: 64 * 1024 * 1024 });
const bom: Bom = JSON.parse(stdout);
const { packages }: Lock = JSON.parse(await readFile(path.join(root, 'package-lock.json'), 'utf8'));

const running = Object.entries(packages)
  .filter(([place, { dev }]) => place !== '' && dev !== true)
  .map(([place, { version }]) => `${place.replace(/^.*node_modules\//, '')}@${version}`);
const { component } = bom.metadata;
// npm names it by the folder that it lies in.
component.name = component['bom-ref'].replace(/@[^@]*$/, '');
const kept = new Set([component['bom-ref'], ...running]);
const development = 'cdx:npm:package:development';
bom.components = bom.components
  .filter((part) => kept.has(part['bom-ref']))
  // One that lies in two places is marked by the first of them.
  .map((part) =>
    part.properties?.some(({ name }) => name === development)
      ? { ...part, scope: 'required', properties: part.properties.filter(({ name }) => name !== development) }
      : part,
  );
bom.dependencies = bom.dependencies
  .filter(({ ref }) => kept.has(ref))
  .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((one) => kept.has(one)) }));

process.stdout.write(`${JSON.stringify(bom, undefined, 2)}\n`);
