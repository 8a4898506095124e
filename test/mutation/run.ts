/**
 * `npm run test:mutation`: changes the code that decides who gets in, one small change at a time, and runs the tests
 * beside it. A change that no test notices is a survivor; one that is not in `equivalent-mutants.ts` fails the run.
 * Names of areas limit it. Verdicts are kept in `.cache/mutation` and used again where neither the code nor its tests
 * changed, so that a run that was stopped goes on; `--fresh` asks every mutant anew.
 */
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { Stryker } from '@stryker-mutator/core';
import { areas } from './areas.ts';
import { equivalentMutants } from './equivalent-mutants.ts';

type Mutant = Awaited<ReturnType<Stryker['runMutationTest']>>[number];

const { values: options, positionals: names } = parseArgs({
  allowPositionals: true,
  options: { fresh: { type: 'boolean', default: false } },
});
const unknown = names.filter((name) => !areas.some((area) => area.name === name));
if (unknown.length > 0) {
  process.stderr.write(`No area ${unknown.join(', ')}: ${areas.map(({ name }) => name).join(', ')}\n`);
  process.exit(1);
}

const lines: string[] = [];
let isFine = true;
for (const area of areas.filter(({ name }) => names.length === 0 || names.includes(name))) {
  // One file at a time: what is known of it is written down when it is through.
  for (const file of area.files) {
    const started = performance.now();
    const mutants = await mutantsOf(file, area.tests);
    const seconds = Math.round((performance.now() - started) / 1000);
    const { undecided, surplus, stale, listed } = await compare(file, mutants);
    isFine &&= [undecided, surplus, stale].every(({ length }) => length === 0);
    const count = (is: (mutant: Mutant) => boolean) => mutants.filter(is).length;
    const found = [
      ...surplus.map((text) => `SURVIVED ${text}`),
      ...undecided.map((text) => `TOO SLOW, RUN AGAIN ${text}`),
      ...stale.map((text) => `NOTHING SURVIVES FOR ${text}`),
      `${file}: ${mutants.length} mutants, ${count(({ status }) => status === 'Killed')} killed, ` +
        `${count(isEndless)} endless, ${count(({ status }) => status === 'RuntimeError')} did not load, ` +
        `${listed} equivalent, ${surplus.length} survived, ${undecided.length} undecided (${seconds} s)`,
    ];
    process.stdout.write(`${found.join('\n')}\n`);
    lines.push(...found);
  }
}
process.stdout.write(`\n${lines.join('\n')}\n`);
process.exitCode = isFine ? 0 : 1;

async function mutantsOf(file: string, tests: readonly string[]): Promise<Mutant[]> {
  // Not `testFiles`: with it, Stryker 9.6.1 never activates a static mutant before its module is loaded.
  process.env['MUTATION_TESTS'] = tests.join(',');
  const incrementalFile = `.cache/mutation/${file.replaceAll('/', '.')}.json`;
  await forgetUnnoticed(incrementalFile);
  const mutants = await new Stryker({
    testRunner: 'vitest',
    plugins: ['@stryker-mutator/vitest-runner'],
    vitest: { configFile: 'test/mutation/vitest.config.ts', related: false },
    mutate: [file],
    incremental: true,
    incrementalFile,
    force: options.fresh,
    coverageAnalysis: 'perTest',
    concurrency: 1,
    tempDirName: '.cache/mutation/sandbox',
    ignorePatterns: ['dist', 'portal', 'docs', 'examples', 'test/histories', '.cache', '.vestibule'],
    reporters: ['progress-append-only'],
    timeoutMS: 60_000,
    warnings: false,
  }).runMutationTest();
  return mutants.filter((mutant) => fileOf(mutant) === file);
}

/** A change that never ends is known by how often it is reached. Whatever else takes too long ran on a busy machine. */
function isEndless({ status, statusReason = '' }: Pick<Mutant, 'status' | 'statusReason'>): boolean {
  return status === 'Timeout' && statusReason.startsWith('Hit limit reached');
}

/** What nobody noticed, or was too slow, is asked again: Stryker does not see that a test was added for what is static. */
async function forgetUnnoticed(incrementalFile: string): Promise<void> {
  if (!existsSync(incrementalFile)) return;
  const report = JSON.parse(await readFile(incrementalFile, 'utf8')) as {
    files: Record<string, { mutants: Pick<Mutant, 'status' | 'statusReason'>[] }>;
  };
  for (const known of Object.values(report.files)) {
    known.mutants = known.mutants.filter(
      (mutant) => mutant.status === 'Killed' || mutant.status === 'RuntimeError' || isEndless(mutant),
    );
  }
  await writeFile(incrementalFile, JSON.stringify(report));
}

async function compare(file: string, mutants: readonly Mutant[]) {
  const text = await readFile(file, 'utf8');
  const named = (mutant: Mutant) => ({
    key: keyOf(codeAt(text, mutant.location), mutant.replacement ?? ''),
    line: mutant.location.start.line,
  });
  const survivors = mutants
    .filter(({ status }) => status === 'Survived' || status === 'NoCoverage')
    .map((mutant) => named(mutant));
  const listed = equivalentMutants
    .filter((entry) => entry.file === file)
    .flatMap((entry) => entry.mutants.map(([code, becomes]) => keyOf(code, becomes)));
  const open = [...listed];
  const surplus = survivors.filter(({ key }) => {
    const index = open.indexOf(key);
    if (index !== -1) open.splice(index, 1);
    return index === -1;
  });
  const shown = ({ line, key }: { line: number; key: string }) => `${file}:${line} ${key}`;
  return {
    surplus: surplus.map((one) => shown(one)),
    undecided: mutants
      .filter((mutant) => mutant.status === 'Timeout' && !isEndless(mutant))
      .map((mutant) => shown(named(mutant))),
    stale: open.map((key) => `${file} ${key}`),
    listed: listed.length - open.length,
  };
}

function fileOf({ fileName }: Mutant): string {
  return path.relative(process.cwd(), fileName);
}

function keyOf(code: string, becomes: string): string {
  const flat = (text: string) => text.replace(/\s+/g, ' ').trim();
  return `${flat(code)} → ${flat(becomes)}`;
}

function codeAt(text: string, { start, end }: Mutant['location']): string {
  const within = text.split('\n').slice(start.line - 1, end.line);
  within[within.length - 1] = within.at(-1)?.slice(0, end.column - 1) ?? '';
  within[0] = within[0]?.slice(start.column - 1) ?? '';
  return within.join('\n');
}
