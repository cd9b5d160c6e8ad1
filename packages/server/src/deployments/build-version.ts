import type { Artifact, BuildResult } from '@overskill/builder'
import { type BuildError, must, type NewAppEvent, newId, timeLimitMs } from '@overskill/protocol'
import { and, eq } from 'drizzle-orm'
import type { Apps } from '../apps/apps.ts'
import { readTree } from '../apps/files.ts'
import { lockApp } from '../apps/lock-app.ts'
import type { Database } from '../database/database.ts'
import { versions } from '../database/schema.ts'
import type { EventLog, Write } from '../events/event-log.ts'
import type { StoredBuild, TreeBuilds } from './build-tree.ts'

/** A built version. `upload` is there when it was built just now and is not stored yet. */
export type Built =
  | ({ ok: true; upload?: { artifact: Artifact; contents: ReadonlyMap<string, Uint8Array> } } & StoredBuild)
  | { ok: false; errors: BuildError[] }

/** @param hold Called in the transaction that stores what came of it; throws when it is no longer for us to say. */
export type BuildVersion = (
  app: string,
  version: number,
  signal: AbortSignal,
  hold: (write: Write) => Promise<void>,
) => Promise<Built>

/** Which version it is, and who may say what came of it. */
type Told = { app: string; version: number; hold: (write: Write) => Promise<void> }

/** How a build ended: what its version and its event say. */
type Ended = { ms: number; errors?: BuildError[] }

export type BuildVersionOptions = {
  db: Database
  log: EventLog
  apps: Pick<Apps, 'settle'>
  treeBuilds: TreeBuilds
}

/** Builds a version's tree, unless what it builds to is stored already: then nothing is built again. */
export function createBuildVersion({ db, log, apps, treeBuilds }: BuildVersionOptions): BuildVersion {
  const begin = (app: string, version: number, build: string) => {
    const deadline = new Date(Date.now() + timeLimitMs('deploymentBuild')).toISOString()
    return log.write((write) => write.append(app, [{ type: 'build.started', build, version, deadline }]))
  }

  /** The version, the events, what the tree builds to and what all that makes of the app, in one transaction. */
  const mark = (told: Told, build: 'ok' | 'failed', events: NewAppEvent[], stored?: [string, StoredBuild]) =>
    log.write(async (write) => {
      const { app, version, hold } = told
      await lockApp(write, app, true)
      await hold(write)
      const isThis = and(eq(versions.app, app), eq(versions.number, version))
      await write.sql.update(versions).set({ build }).where(isThis)
      if (stored) await treeBuilds.note(write.sql, ...stored)
      await write.append(app, events)
      await apps.settle(write, app)
    })

  const end = (told: Told, build: string, { ms, errors }: Ended, stored?: [string, StoredBuild]) => {
    const ended = { build, version: told.version, ms }
    return errors
      ? mark(told, 'failed', [{ type: 'build.failed', ...ended, errors }])
      : mark(told, 'ok', [{ type: 'build.completed', ...ended }], stored)
  }

  return async (app, version, signal, hold) => {
    const [row] = await db
      .select({ tree: versions.tree, build: versions.build })
      .from(versions)
      .where(and(eq(versions.app, app), eq(versions.number, version)))
    const { tree, build: state } = must(row, `Version ${version} of ${app}`)
    const checked = treeBuilds.takeChecked(tree)
    const before = await treeBuilds.stored(tree)
    const told = { app, version, hold }
    if (before && !checked) {
      if (state !== 'ok') await mark(told, 'ok', [])
      return { ok: true, ...before }
    }
    const build = newId('build')
    await begin(app, version, build)
    if (checked && (before || !checked.ok)) {
      const { ms } = checked
      await end(told, build, checked.ok ? { ms } : { ms, errors: checked.errors })
      return checked.ok ? { ok: true, ...must(before, 'What the check stored') } : { ok: false, errors: checked.errors }
    }
    const result = await treeBuilds.build(await readTree(db, tree), signal)
    if (signal.aborted) return stopped(result)
    const ms = Math.round(result.ms)
    if (!result.ok) {
      await end(told, build, { ms, errors: result.errors })
      return { ok: false, errors: result.errors }
    }
    const { artifact, contents } = result
    const stored = { hash: artifact.hash, bytes: artifact.bytes }
    await end(told, build, { ms }, [tree, stored])
    return { ok: true, ...stored, upload: { artifact, contents } }
  }
}

/** A build that was given up says nothing about its version. */
const stopped = (result: BuildResult): Built => ({ ok: false, errors: result.ok ? [] : result.errors })
