import { join } from 'node:path'
import { fail, ok, type Outcome } from '@overskill/protocol'
import type { Sandbox } from '../sandbox/sandbox.ts'
import { readBunLock } from './bun-lock.ts'
import { readNpmLock } from './npm-lock.ts'
import type { Placement } from './placement.ts'
import type { RegistryDoor } from './registry-door.ts'
import { resolveLock } from './resolve-lock.ts'
import type { SetRecord } from './set-record.ts'
import type { Lock, Wants } from './wants.ts'

/** What is installed for some wants. `pinned`: how it was at an earlier time. `base`: a set that what it can stays as. */
export type Wanted = { wants: Wants; base: SetRecord | null; pinned: ResolvedLock | null }

/** A lock that answers all of some wants. */
export type ResolvedLock = Pick<SetRecord, 'lockName' | 'lock'>

export type Chosen = { placements: Placement[]; resolved: ResolvedLock }

export type ChooseWork = { dir: string; sandbox: Sandbox; door: RegistryDoor; signal: AbortSignal; limitMs: number }

const NPM_LOCK = 'package-lock.json' as const

/** Versions and places for everything that is wanted: of an earlier time, from a lock that answers all of it, or chosen now. */
export async function chooseVersions({ wants, base, pinned }: Wanted, work: ChooseWork): Promise<Outcome<Chosen>> {
  const placed = (resolved: ResolvedLock): Outcome<Chosen> => {
    const placements = readLock(resolved, wants)
    return placements.ok ? ok({ placements: placements.value, resolved }) : placements
  }
  if (pinned) return placed(pinned)
  if (Object.keys(wants.dependencies).length === 0) return placed({ lockName: 'bun.lock', lock: '{}' }) // bun writes none
  if (!base && wants.lock?.name === NPM_LOCK) {
    const known = placed({ lockName: NPM_LOCK, lock: new TextDecoder().decode(wants.lock.content) })
    if (known.ok) return known
  }
  const lock = await resolveLock(wants, base ? lockOf(base) : wants.lock, { ...work, workDir: join(work.dir, 'work') })
  return lock.ok ? placed({ lockName: 'bun.lock', lock: lock.value }) : lock
}

const lockOf = ({ lockName, lock }: SetRecord): Lock => ({ name: lockName, content: new TextEncoder().encode(lock) })

function readLock({ lockName, lock }: ResolvedLock, wants: Wants): Outcome<Placement[]> {
  if (lockName !== NPM_LOCK) return readBunLock(lock)
  const placements = readNpmLock(lock, wants)
  return placements ? ok(placements) : fail('build_failed', 'The lockfile does not fit package.json.')
}
