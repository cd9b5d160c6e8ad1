import { randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { VendorSet } from './messages.ts'

/**
 * Keeps a vendor set that the child made: its files under their content's name, then the set itself, so that a set which
 * is there is whole. Safe beside other writers: each file appears by a rename, and twins hold the same bytes.
 */
export async function keepVendorSet(
  vendorCacheDir: string,
  set: VendorSet,
  contents: ReadonlyMap<string, Uint8Array>,
): Promise<void> {
  await mkdir(vendorCacheDir, { recursive: true })
  await Promise.all([...contents].map(([name, content]) => put(join(vendorCacheDir, name), content)))
  await put(join(vendorCacheDir, `${set.key}.json`), JSON.stringify(set))
}

async function put(path: string, content: Uint8Array | string): Promise<void> {
  const there = await stat(path).then(
    (found) => found.size === Buffer.byteLength(content),
    () => false,
  )
  if (there) return
  const temporary = `${path}.${randomUUID()}`
  try {
    await writeFile(temporary, content)
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true }) // a full disk keeps no halves
    throw error
  }
}

/** Marks a set as used now: what is not used for long is swept. */
export async function touchVendorSet(vendorCacheDir: string, key: string): Promise<void> {
  const now = new Date()
  await utimes(join(vendorCacheDir, `${key}.json`), now, now)
}

/**
 * Removes sets that were not used for `keepMs`, and files that no other set names. Whoever stored an artifact has its own
 * copy; a set that is asked for again is made again.
 */
export async function sweepVendorCache(vendorCacheDir: string, keepMs: number): Promise<void> {
  await mkdir(vendorCacheDir, { recursive: true })
  const names = await readdir(vendorCacheDir)
  const needed = new Set<string>()
  for (const name of names.filter((item) => item.endsWith('.json'))) {
    const path = join(vendorCacheDir, name)
    const set = (await isOlder(path, keepMs)) ? null : await readSet(path)
    if (set) for (const file of Object.keys(set.files)) needed.add(file)
    else await rm(path, { force: true })
  }
  for (const name of names.filter((item) => !item.endsWith('.json') && !needed.has(item))) {
    const path = join(vendorCacheDir, name)
    if (await isOlder(path, keepMs)) await rm(path, { force: true }) // a younger one may belong to a set being written
  }
}

const isOlder = async (path: string, ms: number): Promise<boolean> => Date.now() - (await stat(path)).mtimeMs > ms

async function readSet(path: string): Promise<VendorSet | null> {
  const parsed = VendorSet.safeParse(parseJson(await readFile(path, 'utf8')))
  return parsed.success ? parsed.data : null
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null // cut short by a crash: no set
  }
}
