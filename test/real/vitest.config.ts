import { defineConfig } from 'vitest/config';

/**
 * `npm run test:real`: the road against providers' own programs, for whoever has them. No part of `npm test`, since no
 * package brings them.
 */
export default defineConfig({
  test: {
    pool: 'forks',
    include: ['test/real/**/*.test.ts'],
    globalSetup: 'test/support/global-setup.ts',
    // Each file starts a product and a provider of its own.
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 300_000,
    teardownTimeout: 20_000,
  },
});
