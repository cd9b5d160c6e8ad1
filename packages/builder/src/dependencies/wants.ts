import process from 'node:process'
import { createHash } from 'node:crypto'
import { fail, ok, type Outcome } from '@overskill/protocol'
import { z } from 'zod'
import type { SourceTree } from '../artifact.ts'
import { toolchainReason } from './toolchain-packages.ts'

/** A file that pins versions, as an app brought it. */
export type Lock = { name: string; content: Uint8Array }

/** What an app asks for: what is installed is a function of this (and of the registry, where nothing pins it). */
export type Wants = {
  /** Names the set. */
  key: string
  /** Range by name, sorted by name: `^1.2.3`, a tag, `npm:other@^1.2.3`. */
  dependencies: Readonly<Record<string, string>>
  /** Version or range that a name has wherever it is asked for. */
  overrides: Readonly<Record<string, string>>
  lock: Lock | null
}

/** Raise it when the same wants would be installed in another way. */
const RECIPE = '1'

const MOST = { manifestBytes: 1024 * 1024, lockBytes: 20 * 1024 * 1024, dependencies: 300 }

/** In the order in which they count, should there be several. `bun.lockb` is the older, binary one. */
const LOCKS = ['bun.lock', 'package-lock.json', 'pnpm-lock.yaml', 'yarn.lock', 'bun.lockb']

/** The files of an app that say which packages it wants: a tree of these alone has the same set. */
export const wantsFiles: readonly string[] = ['package.json', ...LOCKS]

const Ranges = z.record(z.string().max(300), z.string().max(300))

const Manifest = z.object({
  dependencies: Ranges.default({}),
  devDependencies: Ranges.default({}),
  optionalDependencies: Ranges.default({}),
  overrides: z.record(z.string().max(300), z.unknown()).default({}),
  resolutions: z.record(z.string().max(300), z.unknown()).default({}),
})

export const PACKAGE_NAME = /^(?:@[a-z0-9~-][\w.~-]{0,100}\/)?[a-z0-9~-][\w.~-]{0,200}$/i
const RANGE = /^[\w.^~<>=|* +-]{0,200}$/
const ALIAS = /^npm:((?:@[a-z0-9~-][\w.~-]*\/)?[a-z0-9~-][\w.~-]*)(?:@([\w.^~<>=|* +-]*))?$/i

type ByLock = WeakMap<Uint8Array, { lock: string; wants: Outcome<Wants> }>

/** By the contents of `package.json` and of the lock, which nobody changes. */
const read = new WeakMap<Uint8Array, ByLock>()
const noLock = new Uint8Array()

/** Reads what a tree asks for; null when it has no `package.json`. A failure names the package and says why. */
export function readWants(tree: SourceTree): Outcome<Wants | null> {
  const content = tree.get('package.json')
  if (!content) return ok(null)
  const lock = findLock(tree)
  const byLock: ByLock = read.get(content) ?? new WeakMap()
  read.set(content, byLock)
  const [key, name] = lock ? [lock.content, lock.name] : [noLock, '']
  const known = byLock.get(key)
  if (known?.lock === name) return known.wants
  const wants = readManifest(content, lock)
  byLock.set(key, { lock: name, wants })
  return wants
}

function readManifest(content: Uint8Array, lock: Lock | null): Outcome<Wants> {
  const manifest = parseManifest(content)
  if (!manifest.ok) return manifest
  const { dependencies, devDependencies, optionalDependencies } = manifest.value
  const listed = { ...devDependencies, ...optionalDependencies, ...dependencies }
  const wanted = Object.entries(listed).filter(
    ([name]) => toolchainReason(name, name in dependencies ? 'dependencies' : 'devDependencies') === undefined,
  )
  if (wanted.length > MOST.dependencies)
    return fail(
      'too_large',
      `package.json lists ${wanted.length} packages; at most ${MOST.dependencies} are installed.`,
    )
  for (const [name, range] of wanted) {
    const reason = refusalOf(name, range)
    if (reason) return fail('invalid', `package.json: "${name}": "${range}" is not installed: ${reason}`)
  }
  const overrides = readOverrides({ ...manifest.value.resolutions, ...manifest.value.overrides }, listed)
  if (!overrides.ok) return overrides
  if (lock && lock.content.byteLength > MOST.lockBytes) return fail('too_large', `${lock.name} is larger than 20 MB.`)
  const sorted = { dependencies: byName(wanted), overrides: byName(Object.entries(overrides.value)) }
  return ok({ ...sorted, lock, key: keyOf(sorted, lock) })
}

/** The `package.json` that stands for these wants where they are resolved. */
export const manifestOf = ({ dependencies, overrides }: Pick<Wants, 'dependencies' | 'overrides'>): string =>
  JSON.stringify({ name: 'app', private: true, dependencies, overrides })

function parseManifest(content: Uint8Array): Outcome<z.infer<typeof Manifest>> {
  if (content.byteLength > MOST.manifestBytes) return fail('too_large', 'package.json is larger than 1 MB.')
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder().decode(content))
  } catch {
    return fail('invalid', 'package.json is not JSON.')
  }
  const parsed = Manifest.safeParse(value)
  if (parsed.success) return ok(parsed.data)
  const [issue] = parsed.error.issues
  return fail('invalid', `package.json: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not understood'}`)
}

/** Why a package cannot be had in this way; undefined when it can. */
function refusalOf(name: string, range: string): string | undefined {
  if (!PACKAGE_NAME.test(name)) return 'that is not the name of a package.'
  if (RANGE.test(range)) return undefined
  const alias = ALIAS.exec(range)
  if (alias) return undefined
  if (/^(?:file|link|portal):|^[./~]/.test(range))
    return 'folders and files of a machine are not there for the builder.'
  if (/^(?:workspace|catalog):/.test(range)) return 'the app is not part of a workspace here.'
  if (/^(?:git|github|gitlab|bitbucket|gist)[:+]|^git@|^[\w-]+\/[\w.-]+/.test(range))
    return 'packages come from the registry only, not from a repository.'
  if (/^https?:/.test(range)) return 'packages come from the registry only, not from an address.'
  return 'that is not a version or a range.'
}

function readOverrides(
  given: Readonly<Record<string, unknown>>,
  listed: Readonly<Record<string, string>>,
): Outcome<Record<string, string>> {
  const simple: Record<string, string> = {}
  for (const [pattern, value] of Object.entries(given)) {
    const name = pattern.replace(/^\*\*\//, '')
    if (toolchainReason(name, 'devDependencies') !== undefined) continue
    const range = typeof value === 'string' && value.startsWith('$') ? listed[value.slice(1)] : value
    if (typeof range !== 'string' || !PACKAGE_NAME.test(name))
      return fail('invalid', `package.json: the override of "${pattern}" is not understood: only name and version are.`)
    const reason = refusalOf(name, range)
    if (reason) return fail('invalid', `package.json: the override "${pattern}": "${range}" cannot be used: ${reason}`)
    simple[name] = range
  }
  return ok(simple)
}

function findLock(tree: SourceTree): Lock | null {
  for (const name of LOCKS) {
    const content = tree.get(name)
    if (content && content.byteLength > 0) return { name, content }
  }
  return null
}

const byName = (entries: readonly [string, string][]): Record<string, string> =>
  Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)))

function keyOf(wants: Pick<Wants, 'dependencies' | 'overrides'>, lock: Lock | null): string {
  const hash = createHash('sha256').update(JSON.stringify([RECIPE, process.platform, process.arch, wants]))
  if (lock) hash.update(lock.name).update(lock.content)
  return hash.digest('hex').slice(0, 32)
}
