import { existsSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import process from 'node:process'
import { encodeFrame, readFrames } from '../frames.ts'
import { BuildRequest, VendorSet, type BuildReply } from '../messages.ts'
import { buildApp } from './build-app.ts'
import { openPackageStore } from './package-store.ts'
import { buildVendor, vendorKey } from './vendor-build.ts'
import type { UsedNames } from './vendor-names.ts'

/**
 * The child process: builds what it is sent over stdin and answers over stdout. It ends when stdin ends, so it never
 * outlives its owner. Reads the dependency set and the vendor cache; writes nothing.
 */
const [dependencySetDir = '', vendorCacheDir = ''] = process.argv.slice(2)
const store = openPackageStore(dependencySetDir)
const dependencyKey = basename(dependencySetDir)
const vendorSets = new Map<string, VendorSet>()

const writeOut = process.stdout.write.bind(process.stdout)
const send = (reply: BuildReply): boolean => writeOut(encodeFrame(reply))
process.stdout.write = process.stderr.write.bind(process.stderr) // what a tool prints must not get between frames

function cachedVendor(key: string): VendorSet | null {
  const path = join(vendorCacheDir, `${key}.json`)
  if (!existsSync(path)) return null // never made, or the cache was emptied meanwhile
  const known = vendorSets.get(key)
  if (known) return known
  try {
    return VendorSet.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch {
    return null // of an older form: it is built again
  }
}

async function answer(request: BuildRequest): Promise<BuildReply> {
  const made: { contents: Map<string, Uint8Array> | null } = { contents: null }
  const vendorFor = async (used: UsedNames): Promise<VendorSet> => {
    const key = vendorKey(dependencyKey, used)
    const cached = cachedVendor(key)
    const built = cached ? null : await buildVendor(store, dependencyKey, used)
    const set = cached ?? built?.set
    if (!set) throw new Error('No vendor set')
    made.contents = built ? new Map(built.contents) : null
    vendorSets.set(key, set)
    return set
  }
  try {
    const result = await buildApp(request.files, store, vendorFor)
    const rssBytes = process.memoryUsage.rss()
    if (!result.ok) return { kind: 'failed', id: request.id, errors: [...result.errors], rssBytes }
    return {
      kind: 'built',
      id: request.id,
      files: result.files,
      vendor: result.vendor,
      vendorContents: made.contents,
      rssBytes,
    }
  } catch (error) {
    const detail = error instanceof Error ? (error.stack ?? error.message) : String(error)
    return { kind: 'broken', id: request.id, detail, rssBytes: process.memoryUsage.rss() }
  }
}

const read = readFrames((message) => {
  void answer(BuildRequest.parse(message)).then(send)
})
process.stdin.on('data', read)
process.stdin.on('end', () => process.exit(0))
send({ kind: 'ready' })
