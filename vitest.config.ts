import { defineConfig } from 'vitest/config';
import { comesWithinMs, testMs } from './test/support/limits.ts';
import { SharedProcessesLast } from './test/support/shared-processes-last.ts';

/** Where tests need a process of their own: they start servers, browsers and programs, or Temporal's one runtime a process. */
const alone = [
  'embedded',
  'scripts',
  'test/docs',
  'test/journeys',
  'test/portal',
  'test/support',
  'test/workflows',
];
/** Screens start a browser and a server of pages, close both, and load what the next ones load: no process of their own. */
const filesAlone = alone.map((folder) => `${folder}/**/!(*-screens).test.ts`);
const elsewhere = ['**/node_modules/**', '.cache/**', 'dist/**', 'portal/**', 'test/real/**'];

/** A hook starts what the tests use; servers are started by the first test that asks for them. */
const patience = {
  testTimeout: testMs,
  hookTimeout: testMs,
  expect: { poll: { timeout: comesWithinMs } },
  // Real servers, browsers, packets and clocks on a busy runner: once more there, and the report says "retry". Never at home.
  // eslint-disable-next-line no-restricted-syntax -- a setting of the runner, not of the product
  retry: process.env.CI ? 1 : 0,
};

export default defineConfig({
  test: {
    // The Temporal SDK brings a native add-on and one runtime per process: forks keep files apart.
    pool: 'forks',
    maxWorkers: 3,
    sequence: { sequencer: SharedProcessesLast },
    ...patience,
    teardownTimeout: 20_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'alone',
          include: filesAlone,
          exclude: elsewhere,
          globalSetup: 'test/support/global-setup.ts',
        },
      },
      {
        extends: true,
        test: {
          name: 'shared',
          // One file after the other in the same process, which loads what they import once: the whole api, for a hundred
          // of them. What a module remembers it remembers for the next file.
          isolate: false,
          include: ['**/*.test.ts'],
          exclude: [...elsewhere, ...filesAlone],
          globalSetup: 'test/support/global-setup.ts',
        },
      },
      {
        extends: './vite.config.ts',
        test: {
          name: 'portal',
          include: ['portal/**/*.test.ts'],
          environment: 'happy-dom',
          pool: 'forks',
          ...patience,
        },
      },
    ],
  },
});
