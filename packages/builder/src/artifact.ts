import type { BuildError } from '@overskill/protocol'

/** One file that a browser may ask for. `path` starts with `/`; `hash` is the sha-256 of the content, in hex. */
export type ArtifactFile = { path: string; hash: string; bytes: number; type: string; immutable: boolean }

/**
 * What a build makes: a function of (tree, dependency set, builder version), named by its content. `hash` covers the
 * manifest with the page before environment values are injected (AD7). `/index.html` is always there.
 */
export type Artifact = { hash: string; files: readonly ArtifactFile[]; bytes: number }

/** An app's source: path below the app's root → content. */
export type SourceTree = ReadonlyMap<string, Uint8Array>

export type BuildResult =
  | { ok: true; artifact: Artifact; contents: ReadonlyMap<string, Uint8Array>; ms: number } // contents by hash
  | { ok: false; errors: BuildError[]; ms: number }

/** Builds source trees in a warm, confined child process. Never rejects for what an app contains: that is a result. */
export interface FastBuildService {
  build(tree: SourceTree, options: { signal: AbortSignal; limitMs: number }): Promise<BuildResult>
  /** Starts the child now, so that the next build finds it warm. */
  warm(): void
  /** Whether it can build: the dependency set is there and a child starts. */
  check(): Promise<{ status: 'ok' | 'degraded' | 'down'; detail?: string }>
  /** Version of the recipe: part of what an artifact is a function of. */
  readonly version: string
  close(): Promise<void>
}
