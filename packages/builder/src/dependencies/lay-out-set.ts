import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Chosen } from './choose-versions.ts'
import type { PlacedPackage } from './fetch-packages.ts'
import { linkPackages } from './link-packages.ts'
import { moveInto } from './package-files.ts'
import { lockPath, setDir, type SetRecord } from './set-record.ts'
import { unmetPeers } from './unmet-peers.ts'

/** Puts a set together beside its place and moves it there whole. One that came first stays. */
export function layOutSet(dir: string, key: string, chosen: Chosen, packages: readonly PlacedPackage[]): void {
  const work = join(dir, 'work', randomUUID())
  const { placements, resolved } = chosen
  const versions = Object.fromEntries(placements.map(({ place, version }) => [place, version]))
  const record: SetRecord = { ...resolved, versions, unmet: unmetPeers(placements) }
  try {
    linkPackages(join(work, 'node_modules'), packages)
    writeFileSync(join(work, 'set.json'), JSON.stringify(record))
    if (!existsSync(lockPath(dir, key))) {
      mkdirSync(join(dir, 'locks'), { recursive: true })
      writeFileSync(`${work}.lock`, JSON.stringify(record))
      renameSync(`${work}.lock`, lockPath(dir, key))
    }
    mkdirSync(join(dir, 'sets'), { recursive: true })
    moveInto(work, setDir(dir, key))
  } finally {
    rmSync(work, { recursive: true, force: true })
    rmSync(`${work}.lock`, { force: true })
  }
}
