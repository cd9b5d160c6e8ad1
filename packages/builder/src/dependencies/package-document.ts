import { z } from 'zod'
import { compareVersions } from './versions.ts'

const Texts = z.record(z.string(), z.string()).optional().catch(undefined)
const Names = z
  .union([z.array(z.string()), z.string().transform((name) => [name])])
  .optional()
  .catch(undefined)

/** One version, as far as resolving needs it. Old ones have odd fields: those count as absent. */
const PackageVersion = z.object({
  version: z.string(),
  dependencies: Texts,
  optionalDependencies: Texts,
  peerDependencies: Texts,
  peerDependenciesMeta: z
    .record(z.string(), z.object({ optional: z.boolean().optional() }))
    .optional()
    .catch(undefined),
  os: Names,
  cpu: Names,
  libc: Names,
  dist: z.object({
    tarball: z.string(),
    integrity: z.string().optional().catch(undefined),
    shasum: z.string().optional().catch(undefined),
  }),
})
type PackageVersion = z.infer<typeof PackageVersion>

/** What a registry says about a package. `modified` and `time`: when it, and each version, came to be; ISO 8601. */
export type PackageDocument = {
  name: string
  tags: Readonly<Record<string, string>>
  versions: Readonly<Record<string, PackageVersion>>
  time: Readonly<Record<string, string>>
  modified: string | undefined
}

const Document = z.object({
  name: z.string(),
  'dist-tags': z.record(z.string(), z.string()).catch({}),
  versions: z.record(z.string(), z.unknown()).catch({}),
  time: Texts,
  modified: z.string().optional().catch(undefined),
})

/** Reads a registry's answer; null when it is none. Versions that are not understood are left out. */
export function readDocument(text: string): PackageDocument | null {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return null
  }
  const parsed = Document.safeParse(value)
  if (!parsed.success) return null
  const { name, time = {}, modified } = parsed.data
  const versions: Record<string, PackageVersion> = {}
  for (const [version, each] of Object.entries(parsed.data.versions)) {
    const known = PackageVersion.safeParse(each)
    if (known.success) versions[version] = known.data
  }
  return { name, tags: parsed.data['dist-tags'], versions, time, modified: modified ?? time['modified'] }
}

const DAY_MS = 24 * 60 * 60_000

/**
 * When a version was published, in ms since 1970. Where the registry gives only the time of the last change of the whole
 * package, that is the answer: no version is younger. Undefined when it does not say.
 */
export function publishedAt(document: PackageDocument, version: string): number | undefined {
  const said = document.time[version] ?? document.modified
  const at = said === undefined ? Number.NaN : Date.parse(said)
  return Number.isNaN(at) ? undefined : at
}

/** Versions are taken a day after they were published: most that were published with evil intent are found by then. */
export const isTooYoung = (publishedMs: number | undefined, nowMs: number): boolean =>
  publishedMs === undefined || nowMs - publishedMs < DAY_MS

/** Whether the answer to "which versions are old enough" needs the long form of the document. */
export const needsTimes = (document: PackageDocument, nowMs: number): boolean =>
  Object.keys(document.time).length === 0 && isTooYoung(publishedAt(document, ''), nowMs)

/** A document without the versions that are too young, its tags moved to the newest that stays, and what was held back. */
export function withoutYoung(
  document: PackageDocument,
  nowMs: number,
): { document: PackageDocument; held: Readonly<Record<string, number | undefined>> } {
  const held: Record<string, number | undefined> = {}
  for (const version of Object.keys(document.versions)) {
    const at = publishedAt(document, version)
    if (isTooYoung(at, nowMs)) held[version] = at
  }
  if (Object.keys(held).length === 0) return { document, held }
  const versions = Object.fromEntries(Object.entries(document.versions).filter(([version]) => !(version in held)))
  const tags: Record<string, string> = {}
  for (const [tag, version] of Object.entries(document.tags)) {
    const moved = version in held ? newestBefore(Object.keys(versions), version) : version
    if (moved) tags[tag] = moved
  }
  return { document: { ...document, versions, tags }, held }
}

/** The newest version that is not above another; a release if that is one. */
function newestBefore(versions: readonly string[], limit: string): string | undefined {
  const isRelease = !limit.includes('-')
  const fitting = versions.filter((each) => (!isRelease || !each.includes('-')) && compareVersions(each, limit) < 0)
  return fitting.toSorted(compareVersions).at(-1)
}
