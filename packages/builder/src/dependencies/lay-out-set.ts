import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import type { Chosen } from './choose-versions.ts'
import type { PlacedPackage } from './fetch-packages.ts'
import { linkPackage } from './link-package.ts'
import { moveInto, type StoredPackage } from './package-files.ts'
import { lockPath, setDir, type SetRecord } from './set-record.ts'
import { unmetPeers } from './unmet-peers.ts'

/** A set in the making, beside its place. Ending it is its owner's duty: by `finish`, and always by `drop`. */
export type SetInMaking = {
  /** Lays out what an earlier set had, while versions are still being chosen: most of it stays. Never rejects. */
  begin(checksums: Readonly<Record<string, string>>, find: (integrity: string) => StoredPackage | null): void
  /** Makes it what was chosen, and moves it to its place whole. One that came first stays. */
  finish(key: string, chosen: Chosen, packages: readonly PlacedPackage[]): Promise<void>
  /** Removes what is not in its place. */
  drop(): Promise<void>
}

export function openSetInMaking(dir: string): SetInMaking {
  const work = join(dir, 'work', randomUUID())
  const modules = join(work, 'node_modules')
  const laid = new Map<string, string>() // checksum by place
  let begun: Promise<void> = Promise.resolve()
  let dropped = false

  const lay = async (place: string, integrity: string, stored: StoredPackage): Promise<void> => {
    linkPackage(stored, join(modules, place))
    laid.set(place, integrity)
    await setImmediate() // others have their turn between two packages
  }
  const remove = (place: string): void => {
    rmSync(join(modules, place), { recursive: true, force: true })
    removeEmpty(dirname(place))
    for (const each of laid.keys()) if (each === place || each.startsWith(`${place}/`)) laid.delete(each)
  }

  /** The folders of a scope, or of packages inside another, that hold nothing any more. */
  const removeEmpty = (folder: string): void => {
    if (folder === '.' || readdirSync(join(modules, folder)).length > 0) return
    rmdirSync(join(modules, folder))
    removeEmpty(dirname(folder))
  }

  return {
    begin(checksums, find) {
      const ahead = async (): Promise<void> => {
        for (const [place, integrity] of Object.entries(checksums).toSorted(outerFirst)) {
          const stored = dropped ? null : find(integrity)
          if (stored) await lay(place, integrity, stored)
        }
      }
      // What it could not lay out ahead is laid out at the end, where a fault is told.
      begun = ahead().catch(() => rmSync(modules, { recursive: true, force: true }))
    },
    async finish(key, { placements, resolved }, packages) {
      await begun
      if (!existsSync(modules)) laid.clear()
      mkdirSync(modules, { recursive: true })
      const wanted = new Map(packages.map(({ placement }) => [placement.place, placement.integrity]))
      for (const [place, integrity] of [...laid]) if (laid.has(place) && wanted.get(place) !== integrity) remove(place)
      const byPlace = packages.map(({ placement, stored }) => [placement.place, { placement, stored }] as const)
      for (const [place, { placement, stored }] of byPlace.toSorted(outerFirst))
        if (!laid.has(place)) await lay(place, placement.integrity, stored)
      const versions = Object.fromEntries(placements.map(({ place, version }) => [place, version]))
      const checksums = Object.fromEntries(placements.map(({ place, integrity }) => [place, integrity]))
      keepSet(dir, key, work, { ...resolved, versions, checksums, unmet: unmetPeers(placements) })
    },
    async drop() {
      dropped = true
      await begun
      for (const path of [work, `${work}.lock`]) rmSync(path, { recursive: true, force: true })
    },
  }
}

/** What a package brings inside itself is there before what stands inside it. */
const outerFirst = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1)

function keepSet(dir: string, key: string, work: string, record: SetRecord): void {
  writeFileSync(join(work, 'set.json'), JSON.stringify(record))
  if (!existsSync(lockPath(dir, key))) {
    mkdirSync(join(dir, 'locks'), { recursive: true })
    writeFileSync(`${work}.lock`, JSON.stringify(record))
    renameSync(`${work}.lock`, lockPath(dir, key))
  }
  mkdirSync(join(dir, 'sets'), { recursive: true })
  moveInto(work, setDir(dir, key))
}
