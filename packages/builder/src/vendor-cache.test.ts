import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { keepVendorSet, sweepVendorCache, touchVendorSet } from './vendor-cache.ts'

const name = (digit: string): string => `${digit.repeat(20)}.js`
const setOf = (digit: string, files: readonly string[]) => ({
  key: digit.repeat(32),
  entries: {},
  files: Object.fromEntries(files.map((file) => [file, { hash: '0'.repeat(64), bytes: 1, imports: [] }])),
})
const contentsOf = (files: readonly string[]) => new Map(files.map((file) => [file, new Uint8Array([1])]))

test('sets that were not used for long go, with the files that only they name', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'vendor-'))
  const [shared, onlyOld, onlyNew] = [name('a'), name('b'), name('c')] as const
  await keepVendorSet(dir, setOf('1', [shared, onlyOld]), contentsOf([shared, onlyOld]))
  await keepVendorSet(dir, setOf('2', [shared, onlyNew]), contentsOf([shared, onlyNew]))
  await writeFile(join(dir, `${'3'.repeat(32)}.json`), '{ cut')
  const lastYear = new Date(Date.now() - 365 * 24 * 60 * 60_000)
  for (const file of await readdir(dir)) await utimes(join(dir, file), lastYear, lastYear)
  await touchVendorSet(dir, '2'.repeat(32))

  await sweepVendorCache(dir, 60_000)

  expect((await readdir(dir)).toSorted()).toEqual([`${'2'.repeat(32)}.json`, shared, onlyNew])
  await rm(dir, { recursive: true })
})

test('a set that is kept again is whole, and no half-written file stays', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'vendor-'))
  const files = [name('a'), name('b')]
  await writeFile(join(dir, name('a')), '') // cut short by a crash
  await Promise.all([1, 2, 3].map(() => keepVendorSet(dir, setOf('1', files), contentsOf(files))))
  expect((await readdir(dir)).toSorted()).toEqual([`${'1'.repeat(32)}.json`, ...files])
  await rm(dir, { recursive: true })
})
