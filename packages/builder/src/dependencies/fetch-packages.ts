import { fail, ok, type Outcome } from '@overskill/protocol'
import type { Placement } from './placement.ts'
import { isIntact, type PackageFiles, type StoredPackage } from './package-files.ts'
import { isTooYoung, publishedAt, type PackageDocument } from './package-document.ts'
import { createUnpacking, type UnpackLimits, type Unpacked, type Unpacking } from './read-archive-room.ts'
import type { Asked, Registry } from './registry.ts'
import { tooYoung } from './resolve-failure.ts'

export type FetchWork = {
  registry: Registry
  /** Where packages are kept that were not there. */
  own: PackageFiles
  /** Packages that came with the program: whatever is there was looked at already. */
  trusted: readonly PackageFiles[]
  /** What the registry said while versions were chosen. */
  asked: ReadonlyMap<string, Asked<PackageDocument>>
  mayBeNew: (name: string) => boolean
  /** Most bytes that are fetched, all packages together. */
  mostBytes: number
  /** How much is unpacked at one time, and in all. */
  unpackLimits?: Partial<UnpackLimits>
  signal: AbortSignal
  onFetched: (packages: number, bytes: number) => void
}

/** A package of a set, in the store. */
export type PlacedPackage = { placement: Placement; stored: StoredPackage }

const AT_ONCE = 16

/**
 * Gets every package into the store: fetched where it is not there yet, checked against its checksum and age, unpacked. The
 * first that cannot be had ends it.
 */
export async function fetchPackages(
  placements: readonly Placement[],
  work: FetchWork,
): Promise<Outcome<PlacedPackage[]>> {
  const stop = new AbortController()
  const signal = AbortSignal.any([work.signal, stop.signal])
  let failure: Outcome<never> | undefined
  const end = (why: Outcome<never>): void => {
    failure ??= why
    stop.abort()
  }
  let fetchedBytes = 0
  const onBytes = (bytes: number): void => {
    fetchedBytes += bytes
    work.onFetched(0, bytes)
    if (fetchedBytes > work.mostBytes) end(tooLarge(work.mostBytes))
  }
  const parts = { ...work, signal, onBytes, unpacking: createUnpacking(signal, work.unpackLimits) }
  const byChecksum = new Map<string, Promise<Outcome<StoredPackage>>>()
  const queue = [...placements]
  const placed: PlacedPackage[] = []
  const takeOne = async (): Promise<void> => {
    for (let next = queue.pop(); next && !failure; next = queue.pop()) {
      const placement = next
      const getting = byChecksum.get(placement.integrity) ?? getPackage(placement, parts)
      byChecksum.set(placement.integrity, getting)
      const got = await getting
      if (got.ok) placed.push({ placement, stored: got.value })
      else end(got)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, takeOne))
  return failure ?? ok(placed)
}

const tooLarge = (mostBytes: number): Outcome<never> =>
  fail('too_large', `These packages are larger than ${mostBytes / 1024 / 1024} MB in all.`)

type Parts = FetchWork & { onBytes: (bytes: number) => void; unpacking: Unpacking }

async function getPackage(placement: Placement, work: Parts): Promise<Outcome<StoredPackage>> {
  const { name, version, integrity } = placement
  for (const files of work.trusted) {
    const stored = files.find(integrity)
    if (stored) return ok(stored)
  }
  const known = work.own.find(integrity)
  if (known) {
    const age = await checkAge(placement, known.publishedMs ?? undefined, work)
    return age.ok ? outcomeOf(work.unpacking.count(known), placement) : age
  }
  const fetched = await fetchArchive(placement, work)
  if (!fetched.ok) return fail(fetched.kind === 'missing' ? 'not_found' : 'build_failed', fetched.detail)
  const { content, lastModifiedMs } = fetched.value
  if (!isIntact(content, integrity))
    return fail('build_failed', `What came for ${name} ${version} is not what its checksum says, so it was not taken.`)
  const age = await checkAge(placement, lastModifiedMs, work)
  if (!age.ok) return age
  const stored = await work.unpacking.unpack(content, (files) => work.own.keep(placement, files, age.value))
  if (stored.ok) work.onFetched(1, 0)
  return outcomeOf(stored, placement)
}

function outcomeOf(unpacked: Unpacked<StoredPackage>, { name, version }: Placement): Outcome<StoredPackage> {
  if (unpacked.ok) return ok(unpacked.value)
  if (unpacked.kind === 'all') return fail('too_large', unpacked.detail)
  if (unpacked.kind === 'stopped') return fail('build_failed', unpacked.detail)
  return fail('build_failed', `The archive of ${name} ${version} is not taken: ${unpacked.detail}.`)
}

/** Where every registry has it; if it is not there, where the registry says. */
async function fetchArchive({ name, version }: Placement, work: Parts) {
  const options = { signal: work.signal, onBytes: work.onBytes }
  const usual = await work.registry.archive(name, version, options)
  if (usual.ok || usual.kind !== 'missing') return usual
  const document = await work.registry.document(name, work.signal)
  const address = document.ok ? document.value.versions[version]?.dist.tarball : undefined
  if (!address || !/^https?:\/\//.test(address)) return usual
  return work.registry.archive(name, version, { ...options, address })
}

/** When a version was published, as far as needed to say that it is old enough; a failure when it is not. */
async function checkAge(
  { name, version }: Placement,
  saidMs: number | undefined,
  work: FetchWork,
): Promise<Outcome<number | null>> {
  if (work.mayBeNew(name)) return ok(saidMs ?? null)
  if (!isTooYoung(saidMs, Date.now())) return ok(saidMs ?? null)
  const known = work.asked.get(name) ?? (await work.registry.document(name, work.signal))
  if (!known.ok) return fail('build_failed', known.detail)
  const at = publishedAt(known.value, version)
  return isTooYoung(at, Date.now()) ? fail('forbidden', tooYoung(name, version, at)) : ok(at ?? null)
}
