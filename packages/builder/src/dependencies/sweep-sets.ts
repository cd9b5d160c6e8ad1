import { existsSync } from 'node:fs'
import { readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Removes sets that nobody used for so long, work that an earlier process left, and unpacked packages that no set has files
 * of. Records in `locks/` stay: a set that is asked for again comes out the same.
 */
export async function sweepSets(dir: string, keepMs: number): Promise<void> {
  if (!existsSync(dir)) return
  const before = Date.now() - keepMs
  for (const name of await list(join(dir, 'work'))) {
    const path = join(dir, 'work', name)
    if ((await modifiedAt(path)) < Date.now() - WORK_MS) await rm(path, { recursive: true, force: true })
  }
  for (const name of await list(join(dir, 'sets'))) {
    const path = join(dir, 'sets', name)
    if ((await modifiedAt(join(path, 'set.json'))) >= before) continue
    const away = join(dir, 'work', `swept-${name}`) // so that it is never seen in part
    await rename(path, away)
    await rm(away, { recursive: true, force: true })
  }
  for (const group of await list(join(dir, 'files'))) await sweepFiles(join(dir, 'files', group), before)
}

/** Longer than any install may take: what is older belongs to nobody. */
const WORK_MS = 60 * 60_000

async function sweepFiles(group: string, before: number): Promise<void> {
  for (const name of await list(group)) {
    if (!name.endsWith('.json') || (await modifiedAt(join(group, name))) >= before) continue
    const folder = join(group, name.slice(0, -'.json'.length))
    const manifest = await stat(join(folder, 'package.json')).catch(() => null)
    if (manifest && manifest.nlink > 1) continue // a set has it
    await rm(join(group, name), { force: true })
    await rm(folder, { recursive: true, force: true })
  }
}

const list = (dir: string): Promise<string[]> => readdir(dir).catch(() => [])
const modifiedAt = (path: string): Promise<number> =>
  stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  )
