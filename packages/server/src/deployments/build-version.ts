import type { BuildError } from '@overskill/protocol'
import type { Artifact, BuildResult, FastBuildService } from '@overskill/builder'
import { newId } from '@overskill/protocol'
import { and, eq } from 'drizzle-orm'
import { readContents, readTree } from '../apps/files.ts'
import type { Database } from '../database/database.ts'
import { builds, versions } from '../database/schema.ts'
import type { EventLog } from '../events/event-log.ts'
import { must } from '@overskill/protocol'

/** What the edge keeps of artifacts, as far as a build needs to know. */
export type ArtifactStore = {
  has(artifact: string): Promise<boolean>
  store(artifact: Artifact, contents: ReadonlyMap<string, Uint8Array>): Promise<void>
}

/** A built version. `artifact` is there when it was built just now and is not stored yet. */
export type Built =
  | {
      ok: true
      hash: string
      bytes: number
      upload?: { artifact: Artifact; contents: ReadonlyMap<string, Uint8Array> }
    }
  | { ok: false; errors: BuildError[] }

export type BuildVersion = (app: string, version: number, signal: AbortSignal) => Promise<Built>

/** Longest a build may take, in ms: below a tool's limit, so that a turn always hears of it. */
const buildLimitMs = 60_000

/** Builds a version's tree, unless what it builds to is stored already: then nothing is built again. */
export function createBuildVersion(options: {
  db: Database
  log: EventLog
  builder: FastBuildService
  artifacts: ArtifactStore
}): BuildVersion {
  const { db, log, builder, artifacts } = options

  const known = async (tree: string): Promise<Built | undefined> => {
    const [row] = await db
      .select()
      .from(builds)
      .where(and(eq(builds.tree, tree), eq(builds.recipe, builder.version)))
    return row && (await artifacts.has(row.artifact)) ? { ok: true, hash: row.artifact, bytes: row.bytes } : undefined
  }

  const mark = (app: string, version: number, build: 'ok' | 'failed') => ({
    set: { build },
    where: and(eq(versions.app, app), eq(versions.number, version)),
  })

  return async (app, version, signal) => {
    const [row] = await db
      .select({ tree: versions.tree, build: versions.build })
      .from(versions)
      .where(and(eq(versions.app, app), eq(versions.number, version)))
    const { tree, build: state } = must(row, `Version ${version} of ${app}`)
    const before = await known(tree)
    if (before) {
      const { set, where } = mark(app, version, 'ok')
      if (state !== 'ok') await db.update(versions).set(set).where(where)
      return before
    }
    const build = newId('build')
    await log.write((write) => write.append(app, [{ type: 'build.started', build, version }]).then(() => undefined))
    const result = await builder.build(await readContents(db, await readTree(db, tree)), {
      signal,
      limitMs: buildLimitMs,
    })
    if (signal.aborted) return stopped(result)
    const ms = Math.round(result.ms)
    await log.write(async (write) => {
      const { set, where } = mark(app, version, result.ok ? 'ok' : 'failed')
      await write.sql.update(versions).set(set).where(where)
      if (result.ok) {
        const { hash, bytes } = result.artifact
        const values = { tree, recipe: builder.version, artifact: hash, bytes }
        await write.sql
          .insert(builds)
          .values(values)
          .onConflictDoUpdate({ target: [builds.tree, builds.recipe], set: { artifact: hash, bytes } })
        await write.append(app, [{ type: 'build.completed', build, version, ms }])
      } else await write.append(app, [{ type: 'build.failed', build, version, ms, errors: result.errors }])
    })
    if (!result.ok) return { ok: false, errors: result.errors }
    const { artifact, contents } = result
    return { ok: true, hash: artifact.hash, bytes: artifact.bytes, upload: { artifact, contents } }
  }
}

/** A build that was given up says nothing about its version. */
const stopped = (result: BuildResult): Built => ({ ok: false, errors: result.ok ? [] : result.errors })
