import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { starterStoreDir } from '@overskill/builder'
import { expect, onTestFinished, test } from 'vitest'
import { readConfig } from './config.ts'
import { silentLog } from './log.ts'
import { openBuilding } from './open-building.ts'

const day = 24 * 3_600_000
const liveDir = join(starterStoreDir(fileURLToPath(new URL('../../..', import.meta.url))), 'live')

/** Bundled packages of live pages that were used last so many days ago: the set and its file. */
async function leaveBundle(digit: string, daysAgo: number): Promise<string[]> {
  const file = `${digit.repeat(20)}.js`
  const key = digit.repeat(32)
  const set = { key, entries: {}, files: { [file]: { hash: '0'.repeat(64), bytes: 1, imports: [] } } }
  const contents = { [`${key}.json`]: JSON.stringify(set), [file]: 'x', [`${file}.br`]: 'x' }
  const usedAt = new Date(Date.now() - daysAgo * day)
  await mkdir(liveDir, { recursive: true })
  for (const [name, content] of Object.entries(contents)) {
    await writeFile(join(liveDir, name), content)
    await utimes(join(liveDir, name), usedAt, usedAt)
  }
  return Object.keys(contents).map((name) => join(liveDir, name))
}

test('bundled packages of live pages that nobody used for a month are gone before the first page, and others are there', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'overskill-'))
  const [old, used] = [await leaveBundle('e', 31), await leaveBundle('f', 20)]
  onTestFinished(async () => {
    for (const path of [dataDir, ...old, ...used]) await rm(path, { recursive: true, force: true })
  })
  const building = await openBuilding(readConfig({ OVERSKILL_DATA_DIR: dataDir }, dataDir), [], silentLog)
  expect([...old, ...used].filter((path) => existsSync(path))).toEqual(used)
  await building.close()
})
