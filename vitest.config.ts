import process from 'node:process'
import { configDefaults, defineConfig } from 'vitest/config'

/** Long forms: tests that install packages, build or play chaos for minutes. `bin/test --all` has them; to others they do not exist. */
const longForms = ['packages/builder/src/corpus*.browser.test.ts', 'benchmarks/chaos-short.test.ts']

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
    exclude: [...configDefaults.exclude, ...(process.env['OVERSKILL_TEST_ALL'] === '1' ? [] : longForms)],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    globalSetup: ['packages/server/src/database/test-database-setup.ts'],
    setupFiles: ['scripts/test-setup.ts'],
    allowOnly: false,
  },
})
