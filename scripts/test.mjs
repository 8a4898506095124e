// `npm test`: installs what is missing, runs the tests (arguments go to Vitest as filters and flags), and ends with
// "N passed, N failed, N skipped". What was skipped is listed with its reason.
import './ensure.mjs';

process.env.NODE_ENV = 'test';
// Not a static import: those are looked up before the packages are there.
const { createVitest, parseCLI } = await import('vitest/node');

const { filter, options } = parseCLI(['vitest', 'run', ...process.argv.slice(2)]);
const counts = { passed: 0, failed: 0, skipped: 0 };
const skipped = [];

const counter = {
  onTestRunEnd(modules, errors) {
    // What went wrong outside any test counts as a failure, or the line would read better than the exit code.
    counts.failed += errors.length;
    for (const module of modules) {
      counts.failed += module.errors().length;
      for (const suite of module.children.allSuites()) counts.failed += suite.errors().length;
      for (const test of module.children.allTests()) count(test);
    }
  },
};

function count(test) {
  const { state, note } = test.result();
  if (state === 'passed') counts.passed += 1;
  else if (state === 'failed' || state === 'pending') counts.failed += 1;
  else {
    counts.skipped += 1;
    skipped.push(`  ${test.module.relativeModuleId}: ${test.fullName}${note ? ` [${note}]` : ''}`);
  }
}

const vitest = await createVitest('test', {
  ...options,
  watch: false,
  reporters: [options.reporters ?? 'default', counter].flat(),
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.once(signal, () => {
    void vitest.close().finally(() => process.exit(130));
  });
}
let code = 0;
try {
  await vitest.start(filter);
  code = Number(process.exitCode ?? 0);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  code = 1;
}
await vitest.close();

// With a name filter everything else is skipped on purpose.
if (skipped.length > 0 && !options.testNamePattern) process.stdout.write(`Skipped:\n${skipped.join('\n')}\n`);
if (counts.failed > 0) code ||= 1;
process.stdout.write(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`);
process.exitCode = code;
// A handle that a test left open must not keep the command from ending.
setTimeout(() => process.exit(code), 3_000).unref();
