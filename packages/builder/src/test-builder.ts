import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { assert, must, ok } from '@overskill/protocol'
import type { BuildResult, FastBuildService, SourceTree } from './artifact.ts'
import { findDependencySet } from './dependency-set.ts'
import { createFastBuildService, type FastBuildLimits } from './fast-build-service.ts'
import { openSandbox } from './sandbox/open-sandbox.ts'
import type { Sandbox } from './sandbox/sandbox.ts'
import { createStyleService, type StyleService } from './styles/style-service.ts'

/** For tests: a real builder on the installed dependency set. */

export const repositoryDir = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))))

/** Kept between test files, so that only the first one bundles packages; a new one when the way they are bundled changes. */
const recipe = createHash('sha256')
  .update(readFileSync(new URL('./engine/vendor-build.ts', import.meta.url)))
  .digest('hex')
const sharedCacheDir = join(repositoryDir, '.runtime', 'test-vendor', recipe.slice(0, 16))

/** The sandbox of this machine, for all builders of a test file. */
const sandboxOfTests = openSandbox()

export type TestBuilder = {
  service: FastBuildService
  vendorCacheDir: string
  logged: string[]
  build(tree: SourceTree, limitMs?: number): Promise<BuildResult>
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

export async function startTestBuilder(
  options: {
    limits?: Partial<FastBuildLimits>
    freshCache?: boolean
    sandbox?: Sandbox
    setDir?: string
    /** Compiles styles that need code of an app: one of its own unless told, none for null. */
    styles?: StyleService | null
  } = {},
): Promise<TestBuilder> {
  const { setDir } = options
  const set = findDependencySet(repositoryDir)
  assert(set.present, 'The packages for apps are installed (node scripts/install-dependencies.mjs)')
  const logged: string[] = []
  const note = (message: string, fields?: Record<string, unknown>): void =>
    void logged.push(`${message} ${JSON.stringify(fields ?? {})}`)
  const fresh = options.freshCache ? await mkdtemp(join(tmpdir(), 'vendor-')) : null
  const vendorCacheDir = fresh ?? sharedCacheDir
  const sandbox = options.sandbox ?? (await sandboxOfTests)
  const log = { error: note, warn: note, info: note }
  const own = options.styles === undefined ? createStyleService({ sandbox, log }) : null
  const styles = options.styles ?? own
  const service = createFastBuildService({
    sandbox,
    starterSet: set,
    vendorCacheDir,
    log,
    limits: options.limits ?? {},
    ...(styles && { styles }),
    ...(setDir && {
      dependencies: { obtain: async () => ok({ key: basename(setDir), dir: setDir, present: true }) },
      dependenciesDirs: [dirname(setDir)],
    }),
  })
  const close = async (): Promise<void> => {
    await service.close()
    await own?.close()
    if (fresh) await rm(fresh, { recursive: true, force: true })
  }
  return {
    service,
    vendorCacheDir,
    logged,
    build: (tree, limitMs = 20_000) => service.build(tree, { signal: AbortSignal.timeout(60_000), limitMs }),
    close,
    [Symbol.asyncDispose]: close,
  }
}

/** A tree of text files. */
export const treeOf = (files: Record<string, string | Uint8Array>): SourceTree =>
  new Map(
    Object.entries(files).map(([path, content]) => [
      path,
      typeof content === 'string' ? new TextEncoder().encode(content) : content,
    ]),
  )

/** The smallest app: a page with one script, and what else is given. */
export const smallApp = (main: string, more: Record<string, string | Uint8Array> = {}): SourceTree =>
  treeOf({
    'index.html':
      '<!doctype html><html><head><title>t</title><link rel="icon" href="data:,"></head><body><div id="root"></div><script type="module" src="/src/main.tsx"></script></body></html>',
    'src/main.tsx': main,
    ...more,
  })

/** The starter as it lies in the repository. */
export const starterTree = (): Promise<SourceTree> => readTree(join(repositoryDir, 'starter'))

export async function readTree(dir: string): Promise<SourceTree> {
  const tree = new Map<string, Uint8Array>()
  for (const entry of await readdir(dir, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name)
    const name = relative(dir, path).split(sep).join('/')
    if (entry.isFile() && !/(^|\/)(node_modules|dist)\//.test(name))
      tree.set(name, new Uint8Array(await readFile(path)))
  }
  return tree
}

/** The text of the artifact's file whose path fits. */
export function textOf(result: BuildResult, path: RegExp | string): string {
  assert(result.ok, `The build succeeded: ${JSON.stringify(result.ok ? '' : result.errors)}`)
  const file = must(
    result.artifact.files.find((item) => (typeof path === 'string' ? item.path === path : path.test(item.path))),
    `A file like ${path}`,
  )
  return new TextDecoder().decode(must(result.contents.get(file.hash), 'Its content'))
}
