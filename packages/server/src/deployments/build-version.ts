import type { Artifact, BuildResult } from '@overskill/builder'
import { type BuildError, must, newId, timeLimitMs } from '@overskill/protocol'
import { and, eq } from 'drizzle-orm'
import { readTree } from '../apps/files.ts'
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

/** Which build it is, and who may say how it ended. */
type Told = { app: string; version: number; build: string; hold: (write: Write) => Promise<void> }

/** How a build ended: what its version and its event say. */
type Ended = { ms: number; errors?: BuildError[] }

/** Builds a version's tree, unless what it builds to is stored already: then nothing is built again. */
export function createBuildVersion(options: { db: Database; log: EventLog; treeBuilds: TreeBuilds }): BuildVersion {
  const { db, log, treeBuilds } = options

  const begin = (app: string, version: number, build: string) => {
    const deadline = new Date(Date.now() + timeLimitMs('deploymentBuild')).toISOString()
    return log.write((write) => write.append(app, [{ type: 'build.started', build, version, deadline }]))
  }

  const mark = (sql: Write['sql'] | Database, app: string, version: number, build: 'ok' | 'failed') =>
    sql
      .update(versions)
      .set({ build })
      .where(and(eq(versions.app, app), eq(versions.number, version)))

  /** The version, its event and what the tree builds to, in one transaction. */
  const end = (told: Told, { ms, errors }: Ended, stored?: [string, StoredBuild]) =>
    log.write(async (write) => {
      const { app, version, build, hold } = told
      await hold(write)
      await mark(write.sql, app, version, errors ? 'failed' : 'ok')
      if (stored) await treeBuilds.note(write.sql, ...stored)
      const ended = { build, version, ms }
      await write.append(app, [
        errors ? { type: 'build.failed', ...ended, errors } : { type: 'build.completed', ...ended },
      ])
    })

  return async (app, version, signal, hold) => {
    const [row] = await db
      .select({ tree: versions.tree, build: versions.build })
      .from(versions)
      .where(and(eq(versions.app, app), eq(versions.number, version)))
    const { tree, build: state } = must(row, `Version ${version} of ${app}`)
    const checked = treeBuilds.takeChecked(tree)
    const before = await treeBuilds.stored(tree)
    if (before && !checked) {
      if (state !== 'ok') await mark(db, app, version, 'ok')
      return { ok: true, ...before }
    }
    const build = newId('build')
    await begin(app, version, build)
    const told = { app, version, build, hold }
    if (checked && (before || !checked.ok)) {
      const { ms } = checked
      await end(told, checked.ok ? { ms } : { ms, errors: checked.errors })
      return checked.ok ? { ok: true, ...must(before, 'What the check stored') } : { ok: false, errors: checked.errors }
    }
    const result = await treeBuilds.build(await readTree(db, tree), signal)
    if (signal.aborted) return stopped(result)
    const ms = Math.round(result.ms)
    if (!result.ok) {
      await end(told, { ms, errors: result.errors })
      return { ok: false, errors: result.errors }
    }
    const { artifact, contents } = result
    const stored = { hash: artifact.hash, bytes: artifact.bytes }
    await end(told, { ms }, [tree, stored])
    return { ok: true, ...stored, upload: { artifact, contents } }
  }
}

/** A build that was given up says nothing about its version. */
const stopped = (result: BuildResult): Built => ({ ok: false, errors: result.ok ? [] : result.errors })
