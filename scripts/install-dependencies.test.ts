import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { findDependencySet } from '@overskill/builder'
import { expect, test } from 'vitest'

const script = fileURLToPath(new URL('./install-dependencies.mjs', import.meta.url))

test('L26: packages that are there are not installed again: it says nothing and is done', async () => {
  const startedAt = performance.now()
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [script])
  expect(stdout + stderr).toBe('')
  expect(performance.now() - startedAt).toBeLessThan(10_000)
})

test('the dependency set holds what the starter needs to run', () => {
  const set = findDependencySet(dirname(dirname(script)))
  expect(set.present).toBe(true)
  for (const name of ['react', 'react-dom', 'react-router'])
    expect(existsSync(join(set.dir, 'node_modules', name)), name).toBe(true)
})
