import { fail, ok, type Outcome } from '@overskill/protocol'
import { z } from 'zod'
import { fitsPlatform, INTEGRITY, PlatformNames, VERSION, type Placement } from './placement.ts'
import { PACKAGE_NAME } from './wants.ts'

const Info = z.object({
  os: PlatformNames,
  cpu: PlatformNames,
  bundled: z.boolean().optional(),
  peerDependencies: z.record(z.string(), z.string()).default({}),
  optionalPeers: z.array(z.string()).default([]),
})
const BunLock = z.object({ packages: z.record(z.string(), z.array(z.unknown())).default({}) })
const IDENTITY = /^((?:@[^@/]+\/)?[^@/]+)@([^@]+)$/

/** Reads `bun.lock` as bun writes it. Fails for anything that does not come from the registry. */
export function readBunLock(text: string): Outcome<Placement[]> {
  const parsed = BunLock.safeParse(parseRelaxed(text))
  if (!parsed.success) return fail('build_failed', 'The lockfile that was resolved cannot be read.')
  const placements: Placement[] = []
  for (const [key, entry] of Object.entries(parsed.data.packages)) {
    const placement = readEntry(key, entry)
    if (!placement.ok) return placement
    if (placement.value) placements.push(placement.value)
  }
  return ok(placements)
}

/** Null for what comes within another package, and for what does not run here. */
function readEntry(key: string, [identity, , given, integrity]: readonly unknown[]): Outcome<Placement | null> {
  const [, name, version] = IDENTITY.exec(String(identity)) ?? []
  if (!name || !version || !VERSION.test(version))
    return fail(
      'forbidden',
      `"${String(identity).slice(0, 200)}" does not come from the registry: only its packages are installed.`,
    )
  const place = placeOf(key)
  const info = Info.safeParse(given)
  if (place === null || !PACKAGE_NAME.test(name) || !info.success)
    return fail('build_failed', `The lockfile's entry "${key}" is not understood.`)
  if (info.data.bundled || !fitsPlatform(info.data)) return ok(null)
  if (typeof integrity !== 'string' || !INTEGRITY.test(integrity))
    return fail('forbidden', `${name} ${version} has no checksum in the lockfile, so what comes cannot be checked.`)
  const { peerDependencies, optionalPeers } = info.data
  const peers = Object.entries(peerDependencies).filter(([peer]) => !optionalPeers.includes(peer))
  return ok({ place, name, version, integrity, peers: Object.fromEntries(peers) })
}

/** JSON with commas after the last item. */
function parseRelaxed(text: string): unknown {
  try {
    return JSON.parse(
      text.replaceAll(/("(?:\\.|[^"\\])*")|,(?=\s*[}\]])/g, (_, kept: string | undefined) => kept ?? ''),
    )
  } catch {
    return null
  }
}

/** `a/@s/b` in the lock is `a/node_modules/@s/b` on disk; null when it is not made of names. */
function placeOf(key: string): string | null {
  const names = key.match(/@[^/]+\/[^/]+|[^/]+/g) ?? []
  return names.length > 0 && names.every(isFolderName) ? names.join('/node_modules/') : null
}

const isFolderName = (name: string): boolean => PACKAGE_NAME.test(name) && !/(?:^|\/)(?:\.|node_modules$)/.test(name)
