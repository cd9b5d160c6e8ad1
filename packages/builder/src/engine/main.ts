import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { encodeFrame, readFrames } from '../frames.ts'
import { BuildRequest, EngineOptions, VendorSet, type BuildReply } from '../messages.ts'
import { toolchainDirs } from '../sandbox/toolchain.ts'
import { standBack } from '../stand-back.ts'
import { createStyleQuestions } from '../styles/ask-owner.ts'
import type { AskStyles } from '../styles/style-request.ts'
import { buildApp } from './build-app.ts'
import { guardReads } from './guard-reads.ts'
import { openPackageStore, type PackageStore } from './package-store.ts'
import { keepRecent } from './recent.ts'
import { buildVendor, vendorKey } from './vendor-build.ts'
import type { UsedNames } from './vendor-names.ts'

/**
 * The child process: builds what it is sent over stdin and answers over stdout. It ends when stdin ends, so it never
 * outlives its owner. Reads dependency sets and the vendor cache; writes nothing.
 */
const { dependenciesDirs, starterSet, vendorCacheDir } = EngineOptions.parse(JSON.parse(process.argv[2] ?? ''))
standBack() // not before: the server's start waits for what is imported
const vendorSets = new Map<string, VendorSet>()
const stores = keepRecent<PackageStore>(8)

const storeOf = (dir: string): PackageStore => stores.get(dir) ?? stores.set(dir, openPackageStore(dir))
storeOf(starterSet.dir)
guardReads([...dependenciesDirs.map((dir) => realpathSync(dir)), vendorCacheDir, ...toolchainDirs()])

const writeOut = process.stdout.write.bind(process.stdout)
const send = (reply: BuildReply): boolean => writeOut(encodeFrame(reply))
process.stdout.write = process.stderr.write.bind(process.stderr) // what a tool prints must not get between frames

const questions = createStyleQuestions()

/** Has the owner compile a stylesheet: code of an app runs in a process of its own. */
const askStyles: AskStyles = (work) => questions.ask((ask) => send({ kind: 'ask', ask, work }))

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
  const { files, set: packages } = request
  const made: { contents: Map<string, Uint8Array> | null } = { contents: null }
  const vendorFor = async (used: UsedNames): Promise<VendorSet> => {
    const key = vendorKey(packages.key, used)
    const cached = cachedVendor(key)
    const built = cached ? null : await buildVendor(storeOf(packages.dir), packages.key, used)
    const set = cached ?? built?.set
    if (!set) throw new Error('No vendor set')
    made.contents = built ? new Map(built.contents) : null
    vendorSets.set(key, set)
    return set
  }
  try {
    const result = await buildApp(files, storeOf(packages.dir), vendorFor, askStyles)
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

/** A small build with all parts in it, so that the first real one finds code and compilers warm (300 ms, measured). */
async function warmUp(): Promise<void> {
  const page = '<html><head></head><body><script type="module" src="/a.tsx"></script></body></html>'
  const script = `import * as R from 'react'; import { Check } from 'lucide-react'; import './a.css'
    export default [<Check className="p-1 hover:bg-red-500 md:grid" key={R.version} />, () => import('./a.tsx')]`
  const files = { 'index.html': page, 'a.tsx': script, 'a.css': `@import 'tailwindcss';` }
  const encoded = Object.entries(files).map(([path, text]) => [path, new TextEncoder().encode(text)] as const)
  await buildApp(
    new Map(encoded),
    storeOf(starterSet.dir),
    async () => ({ key: '', entries: {}, files: {} }),
    askStyles,
  )
}

let last: Promise<unknown> = Promise.resolve()
const inTurn = (work: () => Promise<unknown>): void => {
  last = last.then(work).catch((error: unknown) => process.stderr.write(`${String(error)}\n`))
}
const read = readFrames((message) => {
  if (questions.take(message)) return
  const request = BuildRequest.parse(message)
  inTurn(async () => send(await answer(request)))
})
process.stdin.on('data', read)
process.stdin.on('end', () => process.exit(0))
send({ kind: 'ready' })
inTurn(warmUp)
