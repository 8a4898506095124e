import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // The Temporal SDK brings a native add-on and one runtime per process: forks keep files apart.
    pool: 'forks',
    maxWorkers: 3,
    // Servers are started by the first test that asks for them.
    testTimeout: 30_000,
    hookTimeout: 120_000,
    teardownTimeout: 20_000,
    // Real servers, browsers and packets on a busy runner: once more there, and the report says "retry". Never at home.
    // eslint-disable-next-line no-restricted-syntax -- a setting of the runner, not of the product
    retry: process.env.CI ? 1 : 0,
    projects: [
      {
        extends: true,
        test: {
          name: 'node',
          include: ['**/*.test.ts'],
          exclude: ['**/node_modules/**', '.cache/**', 'dist/**', 'portal/**', 'test/real/**'],
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
          testTimeout: 15_000,
        },
      },
    ],
  },
});
