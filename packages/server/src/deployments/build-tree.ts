import type { Artifact, BuildResult, FastBuildService } from '@overskill/builder'
import { type BuildError, timeLimitMs } from '@overskill/protocol'
import { type Tree, treeHash } from '@overskill/workspace'
import { and, eq } from 'drizzle-orm'
import type { Contents } from '../apps/contents.ts'
import type { Database } from '../database/database.ts'
import { builds } from '../database/schema.ts'
import type { Write } from '../events/event-log.ts'

/** What the edge keeps of artifacts, as far as a build needs to know. */
export type ArtifactStore = {
  has(artifact: string): Promise<boolean>
  store(artifact: Artifact, contents: ReadonlyMap<string, Uint8Array>): Promise<void>
}

/** What a tree was built to, stored at the edge already. */
export type StoredBuild = { hash: string; bytes: number }

/** How the look at a turn's work went: nothing of it is an event yet. */
export type CheckedBuild = { ok: true; ms: number } | { ok: false; errors: BuildError[]; ms: number }

/** Trees to artifacts, none of them twice. */
export type TreeBuilds = {
  /** What this tree was built to before, if the edge still has it. */
  stored(hash: string): Promise<StoredBuild | undefined>
  build(tree: Tree, signal: AbortSignal): Promise<BuildResult>
  /** Notes what a tree builds to, in the transaction that tells of it. */
  note(sql: Write['sql'] | Database, hash: string, artifact: StoredBuild): Promise<void>
  /**
   * Builds the work of a turn before it is a version, and stores what comes of it: the version's own build then finds it.
   *
   * @returns The faults of its files; undefined when it builds, when it was given up, and when the build ended by no file's fault.
   */
  check(tree: Tree, signal: AbortSignal): Promise<BuildError[] | undefined>
  /** Takes what a check found of this tree, once. */
  takeChecked(hash: string): CheckedBuild | undefined
}

/** Turns of others, packages and the bundle together. */
const tookTooLong = `The build did not end within ${timeLimitMs('deploymentBuild') / 60_000} minutes and was ended.`

/** How many checks wait for their version: one a running turn, and those whose turn was taken over elsewhere. */
const keptChecks = 100

export function createTreeBuilds(options: {
  db: Database
  contents: Contents
  builder: FastBuildService
  artifacts: ArtifactStore
}): TreeBuilds {
  const { db, contents, builder, artifacts } = options
  const checked = new Map<string, CheckedBuild>()

  const keep = (hash: string, found: CheckedBuild): void => {
    checked.set(hash, found)
    const [oldest] = checked.keys()
    if (checked.size > keptChecks && oldest !== undefined) checked.delete(oldest)
  }

  const treeBuilds: TreeBuilds = {
    async stored(hash) {
      const isThis = and(eq(builds.tree, hash), eq(builds.recipe, builder.version))
      const [row] = await db.select().from(builds).where(isThis)
      return row && (await artifacts.has(row.artifact)) ? { hash: row.artifact, bytes: row.bytes } : undefined
    },
    async build(tree, signal) {
      const late = AbortSignal.timeout(timeLimitMs('deploymentBuild'))
      const limits = { signal: AbortSignal.any([signal, late]), limitMs: timeLimitMs('bundle') }
      const result = await builder.build(await contents.readAll(tree), limits)
      return result.ok || !late.aborted ? result : { ...result, errors: [{ message: tookTooLong }] }
    },
    async note(sql, tree, { hash, bytes }) {
      await sql
        .insert(builds)
        .values({ tree, recipe: builder.version, artifact: hash, bytes })
        .onConflictDoUpdate({ target: [builds.tree, builds.recipe], set: { artifact: hash, bytes } })
    },
    async check(tree, signal) {
      const hash = treeHash(tree)
      if (await treeBuilds.stored(hash)) return undefined
      const result = await treeBuilds.build(tree, signal)
      if (signal.aborted) return undefined
      const ms = Math.round(result.ms)
      if (!result.ok && !result.errors.some(({ file }) => file !== undefined)) return undefined
      if (!result.ok) {
        keep(hash, { ok: false, errors: result.errors, ms })
        return result.errors
      }
      await artifacts.store(result.artifact, result.contents)
      await treeBuilds.note(db, hash, result.artifact)
      keep(hash, { ok: true, ms })
      return undefined
    },
    takeChecked(hash) {
      const found = checked.get(hash)
      checked.delete(hash)
      return found
    },
  }
  return treeBuilds
}
