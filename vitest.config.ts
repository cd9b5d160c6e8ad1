import { defineConfig } from 'vitest/config'

/** One project: a test's file name says what it needs (`x.pg.test.ts`, `x.browser.test.ts`); `bin/test` picks by path. */
export default defineConfig({
  test: {
    include: [
      'packages/*/src/**/*.test.ts',
      'packages/*/src/**/*.test.tsx',
      'scripts/*.test.ts',
      'benchmarks/*.test.ts',
      'e2e/*.test.ts',
    ],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    globalSetup: ['packages/server/src/database/test-database-setup.ts'],
    setupFiles: ['scripts/test-setup.ts'],
    allowOnly: false,
  },
})
