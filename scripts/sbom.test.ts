import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const root = path.join(import.meta.dirname, '..');
const read = async (file: string) => JSON.parse(await readFile(path.join(root, file), 'utf8'));

test('npm run sbom prints CycloneDX with every package that runs, and none that only builds or tests', async () => {
  const { stdout } = await promisify(execFile)('npm', ['run', '--silent', 'sbom'], {
    cwd: root,
    maxBuffer: 64 * 1024 * 1024,
  });
  const bom = JSON.parse(stdout);

  expect(bom).toMatchObject({ bomFormat: 'CycloneDX', metadata: { component: { name: 'vestibule' } } });
  const { dependencies, devDependencies } = await read('package.json');
  const listed = new Set<string>(bom.components.map((part: { 'bom-ref': string }) => part['bom-ref']));
  const pinned = (wanted: Record<string, string>) =>
    Object.entries(wanted).map(([name, version]) => `${name}@${version}`);
  expect(pinned(dependencies).filter((part) => !listed.has(part))).toEqual([]);
  // Types that a package which runs brings along are the only ones of both kinds.
  expect(pinned(devDependencies).filter((part) => listed.has(part))).toEqual([
    `@types/node@${devDependencies['@types/node']}`,
  ]);
  const { packages } = await read('package-lock.json');
  const locked = Object.entries<{ version: string; dev?: boolean }>(packages)
    .filter(([place, { dev }]) => place !== '' && dev !== true)
    .map(([place, { version }]) => `${place.replace(/^.*node_modules\//, '')}@${version}`);
  expect(listed).toEqual(new Set(locked));
  const known = new Set([...listed, bom.metadata.component['bom-ref']]);
  const named: { ref: string; dependsOn: string[] }[] = bom.dependencies;
  expect(named.flatMap(({ ref, dependsOn }) => [ref, ...dependsOn]).filter((ref) => !known.has(ref))).toEqual(
    [],
  );
});
