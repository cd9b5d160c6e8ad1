import { z } from 'zod'
import { fitsPlatform, INTEGRITY, PlatformNames, VERSION, type Placement } from './placement.ts'
import { toolchainReason } from './toolchain-packages.ts'
import { PACKAGE_NAME, type Wants } from './wants.ts'

const Texts = z.record(z.string(), z.string()).default({})

const Entry = z.object({
  name: z.string().optional(), // of an alias
  version: z.string().optional(),
  integrity: z.string().optional(),
  link: z.boolean().optional(),
  inBundle: z.boolean().optional(),
  os: PlatformNames,
  cpu: PlatformNames,
  dependencies: Texts,
  devDependencies: Texts,
  optionalDependencies: Texts,
  peerDependencies: Texts,
  peerDependenciesMeta: z.record(z.string(), z.object({ optional: z.boolean().optional() })).default({}),
})
type Entry = z.infer<typeof Entry>

const NpmLock = z.object({
  lockfileVersion: z.union([z.literal(2), z.literal(3)]),
  packages: z.record(z.string(), Entry),
})

const PREFIX = 'node_modules/'

/**
 * What `package-lock.json` says of these wants, exactly as npm lays it out and without what only a toolchain needs. Null
 * when it does not answer all of them: of another form, out of step with `package.json`, or something is not from the registry.
 */
export function readNpmLock(text: string, wants: Wants): Placement[] | null {
  if (Object.keys(wants.overrides).length > 0) return null
  const packages = parse(text)
  const root = packages?.['']
  if (!packages || !root) return null
  const locked = { ...root.devDependencies, ...root.optionalDependencies, ...root.dependencies }
  if (Object.entries(wants.dependencies).some(([name, range]) => locked[name] !== range)) return null

  const placements = new Map<string, Placement | null>()
  const open: { name: string; from: string; needed: boolean }[] = Object.keys(wants.dependencies).map((name) => ({
    ...{ name, from: '', needed: true },
  }))
  for (let next = open.pop(); next; next = open.pop()) {
    const path = findPath(packages, next.name, next.from)
    if (path === null && next.needed) return null
    if (path === null || placements.has(path)) continue
    const entry = packages[path] as Entry
    const placement = placementOf(path, entry)
    if (placement === undefined) return null
    placements.set(path, placement)
    if (placement) open.push(...edgesOf(entry, path))
  }
  return [...placements.values()].filter((placement) => placement !== null)
}

function parse(text: string): Record<string, Entry> | null {
  try {
    const parsed = NpmLock.safeParse(JSON.parse(text))
    return parsed.success ? parsed.data.packages : null
  } catch {
    return null // not JSON
  }
}

/** Where a name leads from a package, as Node looks for it: beside it, then outwards. */
function findPath(packages: Readonly<Record<string, Entry>>, name: string, from: string): string | null {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf(`/${PREFIX}`)))) {
    const path = folder === '' ? PREFIX + name : `${folder}/${PREFIX}${name}`
    if (Object.hasOwn(packages, path)) return path
    if (folder === '') return null
  }
}

function edgesOf({ dependencies, optionalDependencies, peerDependencies }: Entry, from: string) {
  const peers = Object.entries(peerDependencies).filter(([name]) => !toolchainReason(name, 'devDependencies'))
  const optional = { ...optionalDependencies, ...Object.fromEntries(peers) }
  return Object.keys({ ...dependencies, ...optional }).map((name) => ({ name, from, needed: !(name in optional) }))
}

/** Null for what does not run here or comes within another; undefined for what cannot be taken from a lock. */
function placementOf(path: string, entry: Entry): Placement | null | undefined {
  const names = path.slice(PREFIX.length).split(`/${PREFIX}`)
  const name = entry.name ?? names.at(-1) ?? ''
  if (
    !path.startsWith(PREFIX) ||
    ![...names, name].every((each) => PACKAGE_NAME.test(each) && !/(?:^|\/)\./.test(each))
  )
    return undefined
  if (entry.inBundle || !fitsPlatform(entry)) return null
  const { version = '', integrity = '', link } = entry
  if (link || !VERSION.test(version) || !INTEGRITY.test(integrity)) return undefined
  const { peerDependencies, peerDependenciesMeta } = entry
  const peers = Object.entries(peerDependencies).filter(([peer]) => !peerDependenciesMeta[peer]?.optional)
  return { place: names.join(`/${PREFIX}`), name, version, integrity, peers: Object.fromEntries(peers) }
}
