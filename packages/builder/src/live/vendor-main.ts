import process from 'node:process'
import { guardReads } from '../engine/guard-reads.ts'
import { settleNames } from '../engine/module-exports.ts'
import { openPackageStore, type PackageStore } from '../engine/package-store.ts'
import { plainText, withoutHostPaths } from '../engine/problems.ts'
import { buildVendor, type BuiltVendor } from '../engine/vendor-build.ts'
import { encodeFrame, readFrames } from '../frames.ts'
import { toolchainDirs } from '../sandbox/toolchain.ts'
import { isIconMaker, listLiveSpecifiers } from './live-specifiers.ts'
import { LiveVendorRequest, type LiveVendorReply } from './vendor-messages.ts'

/**
 * The process that bundles a set's packages for live pages: one request, one answer, and it ends. A process of its own,
 * because the bundler takes hundreds of megabytes that it does not give back.
 */
const [dependencySetDir = ''] = process.argv.slice(2)
const store = openPackageStore(dependencySetDir)
guardReads([store.root, dependencySetDir, ...toolchainDirs()])

async function bundle(from: PackageStore, key: string, specifiers: readonly string[]): Promise<BuiltVendor> {
  const whole = Object.fromEntries(
    specifiers.map((specifier) => [specifier, isIconMaker(specifier) ? ['default'] : ['*']]),
  )
  return buildVendor(from, key, settleNames(from, whole), 'development')
}

async function answer({ key, names, extras }: LiveVendorRequest): Promise<LiveVendorReply> {
  const base = listLiveSpecifiers(store, names)
  const there = extras.filter((extra) => store.findModule(extra) !== null) // one that is not would fail the whole bundle
  const wanted = [...new Set([...base, ...there])].toSorted()
  try {
    return made(await bundle(store, key, wanted))
  } catch (error) {
    const one = await findBundled(key, base, there)
    return one ? made(one) : { kind: 'failed', message: wordsOf(error) }
  }
}

/** A package that cannot be bundled must not keep the others away: they are tried one by one, and it is left out. */
async function findBundled(
  key: string,
  base: readonly string[],
  extras: readonly string[],
): Promise<BuiltVendor | null> {
  const good: string[] = []
  for (const specifier of new Set([...base, ...extras])) {
    try {
      await bundle(store, key, [specifier])
      good.push(specifier)
    } catch {
      continue // whoever asks for it hears that it is not there
    }
  }
  return good.length > 0 ? bundle(store, key, good.toSorted()).catch(() => null) : null
}

const made = ({ set, contents }: BuiltVendor): LiveVendorReply => ({ kind: 'made', set, contents: new Map(contents) })

function wordsOf(error: unknown): string {
  const [first] = ((error as { errors?: unknown }).errors ?? [error]) as { message?: string }[]
  return withoutHostPaths(plainText(first?.message ?? '').split('\n')[0] ?? '') || 'A package could not be bundled.'
}

const writeOut = process.stdout.write.bind(process.stdout)
process.stdout.write = process.stderr.write.bind(process.stderr) // what a tool prints must not get between frames
process.stdin.on(
  'data',
  readFrames((message) => {
    void answer(LiveVendorRequest.parse(message)).then((reply) => writeOut(encodeFrame(reply), () => process.exit(0)))
  }),
)
process.stdin.on('end', () => process.exit(0))
