import {
  type DependencyStore,
  describeSet,
  findMissingPackages,
  type MissingPackage,
  toolchainReason,
  wantsFiles,
} from '@overskill/builder'
import { fail, type InstallProgress, type NewAppEvent, ok, type Outcome, timeLimitMs } from '@overskill/protocol'
import { decodeText, type Draft, isUnsafeToParse } from '@overskill/workspace'
import { editManifest } from './edit-manifest.ts'

/** What is to become of an app's packages. Each to add is `name` or `name@range`. */
export type PackageChange = {
  add: readonly string[]
  remove: readonly string[]
  dev?: boolean
  /** A person's decision: versions younger than a day are taken too. */
  allowNew?: boolean
}

/** A change that can be stored: everything in it is installed. */
export type ChangedPackages = {
  manifest: string
  added: { name: string; version: string }[]
  /** Listed, and not installed: the builder has its own, with the reason. */
  unneeded: { name: string; reason: string }[]
  /** What packages ask for beside them since this change, in words. */
  unmet: string[]
}

export type PackageWork = {
  signal: AbortSignal
  /** Events of the app's log that tell of it, a few a second at most. */
  say: (event: NewAppEvent) => void
}

/** An app's packages, as its files ask for them. */
export type Packages = {
  /** Works out what `package.json` would say and installs that. Changes nothing of the app: that is its caller's. */
  change(draft: Draft, change: PackageChange, work: PackageWork): Promise<Outcome<ChangedPackages>>
  /** What a script of the draft imports that is not installed; empty when nobody knows yet what is. */
  missing(draft: Draft, path: string, text: string): Promise<MissingPackage[]>
}

/** Least time between two events of progress, in ms. */
const PROGRESS_MS = 400

const CONFIGS = ['tsconfig.app.json', 'tsconfig.json', 'jsconfig.json']

export function createPackages({ store }: { store: DependencyStore }): Packages {
  return {
    async change(draft, change, work) {
      const names = [...change.add.map(nameOf), ...change.remove]
      const progress = paced((seen) => work.say({ type: 'packages.progress', names, progress: seen }))
      progress.tell({ phase: 'resolving', packages: 0, bytes: 0 })
      const done = await changePackages(store, draft, change, { signal: work.signal, onProgress: progress.tell })
      progress.end()
      work.say({ type: 'packages.ended', names, ...(!done.ok && { problem: done.failure.detail }) })
      return done
    },
    async missing(draft, path, text) {
      const tree = await readFiles(draft, [...wantsFiles, ...CONFIGS])
      const set = store.find(tree)
      if (!set.ok || !set.value) return []
      const files = new Map([...tree, [path, new TextEncoder().encode(text)]])
      return findMissingPackages(files, set.value, isUnsafeToParse)
    },
  }
}

async function changePackages(
  store: DependencyStore,
  draft: Draft,
  { add, remove, dev = false, allowNew = false }: PackageChange,
  { signal, onProgress }: { signal: AbortSignal; onProgress: (progress: InstallProgress) => void },
): Promise<Outcome<ChangedPackages>> {
  const before = await readFiles(draft, wantsFiles)
  const manifest = decodeText(before.get('package.json') ?? new Uint8Array())
  if (!manifest) return fail('invalid', 'The app has no package.json that can be read.')
  const options = { signal, limitMs: timeLimitMs('packages'), onProgress, allowNew: allowNew ? ['*'] : [] }
  const resolved = add.length > 0 ? await store.resolve(add, options) : ok([])
  if (!resolved.ok) return resolved
  const edited = editManifest(manifest, { add: resolved.value.map((each) => ({ ...each, dev })), remove })
  if (!edited.ok) return edited
  const after = new Map([...before, ['package.json', new TextEncoder().encode(edited.value)]])
  const set = await store.obtain(after, { ...options, after: before })
  if (!set.ok) return set

  const { versions, unmet } = describeSet(set.value)
  const known = store.find(before)
  const unmetBefore = known.ok && known.value ? describeSet(known.value).unmet : []
  const names = resolved.value.map(({ name }) => name)
  return ok({
    manifest: edited.value,
    added: names.flatMap((name) => (versions[name] ? [{ name, version: versions[name] }] : [])),
    unneeded: names.flatMap((name) => {
      const reason = versions[name] ? undefined : toolchainReason(name, dev ? 'devDependencies' : 'dependencies')
      return reason === undefined ? [] : [{ name, reason }]
    }),
    unmet: unmet.filter((line) => !unmetBefore.includes(line)),
  })
}

/** `@scope/name@^1.0.0` → `@scope/name`. */
export const nameOf = (request: string): string => {
  const at = request.indexOf('@', 1)
  return at === -1 ? request : request.slice(0, at)
}

async function readFiles(draft: Draft, paths: readonly string[]): Promise<Map<string, Uint8Array>> {
  const found = new Map<string, Uint8Array>()
  for (const path of paths) {
    if (!draft.tree().has(path)) continue
    const content = await draft.read(path)
    if (content.ok) found.set(path, content.value)
  }
  return found
}

/** Hands on the first of a phase at once, then the newest one after each pause. */
function paced(say: (progress: InstallProgress) => void) {
  let phase: InstallProgress['phase'] | undefined
  let waiting: InstallProgress | undefined
  let timer: NodeJS.Timeout | undefined
  const flush = (): void => {
    timer = undefined
    if (waiting) tell(waiting)
  }
  const tell = (progress: InstallProgress): void => {
    if (timer !== undefined && progress.phase === phase) {
      waiting = progress
      return
    }
    clearTimeout(timer)
    waiting = undefined
    phase = progress.phase
    say(progress)
    timer = setTimeout(flush, PROGRESS_MS)
  }
  return { tell, end: () => clearTimeout(timer) }
}
