import { defineConfig } from 'vitest/config';
import { reportsWhatDoesNotLoad } from './reports-what-does-not-load.ts';

/** For mutation testing: nothing is started beforehand; `run.ts` says which files run. */
export default defineConfig({
  test: {
    include: (process.env['MUTATION_TESTS'] ?? '').split(','),
    setupFiles: ['test/mutation/fresh-modules.ts'],
    reporters: [reportsWhatDoesNotLoad()],
    pool: 'threads',
    isolate: false,
    testTimeout: 10_000,
  },
});
