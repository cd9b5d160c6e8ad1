import { randomUUID } from 'node:crypto'
import { mkdir, rename, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { VendorSet } from './messages.ts'

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
  await writeFile(temporary, content)
  await rename(temporary, path)
}
